//! Parses database URLs, and opens and configures connections.

pub(crate) mod mysql;
pub(crate) mod sqlite;
mod write_ahead;

use crate::bulk::Texts;
use crate::errors::{breaks_connection, store_error};
use crate::options::{ConnectError, Options};
use crate::session::{Held, Session};
use domain::log::store::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A database and how this program connects to it.
pub(crate) struct Endpoint {
    server: Server,
    options: Options,
    texts: Arc<Texts>,
    /// The number of statements that the write connections have sent.
    statements: Arc<AtomicU64>,
}

/// The kind of database, with the pool of read connections.
pub(crate) enum Server {
    /// MariaDB or MySQL.
    MySql(mysql::MySql),
    Sqlite(sqlite::Sqlite),
}

impl Endpoint {
    /// Parses a URL. Does not connect yet.
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self, ConnectError> {
        let server = match url.split_once(':') {
            Some(("sqlite", _)) => Server::Sqlite(sqlite::Sqlite::new(url, options)?),
            Some(("mysql" | "mariadb", _)) => Server::MySql(mysql::MySql::new(url, options)?),
            _ => {
                return Err(ConnectError::Url(
                    "it must begin with sqlite: or mysql://".to_owned(),
                ));
            }
        };
        Ok(Self {
            server,
            options: options.clone(),
            texts: Arc::default(),
            statements: Arc::default(),
        })
    }

    /// The kind of database.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// The number of statements that the write connections have sent.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The maximum number of read connections.
    pub(crate) fn readers_max(&self) -> u32 {
        self.options.read_connections
    }

    /// Opens a write connection.
    pub(crate) async fn open_writer(&self) -> Result<Session, StoreError> {
        match &self.server {
            Server::MySql(server) => {
                let open = server.open_writer();
                let limit = self.options.statement_timeout;
                let opened = tokio::time::timeout(limit, open).await;
                let (connection, id) = opened
                    .unwrap_or_else(|_| Err(timed_out()))
                    .map_err(|error| store_error(&error))?;
                let mut session = self.session(Held::MySql(Box::new(connection)));
                session.connection_id = Some(id);
                Ok(session)
            }
            Server::Sqlite(server) => {
                let opened = server.open_writer().await;
                let connection = opened.map_err(|error| store_error(&error))?;
                Ok(self.session(Held::Sqlite(Box::new(connection))))
            }
        }
    }

    /// Bounds what the database keeps beside its file. The session must be outside a transaction.
    pub(crate) async fn before_writing(&self, session: &Session) {
        if let Server::Sqlite(server) = &self.server {
            server.shorten_log(session).await;
        }
    }

    /// Removes what the database keeps beside its tables of rows that were deleted. Returns whether
    /// that worked. The session must be outside a transaction.
    pub(crate) async fn forget_deleted(&self, session: &Session) -> bool {
        match &self.server {
            Server::Sqlite(server) => server.empty_log(session).await,
            // The server purges its undo, redo and binary logs in its own time.
            Server::MySql(_) => true,
        }
    }

    /// Begins a read transaction on a connection from the pool. The second part of an error says
    /// whether the connection had died, so that another one may work.
    pub(crate) async fn open_reader(&self) -> Result<Session, (StoreError, bool)> {
        let opened = match &self.server {
            Server::MySql(server) => server.begin_reading().await.map(Held::MySqlSnapshot),
            Server::Sqlite(server) => server.begin_reading().await.map(Held::SqliteSnapshot),
        };
        let held = opened.map_err(|error| (store_error(&error), breaks_connection(&error)))?;
        let mut session = self.session(held);
        session.statements = Arc::default();
        Ok(session)
    }

    /// Closes the read connections once nobody uses them.
    pub(crate) async fn close_readers(&self) {
        match &self.server {
            Server::MySql(server) => server.readers().close().await,
            Server::Sqlite(server) => server.readers().close().await,
        }
    }

    fn session(&self, held: Held) -> Session {
        let timeout = match &self.server {
            Server::MySql(_) => Some(self.options.statement_timeout),
            // A file does not disappear silently, and waiting for the lock has its own limit.
            Server::Sqlite(_) => None,
        };
        let (texts, statements) = (Arc::clone(&self.texts), Arc::clone(&self.statements));
        Session::new(held, texts, statements, timeout)
    }
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// Rounds up to whole seconds, for settings that accept nothing finer.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1000).max(1) as u64
}
