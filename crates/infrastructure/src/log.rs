//! The log in its tables, the one write transaction, and the snapshots that readers see.

mod reading;
mod remembered;
pub(crate) mod rows;
mod snapshot;
pub(crate) mod store;
mod transaction;

pub(crate) use snapshot::DatabaseReader;
pub(crate) use store::{DatabaseStore, keep_alive};

use sea_orm::sea_query::LikeExpr;

/// A pattern for columns in small letters that contain `text`, whatever its case. What `LIKE`
/// takes for wildcards stands for itself.
pub(crate) fn contains(text: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('!')
}
