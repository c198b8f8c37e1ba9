//! The next expected step of each cargo, so that a port finds what it waits for.

use super::derived::{derive_all, time};
use crate::migrations::table::Holds::{Time, Word};
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the columns and the index, and fills the columns.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0019_await_cargoes"
    }
}

const INDEX: &str = "cargoes_by_next_step";

const DERIVED: &str = "UPDATE `cargoes` SET `next_location` = ?, `next_time` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step can be repeated, because MariaDB and MySQL commit it at once and a crash may come
    /// before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "next_location", Word(5), "NULL").await?;
        add_column(manager, "cargoes", "next_time", Time, "NULL").await?;
        derive_all(manager, DERIVED, |cargo, backend| {
            let awaited = cargo.awaited();
            let planned_at = awaited.as_ref().map(|awaited| awaited.planned_at);
            let location = awaited.map(|awaited| awaited.activity.location.to_string());
            vec![location.into(), time(planned_at, backend)]
        })
        .await?;
        if manager.has_index("cargoes", INDEX).await? {
            return Ok(());
        }
        let index = Index::create()
            .name(INDEX)
            .table("cargoes")
            .col("next_location")
            .col("next_time")
            .to_owned();
        manager.create_index(index).await
    }
}
