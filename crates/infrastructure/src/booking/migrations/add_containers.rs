//! The containers of cargoes, to find a cargo by them.

use crate::migrations::table::Holds::{Uuid, Word};
use crate::migrations::table::Table;
use sea_orm_migration::prelude::*;

const CARGO_CONTAINERS: Table = Table {
    name: "cargo_containers",
    columns: &[("cargo_id", Uuid), ("container", Word(11))],
    optional: &[],
    key: &["cargo_id", "container"],
    unique: &[],
    indexes: &[(&["container", "cargo_id"], "the cargoes with one container")],
};

/// Adds the table. No earlier cargo has containers with numbers.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0015_add_containers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        CARGO_CONTAINERS.create(manager).await
    }
}
