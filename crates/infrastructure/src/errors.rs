//! Classifies database errors: retry, bad data, or unavailable.
//!
//! Messages and sources contain what the server said about data, but never addresses, users or
//! passwords.

mod redact;

use domain::log::store::{StoreError, StoreFault};
use sea_orm::{DbErr, RuntimeErr};
use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::sqlite::SqliteError;

/// What an error means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Another transaction was in the way. Retry.
    Retry,
    /// The data cannot be written or read.
    Data,
    /// The database does not work.
    Unavailable,
    /// The database does not work, and this connection is lost.
    Lost,
}

/// Classifies an error of the driver.
pub(crate) fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Database(error) => database_meaning(error.as_ref()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Meaning::Lost,
        sqlx::Error::Encode(_)
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::RowNotFound => Meaning::Data,
        _ => Meaning::Unavailable,
    }
}

fn database_meaning(error: &dyn DatabaseError) -> Meaning {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return mysql_meaning(error.number(), error.code().unwrap_or(""));
    }
    match sqlite_code(error) {
        Some(code) => sqlite_meaning(code),
        None => Meaning::Unavailable,
    }
}

/// The extended result code of an SQLite error.
pub(crate) fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    error
        .try_downcast_ref::<SqliteError>()?
        .code()?
        .parse()
        .ok()
}

/// Classifies by error number (MariaDB and MySQL error references), otherwise by the class of the
/// SQLSTATE.
fn mysql_meaning(number: u16, sql_state: &str) -> Meaning {
    match number {
        // Record changed since last read; lock wait timeout; lock table full; deadlock;
        // statement ended by KILL QUERY or by a time limit.
        1020 | 1205 | 1206 | 1213 | 1317 | 1637 | 1969 | 3024 | 3101 => Meaning::Retry,
        // Shutdown, killed, gone, lost, timed out, network.
        1053 | 1152 | 1154..=1161 | 1184 | 1927 | 2006 | 2013 | 4031 => Meaning::Lost,
        // The packet was too large. The server refuses it and closes the connection, but the data
        // will not fit next time either.
        1153 => Meaning::Data,
        // Disk full, out of memory, read-only, too many connections, cluster not ready.
        1021 | 1037 | 1038 | 1040 | 1041 | 1047 | 1114 | 1203 | 1226 | 1290 | 1792 | 1836
        | 3675 => Meaning::Unavailable,
        // Bad values that carry the general SQLSTATE: truncated, incorrect, no default, row too
        // large, invalid characters, check constraints of MySQL and MariaDB.
        1118 | 1265 | 1300 | 1364 | 1366 | 3819 | 4025 => Meaning::Data,
        _ => match sql_state.get(..2) {
            Some("22" | "23") => Meaning::Data,
            Some("40") => Meaning::Retry,
            Some("08") => Meaning::Lost,
            _ => Meaning::Unavailable,
        },
    }
}

/// Classifies by primary result code (<https://www.sqlite.org/rescode.html>).
fn sqlite_meaning(code: i32) -> Meaning {
    match code & 0xff {
        // BUSY, LOCKED, SCHEMA.
        5 | 6 | 17 => Meaning::Retry,
        // TOOBIG, CONSTRAINT, MISMATCH, RANGE.
        18 | 19 | 20 | 25 => Meaning::Data,
        _ => Meaning::Unavailable,
    }
}

/// Whether the connection that returned the error is unusable.
pub(crate) fn breaks_connection(error: &sqlx::Error) -> bool {
    let too_large = |error: &dyn DatabaseError| {
        error
            .try_downcast_ref::<MySqlDatabaseError>()
            .is_some_and(|error| error.number() == 1153)
    };
    meaning(error) == Meaning::Lost
        || matches!(error, sqlx::Error::Database(error) if too_large(error.as_ref()))
}

/// Converts an error of the driver into an error of the port.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    let said = match error {
        sqlx::Error::Database(error) => database_message(error.as_ref()),
        sqlx::Error::Io(error) => format!("I/O failed ({})", error.kind()),
        sqlx::Error::Tls(_) => "the TLS connection failed".to_owned(),
        sqlx::Error::PoolTimedOut => "all read connections are in use".to_owned(),
        sqlx::Error::PoolClosed => "the connections are closed".to_owned(),
        sqlx::Error::Configuration(_) => "the connection is misconfigured".to_owned(),
        other => redact::text(&other.to_string()),
    };
    let fault = StoreFault::new(said).because(redact::cause(error));
    match meaning(error) {
        Meaning::Retry => StoreError::Retry(fault),
        Meaning::Data => StoreError::Data(fault),
        Meaning::Unavailable | Meaning::Lost => StoreError::Unavailable(fault),
    }
}

/// The server's message, or only its number if the text may name users and hosts.
fn database_message(error: &dyn DatabaseError) -> String {
    match error.try_downcast_ref::<MySqlDatabaseError>() {
        Some(error) if denies_access(error) => {
            format!("error {}: access is denied", error.number())
        }
        Some(error) => redact::text(&format!("error {}: {}", error.number(), error.message())),
        None => redact::text(&error.to_string()),
    }
}

/// Whether the message of an error names the user or host that may not connect.
fn denies_access(error: &MySqlDatabaseError) -> bool {
    matches!(error.number(), 1044 | 1045 | 1130 | 1698)
}

/// Converts an error of SeaORM into an error of the port.
pub(crate) fn orm_error(error: &DbErr) -> StoreError {
    let fault = |said: String| StoreFault::new(said).because(redact::cause(error));
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => store_error(error),
        DbErr::ConnectionAcquire(_) => {
            StoreError::Unavailable(fault("all connections are in use".to_owned()))
        }
        DbErr::Type(said) | DbErr::Json(said) => StoreError::Data(fault(redact::text(said))),
        other => StoreError::Unavailable(fault(redact::text(&other.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_meanings() {
        for (number, state, expected) in [
            (1205, "HY000", Meaning::Retry),
            (1213, "40001", Meaning::Retry),
            (1020, "HY000", Meaning::Retry),
            (1062, "23000", Meaning::Data),
            (1406, "22001", Meaning::Data),
            (1264, "22003", Meaning::Data),
            (1366, "22007", Meaning::Data),
            (1366, "HY000", Meaning::Data),
            (1153, "08S01", Meaning::Data),
            (1927, "70100", Meaning::Lost),
            (1053, "08S01", Meaning::Lost),
            (1290, "HY000", Meaning::Unavailable),
            (1114, "HY000", Meaning::Unavailable),
            (1146, "42S02", Meaning::Unavailable),
        ] {
            assert_eq!(mysql_meaning(number, state), expected, "{number} {state}");
        }
        for (code, expected) in [
            (5, Meaning::Retry),
            (517, Meaning::Retry),
            (6, Meaning::Retry),
            (2067, Meaning::Data),
            (1555, Meaning::Data),
            (13, Meaning::Unavailable),
            (8, Meaning::Unavailable),
            (10, Meaning::Unavailable),
            (1, Meaning::Unavailable),
        ] {
            assert_eq!(sqlite_meaning(code), expected, "{code}");
        }
    }
}
