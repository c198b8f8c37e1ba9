//! Other names of locations, and searches that ignore diacritics.

use super::table::Holds::Text;
use super::table::add_column;
use domain::locations::searched;
use domain::text::folded;
use sea_orm::{DatabaseBackend, Statement};
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

/// Writes a search column again where it differs.
async fn fold(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
    table: &str,
    others: &str,
) -> Result<(), DbErr> {
    let rows = format!("SELECT `id`, `name`, `searched`, {others} FROM `{table}`");
    let rows = Statement::from_string(backend, rows);
    for row in database.query_all_raw(rows).await? {
        let name: String = row.try_get("", "name")?;
        let code: Option<String> = row.try_get("", "un_locode")?;
        let aliases: Option<String> = row.try_get("", "aliases")?;
        let aliases: Vec<String> = serde_json::from_str(aliases.as_deref().unwrap_or("[]"))
            .map_err(|error| DbErr::Custom(format!("other names of a location: {error}")))?;
        let after = match code {
            Some(code) => searched(&name, aliases.iter().map(String::as_str), &code),
            None => folded(&name),
        };
        let before: String = row.try_get("", "searched")?;
        if before == after {
            continue;
        }
        let id: uuid::Uuid = row.try_get("", "id")?;
        let update = Statement::from_sql_and_values(
            backend,
            format!("UPDATE `{table}` SET `searched` = ? WHERE `id` = ?"),
            [after.into(), id.into()],
        );
        database.execute_raw(update).await?;
    }
    Ok(())
}
