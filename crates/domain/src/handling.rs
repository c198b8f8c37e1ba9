//! What happens to cargoes at ports, as it is reported.

mod activity;
mod handling_event;
pub mod rules;

pub use activity::{Activity, HandlingType};
pub use handling_event::{
    HandlingEvent, HandlingEventId, HandlingEventRegistered, HandlingEventRetracted, HandlingStatus,
};
