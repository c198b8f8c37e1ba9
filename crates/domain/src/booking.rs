//! Cargoes, their bookings on voyages, and their delivery.

mod amendment;
mod awaited;
mod cargo;
mod container;
mod containers;
mod contents;
mod dangerous_goods;
mod delivery;
mod equipment;
mod events;
mod field_change;
mod handled;
mod history;
mod itinerary;
mod itinerary_rules;
mod list;
mod onward;
mod particulars;
mod progress;
mod route_specification;
mod routes;
mod routing;
pub mod rules;
mod set_point;
mod split;
mod status;
mod statuses;
#[cfg(test)]
mod tests;
mod tracking_id;
mod wanted_leg;

pub use amendment::Amendment;
pub use awaited::Awaited;
pub use cargo::{Cargo, CargoId, CargoOrder};
pub use container::{Container, ContainerNumber};
pub use containers::GivenContainer;
pub use contents::Contents;
pub use dangerous_goods::{DangerousGoods, UnNumber, classes_of};
pub use delivery::{BrokenLeg, Delivery, Flag, TransportStatus};
pub use equipment::{EquipmentLine, Size, SizeType, has_reefer, size_of, space_of};
pub use events::{
    BookingEvent, CargoAccepted, CargoAmended, CargoArrived, CargoBooked, CargoCancelled,
    CargoCompleted, CargoConfirmed, CargoCreated, CargoMisdirected, CargoMisrouted, CargoRejected,
    CargoReleased, CargoReopened, CargoRolled, CargoSplit, ConnectionMissed, ContainersAssigned,
    DeadlineAtRisk, DepartsBeforeReady, ItineraryReplaced, SpecificationChanged,
};
pub use field_change::FieldChange;
pub use handled::Handled;
pub use history::Milestones;
pub use itinerary::{Itinerary, Leg, stretches_aboard};
pub use list::CargoFilter;
pub(crate) use list::groups_of;
pub use particulars::Particulars;
pub use progress::Step;
pub use route_specification::RouteSpecification;
pub use routes::{Route, Timetable, Wanted};
pub use routing::Consequences;
pub use set_point::SetPoint;
pub use split::{Part, Split};
pub use status::Booking;
pub use statuses::{BookingStatus, BookingStep, RoutingStatus};
pub use tracking_id::TrackingId;
pub use wanted_leg::{ComesFrom, WantedLeg};
