//! `GET /api/handling-events`

use crate::api::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::{Parameters, hyphenated};
use application::schema;
use domain::handling::{HandlingEvent, HandlingEventId, HandlingFilter, HandlingStatus};
use utoipa::openapi::{RefOr, Schema};

impl Resource for HandlingEvent {
    type Id = HandlingEventId;
    const LIST: &'static str = "/api/handling-events";
    const ONE: &'static str = "/api/handling-events/{id}";
    const HISTORY: &'static str = "/api/handling-events/{id}/history";
    const TIMEGATE: &'static str = "/api/handling-events/{id}/timegate";
    const TIMEMAP: &'static str = "/api/handling-events/{id}/timemap";
    const WORDS: (&'static str, &'static str) = ("handling-event", "handling-events");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "cargo",
            meaning: "Only events of this cargo.",
            schema: || schema::tracking_id().into(),
        },
        Parameter {
            name: "location",
            meaning: "Only events at this location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "voyage",
            meaning: "Only events with this voyage.",
            schema: || schema::voyage_number().into(),
        },
        Parameter {
            name: "status",
            meaning: "Only events in this status.",
            schema: || schema::words(HandlingStatus::WORDS.iter().copied()).into(),
        },
    ];

    const CSV: Columns = &[
        ("event", "/event"),
        ("cargo", "/cargo"),
        ("type", "/type"),
        ("location", "/location"),
        ("voyage", "/voyage"),
        ("completed_at", "/completed_at"),
        ("registered_at", "/registered_at"),
        ("status", "/status"),
        ("reason", "/reason"),
    ];

    fn read_id(text: &str) -> Result<HandlingEventId, String> {
        let id = hyphenated(text).map(HandlingEventId);
        id.ok_or_else(|| "must be a UUID".to_owned())
    }

    fn filter(parameters: &mut Parameters) -> HandlingFilter {
        HandlingFilter {
            cargo: parameters.parsed("cargo"),
            location: parameters.parsed("location"),
            voyage: parameters.parsed("voyage"),
            status: parameters.word("status", HandlingStatus::WORDS),
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::uuid().into()
    }
}
