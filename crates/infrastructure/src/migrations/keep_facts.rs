//! The facts of a refusal, instead of a sentence.

use super::table::Holds::Text;
use super::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the column. Earlier refusals keep their sentence in `detail`.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0009_keep_facts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "refusals", "facts", Text, "NULL").await
    }
}
