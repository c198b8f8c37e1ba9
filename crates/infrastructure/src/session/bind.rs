//! Converts SeaORM's values for the drivers.
//!
//! This is the only place that converts times for SQLite: to text with exactly six fractional
//! digits, because shorter ones sort wrongly. Values are moved and not copied, which matters for
//! batches of thousands.

use domain::Moment;
use sea_orm::sea_query::Value;
use sqlx::Arguments;
use sqlx::mysql::MySqlArguments;
use sqlx::sqlite::SqliteArguments;

/// Arguments for MariaDB and MySQL.
pub(super) fn mysql(values: Vec<Value>) -> Result<MySqlArguments, sqlx::Error> {
    let mut arguments = MySqlArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for value in values {
        match value {
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::BigInt(value) => arguments.add(value),
            Value::BigUnsigned(value) => arguments.add(value),
            Value::Double(value) => arguments.add(value),
            Value::String(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
            // Sent as DATETIME. A time with a zone would be sent as TIMESTAMP, which ends in 2038.
            Value::ChronoDateTimeUtc(value) => arguments.add(value.map(|time| time.naive_utc())),
            other => return Err(unknown(&other)),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// Arguments for SQLite.
pub(super) fn sqlite(values: Vec<Value>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::BigInt(value) => arguments.add(value),
            Value::BigUnsigned(value) => {
                let value = value.map(i64::try_from).transpose();
                arguments.add(value.map_err(|error| sqlx::Error::Encode(error.into()))?)
            }
            Value::Double(value) => arguments.add(value),
            Value::String(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
            Value::ChronoDateTimeUtc(value) => {
                arguments.add(value.map(|time| Moment::from(time).to_string()))
            }
            other => return Err(unknown(&other)),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn unknown(value: &Value) -> sqlx::Error {
    sqlx::Error::Encode(format!("no column type holds the value {value:?}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_fraction_digits() {
        let time = Moment::from_micros(1_000_000).to_chrono();
        let arguments = sqlite(vec![Value::ChronoDateTimeUtc(Some(time))]).expect("binds");
        assert!(
            format!("{arguments:?}").contains("1970-01-01T00:00:01.000000Z"),
            "{arguments:?}"
        );
    }
}
