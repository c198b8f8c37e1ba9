//! `GET /api/voyages`

use crate::api::resources::{self, Parameter, Resource};
use crate::csv::Columns;
use crate::openapi::endpoint::OpenApiRouter;
use crate::parameters::Parameters;
use application::schema;
use domain::space::Teu;
use domain::voyages::{RegisteredVessel, Voyage, VoyageFilter, VoyageNumber, VoyageStatus};
use utoipa::openapi::{RefOr, Schema};

/// The endpoints of voyages and of vessels.
pub(crate) fn endpoints() -> OpenApiRouter {
    resources::endpoints::<Voyage>().merge(resources::endpoints::<RegisteredVessel>())
}

impl Resource for Voyage {
    type Id = VoyageNumber;
    const LIST: &'static str = "/api/voyages";
    const ONE: &'static str = "/api/voyages/{number}";
    const HISTORY: &'static str = "/api/voyages/{number}/history";
    const TIMEGATE: &'static str = "/api/voyages/{number}/timegate";
    const TIMEMAP: &'static str = "/api/voyages/{number}/timemap";
    const WORDS: (&'static str, &'static str) = ("voyage", "voyages");
    const FILTERS: &'static [Parameter] = &[
        Parameter {
            name: "port",
            meaning: "Only voyages that call at this location.",
            schema: || schema::un_locode().into(),
        },
        Parameter {
            name: "imo",
            meaning: "Only voyages of the vessel with this IMO number.",
            schema: || schema::imo().into(),
        },
        Parameter {
            name: "departs_from",
            meaning: "Only voyages whose first departure is at or after this time.",
            schema: || schema::moment().into(),
        },
        Parameter {
            name: "departs_until",
            meaning: "Only voyages whose first departure is before this time.",
            schema: || schema::moment().into(),
        },
        Parameter {
            name: "arrives_from",
            meaning: "Only voyages whose last arrival is at or after this time.",
            schema: || schema::moment().into(),
        },
        Parameter {
            name: "status",
            meaning: "Only voyages in this status.",
            schema: || schema::words(VoyageStatus::WORDS.iter().copied()).into(),
        },
        Parameter {
            name: "teu_left",
            meaning: "Only voyages that are not cancelled and have at least this many TEU left within the limit line on some movement, sailed or not. Rounded up to 10 TEU for customers.",
            schema: || schema::teu().into(),
        },
    ];

    const CSV: Columns = &[
        ("voyage", "/voyage"),
        ("status", "/status"),
        ("vessel_imo", "/vessel/imo"),
        ("vessel_name", "/vessel/name"),
        ("capacity_teu", "/capacity/teu"),
        ("capacity_tonnes", "/capacity/tonnes"),
        ("capacity_plugs", "/capacity/plugs"),
        ("dangerous_goods_classes", "/dangerous_goods_classes"),
        ("overbooking_percent", "/overbooking_percent"),
        ("cut_off_hours", "/cut_off_hours"),
        ("from", "/movements/*/from"),
        ("departs", "/movements/*/departs"),
        ("to", "/movements/*/to"),
        ("arrives", "/movements/*/arrives"),
        ("booked_teu", "/movements/*/booked/teu"),
        ("booked_tonnes", "/movements/*/booked/tonnes"),
        ("booked_plugs", "/movements/*/booked/plugs"),
        ("version", "/version"),
    ];

    const CSV_FOR_CUSTOMERS: Columns = &[
        ("voyage", "/voyage"),
        ("status", "/status"),
        ("vessel_imo", "/vessel/imo"),
        ("vessel_name", "/vessel/name"),
        ("capacity_teu", "/capacity/teu"),
        ("capacity_tonnes", "/capacity/tonnes"),
        ("capacity_plugs", "/capacity/plugs"),
        ("dangerous_goods_classes", "/dangerous_goods_classes"),
        ("cut_off_hours", "/cut_off_hours"),
        ("from", "/movements/*/from"),
        ("departs", "/movements/*/departs"),
        ("to", "/movements/*/to"),
        ("arrives", "/movements/*/arrives"),
        ("free_teu", "/movements/*/free/teu"),
        ("free_tonnes", "/movements/*/free/tonnes"),
        ("free_plugs", "/movements/*/free/plugs"),
    ];

    fn read_id(text: &str) -> Result<VoyageNumber, String> {
        text.parse()
    }

    fn filter(parameters: &mut Parameters) -> VoyageFilter {
        let quarter_teu_left = parameters.parsed::<Teu>("teu_left").map(|teu| teu.0);
        VoyageFilter {
            port: parameters.parsed("port"),
            imo: parameters.parsed("imo"),
            departs_from: parameters.moment("departs_from"),
            departs_until: parameters.moment("departs_until"),
            arrives_from: parameters.moment("arrives_from"),
            status: parameters.word("status", VoyageStatus::WORDS),
            quarter_teu_left,
            number: None,
            name: None,
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::voyage_number().into()
    }
}
