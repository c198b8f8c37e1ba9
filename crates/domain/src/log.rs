//! The one official order: entries, history, refusals, and the ports to their storage.

mod bookmark;
pub mod chain;
mod entry;
mod hash;
mod key;
mod list_change;
mod progress;
pub mod reader;
pub mod retention;
pub mod seal;
pub mod store;
mod store_error;
#[cfg(test)]
mod tests;
pub mod tree;

pub use bookmark::Bookmark;
pub use entry::{Actor, Cause, Entry, Head, HistoryRow, Key, PastEpoch, Refusal, RefusalKind};
pub use hash::Hash;
pub use key::{KeyChanges, SEAL_KEY_BYTES, SealKey};
pub use list_change::{ListChange, Standing, list_changes};
pub use progress::{Progress, RefusedReport, ReportedError};
