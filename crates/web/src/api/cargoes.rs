//! `GET /api/cargoes`

use super::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::{Parameters, YES_AND_NO};
use application::schema;
use domain::booking::{BookingStatus, Cargo, TrackingId, TransportStatus};
use domain::customers::CustomerId;
use domain::locations::UnLocode;
use domain::log::reader::{CargoFilter, Filter};
use domain::voyages::VoyageNumber;
use utoipa::openapi::{RefOr, Schema};

impl Resource for Cargo {
    type Id = TrackingId;
    const LIST: &'static str = "/api/cargoes";
    const ONE: &'static str = "/api/cargoes/{tracking_id}";
    const HISTORY: &'static str = "/api/cargoes/{tracking_id}/history";
    const WORDS: (&'static str, &'static str) = ("cargo", "cargoes");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "customer",
            meaning: "Of one customer.",
            schema: || schema::uuid().into(),
        },
        Parameter {
            name: "status",
            meaning: "In one booking status.",
            schema: || words(BookingStatus::WORDS),
        },
        Parameter {
            name: "origin",
            meaning: "From one location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "destination",
            meaning: "To one location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "voyage",
            meaning: "With a leg aboard one voyage.",
            schema: || schema::voyage_number().into(),
        },
        Parameter {
            name: "port",
            meaning: "That start, end, are loaded or unloaded at one location, or were handled there last.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "transport_status",
            meaning: "In one transport status.",
            schema: || words(TransportStatus::WORDS),
        },
        Parameter {
            name: "misdirected",
            meaning: "Handled where their itinerary does not lead, or not.",
            schema: || words(YES_AND_NO),
        },
        Parameter {
            name: "at_risk",
            meaning: "That somebody has to look after, or not: misrouted, misdirected, late, with a missed connection or on a cancelled voyage.",
            schema: || words(YES_AND_NO),
        },
    ];
    const HAPPENED: bool = true;

    const CSV: Columns = &[
        ("cargo", "/cargo"),
        ("status", "/status"),
        ("customer", "/customer"),
        ("origin", "/route_specification/origin"),
        ("destination", "/route_specification/destination"),
        ("arrival_deadline", "/route_specification/arrival_deadline"),
        ("equipment_type", "/equipment/*/type"),
        ("equipment_count", "/equipment/*/count"),
        ("size_teu", "/size_teu"),
        ("gross_weight_kg", "/gross_weight_kg"),
        ("commodity", "/commodity"),
        ("voyages", "/itinerary/*/voyage"),
        ("transport_status", "/delivery/transport_status"),
        ("routing_status", "/delivery/routing_status"),
        ("misdirected", "/delivery/misdirected"),
        ("at_risk", "/delivery/at_risk"),
        ("flags", "/delivery/flags"),
        ("last_known_location", "/delivery/last_known_location"),
        ("current_voyage", "/delivery/current_voyage"),
        ("eta", "/delivery/eta"),
        ("version", "/version"),
    ];

    fn read_id(text: &str) -> Result<TrackingId, String> {
        text.parse()
    }

    fn filter(parameters: &mut Parameters) -> Filter {
        let location = |found: Option<UnLocode>| found.map(String::from);
        Filter::Cargoes(CargoFilter {
            customer: parameters.uuid("customer").map(CustomerId),
            status: parameters.one_of("status", BookingStatus::WORDS),
            origin: location(parameters.parsed("origin")),
            destination: location(parameters.parsed("destination")),
            voyage: parameters
                .parsed::<VoyageNumber>("voyage")
                .map(String::from),
            port: location(parameters.parsed("port")),
            transport_status: parameters.one_of("transport_status", TransportStatus::WORDS),
            misdirected: parameters.flag("misdirected"),
            at_risk: parameters.flag("at_risk"),
            tracking_id: None,
        })
    }

    fn id_schema() -> RefOr<Schema> {
        schema::tracking_id().into()
    }
}

fn words(words: &'static [&'static str]) -> RefOr<Schema> {
    schema::words(words.iter().copied()).into()
}
