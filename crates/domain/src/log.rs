//! The one official order: entries, history, refusals, and the ports to their storage.

mod bookmark;
pub mod chain;
mod entry;
mod hash;
mod list_change;
mod progress;
pub mod reader;
pub mod retention;
pub mod store;
mod store_error;
#[cfg(test)]
mod tests;
pub mod tree;

pub use bookmark::Bookmark;
pub use entry::{Actor, Cause, Entry, Head, HistoryRow, Key, PastEpoch, Refusal, RefusalKind};
pub use hash::Hash;
pub use list_change::{FacetSum, ListChange, list_changes};
pub use progress::{Progress, ReportedError};
