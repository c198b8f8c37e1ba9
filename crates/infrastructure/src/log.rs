//! The tables of the log, the one write transaction, and the snapshots that readers see.

mod audit;
mod checkpoints;
pub(crate) mod epochs;
mod keys;
mod list_changes;
mod past_lists;
mod reading;
mod remembered;
mod retention;
pub(crate) mod rows;
pub(crate) mod slot;
mod snapshot;
mod store;
mod transaction;
pub(crate) mod tree;

pub(crate) use retention::DatabaseRetention;
pub(crate) use snapshot::DatabaseReader;
pub(crate) use store::{DatabaseStore, keep_alive};
