//! The in-memory store for tests. It has the same contracts as the databases.

mod audit;
mod checkpoints;
mod keys;
mod lists;

use async_trait::async_trait;
use domain::aggregate::Name;
use domain::list::AnyFilter;
use domain::log::reader::{Entries, History, LogFilter, Reader, Snapshot};
use domain::log::retention::{RefusalCounts, RefusalSort, Retention};
use domain::log::store::{
    Appended, Change, CommitError, CommitMarker, Loader, Remembered, Store, StoreError, Transaction,
};
use domain::log::tree::{Row, Tree, leaf};
use domain::log::{
    Actor, Bookmark, Cause, Entry, Hash, Head, HistoryRow, ListChange, PastEpoch, Progress,
    Refusal, SealKey,
};
use domain::{AnyAggregate, Kind, Lookup, Moment, Versioned};
use futures::lock::{Mutex, OwnedMutexGuard};
use lists::limited;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// An in-memory store.
#[derive(Clone)]
pub struct MemoryStore {
    head_lock: Arc<Mutex<Tables>>,
    /// Each snapshot holds one.
    connections: Arc<Semaphore>,
}

#[derive(Clone)]
struct Tables {
    head: Head,
    sequences: BTreeMap<Kind, u64>,
    rows: BTreeMap<(Kind, Uuid), Versioned<AnyAggregate>>,
    entries: Vec<Entry>,
    history: Vec<HistoryRow>,
    list_changes: Vec<ListChange>,
    refusals: Vec<Refusal>,
    refusal_counts: RefusalCounts,
    checkpoints: BTreeMap<String, Bookmark>,
    progress: BTreeMap<String, Progress>,
    past_epochs: Vec<PastEpoch>,
    keys: BTreeMap<(Kind, Uuid), SealKey>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        let tables = Tables {
            head: Head {
                epoch: Uuid::from_u128(1),
                position: 0,
                recorded_at: Moment::from_micros(0),
                hash: Hash::ZERO,
            },
            sequences: BTreeMap::new(),
            rows: BTreeMap::new(),
            entries: Vec::new(),
            history: Vec::new(),
            list_changes: Vec::new(),
            refusals: Vec::new(),
            refusal_counts: RefusalCounts::new(),
            checkpoints: BTreeMap::new(),
            progress: BTreeMap::new(),
            past_epochs: Vec::new(),
            keys: BTreeMap::new(),
        };
        Self {
            head_lock: Arc::new(Mutex::new(tables)),
            connections: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }
}

impl MemoryStore {
    /// An empty store from which at most this many snapshots are read at once, as from a database
    /// with this many read connections. Further ones wait.
    #[must_use]
    pub fn with_read_connections(number: usize) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(number)),
            ..Self::default()
        }
    }

    /// An empty store whose log has this name.
    #[must_use]
    pub fn in_epoch(epoch: Uuid) -> Self {
        let store = Self::default();
        futures::executor::block_on(store.head_lock.lock())
            .head
            .epoch = epoch;
        store
    }

    /// A separate store with the same content.
    #[must_use]
    pub fn fork(&self) -> Self {
        let tables = futures::executor::block_on(self.head_lock.lock()).clone();
        Self {
            head_lock: Arc::new(Mutex::new(tables)),
            ..Self::default()
        }
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let committed = Arc::clone(&self.head_lock).lock_owned().await;
        let working = committed.clone();
        Ok(Box::new(MemoryTransaction { committed, working }))
    }

    async fn settle(&self, _: Option<u64>, written: CommitMarker) -> Result<bool, StoreError> {
        let tables = self.head_lock.lock().await;
        Ok(match written {
            CommitMarker::Operation(id) => tables.entries.iter().any(|entry| entry.id == id),
            CommitMarker::Refusal(id) => tables.refusals.iter().any(|refusal| refusal.id == id),
        })
    }
}

#[async_trait]
impl Retention for MemoryStore {
    async fn expire_refusals(&self, before: Moment, limit: u64) -> Result<u64, StoreError> {
        let tables = &mut *self.head_lock.lock().await;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let oldest = tables.refusals.iter().take(limit);
        let expired = oldest.take_while(|refusal| refusal.recorded_at < before);
        let expired = expired.count();
        for refusal in tables.refusals.drain(..expired) {
            let rule = refusal.rejection.rule.into_owned();
            let (at, actor, operation) = (refusal.recorded_at, refusal.actor, refusal.operation);
            let sort = RefusalSort::new(at, actor, operation, rule);
            *tables.refusal_counts.entry(sort).or_default() += 1;
        }
        Ok(expired as u64)
    }

    async fn count_refusals(&self, counts: &RefusalCounts) -> Result<(), StoreError> {
        let tables = &mut *self.head_lock.lock().await;
        for (sort, count) in counts {
            *tables.refusal_counts.entry(sort.clone()).or_default() += count;
        }
        Ok(())
    }
}

struct MemoryTransaction {
    committed: OwnedMutexGuard<Tables>,
    working: Tables,
}

impl Tables {
    fn load(&self, kind: Kind, ids: &[Uuid], keys: &[String]) -> Vec<Versioned<AnyAggregate>> {
        self.of(kind)
            .filter(|row| {
                ids.contains(&row.state.id())
                    || row
                        .state
                        .natural_key()
                        .is_some_and(|key| keys.iter().any(|k| k == key))
            })
            .cloned()
            .collect()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Versioned<AnyAggregate>> {
        self.rows
            .iter()
            .filter_map(move |((of, _), row)| (*of == kind).then_some(row))
    }

    fn admitted(&self, filter: &dyn AnyFilter) -> impl Iterator<Item = &Versioned<AnyAggregate>> {
        let rows = self.of(filter.kind());
        rows.filter(|row| filter.admits_any(&row.state))
    }

    fn ids(&self, filter: &dyn AnyFilter) -> Vec<Uuid> {
        let rows = self.admitted(filter);
        rows.map(|row| row.state.id()).collect()
    }

    fn note_epochs(&mut self, past: &[PastEpoch]) {
        let is_known = |own: &PastEpoch| past.iter().any(|other| other.epoch == own.epoch);
        self.past_epochs.retain(|own| !is_known(own));
        self.past_epochs.extend(past.iter().cloned());
        self.past_epochs.sort_by_key(|own| own.ended_at);
    }

    fn write(&mut self, change: &Change) -> Result<(), StoreError> {
        let place = (change.new.state.kind(), change.new.state.id());
        let stored = self.rows.get(&place).map(|row| row.version);
        if stored != change.loaded.as_ref().map(|loaded| loaded.version) {
            return Err(StoreError::data(format!(
                "{} {} has another version",
                place.0, place.1
            )));
        }
        if let (None, Some(key)) = (stored, change.new.state.natural_key())
            && !self.load(place.0, &[], &[key.to_owned()]).is_empty()
        {
            return Err(StoreError::data(format!(
                "{} {key} is there already",
                place.0
            )));
        }
        self.rows.insert(place, change.new.clone());
        Ok(())
    }
}

#[async_trait]
impl Loader for MemoryTransaction {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        Ok(self.working.load(kind, ids, keys))
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        Ok(self.working.ids(filter))
    }
}

#[async_trait]
impl Transaction for MemoryTransaction {
    fn head(&self) -> &Head {
        &self.committed.head
    }

    fn sequences(&self) -> &BTreeMap<Kind, u64> {
        &self.committed.sequences
    }

    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        rejections_since: Moment,
    ) -> Result<Vec<Remembered>, StoreError> {
        let asked = |actor: &Actor, key: &Option<domain::log::Key>| {
            key.as_ref()
                .is_some_and(|key| keys.contains(&(actor.clone(), key.text.clone())))
        };
        let accepted = self
            .working
            .entries
            .iter()
            .filter(|e| asked(&e.actor, &e.key));
        let refused = self
            .working
            .refusals
            .iter()
            .filter(|r| asked(&r.actor, &r.key) && r.recorded_at >= rejections_since);
        Ok(accepted
            .map(|entry| Remembered::Accepted(Box::new(entry.clone())))
            .chain(refused.map(|refusal| Remembered::Refused(Box::new(refusal.clone()))))
            .collect())
    }

    async fn reactions(&mut self, causes: &[Cause]) -> Result<Vec<Entry>, StoreError> {
        let entries = self.working.entries.iter();
        let of = |entry: &&Entry| {
            entry
                .cause
                .as_ref()
                .is_some_and(|cause| causes.contains(cause))
        };
        Ok(entries.filter(of).cloned().collect())
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        Ok(self.working.keys(kind, ids))
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        changes
            .iter()
            .try_for_each(|change| self.working.write(change))
    }

    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError> {
        let tables = &mut self.working;
        if let Some(last) = batch.entries.last() {
            tables.head = Head {
                epoch: tables.head.epoch,
                position: last.position,
                recorded_at: last.recorded_at,
                hash: last.hash,
            };
        }
        tables.entries.extend(batch.entries.iter().cloned());
        tables.history.extend(batch.history.iter().cloned());
        let list_changes = batch.list_changes.iter();
        tables.list_changes.extend(list_changes.cloned());
        tables.refusals.extend(batch.refusals.iter().cloned());
        tables.sequences.extend(&batch.sequences);
        tables.note_epochs(&batch.past_epochs);
        tables.change_keys(&batch.keys)
    }

    async fn commit(mut self: Box<Self>) -> Result<(), CommitError> {
        *self.committed = self.working;
        Ok(())
    }

    async fn rollback(self: Box<Self>) {}
}

#[async_trait]
impl Reader for MemoryStore {
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let connection = Arc::clone(&self.connections).acquire_owned().await;
        let connection = connection.expect("the semaphore is never closed");
        let tables = self.head_lock.lock().await.clone();
        Ok(Box::new(MemorySnapshot(tables, connection)))
    }
}

struct MemorySnapshot(
    Tables,
    #[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit,
);

#[async_trait]
impl Loader for MemorySnapshot {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        Ok(self.0.load(kind, ids, keys))
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        Ok(self.0.ids(filter))
    }
}

#[async_trait]
impl Entries for MemorySnapshot {
    fn head(&self) -> &Head {
        &self.0.head
    }

    async fn entries(
        &mut self,
        filter: &LogFilter,
        from: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let entries = self.0.entries.iter().filter(|entry| entry.position >= from);
        Ok(limited(entries.filter(asked_for(filter)).cloned(), limit))
    }

    async fn entries_before(
        &mut self,
        filter: &LogFilter,
        before: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let entries = self.0.entries.iter().rev();
        let entries = entries.filter(|entry| entry.position < before);
        Ok(limited(entries.filter(asked_for(filter)).cloned(), limit))
    }

    async fn entries_at(&mut self, positions: &[u64]) -> Result<Vec<Entry>, StoreError> {
        let entries = self.0.entries.iter();
        let named = entries.filter(|entry| positions.contains(&entry.position));
        Ok(named.cloned().collect())
    }

    async fn refusals(
        &mut self,
        filter: &LogFilter,
        judged_at: RangeInclusive<u64>,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Refusal>, StoreError> {
        let mut refusals: Vec<_> = self
            .0
            .refusals
            .iter()
            .filter(|refusal| before.is_none_or(|before| refusal.id < before))
            .filter(|refusal| judged_at.contains(&refusal.judged_at))
            .filter(|refusal| {
                let target = refusal.target.as_deref();
                passes_log(filter, &refusal.operation, &refusal.actor, target)
            })
            .collect();
        refusals.sort_by_key(|refusal| std::cmp::Reverse(refusal.id));
        Ok(limited(refusals.into_iter().cloned(), limit))
    }

    async fn refusal_counts(&mut self, from_day: &str) -> Result<RefusalCounts, StoreError> {
        let counts = self.0.refusal_counts.iter();
        let wanted = counts.filter(|(sort, _)| sort.day.as_str() >= from_day);
        Ok(wanted.map(|(sort, count)| (sort.clone(), *count)).collect())
    }

    async fn past_epochs(&mut self) -> Result<Vec<PastEpoch>, StoreError> {
        Ok(self.0.past_epochs.clone())
    }

    async fn tree_row(&mut self, row: &Row) -> Result<Vec<Hash>, StoreError> {
        let (mut tree, mut nodes) = (Tree::default(), Vec::new());
        for (number, entry) in self.0.entries.iter().enumerate() {
            nodes.push((0, number as u64, leaf(entry.hash)));
            let completed = tree.push(entry.hash).into_iter();
            nodes.extend(completed.map(|node| (node.level, node.number, node.hash)));
        }
        nodes.retain(|(level, number, _)| *level == row.level && row.numbers.contains(number));
        Ok(nodes.into_iter().map(|(.., hash)| hash).collect())
    }

    async fn position_at(&mut self, time: Moment) -> Result<u64, StoreError> {
        let entries = self.0.entries.iter().rev();
        Ok(entries
            .skip_while(|entry| entry.recorded_at > time)
            .map(|entry| entry.position)
            .next()
            .unwrap_or(0))
    }

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        Ok(self.0.progress_of(readers))
    }
}

#[async_trait]
impl History for MemorySnapshot {
    async fn state_at(
        &mut self,
        lookup: &Lookup,
        position: u64,
    ) -> Result<Option<HistoryRow>, StoreError> {
        let id = match &lookup.name {
            Name::Id(id) => *id,
            Name::Key(key) => match self
                .0
                .load(lookup.kind, &[], std::slice::from_ref(key))
                .pop()
            {
                Some(row) => row.state.id(),
                None => return Ok(None),
            },
        };
        let rows = self.0.history.iter().rev();
        Ok(rows
            .filter(|row| row.kind == lookup.kind && row.id == id)
            .find(|row| row.position <= position)
            .cloned())
    }

    async fn history_of(
        &mut self,
        kind: Kind,
        id: Uuid,
        after: u64,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let rows = self.0.history.iter();
        let own = rows.filter(|row| row.kind == kind && row.id == id && row.version > after);
        Ok(limited(own.cloned(), limit))
    }

    async fn history(&mut self, from: u64, to: u64) -> Result<Vec<HistoryRow>, StoreError> {
        let rows = self.0.history.iter();
        Ok(rows
            .filter(|row| (from..=to).contains(&row.position))
            .cloned()
            .collect())
    }

    async fn changes(
        &mut self,
        kind: Kind,
        sequences: RangeInclusive<u64>,
    ) -> Result<Vec<(HistoryRow, Entry)>, StoreError> {
        let Tables {
            history, entries, ..
        } = &self.0;
        let rows = history.iter();
        let asked = rows.filter(|row| row.kind == kind && sequences.contains(&row.sequence));
        let with_entry = asked.filter_map(|row| {
            let entry = entries.iter().find(|entry| entry.position == row.position);
            Some((row.clone(), entry?.clone()))
        });
        Ok(with_entry.collect())
    }

    async fn states_at(
        &mut self,
        kind: Kind,
        position: u64,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let rows = self.0.history.iter();
        let rows = rows.filter(|row| row.kind == kind && row.position <= position);
        let newest: BTreeMap<Uuid, &HistoryRow> = rows.map(|row| (row.id, row)).collect();
        let beyond = newest.into_iter();
        let beyond = beyond.filter(|(id, _)| after.is_none_or(|after| *id > after));
        Ok(limited(beyond.map(|(_, row)| row.clone()), limit))
    }

    async fn states_of(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        position: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let mut states = self.states_at(kind, position, None, u64::MAX).await?;
        states.retain(|row| ids.contains(&row.id));
        Ok(states)
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        Ok(self.0.keys(kind, ids))
    }

    async fn sequences(&mut self) -> Result<BTreeMap<Kind, u64>, StoreError> {
        Ok(self.0.sequences.clone())
    }

    async fn changed_since(&mut self, kind: Kind, sequence: u64) -> Result<Vec<Uuid>, StoreError> {
        let rows = self.0.history.iter();
        let changed = rows.filter(|row| row.kind == kind && row.sequence > sequence);
        let ids: BTreeSet<Uuid> = changed.map(|row| row.id).collect();
        Ok(ids.into_iter().collect())
    }
}

fn passes_log(filter: &LogFilter, operation: &str, actor: &Actor, target: Option<&str>) -> bool {
    is(&filter.operation, operation)
        && is(&filter.actor, &actor.to_string())
        && is(&filter.target, target.unwrap_or(""))
}

fn asked_for(filter: &LogFilter) -> impl Fn(&&Entry) -> bool {
    |entry| {
        passes_log(
            filter,
            &entry.operation,
            &entry.actor,
            entry.target.as_deref(),
        )
    }
}

fn is(asked: &Option<String>, own: &str) -> bool {
    asked.as_ref().is_none_or(|asked| asked == own)
}
