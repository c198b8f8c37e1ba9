//! Consumers of the log: their registration, and how far they have come.

mod confirmations;
mod known;
mod pause_consumer;
mod queries;
mod register_consumer;
mod remove_consumer;
mod reset_consumer;
mod resume_consumer;
mod skip_consumer;

pub use confirmations::{Asked, Confirmations, ConfirmedView, Confirmer, NotConfirmed};
pub use pause_consumer::PauseConsumer;
pub use queries::{CONSUMERS, ConsumerErrorView, ConsumerView, RefusedConfirmationView};
pub use register_consumer::RegisterConsumer;
pub use remove_consumer::RemoveConsumer;
pub use reset_consumer::ResetConsumer;
pub use resume_consumer::ResumeConsumer;
pub use skip_consumer::SkipConsumer;

use crate::room::Room;

crate::catalogue::operations![
    RegisterConsumer,
    PauseConsumer,
    ResumeConsumer,
    ResetConsumer,
    SkipConsumer,
    RemoveConsumer
];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[],
    owners: &[known::owner],
    affects: &[],
    checks: &[|snapshot| Box::pin(known::progress_is_of_consumers(snapshot))],
};
