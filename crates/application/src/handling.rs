//! Operations and views of handling.

mod known;
mod register_handling_event;
mod retract_handling_event;
mod views;

pub(crate) use known::known_handling_event;
pub use register_handling_event::RegisterHandlingEvent;
pub use retract_handling_event::RetractHandlingEvent;
pub use views::{DoubtView, HandlingEventView};

use crate::room::{Room, shown};
use domain::handling::HandlingEvent;

crate::catalogue::operations![RegisterHandlingEvent, RetractHandlingEvent];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[shown::<HandlingEvent>],
    owners: &[],
    affects: &[],
    checks: &[],
};
