//! A store that measures its batches: their size and time, whether one hangs, and whether the
//! database refuses writes.

use crate::limits::{REFUSING_FOR, STUCK_AFTER};
use crate::metrics::Metrics;
use async_trait::async_trait;
use domain::list::AnyFilter;
use domain::log::store::{
    Appended, Change, Checkpoints, CommitError, CommitMarker, Loader, Remembered, Store,
    StoreError, Transaction,
};
use domain::log::{Actor, Bookmark, Cause, Entry, Head, Progress, SealKey};
use domain::{AnyAggregate, Kind, Moment, Versioned};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use uuid::Uuid;

/// Whether a write transaction is open and since when, and when the last one failed.
#[derive(Debug)]
pub struct Pulse {
    started: Instant,
    /// Milliseconds after `started`, plus one. 0 if no transaction is open.
    since: AtomicU64,
    /// The same for the last failed transaction. 0 if one has succeeded since.
    failed: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            since: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }
}

impl Pulse {
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn begin(self: &Arc<Self>) -> Beat {
        self.since.store(self.now(), Ordering::Relaxed);
        Beat(Arc::clone(self))
    }

    /// Whether a transaction has been open for too long.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        let limit = u64::try_from(STUCK_AFTER.as_millis()).unwrap_or(u64::MAX);
        since != 0 && self.now().saturating_sub(since) > limit
    }

    /// Whether the database has recently refused a write transaction, for example because its disk
    /// is full. Only a new try shows whether it accepts them again, so this expires.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let failed = self.failed.load(Ordering::Relaxed);
        let limit = u64::try_from(REFUSING_FOR.as_millis()).unwrap_or(u64::MAX);
        failed != 0 && self.now().saturating_sub(failed) < limit
    }

    /// Records that the database does not work or did not grant the lock.
    fn note<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Unavailable(_) | StoreError::Retry(_)) = &result {
            self.fails();
        }
        result
    }

    fn fails(&self) {
        self.failed.store(self.now(), Ordering::Relaxed);
    }

    fn works(&self) {
        self.failed.store(0, Ordering::Relaxed);
    }
}

/// An open transaction, until dropped.
struct Beat(Arc<Pulse>);

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.since.store(0, Ordering::Relaxed);
    }
}

/// A measured store.
pub struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
}

impl MeasuredStore {
    /// Measures a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>, pulse: Arc<Pulse>) -> Self {
        Self {
            store,
            metrics,
            pulse,
        }
    }
}

#[async_trait]
impl Store for MeasuredStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let beat = self.pulse.begin();
        let began = Instant::now();
        let inner = self.pulse.note(self.store.begin().await)?;
        Ok(Box::new(MeasuredTransaction {
            inner,
            metrics: Arc::clone(&self.metrics),
            began,
            operations: 0,
            beat,
        }))
    }

    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError> {
        let _beat = self.pulse.begin();
        let settled = self.store.settle(connection, written).await;
        match settled {
            Ok(true) => self.pulse.works(),
            // A full disk shows here, because the commit itself fails.
            Ok(false) => self.pulse.fails(),
            Err(_) => {}
        }
        self.pulse.note(settled)
    }
}

struct MeasuredTransaction {
    inner: Box<dyn Transaction>,
    metrics: Arc<Metrics>,
    began: Instant,
    operations: usize,
    beat: Beat,
}

#[async_trait]
impl Loader for MeasuredTransaction {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        self.beat.0.note(self.inner.load(kind, ids, keys).await)
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        self.beat.0.note(self.inner.ids(filter).await)
    }
}

#[async_trait]
impl Checkpoints for MeasuredTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        self.beat.0.note(self.inner.checkpoint(follower).await)
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        let moved = self.inner.move_checkpoint(follower, from, to).await;
        self.beat.0.note(moved)
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
impl Transaction for MeasuredTransaction {
    fn head(&self) -> &Head {
        self.inner.head()
    }

    fn sequences(&self) -> &BTreeMap<Kind, u64> {
        self.inner.sequences()
    }

    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        rejections_since: Moment,
    ) -> Result<Vec<Remembered>, StoreError> {
        let found = self.inner.remembered(keys, rejections_since).await;
        self.beat.0.note(found)
    }

    async fn reactions(&mut self, causes: &[Cause]) -> Result<Vec<Entry>, StoreError> {
        self.beat.0.note(self.inner.reactions(causes).await)
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        self.beat.0.note(self.inner.keys(kind, ids).await)
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.beat.0.note(self.inner.write(changes).await)
    }

    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError> {
        self.operations = batch.entries.len() + batch.refusals.len();
        self.beat.0.note(self.inner.append(batch).await)
    }

    async fn commit(self: Box<Self>) -> Result<(), CommitError> {
        let committed = self.inner.commit().await;
        self.metrics
            .batch(self.operations, self.began.elapsed(), committed.is_ok());
        match &committed {
            Ok(()) => self.beat.0.works(),
            Err(CommitError::Failed(StoreError::Unavailable(_))) => self.beat.0.fails(),
            // The outcome is settled by looking.
            Err(_) => {}
        }
        committed
    }

    async fn rollback(self: Box<Self>) {
        self.inner.rollback().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use application::memory::MemoryStore;

    struct Full;

    #[async_trait]
    impl Store for Full {
        async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
            Err(StoreError::unavailable("the disk is full"))
        }

        async fn settle(&self, _: Option<u64>, _: CommitMarker) -> Result<bool, StoreError> {
            Ok(false)
        }
    }

    #[tokio::test]
    async fn a_refusing_database_is_reported_until_it_commits() {
        let (metrics, pulse) = (Arc::new(Metrics::default()), Arc::new(Pulse::default()));
        let through = |store: Arc<dyn Store>| {
            MeasuredStore::new(store, Arc::clone(&metrics), Arc::clone(&pulse))
        };
        assert!(!pulse.is_refused());
        assert!(through(Arc::new(Full)).begin().await.is_err());
        assert!(pulse.is_refused());
        let store = through(Arc::new(MemoryStore::default()));
        let transaction = store.begin().await.expect("memory");
        assert!(pulse.is_refused(), "a lock alone proves nothing");
        transaction.commit().await.expect("memory");
        assert!(!pulse.is_refused());
        let written = CommitMarker::Operation(Uuid::nil());
        let settled = through(Arc::new(Full)).settle(None, written).await;
        assert!(matches!(settled, Ok(false)));
        assert!(pulse.is_refused(), "the commit did not come through");
    }
}
