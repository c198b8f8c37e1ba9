//! Settings of a database connection, and why connecting fails.

use domain::log::store::StoreError;
use std::time::Duration;

/// Settings of a database connection.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a writer waits for the head lock before it has to retry. The default is 5 s on
    /// MariaDB and MySQL (which accept only whole seconds) and 30 s on SQLite.
    pub lock_wait: Option<Duration>,
    /// How long one statement may take on MariaDB and MySQL before the connection is given up. This
    /// detects a server that vanished silently. Must be longer than `lock_wait`.
    pub statement_timeout: Duration,
    /// The maximum number of read connections. Each snapshot uses one.
    pub read_connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_wait: None,
            statement_timeout: Duration::from_secs(30),
            read_connections: 8,
        }
    }
}

/// Why connecting failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL names no database that this program supports.
    #[error("invalid database URL: {0}")]
    Url(String),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
