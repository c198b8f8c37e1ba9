//! When a cargo is ready to be loaded.

use crate::migrations::table::Holds::Time;
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the column. Earlier cargoes have no ready date.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0020_add_ready_dates"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "ready_from", Time, "NULL").await
    }
}
