//! The keys under which log and history keep personal fields. Things of earlier releases get theirs
//! with their next change.

use super::table::Holds::{Bytes, Uuid, Word};
use super::table::Table;
use sea_orm_migration::prelude::*;

/// Creates the table.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0026_add_personal_keys"
    }
}

const PERSONAL_KEYS: Table = Table {
    name: "personal_keys",
    columns: &[("kind", Word(20)), ("id", Uuid), ("seal_key", Bytes(64))],
    optional: &[],
    key: &["kind", "id"],
    unique: &[],
    indexes: &[],
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        PERSONAL_KEYS.create(manager).await
    }
}
