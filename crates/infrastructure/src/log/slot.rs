//! The write connection between two transactions.

use crate::session::Session;
use domain::Kind;
use domain::log::Hash;
use std::collections::BTreeMap;

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
}

/// Before the first transaction. An earlier process may have ended before it could remove remains.
impl Default for Slot {
    fn default() -> Self {
        Self {
            session: None,
            last: None,
            has_remains: true,
        }
    }
}
