//! `GET /api/refusals`: who was refused what, when and why.

use super::log::{ACTOR, RECORDED_FROM, RECORDED_UNTIL, recorded};
use super::resources::{
    ListParameters, Parameter, csv_file, json, open, page_response, true_at, wants_csv,
};
use crate::csv::{Columns, Table};
use crate::headers;
use crate::messages::{self, Exact};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{JSON, answer, in_query, table, with_problems};
use crate::parameters::Parameters;
use crate::problem::{Problem, status_of};
use crate::state::Shared;
use application::policy::Read;
use application::queries::{PAGE_ITEMS_MAX, Page, Period, Reading, RefusalView};
use application::schema;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::log::Actor;
use domain::log::reader::LogFilter;
use domain::{Moment, is_day};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use uuid::Uuid;

/// The list.
pub(crate) const LIST: &str = "/api/refusals";

/// The numbers of refusals that are not in the list.
pub(crate) const COUNTS: &str = "/api/refusals/counts";

/// The filter parameters.
const FILTERS: &[Parameter] = &[ACTOR, RECORDED_FROM, RECORDED_UNTIL];

/// The day from which numbers are wanted.
const FROM: Parameter = Parameter {
    name: "from",
    meaning: "Only days from this one on, in UTC.",
    schema: || {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .examples(["2027-03-01"])
            .into()
    },
};

/// The list and the numbers, with their descriptions.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let counts = schemas.of::<RefusalCountsBody>();
    let refusal = schemas.of::<RefusalBody>();
    let page = schemas.page::<RefusalBody>(&refusal);
    let described = table("list-refusals", "Refusals, newest first", FILTERS, &page);
    let found = answer(
        "The numbers by day, oldest first.",
        JSON,
        Ref::from_schema_name(counts),
    );
    let counted = OperationBuilder::new()
        .operation_id(Some("count-refusals"))
        .summary(Some("Refusals that are only counted"))
        .description(Some(COUNTED))
        .parameter(in_query(&FROM))
        .response("200", found);
    let counted = with_problems(counted, &[400, 401, 403, 503]);
    OpenApiRouter::new()
        .routes(
            Endpoint::at(LIST)
                .get(list, described)
                .with_schemas(schemas),
        )
        .routes(
            Endpoint::at(COUNTS)
                .get(counts_by_day, counted)
                .without_schemas(),
        )
}

const COUNTED: &str = "A refusal is not in the list if its caller had many on that day, or if it is \
    older than the server keeps them. It is counted here instead, once a minute.";

/// The numbers of refusals that are not in the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusalCounts)]
struct RefusalCountsBody {
    items: Vec<RefusalCountBody>,
}

/// The number of refusals of one sort on one day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusalCount)]
struct RefusalCountBody {
    /// The day in UTC.
    day: String,
    /// The user or the part of the system that asked.
    actor: String,
    /// The operation asked for.
    operation: String,
    /// The rule that refused it.
    rule: String,
    /// How many refusals are counted and not in the list.
    refused: u64,
}

/// The numbers of refusals that are not in the list.
async fn counts_by_day(State(site): State<Shared>, request: Request) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let from = parameters.text("from");
    if from.as_deref().is_some_and(|from| !is_day(from)) {
        parameters.fault("from", "must be a day such as 2027-03-01");
    }
    parameters.finish()?;
    let mut reading = open(&site, &caller, Read::Refusals, None).await?;
    let counts = reading.refusal_counts(&from.unwrap_or_default()).await?;
    let items = counts.into_iter().map(|(sort, refused)| RefusalCountBody {
        day: sort.day,
        actor: sort.actor.to_string(),
        operation: sort.operation,
        rule: sort.rule,
        refused,
    });
    let mut response = json(&RefusalCountsBody {
        items: items.collect(),
    });
    true_at(response.headers_mut(), reading.position());
    Ok(response)
}

/// The columns of the list as CSV.
pub(crate) const CSV: Columns = &[
    ("id", "/id"),
    ("recorded_at", "/recorded_at"),
    ("judged_at", "/judged_at"),
    ("operation", "/operation"),
    ("target", "/target"),
    ("actor", "/actor"),
    ("status", "/status"),
    ("rule", "/rule"),
    ("detail", "/detail"),
];

/// A refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusalView)]
pub(crate) struct RefusalBody {
    /// The id.
    #[schema(schema_with = schema::uuid)]
    id: Uuid,
    /// The position of the last entry at the time of the decision.
    judged_at: u64,
    /// When it was decided.
    #[schema(schema_with = schema::moment)]
    recorded_at: Moment,
    /// The operation asked for.
    operation: String,
    /// The target, as `kind:name`.
    target: Option<String>,
    /// The user or the part of the system that asked.
    actor: String,
    /// The status of the answer.
    status: u16,
    /// The rule that refused it, or `Policy` if the caller may not run the operation.
    rule: String,
    /// What was asked for and what prevented it.
    detail: String,
    /// The detail as data: `case`, if the rule can be broken in several ways, and the figures and
    /// names in `detail`. Refusals written by earlier releases have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    facts: Option<Map<String, Value>>,
    /// The input, without secret fields. Of a large one, `abridged`: its size, digest and beginning.
    #[schema(value_type = Object)]
    input: Box<RawValue>,
}

impl From<RefusalView> for RefusalBody {
    fn from(refusal: RefusalView) -> Self {
        Self {
            id: refusal.id,
            judged_at: refusal.judged_at,
            recorded_at: refusal.recorded_at,
            operation: refusal.operation,
            target: refusal.target,
            actor: refusal.actor,
            status: status_of(refusal.kind).as_u16(),
            rule: refusal.rejection.rule.to_string(),
            detail: messages::refusal(&refusal.rejection, &Exact),
            facts: messages::facts(&refusal.rejection),
            input: refusal.input,
        }
    }
}

fn bodies(page: Page<RefusalView>) -> Page<RefusalBody> {
    Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
        position: page.position,
    }
}

/// Refusals, newest first.
pub(crate) async fn list(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let actor = parameters.parsed::<Actor>("actor").map(String::from);
    let period = recorded(&mut parameters);
    let asked = ListParameters::of(parameters)?;
    let filter = LogFilter {
        actor,
        ..LogFilter::default()
    };
    if wants_csv(request.headers()) {
        site.admit(&caller).await?;
        return site
            .export(&caller, async || {
                let mut reading = open(&site, &caller, Read::Refusals, asked.min_position).await?;
                whole(&mut reading, &filter, period).await
            })
            .await;
    }
    let mut reading = open(&site, &caller, Read::Refusals, asked.min_position).await?;
    let cursor = asked.cursor.as_deref();
    let page = recorded_in(&mut reading, &filter, period, cursor, asked.limit).await?;
    Ok(page_response(request.uri(), &bodies(page)))
}

/// A page of the refusals in a stretch of time. A page may have fewer items than asked for, although
/// there are more: several refusals fall between two entries, and only some of them into the time.
async fn recorded_in(
    reading: &mut Reading,
    filter: &LogFilter,
    period: Period,
    cursor: Option<&str>,
    limit: u64,
) -> Result<Page<RefusalView>, Problem> {
    let within = reading.positions_in(period).await?;
    let judged_at = within.start().saturating_sub(1)..=*within.end();
    let mut page = reading.refusals(filter, judged_at, cursor, limit).await?;
    page.items.retain(|own| period.contains(own.recorded_at));
    Ok(page)
}

/// All refusals in a stretch of time as CSV.
pub(crate) async fn whole(
    reading: &mut Reading,
    filter: &LogFilter,
    period: Period,
) -> Result<Response, Problem> {
    let mut table = Table::new(CSV)?;
    let mut cursor: Option<String> = None;
    loop {
        let page = recorded_in(reading, filter, period, cursor.as_deref(), PAGE_ITEMS_MAX);
        let page = bodies(page.await?);
        table.fill(&page.items)?;
        cursor = page.next;
        if cursor.is_none() {
            return csv_file(table, "refusals", reading.position());
        }
    }
}
