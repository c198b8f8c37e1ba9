//! An in-memory store that fails on request, transaction by transaction.

use crate::memory::MemoryStore;
use async_trait::async_trait;
use domain::Moment;
use domain::aggregate::{AnyAggregate, Kind, Versioned};
use domain::list::AnyFilter;
use domain::log::store::{
    Appended, Change, Checkpoints, CommitError, CommitMarker, Loader, Remembered, Store,
    StoreError, Transaction,
};
use domain::log::{Actor, Bookmark, Cause, Entry, Head, Progress, SealKey};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::task::Poll;
use uuid::Uuid;

/// The fault of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The commit happened, but its answer was lost.
    LostAfter,
    /// The commit did not happen, and no answer came.
    LostBefore,
    /// The database asks for a retry.
    Retry,
    /// The database refuses data that names this customer's country.
    Poison,
    /// The lock comes late: other tasks run meanwhile, and again between all statements.
    Slow(u8),
    /// Another writer held the lock for too long.
    LockTimeout,
    /// There is no connection.
    Down,
    /// The connection breaks while states are loaded.
    Dropped,
}

/// The store.
pub(super) struct Faulty {
    inner: MemoryStore,
    faults: Mutex<VecDeque<Fault>>,
    /// Whether the outcome of a commit can be settled, one answer for each question. Always true
    /// once the list is empty.
    settles: Mutex<VecDeque<bool>>,
    /// Whether it acknowledges a commit that does not happen, to see whether that is detected.
    pub(super) lies: bool,
}

impl Faulty {
    pub(super) fn new(
        inner: MemoryStore,
        faults: impl IntoIterator<Item = Fault>,
        settles: impl IntoIterator<Item = bool>,
    ) -> Self {
        Self {
            inner,
            faults: Mutex::new(faults.into_iter().collect()),
            settles: Mutex::new(settles.into_iter().collect()),
            lies: false,
        }
    }
}

/// Lets all other tasks run this many times.
async fn step_aside(times: u8) {
    for _ in 0..times {
        let mut is_back = false;
        futures::future::poll_fn(|context| {
            if is_back {
                return Poll::Ready(());
            }
            is_back = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

struct FaultyTransaction {
    inner: Box<dyn Transaction>,
    fault: Fault,
    lies: bool,
}

impl Fault {
    async fn delay(self) {
        if let Self::Slow(times) = self {
            step_aside(times).await;
        }
    }
}

fn unavailable() -> StoreError {
    StoreError::unavailable("gone")
}

#[async_trait]
impl Store for Faulty {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let fault = self.faults.lock().expect("no panic").pop_front();
        let fault = fault.unwrap_or(Fault::None);
        match fault {
            Fault::LockTimeout => return Err(StoreError::retry("lock wait timeout")),
            Fault::Down => return Err(unavailable()),
            _ => fault.delay().await,
        }
        let inner = self.inner.begin().await?;
        let lies = self.lies;
        Ok(Box::new(FaultyTransaction { inner, fault, lies }))
    }

    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError> {
        let works = self.settles.lock().expect("no panic").pop_front();
        if works == Some(false) {
            return Err(unavailable());
        }
        self.inner.settle(connection, written).await
    }
}

#[async_trait]
impl Loader for FaultyTransaction {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        self.fault.delay().await;
        if self.fault == Fault::Dropped {
            return Err(unavailable());
        }
        self.inner.load(kind, ids, keys).await
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        self.fault.delay().await;
        self.inner.ids(filter).await
    }
}

#[async_trait]
impl Checkpoints for FaultyTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        self.inner.checkpoint(follower).await
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        self.inner.move_checkpoint(follower, from, to).await
    }

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        self.inner.progress(readers).await
    }

    async fn report(
        &mut self,
        reader: &str,
        before: Option<&Progress>,
        now: &Progress,
    ) -> Result<(), StoreError> {
        self.inner.report(reader, before, now).await
    }
}

#[async_trait]
impl Transaction for FaultyTransaction {
    fn head(&self) -> &Head {
        self.inner.head()
    }

    fn sequences(&self) -> &BTreeMap<Kind, u64> {
        self.inner.sequences()
    }

    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        since: Moment,
    ) -> Result<Vec<Remembered>, StoreError> {
        self.inner.remembered(keys, since).await
    }

    async fn reactions(&mut self, causes: &[Cause]) -> Result<Vec<Entry>, StoreError> {
        self.inner.reactions(causes).await
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        self.inner.keys(kind, ids).await
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.fault.delay().await;
        let poisoned = |change: &Change| change.new.state.json().contains("poison");
        match self.fault {
            Fault::Retry => Err(StoreError::retry("deadlock")),
            Fault::Poison if changes.iter().any(poisoned) => {
                Err(StoreError::data("a value does not fit"))
            }
            _ => self.inner.write(changes).await,
        }
    }

    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError> {
        self.inner.append(batch).await
    }

    async fn commit(self: Box<Self>) -> Result<(), CommitError> {
        self.fault.delay().await;
        let lost = CommitError::Unknown {
            connection: Some(7),
            source: StoreError::unavailable("connection reset"),
        };
        match self.fault {
            Fault::LostAfter => {
                self.inner.commit().await?;
                Err(lost)
            }
            Fault::LostBefore => {
                self.inner.rollback().await;
                if self.lies { Ok(()) } else { Err(lost) }
            }
            _ => self.inner.commit().await,
        }
    }

    async fn rollback(self: Box<Self>) {
        self.inner.rollback().await;
    }
}
