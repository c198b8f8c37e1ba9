//! The port through which operations read and change aggregates.

use crate::aggregate::{Aggregate, Names, Versioned};
use crate::log::store::StoreError;
use crate::rejection::Rejection;

/// Rules of reading and writing that hold for every kind.
pub mod rules {
    use crate::aggregate::Kind;
    use crate::rejection::rules;
    use uuid::Uuid;

    rules! {
        /// A change must be based on the newest version. Read it again first.
        StaleVersion [
            TargetUnknown {},
            NotExpected { newest: u64, expected: Vec<u64> },
            Changed { kind: Kind, id: Uuid, since_version: u64 },
        ],
    }
}

/// Why an operation has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule refused it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store failed.
    #[error(transparent)]
    Broken(#[from] StoreError),
}

/// A collection of aggregates of one kind. Absence is `None`, and the operation decides what it
/// means.
pub trait Repository<A: Aggregate>: Send {
    /// The current state under this name.
    ///
    /// # Errors
    ///
    /// The store failed.
    fn find<N>(
        &mut self,
        name: &N,
    ) -> impl Future<Output = Result<Option<Versioned<A>>, StoreError>> + Send
    where
        N: Names<A> + Sync;

    /// Adds a new aggregate with version 1.
    ///
    /// # Errors
    ///
    /// A refusal by the kind's uniqueness rule if its natural key is taken, or a failure of the
    /// store.
    fn add(&mut self, aggregate: A) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Replaces the state that was read at `changed.version` by the given one, with the next
    /// version.
    ///
    /// # Errors
    ///
    /// `StaleVersion` if a newer one exists, or a failure of the store.
    fn update(&mut self, changed: Versioned<A>)
    -> impl Future<Output = Result<(), Failure>> + Send;
}
