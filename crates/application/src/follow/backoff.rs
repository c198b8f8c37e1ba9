//! Pauses of a follower that fails.

use super::PAUSE;
use std::time::Duration;

/// The longest pause of a follower that keeps failing.
pub const PAUSE_MAX: Duration = Duration::from_secs(10);

/// The pauses between attempts: [`PAUSE`], doubled with each failure in a row, up to [`PAUSE_MAX`].
#[derive(Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// An attempt succeeded.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// An attempt failed.
    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// The pause before the next attempt.
    pub(super) fn pause(&self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures.saturating_sub(1));
        PAUSE.saturating_mul(doubled).min(PAUSE_MAX)
    }
}
