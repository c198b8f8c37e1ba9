//! What happens to reports of handling.

use super::{Activity, HandlingEventId};
use crate::booking::TrackingId;
use crate::event::events;
use crate::moment::Moment;

events! {
    /// What happens to reports of handling.
    ReportEvent {
        /// Something was done with a cargo, and we learnt of it.
        HandlingEventRegistered {
            /// The report.
            event: HandlingEventId,
            /// The cargo.
            cargo: TrackingId,
            /// What was done, and where. Its type is called `handling` here, for an event has a type itself.
            handling: Activity,
            /// When it was done.
            completed_at: Moment,
        }
        /// A report turned out to be a mistake.
        HandlingEventRetracted {
            /// The report.
            event: HandlingEventId,
            /// The cargo.
            cargo: TrackingId,
            /// Why.
            reason: String,
        }
    }
}
