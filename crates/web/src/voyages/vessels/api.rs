//! `GET /api/vessels`

use crate::api::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::Parameters;
use application::schema;
use domain::limits::NAME_CHARS_MAX;
use domain::voyages::{ImoNumber, RegisteredVessel, VesselFilter};
use utoipa::openapi::{RefOr, Schema};

impl Resource for RegisteredVessel {
    type Id = ImoNumber;
    const LIST: &'static str = "/api/vessels";
    const ONE: &'static str = "/api/vessels/{imo}";
    const HISTORY: &'static str = "/api/vessels/{imo}/history";
    const TIMEGATE: &'static str = "/api/vessels/{imo}/timegate";
    const TIMEMAP: &'static str = "/api/vessels/{imo}/timemap";
    const WORDS: (&'static str, &'static str) = ("vessel", "vessels");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "imo",
            meaning: "Only vessels whose IMO number begins with this.",
            schema: || schema::part_of_name().into(),
        },
        Parameter {
            name: "name",
            meaning: "Only vessels whose name or IMO number contains this text, ignoring case.",
            schema: || schema::part_of_name().into(),
        },
    ];

    const CSV: Columns = &[
        ("imo", "/imo"),
        ("name", "/name"),
        ("capacity_teu", "/capacity/teu"),
        ("capacity_tonnes", "/capacity/tonnes"),
        ("capacity_plugs", "/capacity/plugs"),
        ("version", "/version"),
    ];

    fn read_id(text: &str) -> Result<ImoNumber, String> {
        text.parse()
    }

    fn filter(parameters: &mut Parameters) -> VesselFilter {
        VesselFilter {
            imo: parameters.line("imo", NAME_CHARS_MAX),
            name: parameters.line("name", NAME_CHARS_MAX),
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::imo().into()
    }
}
