//! Connections to MariaDB and MySQL.

use super::seconds;
use crate::options::{ConnectError, Options};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, MySqlPool, Row, Transaction};
use std::time::Duration;

/// The default time that the database waits for the head lock.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// After this many idle seconds the server closes a write connection and frees its lock, so that a
/// frozen writer does not stop the others.
const SILENCE_SECONDS: u64 = 10;
/// How often to ping an idle write connection. Well below [`SILENCE_SECONDS`].
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(3);
/// How long a reader waits for a connection from the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The number of prepared statements kept per connection. A store uses a few hundred texts: some
/// ten lengths for each kind of statement and table.
const STATEMENTS_MAX: usize = 1024;
/// Values that do not fit are errors and are never truncated.
const SQL_MODE: &str = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
    ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// A MariaDB or MySQL server.
pub(crate) struct MySql {
    options: MySqlConnectOptions,
    lock_wait: Duration,
    readers: MySqlPool,
}

impl MySql {
    /// Parses a URL. The pool of readers connects on first use.
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self, ConnectError> {
        // The driver's message may repeat the URL, and with it the password.
        let wrong = |_| ConnectError::Url("it must be like mysql://user:password@host/name".into());
        let connect: MySqlConnectOptions = url.parse().map_err(wrong)?;
        if connect.get_database().is_none_or(str::is_empty) {
            return Err(ConnectError::Url(
                "it must name a database, as in mysql://user:password@host/name".to_owned(),
            ));
        }
        let connect = connect
            .charset("utf8mb4")
            .collation("utf8mb4_bin")
            .timezone(Some("+00:00".to_owned()))
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .statement_cache_capacity(STATEMENTS_MAX)
            .disable_statement_logging();
        let readers = MySqlPoolOptions::new()
            .max_connections(options.read_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // A ping before every snapshot would cost a round trip. Dead connections are detected
            // on use instead.
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let mode = format!("SET SESSION sql_mode = '{SQL_MODE}'");
                    connection.execute(AssertSqlSafe(mode)).await?;
                    connection
                        .execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                        .await?;
                    Ok(())
                })
            })
            .connect_lazy_with(connect.clone());
        Ok(Self {
            options: connect,
            lock_wait: options.lock_wait.unwrap_or(LOCK_WAIT),
            readers,
        })
    }

    /// The connect options, for migrations.
    pub(crate) fn options(&self) -> &MySqlConnectOptions {
        &self.options
    }

    /// Opens a write connection, and returns it with the server's number for it. Every transaction
    /// begins implicitly with its first statement, which saves a round trip.
    pub(crate) async fn open_writer(&self) -> Result<(MySqlConnection, u64), sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let lock_wait = seconds(self.lock_wait);
        for setting in [
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
            format!(
                "SET SESSION sql_mode = '{SQL_MODE}', innodb_lock_wait_timeout = {lock_wait}, \
                 lock_wait_timeout = {lock_wait}, wait_timeout = {SILENCE_SECONDS}, \
                 net_read_timeout = {SILENCE_SECONDS}, net_write_timeout = {SILENCE_SECONDS}, \
                 autocommit = 0"
            ),
        ] {
            connection.execute(AssertSqlSafe(setting)).await?;
        }
        let row = connection.fetch_one("SELECT CONNECTION_ID()").await?;
        let id: u64 = row.try_get(0)?;
        Ok((connection, id))
    }

    /// Begins a read transaction. Its first select determines what it sees.
    pub(crate) async fn begin_reading(
        &self,
    ) -> Result<Transaction<'static, sqlx::MySql>, sqlx::Error> {
        self.readers.begin_with("START TRANSACTION READ ONLY").await
    }

    /// Takes a connection from the read pool, to query the server's settings.
    pub(crate) fn readers(&self) -> &MySqlPool {
        &self.readers
    }
}
