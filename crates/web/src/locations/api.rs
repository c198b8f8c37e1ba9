//! `GET /api/locations`

use crate::api::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::Parameters;
use application::schema;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{Location, LocationFilter, UnLocode};
use utoipa::openapi::{RefOr, Schema};

impl Resource for Location {
    type Id = UnLocode;
    const LIST: &'static str = "/api/locations";
    const ONE: &'static str = "/api/locations/{un_locode}";
    const HISTORY: &'static str = "/api/locations/{un_locode}/history";
    const TIMEGATE: &'static str = "/api/locations/{un_locode}/timegate";
    const TIMEMAP: &'static str = "/api/locations/{un_locode}/timemap";
    const WORDS: (&'static str, &'static str) = ("location", "locations");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "country",
            meaning: "Only locations in this country.",
            schema: || schema::country().into(),
        },
        Parameter {
            name: "name",
            meaning: "Only locations whose name or UN/LOCODE contains this text, ignoring case.",
            schema: || schema::part_of_name().into(),
        },
    ];

    const CSV: Columns = &[
        ("un_locode", "/location"),
        ("name", "/name"),
        ("country", "/country"),
        ("latitude", "/latitude"),
        ("longitude", "/longitude"),
        ("time_zone", "/time_zone"),
        ("version", "/version"),
    ];

    fn read_id(text: &str) -> Result<UnLocode, String> {
        text.parse()
    }

    fn filter(parameters: &mut Parameters) -> LocationFilter {
        LocationFilter {
            country: parameters.parsed("country"),
            name: parameters.line("name", NAME_CHARS_MAX),
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::un_locode().into()
    }
}
