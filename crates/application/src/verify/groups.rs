//! What has ever belonged to the groups by which operations list.

use domain::Kind;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// A group, by its hash, and something that belonged to it at some time. Two groups with the same
/// hash widen a list, which its filter narrows again.
pub(super) type Member = (u64, Uuid);

/// The hash of a group.
pub(super) fn group(kind: Kind, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, name).hash(&mut hasher);
    hasher.finish()
}

/// All members. Grows with the log, by 24 bytes for each cargo and voyage, and for each cargo and
/// container.
#[derive(Debug, Default)]
pub(super) struct Groups {
    members: Vec<Member>,
    /// How many of them are sorted, without repeats.
    sorted: usize,
}

/// The number of unsorted members at which they are sorted, if most are.
const UNSORTED_MAX: usize = 1 << 16;

impl Groups {
    pub(super) fn add(&mut self, members: HashSet<Member>) {
        self.members.extend(members);
        if self.members.len() > 2 * self.sorted.max(UNSORTED_MAX) {
            self.sort();
        }
    }

    /// Sorts the members. Needed before [`of`](Self::of).
    pub(super) fn sort(&mut self) {
        self.members.sort_unstable();
        self.members.dedup();
        self.sorted = self.members.len();
    }

    /// What has belonged to a group.
    pub(super) fn of(&self, group: u64) -> impl Iterator<Item = Uuid> {
        let first = self.members.partition_point(|(own, _)| *own < group);
        let from = self.members[first..].iter();
        from.take_while(move |(own, _)| *own == group)
            .map(|(_, id)| *id)
    }
}
