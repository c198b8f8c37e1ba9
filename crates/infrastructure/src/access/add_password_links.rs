//! The links by which users set a password.

use crate::migrations::table::Holds::{Time, Word};
use crate::migrations::table::add_column;
use sea_orm_migration::prelude::*;

/// Adds the columns. Users of earlier releases have no link.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0022_add_password_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "users", "link_secret", Word(64), "NULL").await?;
        add_column(manager, "users", "link_ends", Time, "NULL").await
    }
}
