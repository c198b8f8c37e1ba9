//! Searches that treat `St.` and `Saint` as the same.

use super::fold_searches;
use crate::voyages::search_voyages;
use sea_orm_migration::prelude::*;

/// Folds the search columns again.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0008_spell_saints"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Can be repeated: folded values do not depend on earlier ones.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        fold_searches::fold_all(database, backend).await?;
        search_voyages::fold_all(database, backend).await
    }
}
