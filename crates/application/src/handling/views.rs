use crate::access::policy::{Read, Readable, STAFF};
use crate::queries::Viewed;
use crate::schema;
use domain::booking::TrackingId;
use domain::customers::CustomerId;
use domain::handling::{
    HandlingEvent, HandlingEventId, HandlingFilter, HandlingStatus, HandlingType,
};
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A handling event.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingEventView {
    /// The id.
    #[schema(schema_with = schema::uuid)]
    pub event: HandlingEventId,
    /// The version, which is the ETag.
    pub version: u64,
    /// The tracking ID of the cargo.
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// The kind of handling.
    #[serde(rename = "type")]
    #[schema(schema_with = schema::handling_type)]
    pub handling_type: HandlingType,
    /// The location.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The voyage, for LOAD and UNLOAD.
    #[schema(value_type = Option<String>)]
    pub voyage: Option<VoyageNumber>,
    /// The completion time.
    #[schema(schema_with = schema::moment)]
    pub completed_at: Moment,
    /// The registration time.
    #[schema(schema_with = schema::moment)]
    pub registered_at: Moment,
    /// `REGISTERED` or `RETRACTED`.
    pub status: String,
    /// The reason for the retraction.
    pub reason: Option<String>,
}

impl HandlingEventView {
    /// Whether it was retracted. Only then is there a reason.
    #[must_use]
    pub fn is_retracted(&self) -> bool {
        self.reason.is_some()
    }
}

impl Viewed for HandlingEvent {
    const READ: Read = Read::Of(&Readable {
        word: "handling events",
        roles: STAFF,
    });
    type View = HandlingEventView;

    fn view(Versioned { version, state }: Versioned<Self>) -> HandlingEventView {
        HandlingEventView {
            event: state.id,
            version,
            cargo: state.cargo,
            handling_type: state.activity.handling_type,
            location: state.activity.location,
            voyage: state.activity.voyage,
            completed_at: state.completed_at,
            registered_at: state.registered_at,
            status: state.status.word().to_owned(),
            reason: match state.status {
                HandlingStatus::Registered => None,
                HandlingStatus::Retracted { reason } => Some(reason.to_string()),
            },
        }
    }

    fn is_shown_to(&self, _: CustomerId) -> bool {
        false
    }

    fn confined(_: HandlingFilter, _: CustomerId) -> Option<HandlingFilter> {
        None
    }

    fn cursor(view: &HandlingEventView) -> String {
        view.event.to_string()
    }
}
