//! `GET /api/cargoes`

use super::resources::{Parameter, Resource};
use crate::parameters::Parameters;
use application::schema;
use domain::booking::{Booking, Cargo, TrackingId};
use domain::customers::CustomerId;
use domain::locations::UnLocode;
use domain::log::reader::Filter;
use domain::voyages::VoyageNumber;
use utoipa::openapi::schema::ObjectBuilder;
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
            schema: status,
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
    ];

    fn read_id(text: &str) -> Result<TrackingId, String> {
        text.parse()
    }

    fn filter(parameters: &mut Parameters) -> Filter {
        let location = |found: Option<UnLocode>| found.map(String::from);
        Filter::Cargoes {
            customer: parameters.uuid("customer").map(CustomerId),
            status: parameters.one_of("status", Booking::WORDS),
            origin: location(parameters.parsed("origin")),
            destination: location(parameters.parsed("destination")),
            voyage: parameters
                .parsed::<VoyageNumber>("voyage")
                .map(String::from),
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::tracking_id().into()
    }
}

fn status() -> RefOr<Schema> {
    ObjectBuilder::new()
        .enum_values(Some(Booking::WORDS.iter().copied()))
        .into()
}
