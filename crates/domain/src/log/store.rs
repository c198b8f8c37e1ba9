//! The port to the one shared store, as the writer sees it.

use super::{Actor, Entry, Head, HistoryRow, Refusal};
use crate::aggregate::{AnyAggregate, Kind, Versioned};
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use async_trait::async_trait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What broke. None of these is a rejection; nothing of the transaction was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was in the way for too long; trying again is right.
    #[error("the database asks to try again: {0}")]
    Retry(String),
    /// The data could not be written as they are: a constraint fired, a row had another version
    /// than was read, a value did not fit. Trying the same again is of no use.
    #[error("the database refused the data: {0}")]
    Data(String),
    /// The database cannot be reached or does not work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
}

/// Why a commit gave no clear yes.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The database said no; nothing was kept.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// The answer was lost on the way: all of it was kept, or nothing.
    #[error("the answer to the commit was lost: {reason}")]
    Unknown {
        /// The connection it was lost on, for [`Store::settle`]; where the database has such ids.
        connection: Option<u64>,
        /// What was seen.
        reason: String,
    },
}

/// The store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins the only write transaction there can be: takes the head lock, waiting for writers
    /// of any process, and reads the head.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Decides a commit whose answer was lost: ends that connection, takes the head lock
    /// (so that whoever was in doubt is decided), and looks whether the row `written` is there.
    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError>;
}

/// A row that stands for a whole transaction.
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
    /// The newest states of one kind, by ids and by natural keys; what does not exist is left out.
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>;

    /// The ids of the cargoes with a leg aboard a voyage, in any order: at least those that have
    /// one in what this reads from.
    async fn cargoes_on(&mut self, voyage: &VoyageNumber) -> Result<Vec<Uuid>, StoreError>;
}

/// The write transaction. Dropped without a commit, it is rolled back.
#[async_trait]
pub trait Transaction: Loader {
    /// The head when the lock was taken.
    fn head(&self) -> &Head;

    /// The last sequence of each kind when the lock was taken; 0 for kinds not named.
    fn sequences(&self) -> &BTreeMap<Kind, u64>;

    /// What is remembered under these callers' keys: every accepted operation, and rejections
    /// recorded at or after `rejections_since`, an accepted one first where both are there.
    async fn remembered(
        &mut self,
        keys: &[(Actor, String)],
        rejections_since: Moment,
    ) -> Result<Vec<Remembered>, StoreError>;

    /// Writes changed states. Rows whose version is not the one that was loaded are a `Data` error.
    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError>;

    /// Appends to log, history and refusals, and moves head and sequences when there are entries.
    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError>;

    /// Commits.
    async fn commit(self: Box<Self>) -> Result<(), CommitError>;

    /// Rolls back explicitly. A failure to do so closes the connection, which does it too.
    async fn rollback(self: Box<Self>);
}

/// What an idempotency key was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// An operation that was accepted.
    Accepted(Box<Entry>),
    /// One that was rejected.
    Refused(Box<Refusal>),
}

/// One aggregate's way through a transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// As it was loaded; `None` for a new one.
    pub loaded: Option<Versioned<AnyAggregate>>,
    /// The version and state to store.
    pub new: Versioned<AnyAggregate>,
}

/// All that a transaction appends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// Log entries in order.
    pub entries: Vec<Entry>,
    /// History rows in order.
    pub history: Vec<HistoryRow>,
    /// Refusals in order.
    pub refusals: Vec<Refusal>,
    /// The new last sequence of each kind that has new history rows.
    pub sequences: BTreeMap<Kind, u64>,
}
