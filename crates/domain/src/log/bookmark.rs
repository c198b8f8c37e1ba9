//! A place in the log to which a reader returns.

use super::{Entry, Hash, Head};

/// The last entry that a reader of the log has seen. The hash shows whether that entry is still
/// there, or the log was truncated or forked before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookmark {
    /// The entry's position; 0 before the first entry.
    pub position: u64,
    /// The entry's hash; zeros before the first entry.
    pub hash: Hash,
}

impl Bookmark {
    /// Before the first entry.
    pub const START: Self = Self {
        position: 0,
        hash: Hash::ZERO,
    };
}

impl From<&Head> for Bookmark {
    fn from(head: &Head) -> Self {
        Self {
            position: head.position,
            hash: head.hash,
        }
    }
}

impl From<&Entry> for Bookmark {
    fn from(entry: &Entry) -> Self {
        Self {
            position: entry.position,
            hash: entry.hash,
        }
    }
}
