//! Operations and views of handling.

mod known;
mod register_handling_event;
mod retract_handling_event;
mod views;

pub use register_handling_event::RegisterHandlingEvent;
pub use retract_handling_event::RetractHandlingEvent;
pub use views::HandlingEventView;

crate::catalogue::operations![RegisterHandlingEvent, RetractHandlingEvent];
