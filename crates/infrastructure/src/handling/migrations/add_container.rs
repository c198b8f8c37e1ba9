//! The containers that handling events name.

use crate::migrations::table::Holds::Word;
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the column. Earlier reports named cargoes.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0021_add_container_of_report"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "handling_events", "container", Word(11), "NULL").await
    }
}
