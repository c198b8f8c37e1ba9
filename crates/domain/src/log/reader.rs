//! The ports to the store, as readers see it: consistent snapshots, with one port for each kind
//! of reader.

use super::retention::RefusalCounts;
use super::store::{Loader, StoreError};
use super::tree::{Node, Row};
use super::{Entry, Hash, Head, HistoryRow, ListChange, PastEpoch, Progress, Refusal, SealKey};
use crate::aggregate::{AnyAggregate, Kind, Lookup, Versioned};
use crate::list::AnyFilter;
use crate::moment::Moment;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Opens snapshots.
#[async_trait]
pub trait Reader: Send + Sync {
    /// A consistent, read-only view of everything as of one position.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;
}

/// Everything as of the position of [`Entries::head`]. Ends when dropped.
pub trait Snapshot: Lists + Entries + History + Audit {}

impl<S: Lists + Entries + History + Audit> Snapshot for S {}

/// The port to lists.
#[async_trait]
pub trait Lists: Loader {
    /// The current states that a filter admits, in its order: at most `limit`, after the place
    /// `after`.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `after` is not a place.
    async fn list(
        &mut self,
        filter: &dyn AnyFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>;

    /// The states that a filter admitted at a position, in its order. At most a limited number of
    /// states is looked at, so that a filter that admits few of them may need several reads.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    async fn list_at(&mut self, asked: PastList<'_>) -> Result<PastStates, StoreError>;
}

/// A list in the past.
#[derive(Debug, Clone, Copy)]
pub struct PastList<'a> {
    pub filter: &'a dyn AnyFilter,
    /// The list after the entry at this position.
    pub position: u64,
    /// Only what changed after this position.
    pub changed_after: Option<u64>,
    /// Only what comes after this place.
    pub after: Option<&'a str>,
    /// The most states.
    pub limit: u64,
}

/// A part of a list in the past.
#[derive(Debug, Clone, PartialEq)]
pub struct PastStates {
    /// The states, in the order of the list.
    pub states: Vec<Versioned<AnyAggregate>>,
    /// The place up to which the list was read, if it was not read to its end and has fewer states
    /// than asked for so far.
    pub read_to: Option<String>,
}

/// The log and the refusals, for readers and followers. Each method fails only if the store cannot
/// be read.
#[async_trait]
pub trait Entries: Send {
    /// The head at which everything here is true.
    fn head(&self) -> &Head;

    /// Log entries from a position on, in order.
    async fn entries(
        &mut self,
        filter: &LogFilter,
        from: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Log entries below a position, newest first.
    async fn entries_before(
        &mut self,
        filter: &LogFilter,
        before: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The log entries at these positions, in order.
    async fn entries_at(&mut self, positions: &[u64]) -> Result<Vec<Entry>, StoreError>;

    /// Refusals judged at one of some positions and with an id below `before`, newest first.
    async fn refusals(
        &mut self,
        filter: &LogFilter,
        judged_at: RangeInclusive<u64>,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Refusal>, StoreError>;

    /// The numbers of refusals that are only counted, from a day on, as `YYYY-MM-DD`.
    async fn refusal_counts(&mut self, from_day: &str) -> Result<RefusalCounts, StoreError>;

    /// The names that the log had before backups were put back, and where it was exported, oldest
    /// first.
    async fn past_epochs(&mut self) -> Result<Vec<PastEpoch>, StoreError>;

    /// The hashes of a row of the tree over the log. What is not there is left out.
    async fn tree_row(&mut self, row: &Row) -> Result<Vec<Hash>, StoreError>;

    /// The position of the newest entry recorded at or before a time; 0 when there is none.
    async fn position_at(&mut self, time: Moment) -> Result<u64, StoreError>;

    /// The progress that readers outside this system have reported, by their names.
    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError>;
}

/// Past states of aggregates. Each method fails only if the store cannot be read.
#[async_trait]
pub trait History: Send {
    /// The state of an aggregate after the entry at `position`, as its history row.
    async fn state_at(
        &mut self,
        lookup: &Lookup,
        position: u64,
    ) -> Result<Option<HistoryRow>, StoreError>;

    /// History rows of one aggregate with a version above `after`, oldest first.
    async fn history_of(
        &mut self,
        kind: Kind,
        id: Uuid,
        after: u64,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError>;

    /// History rows of the entries at positions `from..=to`, by position, the word of the kind, and id.
    async fn history(&mut self, from: u64, to: u64) -> Result<Vec<HistoryRow>, StoreError>;

    /// The history rows of a kind with these sequences, in order, each with the entry that created
    /// it.
    async fn changes(
        &mut self,
        kind: Kind,
        sequences: RangeInclusive<u64>,
    ) -> Result<Vec<(HistoryRow, Entry)>, StoreError>;

    /// The states of all aggregates of a kind after the entry at `position`, as history rows, by id:
    /// at most `limit`, after the id `after`.
    async fn states_at(
        &mut self,
        kind: Kind,
        position: u64,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError>;

    /// The states of these aggregates of a kind after the entry at `position`, as history rows, in
    /// any order. What did not exist then is left out.
    async fn states_of(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        position: u64,
    ) -> Result<Vec<HistoryRow>, StoreError>;
    /// The keys of these aggregates, by which their personal fields are read. What has no key is left
    /// out.
    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError>;

    /// The last sequence of each kind.
    async fn sequences(&mut self) -> Result<BTreeMap<Kind, u64>, StoreError>;

    /// The ids of the aggregates of a kind that changed after this sequence, each once, in any
    /// order.
    async fn changed_since(&mut self, kind: Kind, sequence: u64) -> Result<Vec<Uuid>, StoreError>;
}

/// What `verify` needs to check the store itself. Each method fails if the store cannot be read.
#[async_trait]
pub trait Audit: Send {
    /// All current states of a kind, by id: at most `limit`, after the id `after`. A row or search
    /// column that does not match its state is a `Data` error.
    async fn all(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>;

    /// The id of the row that many rows after `after`, or after the beginning, in the table of a
    /// kind. `None` if there are fewer.
    async fn id_after(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        rows: u64,
    ) -> Result<Option<Uuid>, StoreError>;
    /// All keys of a kind, by id: at most `limit`, after the id `after`.
    async fn all_keys(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<(Uuid, SealKey)>, StoreError>;

    /// The number of rows in the table of a kind.
    async fn count(&mut self, kind: Kind) -> Result<u64, StoreError>;

    /// The number of rows in log and history, at any position.
    async fn totals(&mut self) -> Result<(u64, u64), StoreError>;

    /// The first thing about the store as a whole that is not as this release sets it up, as a
    /// clause: its migrations, tables, indexes and triggers, the number of its heads, a checkpoint
    /// that matches no entry.
    async fn set_up(&mut self) -> Result<Option<String>, StoreError>;

    /// The changes of lists, in the order of their key, which the store decides: at most `limit`,
    /// after a change. A row that is not well formed is a `Data` error.
    async fn list_changes(
        &mut self,
        after: Option<&ListChange>,
        limit: u64,
    ) -> Result<Vec<ListChange>, StoreError>;

    /// The stored subtrees of the tree over the log, by level and number: at most `limit`, after a
    /// level and a number.
    async fn nodes(
        &mut self,
        after: Option<(u32, u64)>,
        limit: u64,
    ) -> Result<Vec<Node>, StoreError>;

    /// The checkpoints by name: at most `limit`, after a name. Readers outside this system have
    /// progress, followers within it have none.
    async fn checkpoints(
        &mut self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(String, Option<Progress>)>, StoreError>;

    /// Damage to the database's own file, as a clause. Takes long if the file is large.
    async fn damage(&mut self) -> Result<Option<String>, StoreError>;

    /// The first row of the log, the history, the refusals or the head whose bytes differ from the
    /// written form although they read the same, or whose position is invalid: its position, and what
    /// is wrong.
    async fn ill_formed(&mut self) -> Result<Option<(u64, String)>, StoreError>;
}

/// Which log entries, or refusals, to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only entries of this operation.
    pub operation: Option<String>,
    /// By one actor.
    pub actor: Option<String>,
    /// Aimed at one target, as `kind:name`.
    pub target: Option<String>,
}
