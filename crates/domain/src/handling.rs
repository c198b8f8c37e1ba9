//! What happens to cargoes at ports, as it is reported.

mod activity;
mod events;
mod handling_event;
pub mod rules;

pub use activity::{Activity, HandlingType};
pub use events::{HandlingEventRegistered, HandlingEventRetracted, ReportEvent};
pub use handling_event::{HandlingEvent, HandlingEventId, HandlingStatus};
