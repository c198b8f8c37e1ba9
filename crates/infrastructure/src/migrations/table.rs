//! A table as a list of columns and indexes, written as SQL for either database.

use sea_orm::{DatabaseBackend, DbBackend, QueryResult, Statement};
use sea_orm_migration::prelude::*;

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    Uuid,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Float,
    /// A boolean.
    Flag,
    /// A time in UTC with microseconds.
    Time,
    /// A SHA-256 hash.
    Hash,
    /// An identifier or word with a maximum number of characters, compared exactly.
    Word(u16),
    /// A caller's key with a maximum number of bytes, compared byte for byte. Every text collation
    /// that MySQL and MariaDB share treats `key` and `key ` as equal.
    Bytes(u16),
    /// A line of text for people, with a maximum number of characters.
    Line(u16),
    /// Exact JSON, or other long text.
    Text,
}

use Holds::{Bytes, Flag, Float, Hash, Line, Number, Text, Time, Uuid, Word};

impl Holds {
    /// The SQL type of the column.
    pub(crate) fn sql(self, backend: DbBackend) -> String {
        if backend == DbBackend::Sqlite {
            return match self {
                Uuid | Hash | Bytes(_) => "BLOB",
                Number => "INTEGER",
                Float => "REAL",
                Flag => "BOOLEAN",
                Time | Word(_) | Line(_) | Text => "TEXT",
            }
            .to_owned();
        }
        match self {
            Uuid => "BINARY(16)".to_owned(),
            Number => "BIGINT".to_owned(),
            Float => "DOUBLE".to_owned(),
            Flag => "BOOLEAN".to_owned(),
            Time => "DATETIME(6)".to_owned(),
            Hash => "BINARY(32)".to_owned(),
            Word(characters) => format!("VARCHAR({characters}) COLLATE utf8mb4_bin"),
            Bytes(bytes) => format!("VARBINARY({bytes})"),
            Line(characters) => format!("VARCHAR({characters}) COLLATE utf8mb4_unicode_ci"),
            Text => "LONGTEXT COLLATE utf8mb4_bin".to_owned(),
        }
    }
}

/// A table.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Columns that always have a value.
    pub(crate) columns: &'static [(&'static str, Holds)],
    /// Columns that may be null.
    pub(crate) optional: &'static [(&'static str, Holds)],
    /// The primary key.
    pub(crate) key: &'static [&'static str],
    /// Further unique indexes.
    pub(crate) unique: &'static [&'static [&'static str]],
    /// Indexes, each with its purpose.
    pub(crate) indexes: &'static [(&'static [&'static str], &'static str)],
}

impl Table {
    /// Creates the table and its indexes if they are missing.
    pub(crate) async fn create(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let database = manager.get_connection();
        for statement in self.statements(manager.get_database_backend()) {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// The same, but SQLite stores the rows in the order of the primary key, as InnoDB does anyway.
    /// For a table that is only read by its key.
    pub(crate) async fn create_by_key(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let by_key = if backend == DbBackend::Sqlite {
            " WITHOUT ROWID"
        } else {
            ""
        };
        for create in self.statements(backend) {
            let create = format!("{create}{by_key}");
            manager.get_connection().execute_unprepared(&create).await?;
        }
        Ok(())
    }

    /// The statements that create the table and its indexes if they are missing. On MariaDB and
    /// MySQL this is a single statement, so that a crash leaves the whole table or nothing.
    fn statements(&self, backend: DbBackend) -> Vec<String> {
        let is_sqlite = backend == DbBackend::Sqlite;
        let mut parts = Vec::new();
        for (column, holds) in self.columns {
            // An integer primary key is SQLite's own row id, which saves a second tree.
            parts.push(format!("`{column}` {} NOT NULL", holds.sql(backend)));
        }
        for (column, holds) in self.optional {
            parts.push(format!("`{column}` {} NULL", holds.sql(backend)));
        }
        parts.push(format!("PRIMARY KEY ({})", quoted(self.key)));
        for columns in self.unique {
            let name = index_name(self.name, columns);
            parts.push(if is_sqlite {
                format!("CONSTRAINT `{name}` UNIQUE ({})", quoted(columns))
            } else {
                format!("UNIQUE KEY `{name}` ({})", quoted(columns))
            });
        }
        let mut after = Vec::new();
        for (columns, _) in self.indexes {
            let name = index_name(self.name, columns);
            let columns = quoted(columns);
            if is_sqlite {
                after.push(format!(
                    "CREATE INDEX IF NOT EXISTS `{name}` ON `{}` ({columns})",
                    self.name
                ));
            } else {
                parts.push(format!("KEY `{name}` ({columns})"));
            }
        }
        let options = if is_sqlite {
            ""
        } else {
            " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4"
        };
        let create = format!(
            "CREATE TABLE IF NOT EXISTS `{}` ({}){options}",
            self.name,
            parts.join(", ")
        );
        std::iter::once(create).chain(after).collect()
    }
}

fn quoted(columns: &[&str]) -> String {
    let quoted: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
    quoted.join(", ")
}

fn index_name(table: &str, columns: &[&str]) -> String {
    format!("{table}_by_{}", columns.join("_and_"))
}

/// Adds a column if it is missing, so that the step can be repeated after a crash. `rest` says
/// which value existing rows get.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    holds: Holds,
    rest: &str,
) -> Result<(), DbErr> {
    if manager.has_column(table, column).await? {
        return Ok(());
    }
    let holds = holds.sql(manager.get_database_backend());
    let add = format!("ALTER TABLE `{table}` ADD COLUMN `{column}` {holds} {rest}");
    let database = manager.get_connection();
    database.execute_unprepared(&add).await.map(|_| ())
}

/// Adds an index of one column if it is missing.
pub(crate) async fn add_index(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
) -> Result<(), DbErr> {
    let name = format!("{table}_by_{column}");
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    let create = format!("CREATE INDEX `{name}` ON `{table}` (`{column}`)");
    let database = manager.get_connection();
    database.execute_unprepared(&create).await.map(|_| ())
}

/// Writes the column `searched` of a table again where it differs from what these columns fold to.
pub(crate) async fn refold(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
    table: &str,
    columns: &str,
    folded: impl Fn(&QueryResult) -> Result<String, DbErr>,
) -> Result<(), DbErr> {
    let rows = format!("SELECT `id`, `searched`, {columns} FROM `{table}`");
    let rows = Statement::from_string(backend, rows);
    for row in database.query_all_raw(rows).await? {
        let before: Option<String> = row.try_get("", "searched")?;
        let after = folded(&row)?;
        if before.as_ref() == Some(&after) {
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
