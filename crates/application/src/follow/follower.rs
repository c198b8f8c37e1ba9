//! [`Follower`]: reads the log from a place on.

use domain::log::reader::{LogFilter, Snapshot};
use domain::log::store::StoreError;
use domain::log::{Bookmark, Entry, HistoryRow};

/// The maximum number of entries read at once, which bounds the memory of a follower.
pub const CHUNK: u64 = 200;

/// An entry and the states it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The log entry.
    pub entry: Entry,
    /// The history rows of the entry, by kind and id.
    pub history: Vec<HistoryRow>,
}

/// Why a follower cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The log ends before the follower's place.
    #[error("the log was cut: it ended at {position} or later, and now it ends at {head}")]
    Cut {
        /// The last position the follower has read.
        position: u64,
        /// The last position of the log.
        head: u64,
    },
    /// The log has another entry at the follower's place.
    #[error("the log was forked: position {position} has another entry than before")]
    Forked {
        /// The last position the follower has read.
        position: u64,
    },
    /// The log has a gap.
    #[error("the log has a gap at position {position}")]
    Missing {
        /// The first missing position.
        position: u64,
    },
    /// The store failed. A later attempt may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A follower's place compared with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// At the head of the snapshot.
    AtHead,
    /// This many entries behind the head.
    Behind(u64),
    /// This many entries ahead of the head: the snapshot is older, or the log was cut.
    Ahead(u64),
}

/// Reads the log entry by entry.
#[derive(Debug, Clone)]
pub struct Follower {
    at: Bookmark,
}

impl Follower {
    /// A follower that has read everything up to a bookmark.
    #[must_use]
    pub fn new(at: Bookmark) -> Self {
        Self { at }
    }

    /// A follower that has read everything up to a position.
    ///
    /// # Errors
    ///
    /// `Cut` if the log ends before the position; otherwise if the store fails.
    pub async fn after(position: u64, snapshot: &mut dyn Snapshot) -> Result<Self, FollowError> {
        let head = Bookmark::from(snapshot.head());
        if position == head.position {
            return Ok(Self::new(head));
        }
        if position > head.position {
            let head = head.position;
            return Err(FollowError::Cut { position, head });
        }
        if position == 0 {
            return Ok(Self::new(Bookmark::START));
        }
        let found = snapshot.entries_at(&[position]).await?;
        let entry = found.first().ok_or(FollowError::Missing { position })?;
        Ok(Self::new(entry.into()))
    }

    /// The last entry the follower has read.
    #[must_use]
    pub fn at(&self) -> Bookmark {
        self.at
    }

    /// How far the follower is from the head of a snapshot.
    ///
    /// # Errors
    ///
    /// `Forked` if the snapshot has another entry at the follower's place; otherwise if the store fails.
    pub async fn standing(&self, snapshot: &mut dyn Snapshot) -> Result<Standing, FollowError> {
        let head = Bookmark::from(snapshot.head());
        let position = self.at.position;
        if head == self.at {
            return Ok(Standing::AtHead);
        }
        if head.position < position {
            return Ok(Standing::Ahead(position - head.position));
        }
        if Self::after(position, snapshot).await?.at != self.at {
            return Err(FollowError::Forked { position });
        }
        Ok(Standing::Behind(head.position - position))
    }

    /// Reads the next entries, at most `limit`, oldest first; none at the head. The snapshot must
    /// be newer than the one of the last call.
    ///
    /// # Errors
    ///
    /// If the log was cut or forked, has a gap, or the store fails. The follower then keeps its place.
    pub async fn read(
        &mut self,
        snapshot: &mut dyn Snapshot,
        limit: u64,
    ) -> Result<Vec<Committed>, FollowError> {
        let head = Bookmark::from(snapshot.head());
        let Bookmark { position, hash } = self.at;
        if head == self.at {
            return Ok(Vec::new());
        }
        if head.position < position {
            let head = head.position;
            return Err(FollowError::Cut { position, head });
        }
        // Starts with the last entry it has read, to compare the hash.
        let (from, limit) = match position {
            0 => (1, limit),
            _ => (position, limit.saturating_add(1)),
        };
        let all = LogFilter::default();
        let mut entries = snapshot.entries(&all, from, limit).await?;
        if position > 0 {
            let own = entries.first().filter(|entry| entry.position == position);
            if own.is_none_or(|own| own.hash != hash) {
                return Err(FollowError::Forked { position });
            }
            entries.remove(0);
        }
        for (entry, expected) in entries.iter().zip(position + 1..) {
            if entry.position != expected {
                return Err(FollowError::Missing { position: expected });
            }
        }
        let Some(last) = entries.last().map(Bookmark::from) else {
            return Err(match head.position == position {
                true => FollowError::Forked { position },
                false => FollowError::Missing {
                    position: position + 1,
                },
            });
        };
        let history = snapshot.history(position + 1, last.position).await?;
        let mut history = history.into_iter().peekable();
        let committed = entries.into_iter().map(|entry| {
            let own = std::iter::from_fn(|| history.next_if(|row| row.position <= entry.position));
            let history = own.collect();
            Committed { entry, history }
        });
        let committed = committed.collect();
        self.at = last;
        Ok(committed)
    }
}
