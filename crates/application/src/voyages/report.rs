//! What reports of departures and arrivals have in common.

use crate::schema;
use domain::Moment;
use domain::booking::TrackingId;
use domain::locations::UnLocode;
use domain::voyages::{CallReport, VoyageNumber};
use serde::Serialize;
use utoipa::ToSchema;

/// The call that a report is about.
pub(super) fn call_report(location: &UnLocode, call: Option<u16>, at: Moment) -> CallReport {
    CallReport {
        location: location.clone(),
        call: call.map(usize::from),
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
