//! The start page of a port agent: what is to be done at a port, one tap for each step, and the calls
//! to report.

use super::calls::{self, CallRow, ReportedCall};
use super::report::{UNDONE, input};
use super::result::{ReportResult, result_of};
use super::work::{self, WorkAct, WorkGroup};
use crate::api::resources::named;
use crate::locations::suggest::location;
use crate::pages::form::{Entered, Note, TextField, new_key};
use crate::pages::pickers::Unclear;
use crate::pages::places::Places;
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit, done};
use crate::state::Shared;
use application::Operation;
use application::booking::PortWork;
use application::handling::{RegisterHandlingEvent, RetractHandlingEvent};
use application::queries::Viewed;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::handling::{HandlingEvent, HandlingEventId};
use domain::locations::UnLocode;
use serde_json::{Value, json};

/// Its address.
pub(crate) const PATH: &str = "/quay";

#[derive(Template)]
#[template(path = "handling/quay.html")]
struct QuayPage {
    shell: Shell,
    /// What was entered as the port, and what it may mean.
    port: TextField,
    place: Option<Place>,
    said: Option<ReportResult>,
    /// The call of a ship that was just reported.
    reported: Option<ReportedCall>,
    /// The report that was just made and can be undone.
    undo: Option<HandlingEventId>,
    undo_key: String,
    note: Option<Note>,
    completed_at: TextField,
    key: String,
    may_report: bool,
    calls: Vec<CallRow>,
    /// Whether one tap reports any of them.
    has_taps: bool,
    /// When a ship came or left, if not just now.
    called_at: TextField,
    groups: Vec<WorkGroup>,
    has_more: bool,
}

/// The port.
struct Place {
    code: String,
    name: String,
    clock: String,
}

/// The page.
pub(crate) async fn show(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut entered = Entered::default();
    let port = visit.parameters.line("port", 200);
    let port = match port.filter(|port| !port.trim().is_empty()) {
        Some(port) => port,
        None => last_port(&mut visit).await?.unwrap_or_default(),
    };
    entered.preset("/location", port);
    if let Some(at) = visit.parameters.line("at", 40) {
        entered.preset("/completed_at", at);
    }
    quay_page(visit, StatusCode::OK, entered).await
}

/// The port of the person's last report.
async fn last_port(visit: &mut Visit) -> Result<Option<String>, Away> {
    let latest = visit.reading.own_latest(RegisterHandlingEvent::ABOUT.name);
    let input = latest.await?.map(|entry| entry.current_input());
    Ok(input.and_then(|input| input["location"].as_str().map(str::to_owned)))
}

async fn quay_page(
    mut visit: Visit,
    status: StatusCode,
    mut entered: Entered,
) -> Result<Response, Away> {
    visit.reading.permit(HandlingEvent::READ)?;
    let event = visit.parameters.uuid("event").map(HandlingEventId);
    let position = visit.parameters.peek("done");
    let mut shell = visit.shell("Quay");
    let made = shell.done.take();
    let (said, reported) = match (position, event) {
        (Some(position), Some(event)) => (result_of(&mut visit, position, event).await?, None),
        _ => (None, calls::reported(&mut visit, made).await?),
    };
    let stands = said.as_ref().is_some_and(|said| !said.is_retracted);
    let undo = event.filter(|_| stands && visit.may_run(&RetractHandlingEvent::ABOUT));
    let text = entered.value("/location").unwrap_or_default().to_owned();
    let port = match text.trim().is_empty() {
        true => None,
        false => found(location(&mut visit.reading, &text).await?, &mut entered),
    };
    let (mut calls, mut groups, mut has_more, mut place) = (Vec::new(), Vec::new(), false, None);
    if let Some(port) = &port {
        let due = visit.reading.calls_due_at(port).await?;
        let work = visit.reading.work_of_port(port).await?;
        has_more = work.has_more;
        let places = places(&mut visit, port, &work).await?;
        calls = calls::rows(&visit, &due, port, &places);
        groups = work::grouped(work, &places, visit.now);
        place = Some(Place {
            code: port.to_string(),
            name: places.named(port).to_owned(),
            clock: places.time(port, visit.now).local,
        });
    }
    let key = entered.key().map(str::to_owned);
    let template = QuayPage {
        port: TextField::of(&entered, "/location"),
        place,
        said,
        reported,
        undo,
        undo_key: new_key(visit.now),
        note: entered.note.clone(),
        completed_at: TextField::of(&entered, "/completed_at"),
        key: key.unwrap_or_else(|| new_key(visit.now)),
        may_report: visit.may_run(&RegisterHandlingEvent::ABOUT),
        has_taps: calls.iter().any(|call| call.value.is_some()),
        calls,
        called_at: TextField::of(&entered, calls::AT),
        groups,
        has_more,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// The port, or nothing if the text is unclear, which is recorded.
fn found(found: Result<UnLocode, Unclear>, entered: &mut Entered) -> Option<UnLocode> {
    match found {
        Ok(port) => {
            entered.set("/location", port.to_string());
            Some(port)
        }
        Err(unclear) => {
            // Nothing was sent that could need correction as a whole.
            let note = entered.note.take();
            entered.unclear("/location", unclear);
            entered.note = note;
            None
        }
    }
}

async fn places(visit: &mut Visit, port: &UnLocode, work: &PortWork) -> Result<Places, Away> {
    let ends = work.steps.iter().flat_map(|step| {
        let specification = &step.cargo.route_specification;
        [&specification.origin, &specification.destination]
    });
    Ok(Places::load(&mut visit.reading, ends.chain([port])).await?)
}

/// Registers the step whose button was pressed, or undoes the last one.
pub(crate) async fn report(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let mut sent = PostedForm::read(site, request).await?;
    if !sent.entered.extra("undo").is_empty() {
        return undo(sent).await;
    }
    if !sent.entered.extra("call").is_empty() {
        let outcome = calls::report(&mut sent).await?;
        return after_call(sent, outcome).await;
    }
    if !sent.entered.extra("undo_call").is_empty() {
        let outcome = calls::undo(&mut sent).await?;
        return after_call(sent, outcome).await;
    }
    let typed = sent
        .entered
        .value("/completed_at")
        .unwrap_or_default()
        .trim()
        .to_owned();
    let container = work::pressed(&mut sent.entered);
    let mut visit = sent.visit().await?;
    let input = input(&mut visit, &mut sent.entered).await?;
    drop(visit);
    let input = input.map(|mut input| {
        if let Some(container) = container {
            input["container"] = json!(container);
        }
        input
    });
    let status = match input {
        None => StatusCode::UNPROCESSABLE_ENTITY,
        Some(input) => match sent.run(RegisterHandlingEvent::ABOUT.name, &input).await? {
            FormOutcome::Accepted(accepted) => {
                let outcome: Value = serde_json::from_str(&accepted.outcome).unwrap_or_default();
                let port = input["location"].as_str().unwrap_or_default();
                let event = outcome["event"].as_str().unwrap_or_default();
                return Ok(after(port, event, &typed, accepted.position));
            }
            FormOutcome::NotApplied(status) => status,
        },
    };
    sent.entered.set("/completed_at", typed);
    again(sent, status).await
}

/// Retracts the report that was just made.
async fn undo(mut sent: PostedForm) -> Result<Response, Away> {
    let event = named::<HandlingEvent>(sent.entered.extra("undo"))?;
    let input = json!({ "event": event, "reason": UNDONE });
    match sent.run(RetractHandlingEvent::ABOUT.name, &input).await? {
        FormOutcome::Accepted(accepted) => {
            let value = |pointer| sent.entered.value(pointer).unwrap_or_default();
            let (port, typed) = (value("/location"), value("/completed_at"));
            Ok(after(port, &event.to_string(), typed, accepted.position))
        }
        FormOutcome::NotApplied(status) => again(sent, status).await,
    }
}

/// Back to the page of a port after a report of a call, or why there is none.
async fn after_call(sent: PostedForm, outcome: FormOutcome) -> Result<Response, Away> {
    match outcome {
        FormOutcome::Accepted(accepted) => {
            let port = sent.entered.value("/location").unwrap_or_default();
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("port", port);
            Ok(done(
                &format!("{PATH}?{}", query.finish()),
                accepted.position,
            ))
        }
        FormOutcome::NotApplied(status) => again(sent, status).await,
    }
}

/// The page of the port again, with what prevented a report.
async fn again(mut sent: PostedForm, status: StatusCode) -> Result<Response, Away> {
    let visit = sent.visit().await?;
    let mut entered = std::mem::take(&mut sent.entered);
    entered.forget_key();
    quay_page(visit, status, entered).await
}

/// Back to the page of a port, which says what became of a report and keeps the entered time.
fn after(port: &str, event: &str, typed: &str, position: u64) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("port", port);
    query.append_pair("event", event);
    if !typed.is_empty() {
        query.append_pair("at", typed);
    }
    query.append_pair("done", &position.to_string());
    Redirect::to(&format!("{PATH}?{}", query.finish())).into_response()
}
