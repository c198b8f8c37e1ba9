//! Failures of the store.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// A failure of the store. It is not a rejection. Nothing of the transaction was kept.
///
/// The sources say why, for the log and the operator; show them with
/// [`WithCauses`](crate::causes::WithCauses). Callers never see them.
#[derive(Debug, Clone)]
pub enum StoreError {
    /// Another writer held the lock for too long. Retry.
    Retry(StoreFault),
    /// The data could not be written: a constraint failed, a row had another version than the one
    /// read, or a value did not fit. A retry would fail too.
    Data(StoreFault),
    /// The database cannot be reached or does not work.
    Unavailable(StoreFault),
}

impl StoreError {
    /// `Retry` without a source.
    pub fn retry(said: impl Into<String>) -> Self {
        Self::Retry(StoreFault::new(said))
    }

    /// `Data` without a source.
    pub fn data(said: impl Into<String>) -> Self {
        Self::Data(StoreFault::new(said))
    }

    /// `Unavailable` without a source.
    pub fn unavailable(said: impl Into<String>) -> Self {
        Self::Unavailable(StoreFault::new(said))
    }
}

impl Display for StoreError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry(fault) => write!(f, "the database asks to try again: {fault}"),
            Self::Data(fault) => write!(f, "the database refused the data: {fault}"),
            Self::Unavailable(fault) => write!(f, "the database is not available: {fault}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let (Self::Retry(fault) | Self::Data(fault) | Self::Unavailable(fault)) = self;
        match &fault.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

/// What went wrong in the store, and the error behind it.
#[derive(Debug, Clone)]
pub struct StoreFault {
    said: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl StoreFault {
    /// A fault that nothing else caused.
    pub fn new(said: impl Into<String>) -> Self {
        Self {
            said: said.into(),
            source: None,
        }
    }

    /// Adds the error behind it. Its texts must not contain addresses, users or passwords.
    #[must_use]
    pub fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..self
        }
    }
}

impl Display for StoreFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

/// Why a commit was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The database refused. Nothing was kept.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// The answer was lost. Either everything or nothing was kept.
    #[error("the answer to the commit was lost")]
    Unknown {
        /// The lost connection, for [`Store::settle`](super::store::Store::settle), if the database
        /// has such ids.
        connection: Option<u64>,
        /// How it was lost.
        source: StoreError,
    },
}
