//! What happens to cargoes.

use super::itinerary::Leg;
use super::{BookingStatus, RouteSpecification, TrackingId};
use crate::customers::CustomerId;
use crate::event::events;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;

events! {
    /// What happens to cargoes.
    BookingEvent {
        /// A customer's cargo was taken into the book.
        CargoCreated {
            /// The new cargo.
            cargo: TrackingId,
            /// Whose it is.
            customer: CustomerId,
        }
        /// A cargo has space on every movement of its itinerary.
        CargoBooked {
            /// The cargo.
            cargo: TrackingId,
            /// Its itinerary.
            legs: Vec<Leg>,
            /// What it sails before that, when it is aboard already.
            approach: Option<Leg>,
        }
        /// A cargo that was booked goes another way.
        ItineraryReplaced {
            /// The cargo.
            cargo: TrackingId,
            /// How it goes now.
            legs: Vec<Leg>,
            /// What it sails before that, when it is aboard already.
            approach: Option<Leg>,
            /// What it was booked on; what had not sailed of it is free again.
            replaced: Vec<Leg>,
        }
        /// A cargo gave its space back and waits to be booked again.
        CargoReleased {
            /// The cargo.
            cargo: TrackingId,
            /// What it was booked on; what had not sailed of it is free again.
            legs: Vec<Leg>,
        }
        /// A cargo goes with another voyage.
        CargoRolled {
            /// The cargo.
            cargo: TrackingId,
            /// The voyage it does not go with any more.
            from_voyage: VoyageNumber,
            /// The voyage it goes with.
            to_voyage: VoyageNumber,
            /// Its whole itinerary now.
            legs: Vec<Leg>,
        }
        /// The origin, destination or deadline of a cargo changed.
        SpecificationChanged {
            /// The cargo.
            cargo: TrackingId,
            /// What held before.
            before: RouteSpecification,
            /// What holds now.
            now: RouteSpecification,
        }
        /// The itinerary of a cargo does not lead to its destination.
        CargoMisrouted {
            /// The cargo.
            cargo: TrackingId,
        }
        /// A leg of a cargo departs too soon after the one before it arrives.
        ConnectionMissed {
            /// The cargo.
            cargo: TrackingId,
            /// The voyage that it cannot catch.
            voyage: VoyageNumber,
            /// Where it would be loaded onto that.
            location: UnLocode,
        }
        /// A cargo will arrive after its deadline.
        DeadlineAtRisk {
            /// The cargo.
            cargo: TrackingId,
            /// When it arrives, as now scheduled.
            eta: Moment,
            /// When it must have arrived.
            arrival_deadline: Moment,
        }
        /// We have promised to carry a cargo.
        CargoAccepted {
            /// The cargo.
            cargo: TrackingId,
        }
        /// All that a cargo's carriage needs is arranged.
        CargoConfirmed {
            /// The cargo.
            cargo: TrackingId,
        }
        /// A cargo will not be taken.
        CargoRejected {
            /// The cargo.
            cargo: TrackingId,
            /// Why.
            reason: String,
            /// What it was booked on; what had not sailed of it is free again.
            legs: Vec<Leg>,
        }
        /// A cargo will not be carried.
        CargoCancelled {
            /// The cargo.
            cargo: TrackingId,
            /// Why.
            reason: String,
            /// What it was booked on; what had not sailed of it is free again.
            legs: Vec<Leg>,
        }
        /// A cargo was handled where its itinerary does not lead.
        CargoMisdirected {
            /// The cargo.
            cargo: TrackingId,
            /// Where it was handled last.
            location: Option<UnLocode>,
        }
        /// A cargo came off at its destination.
        CargoArrived {
            /// The cargo.
            cargo: TrackingId,
            /// Where that is.
            destination: UnLocode,
        }
        /// A cargo was claimed.
        CargoCompleted {
            /// The cargo.
            cargo: TrackingId,
        }
        /// A cargo's claim turned out to be a mistake.
        CargoReopened {
            /// The cargo.
            cargo: TrackingId,
            /// Its booking status again.
            status: BookingStatus,
        }
    }
}
