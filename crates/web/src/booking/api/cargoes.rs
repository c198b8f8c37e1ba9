//! `GET /api/cargoes`

use crate::api::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::{Parameters, YES_AND_NO};
use application::schema;
use domain::booking::{BookingStatus, Cargo, CargoFilter, TrackingId, TransportStatus};
use domain::customers::CustomerId;
use domain::limits::REFERENCE_CHARS_MAX;
use utoipa::openapi::{RefOr, Schema};

impl Resource for Cargo {
    type Id = TrackingId;
    const LIST: &'static str = "/api/cargoes";
    const ONE: &'static str = "/api/cargoes/{tracking_id}";
    const HISTORY: &'static str = "/api/cargoes/{tracking_id}/history";
    const TIMEGATE: &'static str = "/api/cargoes/{tracking_id}/timegate";
    const TIMEMAP: &'static str = "/api/cargoes/{tracking_id}/timemap";
    const WORDS: (&'static str, &'static str) = ("cargo", "cargoes");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "customer",
            meaning: "Only cargoes of this customer.",
            schema: || schema::uuid().into(),
        },
        Parameter {
            name: "reference",
            meaning: "Only cargoes whose reference of the customer contains this text.",
            schema: || schema::part_of_name().into(),
        },
        Parameter {
            name: "container",
            meaning: "Only cargoes with this container.",
            schema: || schema::container_number().into(),
        },
        Parameter {
            name: "status",
            meaning: "Only cargoes in this booking status.",
            schema: || words(BookingStatus::WORDS),
        },
        Parameter {
            name: "origin",
            meaning: "Only cargoes from this location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "destination",
            meaning: "Only cargoes to this location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "voyage",
            meaning: "Only cargoes with a leg on this voyage.",
            schema: || schema::voyage_number().into(),
        },
        Parameter {
            name: "port",
            meaning: "Only cargoes that start, end, are loaded or unloaded at this location, or were last handled there.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "transport_status",
            meaning: "Only cargoes in this transport status.",
            schema: || words(TransportStatus::WORDS),
        },
        Parameter {
            name: "misdirected",
            meaning: "Only cargoes that were handled off their itinerary, or that were not.",
            schema: || words(YES_AND_NO),
        },
        Parameter {
            name: "at_risk",
            meaning: "Only cargoes that need attention, or that do not: misrouted, misdirected, late, with a missed connection or on a cancelled voyage.",
            schema: || words(YES_AND_NO),
        },
        Parameter {
            name: "reefer",
            meaning: "Only cargoes with a reefer container, or without one.",
            schema: || words(YES_AND_NO),
        },
        Parameter {
            name: "dangerous",
            meaning: "Only cargoes with dangerous goods, or without any.",
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
        ("ready_from", "/route_specification/ready_from"),
        ("equipment_type", "/equipment/*/type"),
        ("equipment_count", "/equipment/*/count"),
        ("size_teu", "/size_teu"),
        ("gross_weight_kg", "/gross_weight_kg"),
        ("commodity", "/commodity"),
        ("reference", "/reference"),
        ("set_point_celsius", "/set_point_celsius"),
        ("un_numbers", "/dangerous_goods/*/un_number"),
        ("dangerous_goods_classes", "/dangerous_goods/*/class"),
        ("containers", "/containers/*/number"),
        ("split_from", "/split_from"),
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

    fn filter(parameters: &mut Parameters) -> CargoFilter {
        CargoFilter {
            customer: parameters.uuid("customer").map(CustomerId),
            reference: parameters.line("reference", REFERENCE_CHARS_MAX),
            status: parameters.word("status", BookingStatus::WORDS),
            origin: parameters.parsed("origin"),
            destination: parameters.parsed("destination"),
            voyage: parameters.parsed("voyage"),
            port: parameters.parsed("port"),
            transport_status: parameters.word("transport_status", TransportStatus::WORDS),
            misdirected: parameters.flag("misdirected"),
            at_risk: parameters.flag("at_risk"),
            reefer: parameters.flag("reefer"),
            dangerous: parameters.flag("dangerous"),
            containers: parameters.parsed("container").map(|number| vec![number]),
            ..CargoFilter::default()
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::tracking_id().into()
    }
}

fn words(words: &'static [&'static str]) -> RefOr<Schema> {
    schema::words(words.iter().copied()).into()
}
