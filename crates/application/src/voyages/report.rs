//! What reports of departures and arrivals have in common.

use crate::schema;
use domain::Moment;
use domain::booking::TrackingId;
use domain::locations::UnLocode;
use domain::voyages::{CallAt, CallReport, VoyageNumber};
use serde::Serialize;
use utoipa::ToSchema;

/// A call, as an input names it.
pub(super) fn call_at(location: &UnLocode, call: Option<u16>) -> CallAt {
    CallAt {
        location: location.clone(),
        number: call.map(usize::from),
    }
}

/// A report of a call.
pub(super) fn call_report(location: &UnLocode, call: Option<u16>, at: Moment) -> CallReport {
    CallReport {
        call: call_at(location, call),
        at,
    }
}

/// Outcome of a report of a departure or an arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOutcome {
    #[schema(schema_with = schema::voyage_number)]
    pub(super) voyage: VoyageNumber,
    /// The unclaimed cargoes with a leg on this voyage that arrives later than before.
    #[schema(schema_with = schema::tracking_ids)]
    pub(super) delayed_cargoes: Vec<TrackingId>,
}
