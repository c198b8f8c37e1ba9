//! Deletes old refusals, and stores the numbers of those that are only counted.

use application::Pipeline;
use domain::Moment;
use domain::causes::WithCauses;
use domain::log::retention::{RefusalCounts, Retention};
use domain::ports::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How often numbers are stored and old refusals are looked for.
const INTERVAL: Duration = Duration::from_secs(60);
/// How many refusals are deleted in one transaction.
const DELETED_TOGETHER: u64 = 1_000;

/// What it works on.
pub(super) struct Keeper {
    pub(super) pipeline: Pipeline,
    pub(super) retention: Arc<dyn Retention>,
    pub(super) clock: Arc<dyn Clock>,
    /// For how many days refusals are kept.
    pub(super) days: u32,
    /// Numbers that are not stored yet.
    pub(super) unstored: RefusalCounts,
}

impl Keeper {
    /// Works until it is dropped.
    pub(super) async fn run(mut self) {
        let mut ticks = tokio::time::interval(INTERVAL);
        loop {
            ticks.tick().await;
            self.work().await;
        }
    }

    /// Stores what was counted, and deletes what is too old.
    async fn work(&mut self) {
        for (sort, count) in self.pipeline.take_counted_refusals() {
            *self.unstored.entry(sort).or_default() += count;
        }
        if !self.unstored.is_empty() {
            match self.retention.count_refusals(&self.unstored).await {
                Ok(()) => self.unstored.clear(),
                Err(error) => {
                    let error = WithCauses(&error);
                    tracing::warn!(%error, "failed to store the numbers of refusals; retrying");
                }
            }
        }
        let age = i64::from(self.days) * 24 * 3_600 * 1_000_000;
        let before = Moment::from_micros(self.clock.now().micros() - age);
        loop {
            match self
                .retention
                .expire_refusals(before, DELETED_TOGETHER)
                .await
            {
                Ok(DELETED_TOGETHER) => {}
                Ok(_) => return,
                Err(error) => {
                    let error = WithCauses(&error);
                    tracing::warn!(%error, "failed to delete old refusals; retrying");
                    return;
                }
            }
        }
    }
}
