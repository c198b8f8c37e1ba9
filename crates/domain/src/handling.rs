//! Reports of what happens to cargoes at ports.

mod activity;
mod events;
mod handling_event;
mod handling_event_id;
pub mod rules;

pub use activity::{Activity, HandlingType};
pub use events::{HandlingEventRegistered, HandlingEventRetracted, ReportEvent};
pub use handling_event::{HandlingEvent, HandlingStatus};
pub use handling_event_id::HandlingEventId;
