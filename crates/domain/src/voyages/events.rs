//! What happens to voyages.

use super::VoyageNumber;
use crate::event::events;
use crate::space::Space;

events! {
    /// What happens to voyages.
    VoyageEvent {
        /// A voyage was scheduled.
        VoyageScheduled {
            /// The new voyage.
            voyage: VoyageNumber,
        }
        /// A voyage's limit line moved.
        VoyageCapacityChanged {
            /// The voyage.
            voyage: VoyageNumber,
            /// Where the line was.
            limit_before: Space,
            /// Where it is now.
            limit: Space,
        }
        /// A voyage has other times.
        VoyageRescheduled {
            /// The voyage.
            voyage: VoyageNumber,
        }
        /// A voyage does not sail, or not on.
        VoyageCancelled {
            /// The voyage.
            voyage: VoyageNumber,
            /// Why.
            reason: String,
        }
    }
}
