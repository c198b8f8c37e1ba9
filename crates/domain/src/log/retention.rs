//! How long refusals are kept, and what stays of them.

use super::Actor;
use super::store::StoreError;
use crate::moment::Moment;
use async_trait::async_trait;
use std::collections::BTreeMap;

/// What refusals that are not kept one by one are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusalSort {
    /// The day in UTC, as `YYYY-MM-DD`.
    pub day: String,
    pub actor: Actor,
    /// The name of the operation.
    pub operation: String,
    /// The name of the rule.
    pub rule: String,
}

impl RefusalSort {
    /// The sort of a refusal at this time.
    #[must_use]
    pub fn new(at: Moment, actor: Actor, operation: String, rule: String) -> Self {
        Self {
            day: day(at),
            actor,
            operation,
            rule,
        }
    }
}

/// The day of a moment in UTC, as `YYYY-MM-DD`.
#[must_use]
pub fn day(at: Moment) -> String {
    at.to_chrono().format("%Y-%m-%d").to_string()
}

/// Whether this is a day as [`day`] writes it.
#[must_use]
pub fn is_day(text: &str) -> bool {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10
}

/// The numbers of refusals that are only counted.
pub type RefusalCounts = BTreeMap<RefusalSort, u64>;

/// Keeps refusals for a time, and counts the rest.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Deletes the oldest refusals recorded before a time, at most `limit` of them, and counts them
    /// in the same transaction. Returns how many there were.
    ///
    /// # Errors
    ///
    /// If the database does not work. Then nothing is deleted.
    async fn expire_refusals(&self, before: Moment, limit: u64) -> Result<u64, StoreError>;

    /// Adds to the numbers of refusals that are only counted.
    ///
    /// # Errors
    ///
    /// If the database does not work. Then nothing is counted.
    async fn count_refusals(&self, counts: &RefusalCounts) -> Result<(), StoreError>;
}
