//! Other names of locations, and searches that ignore diacritics.

use super::table::Holds::Text;
use super::table::{add_column, refold};
use domain::locations::searched;
use domain::text::folded;
use sea_orm::DatabaseBackend;
use sea_orm_migration::prelude::*;

/// Adds the column, and folds the columns used for searching.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0005_fold_searches"
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
        add_column(manager, "locations", "aliases", Text, "NULL").await?;
        fold_all(database, backend).await
    }
}

/// Folds the search columns of locations and customers by the rules of this release.
pub(super) async fn fold_all(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
) -> Result<(), DbErr> {
    fold(database, backend, "locations", "`un_locode`, `aliases`").await?;
    let none = "NULL AS `un_locode`, NULL AS `aliases`";
    fold(database, backend, "customers", none).await
}

/// Folds the search column of one table.
async fn fold(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
    table: &str,
    others: &str,
) -> Result<(), DbErr> {
    let columns = format!("`name`, {others}");
    refold(database, backend, table, &columns, |row| {
        let name: String = row.try_get("", "name")?;
        let code: Option<String> = row.try_get("", "un_locode")?;
        let aliases: Option<String> = row.try_get("", "aliases")?;
        let aliases: Vec<String> = serde_json::from_str(aliases.as_deref().unwrap_or("[]"))
            .map_err(|error| DbErr::Custom(format!("other names of a location: {error}")))?;
        Ok(match code {
            Some(code) => searched(&name, aliases.iter().map(String::as_str), &code),
            None => folded(&name),
        })
    })
    .await
}
