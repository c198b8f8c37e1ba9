//! `GET /api/routes`: routes to a destination with space for a cargo.

use crate::api::resources::{Parameter, open, page_response};
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, MIN_POSITION, answer, in_query, in_query_always, position_header, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::booking::{ROUTES, RouteView, TRANSHIPMENTS_DEFAULT};
use application::queries::Reading;
use application::schema;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::booking::{EquipmentLine, SizeType, Wanted, space_of};
use domain::limits::{
    ALTERNATIVES_MAX, EQUIPMENT_COUNT_MAX, EQUIPMENT_LINES_MAX, GROSS_WEIGHT_KG_MAX, LEGS_MAX,
};
use domain::locations::{Location, UnLocode};
use domain::voyages::{DangerousGoodsClass, DangerousGoodsClasses};
use domain::{Moment, Names};
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

/// The search.
pub(crate) const LIST: &str = "/api/routes";

/// The parameters of a search.
pub(crate) const ALWAYS: &[Parameter] = &[
    Parameter {
        name: "origin",
        meaning: "Port of loading.",
        schema: || schema::un_locode().into(),
    },
    Parameter {
        name: "destination",
        meaning: "Port of discharge.",
        schema: || {
            let mut port = schema::un_locode();
            port.examples = vec!["CNSHA".into()];
            port.into()
        },
    },
    Parameter {
        name: "arrive_by",
        meaning: "The latest arrival.",
        schema: || schema::moment().into(),
    },
];

/// The optional parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "depart_after",
        meaning: "The earliest departure, for example the ready date of a cargo. Default: now.",
        schema: || schema::moment().into(),
    },
    Parameter {
        name: "equipment",
        meaning: "The containers, as size and type codes with counts: 22G1:2, or 22G1:2,45G1:1. Every movement of a route has space for them, and reefer plugs for those of type group R. Default: 22G1:1.",
        schema: || {
            let size = schema::size_type().pattern.unwrap_or_default();
            let size = size.trim_start_matches('^').trim_end_matches('$');
            let line = format!("{size}:[1-9][0-9]{{0,3}}");
            let lines = format!("^{line}(,{line}){{0,{}}}$", EQUIPMENT_LINES_MAX - 1);
            let text = ObjectBuilder::new().schema_type(Type::String);
            text.pattern(Some(lines)).examples(["22G1:2,45G1:1"]).into()
        },
    },
    Parameter {
        name: "weight_kg",
        meaning: "Their gross weight in kilograms. Default: 1.",
        schema: || number(GROSS_WEIGHT_KG_MAX),
    },
    Parameter {
        name: "dangerous_goods_classes",
        meaning: "The classes of their dangerous goods: 3, or 3,6.1. Every voyage of a route takes them. Default: none.",
        schema: || {
            let words = DangerousGoodsClass::WORDS.join("|").replace('.', "\\.");
            let text = ObjectBuilder::new().schema_type(Type::String);
            let classes = format!("^({words})(,({words}))*$");
            text.pattern(Some(classes)).examples(["3,6.1"]).into()
        },
    },
    Parameter {
        name: "transhipments_max",
        meaning: "Maximum number of transhipments. Default: 3.",
        schema: || number(LEGS_MAX - 1),
    },
    Parameter {
        name: "alternatives",
        meaning: "How many later sailings to add for each number of transhipments. Default: 0.",
        schema: || number(ALTERNATIVES_MAX),
    },
];

fn number(most: u64) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(most as f64))
        .into()
}

/// The search, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let route = schemas.of::<RouteView>();
    let page = schemas.page::<RouteView>(&route);
    let operation = OperationBuilder::new()
        .operation_id(Some("find-routes"))
        .summary(Some("Routes to a destination with space on every movement"))
        .description(Some(
            "The Pareto set over arrival time and number of transhipments, earliest arrival first. Each route has open booking at its first port, at least six hours for each transhipment, and space within the limit line in TEU, in tonnes and in reefer plugs, and its voyages take the dangerous goods. With alternatives, later sailings stand beside these: for each number of transhipments, the next routes that no other route beats in departure, arrival and number of transhipments together. A transhipment next week is thus offered beside a direct ship today. An answer may be out of date when it is used: assign-itinerary decides.",
        ));
    let operation = ALWAYS.iter().fold(operation, |operation, named| {
        operation.parameter(in_query_always(named))
    });
    let operation = PARAMETERS
        .iter()
        .chain(&[MIN_POSITION])
        .fold(operation, |operation, named| {
            operation.parameter(in_query(named))
        });
    let found = answer("The routes.", JSON, Ref::from_schema_name(page))
        .header("Plimsoll-Position", position_header());
    let operation = with_problems(operation.response("200", found), &[400, 401, 403, 503]);
    let endpoint = Endpoint::at(LIST).get(find, operation);
    OpenApiRouter::new().routes(endpoint.with_schemas(schemas))
}

/// The Pareto set over arrival time and number of transhipments, earliest arrival first, and later
/// sailings if they are asked for.
pub(crate) async fn find(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let min_position = parameters.position("min_position");
    let now = site.clock.now();
    let wanted = wanted(&mut parameters, now);
    let mut reading = open(&site, &caller, ROUTES, min_position).await?;
    if let Some(wanted) = &wanted {
        known(&mut reading, &mut parameters, "origin", &wanted.origin).await?;
        known(
            &mut reading,
            &mut parameters,
            "destination",
            &wanted.destination,
        )
        .await?;
    }
    parameters.finish()?;
    let wanted = wanted.expect("what is missing is a fault");
    let page = site.queries.find_routes(&mut reading, &wanted).await?;
    Ok(page_response(request.uri(), &page))
}

/// Reads the parameters. Returns `None` if one is wrong or missing, which is recorded.
fn wanted(parameters: &mut Parameters, now: Moment) -> Option<Wanted> {
    let origin: Option<UnLocode> = parameters.required("origin");
    let destination: Option<UnLocode> = parameters.required("destination");
    let arrive_by = parameters.required_moment("arrive_by");
    let depart_after = parameters.moment("depart_after");
    let equipment = parameters.text("equipment");
    let lines = equipment.map(|text| read_equipment(&text));
    let classes = parameters.text("dangerous_goods_classes");
    let classes = classes.map_or(Ok(DangerousGoodsClasses::default()), |text| {
        text.split(',').map(DangerousGoodsClass::typed).collect()
    });
    let kg = parameters.number("weight_kg", 0, GROSS_WEIGHT_KG_MAX);
    let transhipments = parameters.number("transhipments_max", 0, LEGS_MAX - 1);
    let alternatives = parameters.number("alternatives", 0, ALTERNATIVES_MAX);
    if origin.is_some() && origin == destination {
        parameters.fault("destination", "must differ from the origin");
    }
    let lines = match lines {
        None => smallest(),
        Some(Ok(lines)) => lines,
        Some(Err(complaint)) => {
            parameters.fault("equipment", complaint);
            smallest()
        }
    };
    let classes = classes.unwrap_or_else(|complaint: String| {
        parameters.fault("dangerous_goods_classes", complaint);
        DangerousGoodsClasses::default()
    });
    Some(Wanted {
        classes,
        origin: origin?,
        destination: destination?,
        arrive_by: arrive_by?,
        depart_after: depart_after.unwrap_or(now),
        now,
        size: space_of(&lines, kg.unwrap_or(0).max(1)),
        held: Vec::new(),
        transhipments_max: transhipments
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(TRANSHIPMENTS_DEFAULT),
        alternatives: alternatives
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(0),
    })
}

/// The minimum of every cargo. A route without space for it is not a route.
fn smallest() -> Vec<EquipmentLine> {
    vec![read_line("22G1:1").expect("a size and type with a count")]
}

/// `22G1:2,45G1:1`.
fn read_equipment(text: &str) -> Result<Vec<EquipmentLine>, String> {
    let lines: Result<Vec<EquipmentLine>, String> = text.split(',').map(read_line).collect();
    let lines = lines?;
    if lines.len() as u64 > EQUIPMENT_LINES_MAX {
        return Err(format!("must have at most {EQUIPMENT_LINES_MAX} lines"));
    }
    Ok(lines)
}

fn read_line(line: &str) -> Result<EquipmentLine, String> {
    let (code, count) = line
        .split_once(':')
        .ok_or("must be size and type codes with counts, for example 22G1:2,45G1:1")?;
    let count = count.parse().ok();
    Ok(EquipmentLine {
        size_type: SizeType::strict(code)?,
        count: count
            .filter(|count| (1..=EQUIPMENT_COUNT_MAX).contains(count))
            .ok_or_else(|| format!("must have counts of 1 to {EQUIPMENT_COUNT_MAX}"))?,
    })
}

async fn known(
    reading: &mut Reading,
    parameters: &mut Parameters,
    name: &str,
    location: &UnLocode,
) -> Result<(), Problem> {
    let found = reading.some::<Location>([location.lookup()]).await?;
    if found.is_empty() {
        parameters.fault(
            name,
            format!("is {location}, which is not a known location"),
        );
    }
    Ok(())
}
