//! Why what consumers reported was refused.

use crate::migrations::table::Holds::{Text, Time};
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds columns for the last report that was refused.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0032_note_refused_reports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, holds) in [("refused", Text), ("refused_at", Time)] {
            add_column(manager, "checkpoints", column, holds, "NULL").await?;
        }
        Ok(())
    }
}
