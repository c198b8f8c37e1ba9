//! The schema of a database, compared with the one that the migrations create.
//!
//! The migrations themselves say what must be there: they run on an empty SQLite database in
//! memory, whose tables, columns and indexes then stand for those of either database.

use super::Migrator;
use crate::errors::orm_error;
use domain::log::store::StoreError;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::OnceCell;

/// What a database has. Column names are in lower case.
#[derive(Debug, Default)]
struct Schema {
    migrations: BTreeSet<String>,
    /// The columns of each table.
    tables: BTreeMap<String, BTreeSet<String>>,
    indexes: BTreeSet<Index>,
    /// Each trigger, as table and name.
    triggers: BTreeSet<(String, String)>,
}

/// An index. Its name does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    table: String,
    columns: Vec<String>,
    is_unique: bool,
}

const MIGRATIONS: &str = "SELECT `version` AS c1 FROM `seaql_migrations`";

const SQLITE_COLUMNS: &str = "SELECT m.name AS c1, lower(c.name) AS c2 \
    FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'";
/// A primary key of one whole number has no index of its own. It is SQLite's row id.
const SQLITE_INDEXES: &str = "SELECT m.name AS c1, l.name AS c2, \
    CAST(l.\"unique\" AS TEXT) AS c3, lower(c.name) AS c4, c.seqno AS place \
    FROM sqlite_schema AS m, pragma_index_list(m.name) AS l, pragma_index_info(l.name) AS c \
    WHERE m.type = 'table' AND l.partial = 0 \
    UNION ALL SELECT m.name, 'PRIMARY', '1', lower(c.name), c.pk \
    FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.pk > 0 \
    ORDER BY c1, c2, place";
const SQLITE_TRIGGERS: &str =
    "SELECT tbl_name AS c1, name AS c2 FROM sqlite_schema WHERE type = 'trigger'";

const MYSQL_COLUMNS: &str = "SELECT CAST(table_name AS CHAR) AS c1, \
    CAST(LOWER(column_name) AS CHAR) AS c2 \
    FROM information_schema.columns WHERE table_schema = DATABASE()";
const MYSQL_INDEXES: &str = "SELECT CAST(table_name AS CHAR) AS c1, \
    CAST(index_name AS CHAR) AS c2, CAST(1 - non_unique AS CHAR) AS c3, \
    CAST(LOWER(column_name) AS CHAR) AS c4 \
    FROM information_schema.statistics WHERE table_schema = DATABASE() AND sub_part IS NULL \
    ORDER BY table_name, index_name, seq_in_index";
const MYSQL_TRIGGERS: &str = "SELECT CAST(event_object_table AS CHAR) AS c1, \
    CAST(trigger_name AS CHAR) AS c2 \
    FROM information_schema.triggers WHERE event_object_schema = DATABASE()";

/// The schema that the migrations create.
static EXPECTED: OnceCell<Schema> = OnceCell::const_new();

/// The first difference between the schema of this database and the one of this release, as a
/// clause. Tables and indexes of others do not count, triggers on our tables do.
pub(crate) async fn difference(
    database: &impl ConnectionTrait,
) -> Result<Option<String>, StoreError> {
    let found = schema(database).await;
    let found = found.map_err(|error| orm_error(&error))?;
    let expected = EXPECTED.get_or_try_init(expected).await;
    let expected = expected.map_err(|error| orm_error(&error))?;
    Ok(first_difference(expected, &found))
}

/// What SQLite finds damaged in its file, as a clause. The other databases check their files
/// themselves.
pub(crate) async fn damage(database: &impl ConnectionTrait) -> Result<Option<String>, StoreError> {
    if database.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    let check = "SELECT integrity_check AS c1 FROM pragma_integrity_check";
    let report = rows::<1>(database, check).await;
    let report = report.map_err(|error| orm_error(&error))?;
    let damage = report.into_iter().find(|[line]| line != "ok");
    Ok(damage.map(|[line]| format!("SQLite finds the file damaged: {line}")))
}

fn first_difference(expected: &Schema, found: &Schema) -> Option<String> {
    if let Some(missing) = expected.migrations.difference(&found.migrations).next() {
        return Some(format!("the migration {missing} has not run"));
    }
    if let Some(unknown) = found.migrations.difference(&expected.migrations).next() {
        return Some(format!(
            "the migration {unknown} is not known to this release"
        ));
    }
    for (table, columns) in &expected.tables {
        let Some(has) = found.tables.get(table) else {
            return Some(format!("the table {table} is missing"));
        };
        if let Some(missing) = columns.difference(has).next() {
            return Some(format!("the column {missing} of {table} is missing"));
        }
    }
    let ours = |index: &&Index| expected.tables.contains_key(&index.table);
    if let Some(missing) = expected.indexes.difference(&found.indexes).next() {
        return Some(format!("{missing} is missing"));
    }
    let more = found.indexes.difference(&expected.indexes);
    if let Some(stricter) = more.filter(ours).find(|index| index.is_unique) {
        return Some(format!("{stricter} does not belong there"));
    }
    let mut triggers = found.triggers.iter();
    let (table, trigger) = triggers.find(|(table, _)| expected.tables.contains_key(table))?;
    Some(format!("{table} has a trigger, {trigger}"))
}

impl std::fmt::Display for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unique = if self.is_unique { "unique " } else { "" };
        let columns = self.columns.join(", ");
        write!(f, "the {unique}index of {} on {columns}", self.table)
    }
}

/// Runs the migrations on a database in memory.
async fn expected() -> Result<Schema, DbErr> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    Migrator::up(&database, None).await?;
    let expected = schema(&database).await?;
    database.close().await?;
    Ok(expected)
}

async fn schema(database: &impl ConnectionTrait) -> Result<Schema, DbErr> {
    let [columns, indexes, triggers] = match database.get_database_backend() {
        DbBackend::Sqlite => [SQLITE_COLUMNS, SQLITE_INDEXES, SQLITE_TRIGGERS],
        _ => [MYSQL_COLUMNS, MYSQL_INDEXES, MYSQL_TRIGGERS],
    };
    let mut schema = Schema::default();
    for [table, column] in rows(database, columns).await? {
        schema.tables.entry(table).or_default().insert(column);
    }
    let mut named: BTreeMap<(String, String), Index> = BTreeMap::new();
    for [table, name, unique, column] in rows(database, indexes).await? {
        let index = named.entry((table.clone(), name)).or_insert(Index {
            table,
            columns: Vec::new(),
            is_unique: unique == "1",
        });
        index.columns.push(column);
    }
    schema.indexes = named.into_values().collect();
    for [table, name] in rows(database, triggers).await? {
        schema.triggers.insert((table, name));
    }
    if schema.tables.contains_key("seaql_migrations") {
        let migrations = rows::<1>(database, MIGRATIONS).await?;
        schema.migrations = migrations.into_iter().map(|[name]| name).collect();
    }
    Ok(schema)
}

/// Rows of texts, whose columns have the names `c1`, `c2` and so on.
async fn rows<const N: usize>(
    database: &impl ConnectionTrait,
    sql: &str,
) -> Result<Vec<[String; N]>, DbErr> {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let mut read = Vec::new();
    for row in database.query_all_raw(statement).await? {
        let mut texts = [const { String::new() }; N];
        for (text, number) in texts.iter_mut().zip(1..) {
            *text = row.try_get("", &format!("c{number}"))?;
        }
        read.push(texts);
    }
    Ok(read)
}
