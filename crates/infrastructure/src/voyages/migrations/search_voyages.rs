//! Searches of voyages by number and vessel.

use crate::migrations::table::Holds::Text;
use crate::migrations::table::{add_column, refold};
use domain::voyages::searched;
use sea_orm::DatabaseBackend;
use sea_orm_migration::prelude::*;

/// Adds the search column and fills it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0006_search_voyages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step can be repeated, because MariaDB and MySQL commit it at once and a crash may come
    /// before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        add_column(manager, "voyages", "searched", Text, "NULL").await?;
        fold_all(database, backend).await
    }
}

/// Folds the search column of voyages by the rules of this release.
pub(crate) async fn fold_all(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
) -> Result<(), DbErr> {
    let columns = "`number`, `vessel_name`";
    refold(database, backend, "voyages", columns, |row| {
        let number: String = row.try_get("", "number")?;
        let vessel: String = row.try_get("", "vessel_name")?;
        Ok(searched(&number, &vessel))
    })
    .await
}
