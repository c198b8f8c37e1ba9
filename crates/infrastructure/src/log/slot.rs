//! The write connection between two transactions.

use crate::connection::Endpoint;
use crate::session::Session;
use domain::Kind;
use domain::log::Hash;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long to wait after readers prevented the removal of remains. Each try may hold writers up for a
/// fifth of a second.
const REMAINS_PAUSE: Duration = Duration::from_secs(5);

/// The write connection of this process between two transactions.
pub(crate) struct Slot {
    /// The connection, unless it broke or was never opened.
    pub(crate) session: Option<Session>,
    /// The hash of the head that this process last committed, with the sequences at that time. As
    /// long as the head has this hash, no other process has written, and the counters need not be
    /// read again.
    pub(crate) last: Option<(Hash, BTreeMap<Kind, u64>)>,
    /// Whether the database may still have, beside its tables, what was destroyed in them.
    pub(crate) has_remains: bool,
    /// When their removal failed last.
    pub(crate) removal_failed_at: Option<Instant>,
}

impl Slot {
    /// Removes remains, if there are any and the last try was not just now. The session must be outside a
    /// transaction.
    pub(crate) async fn remove_remains(&mut self, place: &Endpoint, session: &Session) {
        let failed_just_now = |at: Instant| at.elapsed() < REMAINS_PAUSE;
        if !self.has_remains || self.removal_failed_at.is_some_and(failed_just_now) {
            return;
        }
        self.has_remains = !place.forget_deleted(session).await;
        self.removal_failed_at = self.has_remains.then(Instant::now);
    }
}

/// Before the first transaction. An earlier process may have ended before it could remove remains.
impl Default for Slot {
    fn default() -> Self {
        Self {
            session: None,
            last: None,
            has_remains: true,
            removal_failed_at: None,
        }
    }
}
