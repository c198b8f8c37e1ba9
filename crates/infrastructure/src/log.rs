//! The tables of the log, the one write transaction, and the snapshots that readers see.

mod checkpoints;
mod reading;
mod remembered;
pub(crate) mod rows;
mod snapshot;
pub(crate) mod store;
mod transaction;

pub(crate) use snapshot::DatabaseReader;
pub(crate) use store::{DatabaseStore, keep_alive};

use domain::text::folded;
use sea_orm::sea_query::LikeExpr;

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
