//! Cargoes, and how they come onto voyages.

mod cargo;
mod delivery;
mod equipment;
mod events;
mod itinerary;
mod route_specification;
pub mod rules;
#[cfg(test)]
mod tests;
mod tracking_id;

pub use cargo::{Booking, Cargo, CargoId, Order};
pub use delivery::{Delivery, ExpectedStep, HandlingType, RoutingStatus, TransportStatus};
pub use equipment::{EquipmentLine, SizeType};
pub use events::{CargoBooked, CargoCancelled, CargoCreated, CargoReleased};
pub use itinerary::{Itinerary, Leg};
pub use route_specification::RouteSpecification;
pub use tracking_id::TrackingId;
