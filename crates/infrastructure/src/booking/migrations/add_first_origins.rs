//! The first origin of a cargo that has been rerouted.

use crate::migrations::table::Holds::Word;
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the column. Cargoes rerouted earlier have no value: only the log shows where they started.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0007_add_first_origins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "first_origin", Word(5), "NULL").await
    }
}
