//! Passwords and sessions, and indexes for the pages.

use super::table::Holds::{self, Time, Word};
use sea_orm_migration::prelude::*;

/// Adds the columns and indexes.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0002_add_sessions"
    }
}

const COLUMNS: &[(&str, &str, Holds)] = &[
    ("users", "password_hash", Word(255)),
    ("users", "password_set_at", Time),
    ("tokens", "session_began", Time),
    ("tokens", "session_ends", Time),
];

/// Each index with its purpose.
const INDEXES: &[(&str, &str, &str)] = &[
    ("voyages", "last_arrival", "the voyages that still sail"),
    ("refusals", "judged_at", "the refusals between some entries"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step checks whether it has been done, because MariaDB and MySQL commit it at once and a
    /// crash may come before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        for (table, column, holds) in COLUMNS {
            if !manager.has_column(table, column).await? {
                let holds = holds.sql(manager.get_database_backend());
                let add = format!("ALTER TABLE `{table}` ADD COLUMN `{column}` {holds} NULL");
                database.execute_unprepared(&add).await?;
            }
        }
        for (table, column, _) in INDEXES {
            let name = format!("{table}_by_{column}");
            if !manager.has_index(table, &name).await? {
                let create = format!("CREATE INDEX `{name}` ON `{table}` (`{column}`)");
                database.execute_unprepared(&create).await?;
            }
        }
        Ok(())
    }
}
