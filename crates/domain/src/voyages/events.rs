//! Events of voyages.

use super::VoyageNumber;
use crate::event::events;
use crate::space::Space;

events! {
    /// Events of voyages.
    VoyageEvent {
        /// A voyage was scheduled.
        VoyageScheduled {
            /// The new voyage.
            voyage: VoyageNumber,
        }
        /// The limit line of a voyage changed.
        VoyageCapacityChanged {
            voyage: VoyageNumber,
            /// The previous limit line.
            limit_before: Space,
            /// The new limit line.
            limit: Space,
        }
        /// The times of a voyage changed.
        VoyageRescheduled {
            voyage: VoyageNumber,
        }
        /// A voyage, or the rest of it, was cancelled.
        VoyageCancelled {
            voyage: VoyageNumber,
            reason: String,
        }
    }
}
