//! The log in its tables, the one write transaction, and the snapshots that readers see.

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

/// A pattern for folded columns that contain `text`, whatever its case and diacritics. What `LIKE`
/// takes for wildcards stands for itself.
pub(crate) fn contains(text: &str) -> LikeExpr {
    has_within(&folded(text))
}

/// Matches a column that contains this text as it is written.
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
