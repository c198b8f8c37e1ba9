//! Voyages: operations and views.

mod change_voyage_capacity;
mod known;
mod schedule_voyage;
mod views;

pub use change_voyage_capacity::ChangeVoyageCapacity;
pub(crate) use known::known_voyage;
pub use schedule_voyage::ScheduleVoyage;
pub use views::{MovementView, VoyageView};

crate::catalogue::operations![ScheduleVoyage, ChangeVoyageCapacity];
