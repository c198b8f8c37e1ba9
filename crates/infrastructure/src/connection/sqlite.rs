//! Connections to SQLite: one that writes, several that read.

use crate::database::{ConnectError, Options};
use crate::errors::{Meaning, meaning};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlitePool, Transaction};
use std::time::Duration;

/// How long a writer waits for another process's unless told otherwise.
const LOCK_WAIT: Duration = Duration::from_secs(30);
/// How long a reader waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept for each connection.
const STATEMENTS_MAX: usize = 1024;
/// How often the file is opened when other processes are just setting it up, and how long to
/// wait in between: switching the journal mode does not wait for others by itself.
const OPEN_TRIES: u32 = 100;
const OPEN_PAUSE: Duration = Duration::from_millis(50);

/// An SQLite file.
pub(crate) struct Sqlite {
    writer: SqliteConnectOptions,
    readers: SqlitePool,
}

impl Sqlite {
    /// The file a URL names: `sqlite:` and a path. The pool of readers connects when it is used.
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self, ConnectError> {
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" || path.contains('?') {
            return Err(ConnectError::Url(
                "sqlite: must be followed by the path of a file and nothing else".to_owned(),
            ));
        }
        let common = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(options.lock_wait.unwrap_or(LOCK_WAIT))
            .statement_cache_capacity(STATEMENTS_MAX)
            .foreign_keys(true)
            .disable_statement_logging();
        let writer = common
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Every commit is on disk before it is answered.
            .synchronous(SqliteSynchronous::Full)
            // 16 MiB of cache. The log of changes is taken into the file at each 4,000 pages and
            // gives the room back when a burst has made it larger than 64 MiB.
            .pragma("cache_size", "-16384")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("journal_size_limit", "67108864");
        let readers = SqlitePoolOptions::new()
            .max_connections(options.read_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(common.create_if_missing(false).pragma("query_only", "ON"));
        Ok(Self { writer, readers })
    }

    /// The pool of readers.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// How to connect for writing, for migrations.
    pub(crate) fn options(&self) -> &SqliteConnectOptions {
        &self.writer
    }

    /// A connection to write on. Creates the file when there is none.
    pub(crate) async fn open_writer(&self) -> Result<SqliteConnection, sqlx::Error> {
        let mut tries = 1;
        loop {
            match self.writer.connect().await {
                Err(error) if meaning(&error) == Meaning::Retry && tries < OPEN_TRIES => {
                    tries += 1;
                    tokio::time::sleep(OPEN_PAUSE).await;
                }
                opened => return opened,
            }
        }
    }

    /// Begins a read transaction. Its first select decides what it sees.
    pub(crate) async fn begin_reading(
        &self,
    ) -> Result<Transaction<'static, sqlx::Sqlite>, sqlx::Error> {
        self.readers.begin().await
    }
}
