//! One connection to either database. All statements leave the program here.
//!
//! SeaORM builds statements and decodes rows. The connection is held here and not in SeaORM's pool,
//! because the writer must know which connection it uses (to end it from another one), must drop a
//! broken one instead of returning it, and must count what it sends.

mod bind;

use crate::bulk::Texts;
use crate::errors::{breaks_connection, store_error};
use domain::log::store::StoreError;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sqlx::mysql::{MySqlConnection, MySqlQueryResult};
use sqlx::sqlite::{SqliteConnection, SqliteQueryResult};
use sqlx::{AssertSqlSafe, Connection, MySql, Sqlite, Transaction};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// A connection and its state.
pub(crate) struct Session {
    held: Mutex<Held>,
    backend: DbBackend,
    /// Cached statement texts, shared by all sessions of a database.
    pub(crate) texts: Arc<Texts>,
    pub(crate) statements: Arc<AtomicU64>,
    /// How long one statement may take before the connection is given up.
    timeout: Option<Duration>,
    broken: AtomicBool,
    /// The server's number for this connection (MySQL).
    pub(crate) connection_id: Option<u64>,
}

/// A connection of its own, or a read transaction that returns its connection to a pool when
/// dropped.
pub(crate) enum Held {
    /// A connection to MariaDB or MySQL.
    MySql(Box<MySqlConnection>),
    /// A connection to SQLite.
    Sqlite(Box<SqliteConnection>),
    /// A read transaction on MariaDB or MySQL.
    MySqlSnapshot(Transaction<'static, MySql>),
    /// A read transaction on SQLite.
    SqliteSnapshot(Transaction<'static, Sqlite>),
}

enum Wire<'a> {
    MySql(&'a mut MySqlConnection),
    Sqlite(&'a mut SqliteConnection),
}

impl Held {
    fn wire(&mut self) -> Wire<'_> {
        match self {
            Self::MySql(connection) => Wire::MySql(connection),
            Self::Sqlite(connection) => Wire::Sqlite(connection),
            Self::MySqlSnapshot(transaction) => Wire::MySql(&mut *transaction),
            Self::SqliteSnapshot(transaction) => Wire::Sqlite(&mut *transaction),
        }
    }
}

enum Done {
    MySql(MySqlQueryResult),
    Sqlite(SqliteQueryResult),
}

impl Session {
    /// Wraps an open connection. `statements` counts what it sends.
    pub(crate) fn new(
        held: Held,
        texts: Arc<Texts>,
        statements: Arc<AtomicU64>,
        timeout: Option<Duration>,
    ) -> Self {
        let backend = match held {
            Held::MySql(_) | Held::MySqlSnapshot(_) => DbBackend::MySql,
            Held::Sqlite(_) | Held::SqliteSnapshot(_) => DbBackend::Sqlite,
        };
        Self {
            held: Mutex::new(held),
            backend,
            texts,
            statements,
            timeout,
            broken: AtomicBool::new(false),
            connection_id: None,
        }
    }

    /// Whether this is SQLite.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.backend == DbBackend::Sqlite
    }

    /// Whether the connection is unusable.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Executes a statement with values. Returns the number of matching rows.
    pub(crate) async fn execute(
        &self,
        sql: Arc<str>,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let done = self.send(sql, values).await;
        let done = done.map_err(|error| store_error(&error))?;
        Ok(match done {
            Done::MySql(result) => result.rows_affected(),
            Done::Sqlite(result) => result.rows_affected(),
        })
    }

    /// Runs a query with values. Returns its rows.
    pub(crate) async fn query(
        &self,
        sql: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let rows = self.fetch(sql, values).await;
        rows.map_err(|error| store_error(&error))
    }

    /// Executes a statement without values and without preparing it.
    pub(crate) async fn command(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        self.bounded(async {
            match self.held.lock().await.wire() {
                Wire::MySql(connection) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()),
                Wire::Sqlite(connection) => {
                    sqlx::raw_sql(sql).execute(connection).await.map(|_| ())
                }
            }
        })
        .await
    }

    /// Pings the server.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        self.bounded(async {
            match self.held.lock().await.wire() {
                Wire::MySql(connection) => connection.ping().await,
                Wire::Sqlite(connection) => connection.ping().await,
            }
        })
        .await
        .map_err(|error| store_error(&error))
    }

    /// Closes the connection through the protocol, so that the server knows at once.
    pub(crate) async fn close(self) {
        let closed = match self.held.into_inner() {
            Held::MySql(connection) => connection.close().await,
            Held::Sqlite(connection) => connection.close().await,
            Held::MySqlSnapshot(transaction) => transaction.rollback().await,
            Held::SqliteSnapshot(transaction) => transaction.rollback().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "failed to close a connection cleanly");
        }
    }

    async fn send(&self, sql: Arc<str>, values: Vec<Value>) -> Result<Done, sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        self.bounded(async {
            match self.held.lock().await.wire() {
                Wire::MySql(connection) => sqlx::query_with::<MySql, _>(sql, bind::mysql(values)?)
                    .execute(connection)
                    .await
                    .map(Done::MySql),
                Wire::Sqlite(connection) => {
                    sqlx::query_with::<Sqlite, _>(sql, bind::sqlite(values)?)
                        .execute(connection)
                        .await
                        .map(Done::Sqlite)
                }
            }
        })
        .await
    }

    async fn fetch(
        &self,
        sql: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        self.bounded(async {
            match self.held.lock().await.wire() {
                Wire::MySql(connection) => {
                    let query = sqlx::query_with::<MySql, _>(sql, bind::mysql(values)?);
                    let rows = query.fetch_all(connection).await?;
                    Ok(rows.into_iter().map(QueryResult::from).collect())
                }
                Wire::Sqlite(connection) => {
                    let query = sqlx::query_with::<Sqlite, _>(sql, bind::sqlite(values)?);
                    let rows = query.fetch_all(connection).await?;
                    Ok(rows.into_iter().map(QueryResult::from).collect())
                }
            }
        })
        .await
    }

    /// Counts the statement, limits its time and records whether the connection breaks. A statement
    /// that was abandoned leaves the connection in an unknown state, which counts as broken.
    async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let result = match self.timeout {
            None => work.await,
            Some(timeout) => tokio::time::timeout(timeout, work)
                .await
                .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))),
        };
        if let Err(error) = &result
            && breaks_connection(error)
        {
            self.broken.store(true, Ordering::Relaxed);
        }
        result
    }
}

fn sent(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

#[async_trait::async_trait]
impl ConnectionTrait for Session {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let values = statement.values.map_or_else(Vec::new, |values| values.0);
        let done = self.send(statement.sql.into(), values).await;
        Ok(match done.map_err(sent)? {
            Done::MySql(result) => result.into(),
            Done::Sqlite(result) => result.into(),
        })
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.backend, sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let values = statement.values.map_or_else(Vec::new, |values| values.0);
        self.fetch(statement.sql.into(), values).await.map_err(sent)
    }
}
