//! The consumers of the log, and what they report.

use crate::migrations::table::Holds::{Line, Number, Time, Uuid, Word};
use crate::migrations::table::{Table, add_column};
use sea_orm_migration::prelude::*;

const CONSUMERS: Table = Table {
    name: "consumers",
    columns: &[
        ("id", Uuid),
        ("name", Word(64)),
        ("owner", Word(64)),
        ("status", Word(20)),
        ("start", Number),
        ("generation", Number),
        ("version", Number),
    ],
    optional: &[("description", Line(200)), ("skipped_to", Number)],
    key: &["id"],
    unique: &[&["name"]],
    indexes: &[],
};

/// Adds the table, and columns for what readers outside this system report with their positions.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0024_add_consumers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        CONSUMERS.create(manager).await?;
        for (column, holds) in [
            ("generation", Number),
            ("epoch", Uuid),
            ("seen_at", Time),
            ("error", Line(500)),
            ("error_at", Time),
        ] {
            add_column(manager, "checkpoints", column, holds, "NULL").await?;
        }
        Ok(())
    }
}
