//! Operations and views of booking.

mod accept_booking;
mod actions;
mod affected;
mod amend_cargo;
mod assign_containers;
mod assign_itinerary;
mod at_risk;
mod awaited;
mod book_onto_voyage;
mod cancel_cargo;
mod change_arrival_deadline;
mod change_destination;
mod confirm_booking;
mod create_cargo;
mod find_routes;
mod known;
mod offers;
mod problems;
mod reject_booking;
mod release_cargo;
mod reroute_cargo;
mod reroute_origins;
mod roll_cargo;
mod roll_plans;
mod space;
mod split_cargo;
mod track;
mod track_container;
mod track_step;
mod tracking;
mod views;

pub use accept_booking::AcceptBooking;
pub use actions::CargoAction;
pub use affected::AffectedCargo;
pub use amend_cargo::AmendCargo;
pub use assign_containers::AssignContainers;
pub(crate) use assign_containers::others_with_its_containers;
pub use assign_itinerary::AssignItinerary;
pub use at_risk::{AT_RISK_MAX, AtRisk};
pub use awaited::{AwaitedStep, PortWork, StepProgress};
pub use book_onto_voyage::BookOntoVoyage;
pub use cancel_cargo::CancelCargo;
pub use change_arrival_deadline::ChangeArrivalDeadline;
pub use change_destination::ChangeDestination;
pub use confirm_booking::ConfirmBooking;
pub use create_cargo::CreateCargo;
pub(crate) use find_routes::Timetables;
pub use find_routes::{ROUTES, RouteView, TRANSHIPMENTS_DEFAULT};
pub(crate) use known::{cargo_in, known_cargo, reads_voyages_of};
pub use offers::{CargoOffers, RollOffer, RollOffers, RollRefusal, VoyageOffer};
pub use problems::{CargoProblem, CargoTrouble, LegFault, Remedy};
pub use reject_booking::RejectBooking;
pub use release_cargo::ReleaseCargo;
pub use reroute_cargo::RerouteCargo;
pub use reroute_origins::RerouteOrigin;
pub use roll_cargo::RollCargo;
pub use roll_plans::{ROLLED_TOGETHER_MAX, RollPlan, RollPlans, RollWay};
pub(crate) use space::hold;
pub use split_cargo::SplitCargo;
pub use track::{
    PublicSchedule, PublicStatus, TrackContainersView, TrackEventView, TrackView, TrackVoyageView,
};
pub use track_container::{ContainerProgress, TrackContainerView};
pub use track_step::TrackStepView;
pub use tracking::{Tracked, TrackedBy};
pub use views::{
    BrokenLegView, CargoView, DeliveryView, ExpectedStepView, HandledView, LegView,
    RouteSpecificationView, StepView,
};

use crate::room::{Room, shown};
use domain::booking::Cargo;

crate::catalogue::operations![
    CreateCargo,
    AmendCargo,
    SplitCargo,
    AssignContainers,
    BookOntoVoyage,
    AssignItinerary,
    ReleaseCargo,
    RollCargo,
    ChangeDestination,
    ChangeArrivalDeadline,
    RerouteCargo,
    AcceptBooking,
    ConfirmBooking,
    RejectBooking,
    CancelCargo,
];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[shown::<Cargo>],
    owners: &[],
    affects: &[affected::CARGOES],
    checks: &[],
};
