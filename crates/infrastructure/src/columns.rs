//! Columns: converts values between domain types and table columns.

use domain::Personal;
use domain::log::store::StoreError;
use domain::text::folded;
use sea_orm::sea_query::{LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;
use std::str::FromStr;

/// Why a row cannot become a state: a value in it does not parse.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

impl From<String> for Unreadable {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

/// Parses a text column.
pub(crate) fn parsed<T>(column: &str, text: &str) -> Result<T, Unreadable>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|reason| Unreadable(format!("{column} {reason}")))
}

/// Parses the column of a personal field, which is empty once it is erased.
pub(crate) fn personal<const MAX: usize>(
    column: &str,
    text: &str,
) -> Result<Personal<MAX>, Unreadable> {
    let read = Personal::from_column(text);
    read.map_err(|reason| Unreadable(format!("{column} {reason}")))
}

/// A condition for a column to equal a text, if one is given.
pub(crate) fn equals(column: impl ColumnTrait, text: Option<&str>) -> Option<SimpleExpr> {
    text.map(|text| column.eq(text))
}

/// Matches ASCII identifiers that start with a text. Uses a range, so that the index works on every
/// database.
pub(crate) fn begins(column: impl ColumnTrait, text: String) -> Condition {
    let beyond = format!("{text}\u{7f}");
    Condition::all()
        .add(column.gte(text))
        .add(column.lt(beyond))
}

/// Parses a column that holds the word of a plain enum.
pub(crate) fn word<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, Unreadable> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|reason| Unreadable(format!("{column}: {reason}")))
}

/// Parses a column that holds a JSON list.
pub(crate) fn json<'a, T: Deserialize<'a>>(column: &str, text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|reason| Unreadable(format!("{column}: {reason}")))
}

/// Converts a list to JSON for a column.
pub(crate) fn to_json(list: &impl serde::Serialize) -> String {
    serde_json::to_string(list).expect("a list of values with text keys and finite numbers")
}

/// Reads a count from a column.
pub(crate) fn unsigned<T: TryFrom<i64>>(column: &str, number: i64) -> Result<T, Unreadable> {
    T::try_from(number).map_err(|_| Unreadable(format!("{column} is {number}")))
}

/// Converts a count for a column.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::data(format!("{number} is too large")))
}

/// Converts a search bound. Caps it at the column's maximum, beyond which nothing is stored.
pub(crate) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Caps a limit at the maximum that the databases accept.
pub(crate) fn at_most(limit: u64) -> u64 {
    limit.min(i64::MAX.unsigned_abs())
}

/// A `LIKE` pattern that matches folded columns containing `text`, ignoring case and diacritics.
/// Escapes wildcards.
pub(crate) fn contains(text: &str) -> LikeExpr {
    has_within(&folded(text))
}

/// Matches a column that contains this exact text.
pub(crate) fn has_within(text: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('!')
}
