//! The checkpoints of the followers of the log.

use super::table::Holds::{Hash, Number, Word};
use super::table::Table;
use sea_orm_migration::prelude::*;

/// Creates the table.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0010_add_checkpoints"
    }
}

const CHECKPOINTS: Table = Table {
    name: "checkpoints",
    columns: &[
        ("follower", Word(100)),
        ("position", Number),
        ("hash", Hash),
    ],
    optional: &[],
    key: &["follower"],
    unique: &[],
    indexes: &[],
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        CHECKPOINTS.create(manager).await
    }
}
