//! Refusals that are only counted.

use super::table::Holds::{Number, Word};
use super::table::Table;
use sea_orm_migration::prelude::*;

/// Creates the table.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0012_count_refusals"
    }
}

const REFUSAL_COUNTS: Table = Table {
    name: "refusal_counts",
    columns: &[
        ("day", Word(10)),
        ("actor", Word(100)),
        ("operation", Word(100)),
        ("rule", Word(100)),
        ("refused", Number),
    ],
    optional: &[],
    key: &["day", "actor", "operation", "rule"],
    unique: &[],
    indexes: &[],
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        REFUSAL_COUNTS.create(manager).await
    }
}
