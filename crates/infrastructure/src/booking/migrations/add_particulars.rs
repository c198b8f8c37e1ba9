//! What else is known about a cargo: the customer's reference, and what it was split from and into.

use crate::migrations::table::Holds::Text;
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the columns. Nothing else was known about earlier cargoes.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0014_add_particulars"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "particulars", Text, "NULL").await?;
        add_column(manager, "cargoes", "searched", Text, "NULL").await
    }
}
