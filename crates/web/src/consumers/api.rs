//! `GET /api/consumers`, and `PUT /api/consumers/{consumer}/position`, by which consumers confirm.

use crate::api::body;
use crate::api::resources::{ListParameters, impossible, json, open, page_response, true_at};
use crate::headers;
use crate::limits::{BODY_TIMEOUT, CONFIRMATION_BYTES_MAX};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, MIN_POSITION, answer, in_path, in_query, list, position_header, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::consumers::{CONSUMERS, ConfirmedView, ConsumerView, NotConfirmed};
use application::{Refused, input, schema};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::consumers::{Confirmation, ConsumerName};
use domain::limits::REPORTED_ERROR_CHARS_MAX;
use domain::log::{Hash, RefusalKind};
use domain::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, Parameter};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Ref, Required};
use validator::Validate;

const LIST: &str = "/api/consumers";
const ONE: &str = "/api/consumers/{consumer}";
const POSITION: &str = "/api/consumers/{consumer}/position";

/// What a consumer has handled.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmedPosition {
    /// The position up to which the consumer has handled everything.
    #[schema(schema_with = schema::log_position)]
    position: u64,
    /// The hash of the entry at the position, or 64 zeros for position 0. It comes with the entry, so it
    /// is the receipt, and shows whether the log has forked.
    #[schema(schema_with = schema::hash)]
    hash: Hash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_consumer_error, required = false)]
    error: Option<Text<REPORTED_ERROR_CHARS_MAX>>,
}

/// The endpoints.
pub(super) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let view = schemas.of::<ConsumerView>();
    let page = schemas.page::<ConsumerView>(&view);
    let confirmed = schemas.of::<ConfirmedView>();
    let asked = schemas.of::<ConfirmedPosition>();
    let all = list("list-consumers", "The registered consumers", &[], &page);
    let found = answer("The consumer.", JSON, Ref::from_schema_name(&view))
        .header("Plimsoll-Position", position_header());
    let one = OperationBuilder::new()
        .operation_id(Some("get-consumer"))
        .summary(Some("One consumer, and how far it has come"))
        .parameter(name_parameter())
        .parameter(in_query(&MIN_POSITION))
        .response("200", found);
    let one = with_problems(one, &[400, 401, 403, 404, 503]);
    OpenApiRouter::new()
        .routes(Endpoint::at(LIST).get(show_all, all).with_schemas(schemas))
        .routes(Endpoint::at(ONE).get(show, one).without_schemas())
        .routes(
            Endpoint::at(POSITION)
                .put(confirm, described(&asked, &confirmed))
                .without_schemas(),
        )
}

fn name_parameter() -> Parameter {
    in_path("consumer", "Its name.", schema::consumer_name())
}

fn described(asked: &str, confirmed: &str) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(asked)));
    let body = RequestBodyBuilder::new()
        .content(JSON, content.build())
        .required(Some(Required::True));
    let confirmed = answer("Confirmed.", JSON, Ref::from_schema_name(confirmed))
        .header("Plimsoll-Position", position_header());
    let operation = OperationBuilder::new()
        .operation_id(Some("confirm-position"))
        .summary(Some("Confirms a position for a consumer, or reports an error"))
        .description(Some(
            "Only its owner and administrators may. Positions only move forwards; confirming one again is allowed, so a request can always be repeated. A position beyond the log, or with another hash than the log has, is refused by HistoryForked: take a new snapshot, then run reset-consumer.",
        ))
        .parameter(name_parameter())
        .request_body(Some(body.build()))
        .response("200", confirmed);
    with_problems(
        operation,
        &[400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503],
    )
}

/// Parses a name from an address.
pub(super) fn named(name: &str) -> Result<ConsumerName, Problem> {
    let parsed = name.parse::<ConsumerName>();
    parsed.map_err(|complaint| impossible("consumer", name, &complaint))
}

async fn show_all(State(site): State<Shared>, request: Request) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let asked = ListParameters::of(Parameters::of(request.uri())?)?;
    let mut reading = open(&site, &caller, CONSUMERS, asked.min_position).await?;
    let page = reading.consumers(asked.cursor.as_deref(), asked.limit);
    Ok(page_response(request.uri(), &page.await?))
}

async fn show(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let mut reading = open(&site, &caller, CONSUMERS, min_position).await?;
    let view = reading.consumer(&named(&name)?).await?;
    let mut response = json(&view);
    let headers = response.headers_mut();
    true_at(headers, reading.position());
    Ok(response)
}

async fn confirm(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, stream) = request.into_parts();
    let caller = headers::caller(&parts.headers)?;
    site.admit(&caller).await?;
    Parameters::of(&parts.uri)?.finish()?;
    headers::check_media_type(&parts.headers, JSON)?;
    let _place = site.share(&site.shares.confirmations, &caller).await?;
    let sent = body::read(stream, CONFIRMATION_BYTES_MAX, BODY_TIMEOUT).await?;
    let sent: ConfirmedPosition = input::read(&sent).map_err(Problem::input)?;
    let confirmation = Confirmation {
        position: sent.position,
        hash: sent.hash,
        error: sent.error,
    };
    let mut reading = site.queries.visit(&caller).await?;
    let asked = reading.confirmation(&named(&name)?, confirmation).await?;
    drop(reading);
    let confirmed = site.confirmations.confirm(asked).await;
    let confirmed = confirmed.map_err(problem)?;
    let mut response = json(&confirmed);
    let head = confirmed.position + confirmed.lag_entries;
    true_at(response.headers_mut(), head);
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

fn problem(not: NotConfirmed) -> Problem {
    match not {
        NotConfirmed::Refused(rejection, judged_at) => Problem::from(Refused {
            kind: RefusalKind::Rule,
            rejection,
            judged_at,
            replayed: false,
        }),
        NotConfirmed::Failed(failed) => failed.into(),
    }
}
