//! Vessels' numbered journeys, and the line that no load may pass.

mod capacity;
mod dangerous_goods_class;
mod events;
mod holder;
mod list;
mod movement;
mod omissions;
mod registered_vessel;
mod reports;
mod retractions;
pub mod rules;
#[cfg(test)]
mod tests;
mod vessel;
mod vessel_particulars;
mod voyage;
mod voyage_number;
mod whereabouts;

pub use capacity::CapacityChange;
pub use dangerous_goods_class::{DangerousGoodsClass, DangerousGoodsClasses};
pub use events::{
    ArrivalReported, ArrivalRetracted, CallOmitted, CallRestored, DepartureReported,
    DepartureRetracted, VesselCorrected, VesselRegistered, VoyageCancelled, VoyageCapacityChanged,
    VoyageEvent, VoyageRescheduled, VoyageScheduled, VoyageVesselChanged,
};
pub use holder::Holder;
pub use list::{VesselFilter, VoyageFilter, departure_order, departure_place};
pub use movement::{CarrierMovement, PlannedMovement, Stretch, Times, cut_off};
pub use registered_vessel::{RegisteredVessel, VesselId};
pub use reports::{CallAt, CallReport};
pub use vessel::{ImoNumber, Vessel};
pub use vessel_particulars::VesselParticulars;
pub use voyage::{Plan, Voyage, VoyageId, VoyageStatus, searched};
pub use voyage_number::VoyageNumber;
pub(crate) use whereabouts::vessels_sailing;
