//! Searches in which `St.` is the same as `Saint`.

use super::{fold_searches, search_voyages};
use sea_orm_migration::prelude::*;

/// Folds what searches look at again.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0008_spell_saints"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Can be done again: what is folded does not depend on what was.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        fold_searches::fold_all(database, backend).await?;
        search_voyages::fold_all(database, backend).await
    }
}
