//! Events of cargoes.

use super::itinerary::Leg;
use super::{BookingStatus, Container, Contents, EquipmentLine, RouteSpecification, TrackingId};
use crate::customers::CustomerId;
use crate::event::events;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;

events! {
    /// Events of cargoes.
    BookingEvent {
        /// A booking request was created.
        CargoCreated {
            /// The new cargo.
            cargo: TrackingId,
            /// The customer it belongs to.
            customer: CustomerId,
        }
        /// A cargo was booked on every movement of its itinerary.
        CargoBooked {
            cargo: TrackingId,
            /// Its itinerary.
            legs: Vec<Leg>,
            /// The approach before that, if the cargo was already on board.
            approach: Option<Leg>,
        }
        /// A booked cargo got a new itinerary.
        ItineraryReplaced {
            cargo: TrackingId,
            /// The new itinerary.
            legs: Vec<Leg>,
            /// The approach before that, if the cargo was already on board.
            approach: Option<Leg>,
            /// The previous bookings. The space that had not sailed is free again.
            replaced: Vec<Leg>,
        }
        /// A cargo released its space and can be booked again.
        CargoReleased {
            cargo: TrackingId,
            /// The previous bookings. The space that had not sailed is free again.
            legs: Vec<Leg>,
        }
        /// A cargo was rolled to another voyage.
        CargoRolled {
            cargo: TrackingId,
            /// The previous voyage.
            from_voyage: VoyageNumber,
            /// The new voyage.
            to_voyage: VoyageNumber,
            /// The whole new itinerary.
            legs: Vec<Leg>,
        }
        /// The containers, weight, goods or reference of a cargo changed.
        CargoAmended {
            cargo: TrackingId,
            /// The previous contents.
            before: Contents,
            /// The new contents.
            now: Contents,
        }
        /// The containers of a cargo became known, or changed.
        ContainersAssigned {
            cargo: TrackingId,
            /// All its containers.
            containers: Vec<Container>,
        }
        /// A part of a cargo became a cargo of its own.
        CargoSplit {
            cargo: TrackingId,
            /// The new cargo.
            child: TrackingId,
            /// Its containers.
            equipment: Vec<EquipmentLine>,
            /// Its gross weight, in kilograms.
            gross_weight_kg: u64,
        }
        /// The origin, destination or deadline of a cargo changed.
        SpecificationChanged {
            cargo: TrackingId,
            /// The previous specification.
            before: RouteSpecification,
            /// The new specification.
            now: RouteSpecification,
        }
        /// The itinerary of a cargo does not lead to its destination.
        CargoMisrouted {
            cargo: TrackingId,
        }
        /// A leg of a cargo departs too soon after the one before it arrives.
        ConnectionMissed {
            cargo: TrackingId,
            /// The voyage that it will miss.
            voyage: VoyageNumber,
            /// The port of loading onto that voyage.
            location: UnLocode,
        }
        /// The ship of a cargo's first leg departs before the cargo is ready.
        DepartsBeforeReady {
            cargo: TrackingId,
            voyage: VoyageNumber,
            /// The port of loading.
            location: UnLocode,
            /// The best known departure.
            departs: Moment,
            ready_from: Moment,
        }
        /// A cargo will arrive after its deadline.
        DeadlineAtRisk {
            cargo: TrackingId,
            /// The estimated arrival.
            eta: Moment,
            arrival_deadline: Moment,
        }
        /// The carrier committed to carrying a cargo.
        CargoAccepted {
            cargo: TrackingId,
        }
        /// Everything for a cargo's transport is arranged.
        CargoConfirmed {
            cargo: TrackingId,
        }
        /// A booking was rejected.
        CargoRejected {
            cargo: TrackingId,
            reason: String,
            /// The previous bookings. The space that had not sailed is free again.
            legs: Vec<Leg>,
        }
        /// A cargo was cancelled.
        CargoCancelled {
            cargo: TrackingId,
            reason: String,
            /// The previous bookings. The space that had not sailed is free again.
            legs: Vec<Leg>,
        }
        /// A cargo was handled off its itinerary.
        CargoMisdirected {
            cargo: TrackingId,
            /// The location of its last handling event.
            location: Option<UnLocode>,
        }
        /// A cargo was unloaded at its destination.
        CargoArrived {
            cargo: TrackingId,
            destination: UnLocode,
        }
        /// A cargo was claimed.
        CargoCompleted {
            cargo: TrackingId,
        }
        /// A cargo's claim was retracted.
        CargoReopened {
            cargo: TrackingId,
            /// Its restored booking status.
            status: BookingStatus,
        }
    }
}
