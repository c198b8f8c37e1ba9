//! `POST /api/operations/{name}`: runs an operation.

use super::body;
use crate::clock::SystemChance;
use crate::headers;
use crate::limits::{BODY_TIMEOUT, INPUT_BYTES_MAX};
use crate::parameters::Parameters;
use crate::problem::{POSITION, Problem, REPLAYED, kinds};
use crate::state::{Shared, Site};
use application::input::InputError;
use application::queries::Rehearsed;
use application::{
    Accepted, Call, Caller, Definition, Failed, Headers, IfMatch, PreparedOperation, Refused,
    Reply, find,
};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::access::Role;
use domain::log::Actor;
use domain::log::RefusalKind;
use domain::ports::Chance;
use domain::{Event, Moment};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Instant;

/// The catalogue, and the address for batches.
pub(crate) const PATH: &str = "/api/operations";

/// Runs one operation.
pub(crate) async fn run(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, stream) = request.into_parts();
    let caller = headers::caller(&parts.headers)?;
    site.admit(&caller).await?;
    let rehearses = rehearses(&parts.uri)?;
    let definition = find(&name).ok_or_else(|| unknown(&name))?;
    headers::check_media_type(&parts.headers, "application/json")?;
    let asked = Headers {
        key: headers::idempotency_key(&parts.headers)?,
        if_match: headers::if_match(&parts.headers)?,
        trace_id: headers::traceparent(&parts.headers).map(str::to_owned),
    };
    let json = body::read(stream, INPUT_BYTES_MAX, BODY_TIMEOUT).await?;
    if rehearses {
        return rehearse(&site, &caller, definition, &json, asked.if_match.as_ref()).await;
    }
    let reply = submit(&site, definition, &json, caller.clone(), asked).await;
    match reply.map_err(Problem::input)? {
        Reply::Accepted(accepted) => Ok(answer(&accepted)),
        Reply::Refused(refused) => Err(refusal(&site, &caller, definition, *refused).await),
        Reply::Failed(failed) => {
            if failed == Failed::Unauthenticated {
                site.forget(&caller);
            }
            Err(failed.into())
        }
    }
}

/// Whether the caller asks what would happen: `?rehearse=true`.
fn rehearses(uri: &Uri) -> Result<bool, Problem> {
    if uri.query().is_none_or(str::is_empty) {
        return Ok(false);
    }
    let mut parameters = Parameters::of(uri)?;
    let rehearses = parameters.flag("rehearse");
    parameters.finish()?;
    Ok(rehearses == Some(true))
}

/// Answers what an operation would do. Nothing is recorded, and no key is used.
async fn rehearse(
    site: &Site,
    caller: &Caller,
    definition: &'static Definition,
    json: &[u8],
    if_match: Option<&IfMatch>,
) -> Result<Response, Problem> {
    let prepared = prepare(site, definition, json, None, site.clock.now()).await;
    let prepared = prepared.map_err(Problem::input)?;
    let mut reading = site.queries.visit(caller).await?;
    let answer = reading.rehearse_call(definition, &prepared, if_match);
    let answer = answer.await?;
    let position = reading.position();
    // A refusal opens a snapshot of its own.
    drop(reading);
    match answer {
        Ok(rehearsed) => Ok(rehearsal(definition, &rehearsed, position)),
        Err(refused) => Err(refusal(site, caller, definition, refused).await),
    }
}

/// A refusal as its caller may see it: customers do not learn how far the log has come.
async fn refusal(
    site: &Site,
    caller: &Caller,
    definition: &Definition,
    refused: Refused,
) -> Problem {
    let is_for_customers = definition.about.who.roles.contains(&Role::Customer);
    let may_be_customer = is_for_customers || refused.kind == RefusalKind::Forbidden;
    let problem = Problem::from(refused);
    if !may_be_customer {
        return problem;
    }
    match site.queries.visit(caller).await {
        Ok(reading) if reading.is_for_customer() => problem.told_at(reading.position()),
        Ok(_) => problem,
        Err(_) => problem.told_at(0),
    }
}

/// Runs an operation and counts it.
pub(crate) async fn submit(
    site: &Site,
    definition: &'static Definition,
    json: &[u8],
    caller: Caller,
    asked: Headers,
) -> Result<Reply, InputError> {
    let began = Instant::now();
    let call = call(site, definition, json, caller, asked).await?;
    let reply = site.pipeline.submit(call).await;
    let name = definition.about.name;
    site.metrics.operation(name, &reply, began.elapsed());
    Ok(reply)
}

/// Reads an input and makes a call of it. Slow preparation runs on its own thread, with a limit on
/// how many run at a time.
pub(crate) async fn call(
    site: &Site,
    definition: &'static Definition,
    json: &[u8],
    caller: Caller,
    asked: Headers,
) -> Result<Call, InputError> {
    let now = site.clock.now();
    let ready = prepare(site, definition, json, asked.key.clone(), now).await?;
    let id = SystemChance.id(now);
    let lane = site.queries.lane_of(&caller);
    Ok(Call::new(id, definition, ready, caller, asked).in_lane(lane))
}

/// Reads an input and prepares the operation.
async fn prepare(
    site: &Site,
    definition: &'static Definition,
    json: &[u8],
    key: Option<String>,
    now: Moment,
) -> Result<PreparedOperation, InputError> {
    if definition.is_slow {
        let json = json.to_vec();
        let _place = site.gate.preparing.acquire().await;
        let epoch = match key {
            // Without the id, the key stands for this call alone.
            Some(_) => site.queries.epoch().await.ok(),
            None => None,
        };
        let read = move || {
            let ready = definition.read(&json, now, &mut SystemChance)?;
            Ok(match (key, epoch) {
                (Some(key), Some(epoch)) if ready.has_secret() => {
                    ready.with_secret_hashed(&key, epoch)
                }
                _ => ready,
            })
        };
        let read = tokio::task::spawn_blocking(read).await;
        read.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    } else {
        definition.read(json, now, &mut SystemChance)
    }
}

/// The problem of an operation that does not exist.
pub(crate) fn unknown(name: &str) -> Problem {
    let name: String = name.chars().take(100).collect();
    Problem::new(
        &kinds::NOT_FOUND,
        format!("There is no operation {name}. The catalogue is at {PATH}."),
    )
}

/// The answer to an accepted operation.
#[derive(Serialize)]
pub(crate) struct AcceptedBody<'a> {
    operation: &'a str,
    position: u64,
    recorded_at: Moment,
    actor: &'a Actor,
    outcome: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    once: Option<&'a serde_json::Value>,
    events: &'a RawValue,
}

impl<'a> From<&'a Accepted> for AcceptedBody<'a> {
    fn from(accepted: &'a Accepted) -> Self {
        Self {
            operation: &accepted.operation,
            position: accepted.position,
            recorded_at: accepted.recorded_at,
            actor: &accepted.actor,
            outcome: raw(&accepted.outcome),
            once: accepted.once.as_ref(),
            events: raw(&accepted.events),
        }
    }
}

/// The answer to a rehearsal.
#[derive(Serialize)]
struct RehearsedBody<'a> {
    operation: &'a str,
    rehearsed: bool,
    outcome: &'a RawValue,
    events: &'a RawValue,
    #[serde(flatten)]
    affected: BTreeMap<&'static str, Vec<serde_json::Value>>,
}

fn rehearsal(definition: &Definition, rehearsed: &Rehearsed, position: u64) -> Response {
    let events = Event::list_to_json(&rehearsed.events);
    let body = RehearsedBody {
        operation: definition.about.name,
        rehearsed: true,
        outcome: raw(&rehearsed.outcome),
        events: raw(&events),
        affected: rehearsed.affected().into_iter().collect(),
    };
    let mut response = axum::Json(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(POSITION, HeaderValue::from(position));
    response
}

/// JSON text as it was written, or `null` if it has been tampered with and is no longer JSON.
fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap_or(RawValue::NULL)
}

/// A version as an entity tag.
pub(crate) fn etag(version: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits in quotes are a header value")
}

fn answer(accepted: &Accepted) -> Response {
    let mut json = Vec::with_capacity(256 + accepted.outcome.len() + accepted.events.len());
    serde_json::to_writer(&mut json, &AcceptedBody::from(accepted))
        .expect("an answer can be written to memory");
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(POSITION, HeaderValue::from(accepted.position));
    if let Some(version) = accepted.target_version {
        headers.insert(header::ETAG, etag(version));
    }
    if accepted.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
