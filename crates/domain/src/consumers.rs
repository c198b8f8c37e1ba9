//! Programs that follow the log, and how far each has come.

mod confirmation;
mod consumer;
mod consumer_name;
mod events;
mod list;
#[cfg(test)]
mod tests;

pub use confirmation::{Confirmation, LogAround};
pub use consumer::{Consumer, ConsumerId, ConsumerStatus, everyone};
pub use consumer_name::ConsumerName;
pub use events::{
    ConsumerEvent, ConsumerPaused, ConsumerRegistered, ConsumerRemoved, ConsumerReset,
    ConsumerResumed, ConsumerSkipped,
};
pub use list::ConsumerFilter;

/// The rules of consumers.
pub mod rules {
    use super::ConsumerName;
    use crate::access::UserName;
    use crate::rejection::rules;
    use uuid::Uuid;

    rules! {
        /// The consumer must be registered and not removed.
        ConsumerMustBeKnown { consumer: ConsumerName },
        /// No two registered consumers have the same name. The name of a removed one is free.
        ConsumerNameMustBeUnique { key: String },
        /// A user has at most 20 registered consumers, and all users together at most 200.
        ConsumersMustBeFew [
            OfOneUser { owner: UserName, most: u64 },
            OfAllUsers { most: u64 },
        ],
        /// A consumer stands at the beginning of the log or at one of its entries.
        PositionMustBeInTheLog { position: u64, head: u64 },
        /// A paused consumer confirms nothing. Resume it first.
        ConsumerMustNotBePaused { consumer: ConsumerName },
        /// A consumer confirms only forwards. Reset it to go back.
        ConsumerMayNotGoBack { consumer: ConsumerName, position: u64, confirmed: u64 },
        /// A consumer follows the same history as the log. After a fork it needs a new snapshot and a reset.
        HistoryForked [
            AheadOfTheLog { consumer: ConsumerName, position: u64, head: u64, epoch: Uuid },
            AnotherEntry { consumer: ConsumerName, position: u64, head: u64, epoch: Uuid },
        ],
    }
}
