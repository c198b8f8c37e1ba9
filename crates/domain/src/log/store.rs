//! The port to the one shared store, for the writer.

pub use super::store_error::{CommitError, StoreError, StoreFault};

use super::{
    Actor, Bookmark, Cause, Entry, Head, HistoryRow, KeyChanges, ListChange, PastEpoch, Progress,
    Refusal, SealKey,
};
use crate::aggregate::{AnyAggregate, Kind, Versioned};
use crate::list::AnyFilter;
use crate::moment::Moment;
use async_trait::async_trait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins the only write transaction: takes the head lock, waiting for writers of all
    /// processes, and reads the head.
    ///
    /// # Errors
    ///
    /// `Retry` if another writer held the lock for too long. `Unavailable` if the database does not
    /// work.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Determines the outcome of a commit whose answer was lost: ends that connection, takes the
    /// head lock (so that the commit is decided), and looks for the row `written`.
    ///
    /// # Errors
    ///
    /// The outcome cannot be determined now.
    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError>;
}

/// A row that identifies a whole transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitMarker {
    /// A log entry by its id.
    Operation(Uuid),
    /// A refusal by its id.
    Refusal(Uuid),
}

/// Reads states in bulk.
#[async_trait]
pub trait Loader: Send {
    /// The current states of one kind, by ids and by natural keys. Missing ones are left out.
    ///
    /// # Errors
    ///
    /// A row cannot be read, or the database does not work.
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>;

    /// The ids of the aggregates that a filter admits, in any order: at least those that it
    /// admits in the data that this reads.
    ///
    /// # Errors
    ///
    /// A row cannot be read, or the database does not work.
    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError>;
}

/// Named checkpoints. They are read and moved in a write transaction, so that a checkpoint commits
/// together with the rows its follower writes.
#[async_trait]
pub trait Checkpoints: Send {
    /// The last entry that the named follower has handled; `None` before its first checkpoint.
    ///
    /// # Errors
    ///
    /// If the database does not work, or the row cannot be read.
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError>;

    /// Moves the checkpoint of a follower.
    ///
    /// # Errors
    ///
    /// `Data` if the checkpoint is not at `from`; otherwise if the database does not work.
    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError>;

    /// The progress that readers outside this system have reported, by their names. Those that have
    /// reported nothing are left out.
    ///
    /// # Errors
    ///
    /// If the database does not work, or a row cannot be read.
    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError>;

    /// Replaces the progress that a reader has reported before.
    ///
    /// # Errors
    ///
    /// `Data` if that is not what it had reported; otherwise if the database does not work.
    async fn report(
        &mut self,
        reader: &str,
        before: Option<&Progress>,
        now: &Progress,
    ) -> Result<(), StoreError>;
}

/// The write transaction. If dropped without a commit, it is rolled back.
#[async_trait]
pub trait Transaction: Loader + Checkpoints {
    /// The head when the lock was taken.
    fn head(&self) -> &Head;

    /// The last sequence of each kind when the lock was taken, or 0 for kinds not listed.
    fn sequences(&self) -> &BTreeMap<Kind, u64>;

    /// The answers kept under these callers' keys: every accepted operation, and rejections
    /// recorded at or after `rejections_since`. If both exist, the accepted one comes first.
    ///
    /// # Errors
    ///
    /// A row cannot be read, or the database does not work.
    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        rejections_since: Moment,
    ) -> Result<Vec<Remembered>, StoreError>;

    /// The entries of these causes. What does not exist is left out.
    ///
    /// # Errors
    ///
    /// If the database does not work.
    async fn reactions(&mut self, causes: &[Cause]) -> Result<Vec<Entry>, StoreError>;

    /// The keys of these aggregates. What has no key is left out.
    ///
    /// # Errors
    ///
    /// If the database does not work.
    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError>;

    /// Writes changed states.
    ///
    /// # Errors
    ///
    /// `Data` if a row has another version than the one that was loaded, or a value does not fit.
    /// Otherwise the database does not work.
    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError>;

    /// Appends to log, history and refusals, and changes keys. If there are entries, moves the head
    /// and the sequences.
    ///
    /// # Errors
    ///
    /// `Data` if a row does not fit. Otherwise the database does not work.
    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError>;

    /// Commits.
    ///
    /// # Errors
    ///
    /// `Failed` if nothing was kept. `Unknown` if the answer was lost.
    async fn commit(self: Box<Self>) -> Result<(), CommitError>;

    /// Rolls back. If that fails, closes the connection, which rolls back too.
    async fn rollback(self: Box<Self>);
}

/// The earlier use of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// An accepted operation.
    Accepted(Box<Entry>),
    /// A rejected operation.
    Refused(Box<Refusal>),
}

/// The change of one aggregate in a transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The state as it was loaded, or `None` for a new one.
    pub loaded: Option<Versioned<AnyAggregate>>,
    /// The version and state to store.
    pub new: Versioned<AnyAggregate>,
}

/// Everything that a transaction appends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// Log entries in order.
    pub entries: Vec<Entry>,
    /// History rows in order.
    pub history: Vec<HistoryRow>,
    /// What these history rows change in the lists of their kinds.
    pub list_changes: Vec<ListChange>,
    /// Refusals in order.
    pub refusals: Vec<Refusal>,
    /// The new last sequence of each kind that has new history rows.
    pub sequences: BTreeMap<Kind, u64>,
    /// The keys that become necessary or are destroyed.
    pub keys: KeyChanges,
    /// Names that the log had elsewhere. They replace what is known of them.
    pub past_epochs: Vec<PastEpoch>,
}
