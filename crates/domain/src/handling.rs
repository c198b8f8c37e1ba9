//! Reports of what happens to cargoes at ports.

mod activity;
mod doubt;
mod events;
mod handling_event;
mod handling_event_id;
mod list;
pub mod rules;

pub use activity::{Activity, HandlingType, Report};
pub use doubt::Doubt;
pub use events::{HandlingEventRegistered, HandlingEventRetracted, ReportEvent};
pub use handling_event::{HandlingEvent, HandlingStatus, HandlingStatusWord};
pub use handling_event_id::HandlingEventId;
pub use list::HandlingFilter;
