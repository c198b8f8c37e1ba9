//! The names that the log had before backups were put back.

use super::table::Holds::{Number, Time, Uuid};
use super::table::Table;
use sea_orm_migration::prelude::*;

/// Creates the table.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0031_add_past_epochs"
    }
}

const PAST_EPOCHS: Table = Table {
    name: "past_epochs",
    columns: &[("epoch", Uuid), ("position", Number), ("ended_at", Time)],
    optional: &[],
    key: &["epoch"],
    unique: &[],
    indexes: &[],
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        PAST_EPOCHS.create(manager).await
    }
}
