//! Connections to MariaDB and MySQL.

use super::seconds;
use crate::database::{ConnectError, Options};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, MySqlPool, Row, Transaction};
use std::time::Duration;

/// How long the database waits for the head lock unless told otherwise.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// After this time of silence the server ends a write connection and frees the lock it may hold:
/// a frozen writer must not stop the others.
const SILENCE_SECONDS: u64 = 10;
/// How often an idle write connection is pinged; well under [`SILENCE_SECONDS`].
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(3);
/// How long a reader waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept for each connection. A store uses some hundred texts: ten lengths
/// for each kind of statement and table.
const STATEMENTS_MAX: usize = 1024;
/// Values that do not fit are errors, never cut.
const SQL_MODE: &str = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
    ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// A MariaDB or MySQL server.
pub(crate) struct MySql {
    options: MySqlConnectOptions,
    lock_wait: Duration,
    readers: MySqlPool,
}

impl MySql {
    /// The server a URL names. The pool of readers connects when it is used.
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self, ConnectError> {
        // The driver's own words may repeat the URL, and with it the password.
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
            // A ping for every snapshot would cost a round trip each; dead connections are found
            // out by using them.
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

    /// How to connect, for migrations.
    pub(crate) fn options(&self) -> &MySqlConnectOptions {
        &self.options
    }

    /// A connection to write on, and the number the server has given it. Every transaction on it
    /// begins by itself with its first statement, which saves a round trip each.
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

    /// Begins a read transaction. Its first select decides what it sees.
    pub(crate) async fn begin_reading(
        &self,
    ) -> Result<Transaction<'static, sqlx::MySql>, sqlx::Error> {
        self.readers.begin_with("START TRANSACTION READ ONLY").await
    }

    /// A connection of the readers' pool, for questions about the server.
    pub(crate) fn readers(&self) -> &MySqlPool {
        &self.readers
    }
}
