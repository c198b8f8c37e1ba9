//! How handling events contradict the timetable.

use crate::migrations::table::Holds::Text;
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the column. Nobody doubted earlier reports.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0017_add_doubts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "handling_events", "doubts", Text, "NULL").await
    }
}
