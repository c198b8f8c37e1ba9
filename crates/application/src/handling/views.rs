use crate::access::policy::{Read, Readable, STAFF};
use crate::queries::Viewed;
use crate::schema;
use domain::booking::{ContainerNumber, TrackingId};
use domain::customers::CustomerId;
use domain::handling::{
    Doubt, HandlingEvent, HandlingEventId, HandlingFilter, HandlingStatus, HandlingType,
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
    /// The container that the report named. Absent if it named the cargo.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::container_number, required = false)]
    pub container: Option<ContainerNumber>,
    /// How it contradicted the timetable. Absent if it did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub doubts: Vec<DoubtView>,
    /// `REGISTERED` or `RETRACTED`.
    pub status: String,
    /// The reason for the retraction.
    pub reason: Option<String>,
}

/// How a report contradicts the timetable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoubtView {
    /// `VoyageCancelled`, `NoSuchCall`, `LoadedEarly` (more than 48 hours before the departure),
    /// `LoadedAfterDeparture` or `UnloadedBeforeArrival`.
    #[schema(value_type = String)]
    pub doubt: &'static str,
    /// The time of the departure or arrival that it contradicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub time: Option<Moment>,
}

impl From<&Doubt> for DoubtView {
    fn from(doubt: &Doubt) -> Self {
        Self {
            doubt: doubt.code(),
            time: doubt.time(),
        }
    }
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

    fn view(Versioned { version, state }: Versioned<Self>, _now: Moment) -> HandlingEventView {
        HandlingEventView {
            event: state.id,
            version,
            cargo: state.cargo,
            handling_type: state.activity.handling_type,
            location: state.activity.location,
            voyage: state.activity.voyage,
            completed_at: state.completed_at,
            registered_at: state.registered_at,
            container: state.container,
            doubts: state.doubts.iter().map(DoubtView::from).collect(),
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
