//! When the report of a cargo's next step becomes overdue.

use super::derived::{derive_all, time};
use crate::migrations::table::Holds::Time;
use crate::migrations::table::{add_column, add_index};
use sea_orm_migration::prelude::*;

/// Adds the column, fills it, and adds the index by which overdue cargoes are found.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0018_add_due_times"
    }
}

const DERIVED: &str = "UPDATE `cargoes` SET `overdue_at` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step can be repeated, because MariaDB and MySQL commit it at once and a crash may come
    /// before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "overdue_at", Time, "NULL").await?;
        derive_all(manager, DERIVED, |cargo, backend| {
            vec![time(cargo.delivery().overdue_at, backend)]
        })
        .await?;
        add_index(manager, "cargoes", "overdue_at").await
    }
}
