//! An index that tells whether anybody has a password, however many users have none.

use sea_orm_migration::prelude::*;

/// Adds the index.
pub(super) struct Migration;

const INDEX: &str = "users_with_password";

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0011_index_passwords"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index("users", INDEX).await? {
            return Ok(());
        }
        let index = Index::create()
            .name(INDEX)
            .table("users")
            .col("password_set_at")
            .to_owned();
        manager.create_index(index).await
    }
}
