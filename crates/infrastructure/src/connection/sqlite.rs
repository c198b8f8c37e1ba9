//! Connections to SQLite: one writer and several readers.

use super::write_ahead::WriteAhead;
use crate::errors::{Meaning, meaning};
use crate::options::{ConnectError, Options};
use crate::session::Session;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlitePool, Transaction};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::time::Duration;

/// The default time that a writer waits for another process's lock.
const LOCK_WAIT: Duration = Duration::from_secs(30);
/// How long a reader waits for a connection from the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The number of prepared statements kept per connection.
const STATEMENTS_MAX: usize = 1024;
/// How many rows a reading thread may be ahead of its reader.
const ROWS_BUFFERED: usize = 1024;
/// How many times to open the file while other processes set it up, and how long to wait in
/// between. Switching the journal mode does not wait for other processes.
const OPEN_TRIES: u32 = 100;
const OPEN_PAUSE: Duration = Duration::from_millis(50);

/// An SQLite file.
pub(crate) struct Sqlite {
    writer: SqliteConnectOptions,
    readers: SqlitePool,
    log: WriteAhead,
    lock_wait: Duration,
}

impl Sqlite {
    /// Parses a URL, `sqlite:` and a path. The pool of readers connects on first use.
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self, ConnectError> {
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" || path.contains('?') {
            return Err(ConnectError::Url(
                "sqlite: must be followed by the path of a file and nothing else".to_owned(),
            ));
        }
        let lock_wait = options.lock_wait.unwrap_or(LOCK_WAIT);
        let common = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(lock_wait)
            .statement_cache_capacity(STATEMENTS_MAX)
            .foreign_keys(true)
            .disable_statement_logging();
        let writer = common
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Every commit is on disk before it is answered.
            .synchronous(SqliteSynchronous::Full)
            // What is deleted or changed is overwritten in the file: keys and names that were erased.
            .pragma("secure_delete", "ON")
            // A cache of 16 MiB. The write-ahead log is merged into the file every 4,000 pages, and
            // shrinks again if a burst has made it larger than 64 MiB.
            .pragma("cache_size", "-16384")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("journal_size_limit", "67108864");
        let readers = SqlitePoolOptions::new()
            .max_connections(options.read_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(
                common
                    .create_if_missing(false)
                    .row_buffer_size(ROWS_BUFFERED)
                    .pragma("query_only", "ON"),
            );
        Ok(Self {
            log: WriteAhead::of(writer.get_filename()),
            writer,
            readers,
            lock_wait,
        })
    }

    /// Begins the write-ahead log anew if it is long. The session must be outside a transaction.
    pub(super) async fn shorten_log(&self, session: &Session) {
        self.log.shorten(session, self.lock_wait).await;
    }

    /// Empties the write-ahead log. Returns whether that worked. The session must be outside a
    /// transaction.
    pub(super) async fn empty_log(&self, session: &Session) -> bool {
        self.log.empty(session, self.lock_wait).await
    }

    /// The pool of readers.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The connect options for writing, for migrations.
    pub(crate) fn options(&self) -> &SqliteConnectOptions {
        &self.writer
    }

    /// Creates the file if it is missing, for its owner alone: it contains hashes of passwords, and
    /// addresses of customers. Its write-ahead log gets the same permissions.
    pub(crate) fn create(&self) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(self.writer.get_filename()) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Opens a write connection. Creates the file if it is missing.
    pub(crate) async fn open_writer(&self) -> Result<SqliteConnection, sqlx::Error> {
        self.create()?;
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

    /// Begins a read transaction. Its first select determines what it sees.
    pub(crate) async fn begin_reading(
        &self,
    ) -> Result<Transaction<'static, sqlx::Sqlite>, sqlx::Error> {
        self.readers.begin().await
    }
}
