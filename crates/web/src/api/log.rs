//! `GET /api/log`: the official order of all changes, for auditors.

use super::resources::{
    ListParameters, Parameter, csv_file, json, open, page_response, true_at, wants_csv,
};
use crate::csv::{Columns, Table};
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, MIN_POSITION, answer, in_path, in_query, number as any_position, position_header, table,
    with_problems,
};
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use application::policy::Read;
use application::queries::{
    EntryView, HeadView, PAGE_ITEMS_MAX, PastEpochView, Period, QueryError, Reading, decode,
};
use application::schema;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::log::Actor;
use domain::log::reader::LogFilter;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

/// The list.
pub(crate) const LIST: &str = "/api/log";
/// The end of the log.
pub(crate) const HEAD: &str = "/api/log/head";
/// One entry.
pub(crate) const ONE: &str = "/api/log/{position}";

/// The filter parameters.
pub(crate) const FILTERS: &[Parameter] = &[
    Parameter {
        name: "from",
        meaning: "Only entries from this position on.",
        schema: position,
    },
    Parameter {
        name: "operation",
        meaning: "Only entries of this operation.",
        schema: || text("book-onto-voyage"),
    },
    ACTOR,
    RECORDED_FROM,
    RECORDED_UNTIL,
    Parameter {
        name: "target",
        meaning: "Only entries with this target, as kind:name.",
        schema: || text("voyage:V100"),
    },
];

/// The parameters that filter by time.
pub(crate) const RECORDED_FROM: Parameter = Parameter {
    name: "recorded_from",
    meaning: "Only what was recorded at or after this time.",
    schema: || schema::moment().into(),
};
pub(crate) const RECORDED_UNTIL: Parameter = Parameter {
    name: "recorded_until",
    meaning: "Only what was recorded before this time.",
    schema: || schema::moment().into(),
};

/// Reads those parameters.
pub(crate) fn recorded(parameters: &mut Parameters) -> Period {
    Period {
        from: parameters.moment("recorded_from"),
        until: parameters.moment("recorded_until"),
    }
}

/// The parameter that filters by actor.
pub(crate) const ACTOR: Parameter = Parameter {
    name: "actor",
    meaning: "Only entries by this actor: user:name or system:part.",
    schema: || {
        let actor = ObjectBuilder::new().schema_type(Type::String);
        actor.pattern(Some(ACTORS)).examples(["user:anna"]).into()
    },
};

/// A user or a part of the system.
const ACTORS: &str = "^(user:[a-z0-9][a-z0-9._@-]{0,63}|system:.*)$";

fn text(example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(schema::NO_CONTROL_CHARACTERS))
        .max_length(Some(TEXT_CHARS_MAX))
        .examples([example])
        .into()
}

/// The schema of a position.
pub(crate) fn position() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .into()
}

const TEXT_CHARS_MAX: usize = 200;

/// The log, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let entry = schemas.of::<EntryView>();
    let page = schemas.page::<EntryView>(&entry);
    schemas.of::<PastEpochView>();
    let of_head = schemas.of::<HeadView>();
    let all = table("list-log", "Log entries, oldest first", FILTERS, &page);
    let end = described("get-log-head", "Where the log ends", &of_head);
    let single = described("get-log-entry", "One log entry", &entry);
    let single = single.parameter(in_path("position", "Its position.", any_position(1)));
    OpenApiRouter::new()
        .routes(Endpoint::at(LIST).get(list, all).with_schemas(schemas))
        .routes(Endpoint::at(HEAD).get(head, end).without_schemas())
        .routes(
            Endpoint::at(ONE)
                .get(one, with_problems(single, &[404]))
                .without_schemas(),
        )
}

fn described(id: &str, summary: &str, schema: &str) -> OperationBuilder {
    let found = answer("The current state.", JSON, Ref::from_schema_name(schema))
        .header("Plimsoll-Position", position_header());
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .parameter(in_query(&MIN_POSITION))
        .response("200", found);
    with_problems(operation, &[400, 401, 403, 503])
}

/// The columns of the log as CSV.
pub(crate) const CSV: Columns = &[
    ("position", "/position"),
    ("recorded_at", "/recorded_at"),
    ("operation", "/operation"),
    ("version", "/version"),
    ("subdomain", "/subdomain"),
    ("target", "/target"),
    ("actor", "/actor"),
    ("caused_by", "/caused_by"),
    ("id", "/id"),
    ("program", "/program"),
    ("hash", "/hash"),
    ("reason", "/input/reason"),
];

/// Entries, oldest first.
pub(crate) async fn list(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let from = parameters.position("from").unwrap_or(0);
    let filter = LogFilter {
        operation: parameters.line("operation", TEXT_CHARS_MAX),
        actor: parameters.parsed::<Actor>("actor").map(String::from),
        target: parameters.line("target", TEXT_CHARS_MAX),
    };
    let period = recorded(&mut parameters);
    let asked = ListParameters::of(parameters)?;
    let from = match asked.cursor.as_deref().map(after) {
        None => from,
        Some(after) => after?.saturating_add(1).max(from),
    };
    if wants_csv(request.headers()) {
        site.admit(&caller).await?;
        return site
            .export(&caller, async || {
                let mut reading = open(&site, &caller, Read::Log, asked.min_position).await?;
                whole(&mut reading, &filter, from, period).await
            })
            .await;
    }
    let mut reading = open(&site, &caller, Read::Log, asked.min_position).await?;
    let within = reading.positions_in(period).await?;
    let positions = from.max(*within.start())..=*within.end();
    let page = reading.log(&filter, positions, asked.limit).await?;
    Ok(page_response(request.uri(), &page))
}

/// All entries from a position on, in a stretch of time, as CSV.
pub(crate) async fn whole(
    reading: &mut Reading,
    filter: &LogFilter,
    from: u64,
    period: Period,
) -> Result<Response, Problem> {
    let mut table = Table::new(CSV)?;
    let within = reading.positions_in(period).await?;
    let mut from = from.max(*within.start());
    loop {
        let page = reading
            .log(filter, from..=*within.end(), PAGE_ITEMS_MAX)
            .await?;
        table.fill(&page.items)?;
        match page.items.last().filter(|_| page.next.is_some()) {
            Some(last) => from = last.position + 1,
            None => return csv_file(table, "log", reading.position()),
        }
    }
}

/// Parses a cursor as a position.
fn after(cursor: &str) -> Result<u64, QueryError> {
    let position = decode(cursor)?.parse().ok();
    let position = position.filter(|position| i64::try_from(*position).is_ok_and(|p| p < i64::MAX));
    position.ok_or(QueryError::BadCursor)
}

/// The end of the log.
pub(crate) async fn head(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let mut reading = open(&site, &caller, Read::Log, min_position).await?;
    let mut response = json(&reading.head().await?);
    true_at(response.headers_mut(), reading.position());
    Ok(response)
}

/// One entry.
pub(crate) async fn one(
    State(site): State<Shared>,
    Path(position): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let mut reading = open(&site, &caller, Read::Log, min_position).await?;
    let number = number(&position)?;
    let mut response = json(&reading.entry(number).await?);
    true_at(response.headers_mut(), reading.position());
    Ok(response)
}

/// Parses the position in an address.
pub(crate) fn number(position: &str) -> Result<u64, Problem> {
    let number = position.parse().ok();
    let number = number.filter(|n: &u64| n.to_string() == position && i64::try_from(*n).is_ok());
    number.ok_or_else(|| {
        Problem::new(
            &kinds::NOT_FOUND,
            "A log entry is addressed by its position, a whole number from 1.",
        )
    })
}
