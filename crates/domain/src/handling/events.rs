//! Events of handling reports.

use super::{Activity, Doubt, HandlingEventId};
use crate::booking::{ContainerNumber, TrackingId};
use crate::event::events;
use crate::moment::Moment;

events! {
    /// Events of handling reports.
    ReportEvent {
        /// A handling event was registered.
        HandlingEventRegistered {
            /// The report.
            event: HandlingEventId,
            cargo: TrackingId,
            /// The handling type and location. Called `handling` here, because an event already has
            /// a type.
            handling: Activity,
            /// The completion time.
            completed_at: Moment,
            /// The container that the report named, if it did.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            container: Option<ContainerNumber>,
            /// How the report contradicts the timetable.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            doubts: Vec<Doubt>,
        }
        /// A report was retracted as a mistake.
        HandlingEventRetracted {
            /// The report.
            event: HandlingEventId,
            cargo: TrackingId,
            reason: String,
        }
    }
}
