//! Handling: what port agents report from the quay, with one hand, on a phone.

mod calls;
pub(crate) mod import;
pub(crate) mod quay;
mod report;
mod result;
mod words;
mod work;

use self::report::input;
use self::result::{ReportResult, cargo_at, result_of};
pub(crate) use self::words::doubts;
use self::words::{label, step};
use crate::api::resources::named;
use crate::locations::suggest::location;
use crate::messages::Message;
use crate::pages::PageRoute;
use crate::pages::form::{Entered, Note, TextField, new_key};
use crate::pages::places::{LocalTime, Places};
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit};
use crate::pages::words::distance;
use crate::state::Shared;
use application::Accepted;
use application::Operation;
use application::booking::ExpectedStepView;
use application::handling::{HandlingEventView, RegisterHandlingEvent, RetractHandlingEvent};
use application::queries::Viewed;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::booking::{Cargo, CargoFilter, ContainerNumber, TrackingId};
use domain::handling::{HandlingEvent, HandlingEventId, HandlingFilter, HandlingType};
use domain::locations::UnLocode;
use serde_json::{Value, json};

/// The form, and recent reports.
pub(crate) const PAGE: &str = "/handling";
/// The address for retracting a report.
pub(crate) const RETRACT: &str = "/handling/{event}/retract";

/// The pages and their forms.
pub(crate) const ROUTES: &[PageRoute] = &[
    PageRoute {
        path: PAGE,
        methods: || get(show).post(report),
    },
    PageRoute {
        path: quay::PATH,
        methods: || get(quay::show).post(quay::report),
    },
    PageRoute {
        path: RETRACT,
        methods: || get(back).post(retract),
    },
    PageRoute {
        path: import::PATH,
        methods: || get(import::form).post(import::import),
    },
    PageRoute {
        path: import::TEMPLATE_PATH,
        methods: || get(import::template),
    },
];

/// What the pages say about reports.
pub(crate) const NOTES: &[&Message] = words::NOTES;

/// The number of reports below the form.
const SHOWN: u64 = 12;
/// The fields that the address can fill in.
const FIELDS: [&str; 4] = ["cargo", "type", "location", "voyage"];

#[derive(Template)]
#[template(path = "handling/handling.html")]
struct HandlingPage {
    shell: Shell,
    may_report: bool,
    may_retract: bool,
    said: Option<ReportResult>,
    report: Report,
    /// The code and the name of the agent's location.
    place: Option<(String, String)>,
    rows: Vec<EventRow>,
}

/// The form.
struct Report {
    key: String,
    note: Option<Note>,
    kinds: Vec<Kind>,
    kind: TextField,
    cargo: TextField,
    location: TextField,
    voyage: TextField,
    completed_at: TextField,
    /// The next expected step of the cargo.
    expected: Option<String>,
    /// The local time at the agent's location.
    clock: Option<String>,
}

/// A handling type to choose.
struct Kind {
    word: &'static str,
    label: String,
    chosen: bool,
}

/// A report in the list.
struct EventRow {
    event: String,
    version: u64,
    key: String,
    what: String,
    cargo: String,
    container: Option<String>,
    place: String,
    time: LocalTime,
    ago: String,
    /// How it contradicts the timetable.
    doubts: Vec<String>,
    /// Why it was retracted, if it was.
    retracted: Option<String>,
    /// A retraction of it that was not applied.
    tried: Option<FailedRetraction>,
}

/// A retraction that was not applied.
struct FailedRetraction {
    event: HandlingEventId,
    key: Option<String>,
    note: Option<Note>,
    reason: TextField,
}

/// The form. The address can fill in its fields, as a cargo's page does with the next expected
/// step: `?cargo=…&type=LOAD&location=NLRTM&voyage=V100`.
pub(crate) async fn show(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut entered = Entered::default();
    for name in FIELDS {
        if let Some(value) = visit.parameters.line(name, 200) {
            entered.preset(&format!("/{name}"), value);
        }
    }
    let done = visit.parameters.position("done");
    let event = visit.parameters.uuid("event").map(HandlingEventId);
    let said = match (done, event) {
        (Some(position), Some(event)) => result_of(&mut visit, position, event).await?,
        _ => None,
    };
    handling_page(visit, StatusCode::OK, entered, said, None).await
}

async fn handling_page(
    mut visit: Visit,
    status: StatusCode,
    mut entered: Entered,
    said: Option<ReportResult>,
    tried: Option<FailedRetraction>,
) -> Result<Response, Away> {
    visit.reading.permit(HandlingEvent::READ)?;
    let expected = expected(&mut visit, &mut entered).await?;
    let text = entered.value("/location").unwrap_or_default().to_owned();
    let at = location(&mut visit.reading, &text).await?.ok();
    let here = Places::load(&mut visit.reading, at.as_ref()).await?;
    let place = at
        .as_ref()
        .map(|code| (code.to_string(), here.named(code).to_owned()));
    let clock = at.as_ref().map(|code| {
        let shown = here.time(code, visit.now).local;
        format!("{shown} in {}", here.named(code))
    });
    let rows = rows(&mut visit, at.as_ref(), tried).await?;
    let chosen = entered.value("/type").unwrap_or_default().to_uppercase();
    let kinds = HandlingType::ALL.iter().map(|kind| Kind {
        word: kind.word(),
        label: label(*kind),
        chosen: kind.word() == chosen,
    });
    let key = entered.key().map(str::to_owned);
    let template = HandlingPage {
        may_report: visit.may_run(&RegisterHandlingEvent::ABOUT),
        may_retract: visit.may_run(&RetractHandlingEvent::ABOUT),
        said,
        report: Report {
            key: key.unwrap_or_else(|| new_key(visit.now)),
            note: entered.note.clone(),
            kinds: kinds.collect(),
            kind: TextField::of(&entered, "/type"),
            cargo: TextField::of(&entered, "/cargo"),
            location: TextField::of(&entered, "/location"),
            voyage: TextField::of(&entered, "/voyage"),
            completed_at: TextField::of(&entered, "/completed_at"),
            expected,
            clock,
        },
        place,
        rows,
        shell: visit.shell("Handling"),
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// The next expected step of the entered cargo. If nothing else was entered, the form is filled in
/// with it.
async fn expected(visit: &mut Visit, entered: &mut Entered) -> Result<Option<String>, Away> {
    let typed = entered.value("/cargo").unwrap_or_default();
    let Some(cargo) = cargo_named(visit, typed).await? else {
        return Ok(None);
    };
    let Some(found) = cargo_at(visit, &cargo, None).await? else {
        return Ok(None);
    };
    let Some(next) = found.delivery.next_expected else {
        return Ok(None);
    };
    let places = Places::load(&mut visit.reading, [&next.location]).await?;
    let is_bare = ["/type", "/location", "/voyage"]
        .iter()
        .all(|pointer| entered.value(pointer).is_none());
    if is_bare {
        entered.set("/type", next.handling_type.word());
        entered.set("/location", next.location.to_string());
        if let Some(voyage) = &next.voyage {
            entered.set("/voyage", voyage.to_string());
        }
    }
    Ok(Some(step(&next, &places)))
}

/// The cargo with a tracking ID, or the one that travels in a container.
async fn cargo_named(visit: &mut Visit, typed: &str) -> Result<Option<TrackingId>, Away> {
    if let Ok(cargo) = TrackingId::typed(typed) {
        return Ok(Some(cargo));
    }
    let Ok(container) = ContainerNumber::typed(typed) else {
        return Ok(None);
    };
    let filter = CargoFilter {
        unfinished: true,
        ..CargoFilter::in_container(&container)
    };
    let found = visit.reading.list::<Cargo>(filter, None, 1).await?;
    Ok(found.items.into_iter().next().map(|own| own.cargo))
}

fn reported(event: &HandlingEventView) -> ExpectedStepView {
    ExpectedStepView {
        handling_type: event.handling_type,
        location: event.location.clone(),
        voyage: event.voyage.clone(),
    }
}

async fn rows(
    visit: &mut Visit,
    at: Option<&UnLocode>,
    mut tried: Option<FailedRetraction>,
) -> Result<Vec<EventRow>, Away> {
    let filter = HandlingFilter {
        location: at.cloned(),
        ..HandlingFilter::default()
    };
    let found = visit.reading.list::<HandlingEvent>(filter, None, SHOWN);
    let found = found.await?.items;
    let places = found
        .iter()
        .map(|event: &HandlingEventView| &event.location);
    let places = Places::load(&mut visit.reading, places).await?;
    let now = visit.now;
    let row = |event: HandlingEventView| {
        let tried = tried.take_if(|tried| tried.event == event.event);
        let voyage = event.voyage.as_ref().map(|voyage| format!(" {voyage}"));
        let key = tried.as_ref().and_then(|tried| tried.key.clone());
        EventRow {
            container: event.container.as_ref().map(ToString::to_string),
            key: key.unwrap_or_else(|| new_key(now)),
            event: event.event.to_string(),
            version: event.version,
            what: label(event.handling_type) + &voyage.unwrap_or_default(),
            cargo: event.cargo.to_string(),
            place: places.named(&event.location).to_owned(),
            time: places.time(&event.location, event.completed_at),
            ago: distance(event.registered_at, now),
            doubts: doubts(&reported(&event), &event.doubts, &places),
            retracted: event.reason,
            tried,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// Registers a report. The address it redirects to keeps the values for the next report: the
/// location, type and voyage, because many reports in a row are alike.
pub(crate) async fn report(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let mut sent = PostedForm::read(site, request).await?;
    let mut visit = sent.visit().await?;
    let input = input(&mut visit, &mut sent.entered).await?;
    drop(visit);
    let status = match input {
        None => StatusCode::UNPROCESSABLE_ENTITY,
        Some(input) => match sent.run(RegisterHandlingEvent::ABOUT.name, &input).await? {
            FormOutcome::Accepted(accepted) => return Ok(registered(&accepted, &input)),
            FormOutcome::NotApplied(status) => status,
        },
    };
    let visit = sent.visit().await?;
    let entered = std::mem::take(&mut sent.entered);
    handling_page(visit, status, entered, None, None).await
}

fn registered(accepted: &Accepted, input: &Value) -> Response {
    let outcome: Value = serde_json::from_str(&accepted.outcome).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["location", "type", "voyage"] {
        if let Some(value) = input[name].as_str() {
            query.append_pair(name, value);
        }
    }
    query.append_pair("event", outcome["event"].as_str().unwrap_or_default());
    query.append_pair("done", &accepted.position.to_string());
    Redirect::to(&format!("{PAGE}?{}", query.finish())).into_response()
}

/// Retracts a report.
pub(crate) async fn retract(
    State(site): State<Shared>,
    Path(event): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let event = named::<HandlingEvent>(&event)?;
    let mut sent = PostedForm::read(site, request).await?;
    let location = sent.entered.extra("location").to_owned();
    let reason = sent.entered.value("/reason").unwrap_or_default();
    let input = json!({ "event": event, "reason": reason });
    match sent.run(RetractHandlingEvent::ABOUT.name, &input).await? {
        FormOutcome::Accepted(accepted) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            if !location.is_empty() {
                query.append_pair("location", &location);
            }
            query.append_pair("event", &event.to_string());
            query.append_pair("done", &accepted.position.to_string());
            Ok(Redirect::to(&format!("{PAGE}?{}", query.finish())).into_response())
        }
        FormOutcome::NotApplied(status) => {
            let tried = FailedRetraction {
                event,
                key: sent.entered.key().map(str::to_owned),
                note: sent.entered.note.clone(),
                reason: TextField::of(&sent.entered, "/reason"),
            };
            let mut entered = Entered::default();
            if !location.is_empty() {
                entered.preset("/location", location);
            }
            let visit = sent.visit().await?;
            handling_page(visit, status, entered, None, Some(tried)).await
        }
    }
}

/// Redirects from an address that only accepts forms to the page.
pub(crate) async fn back() -> Redirect {
    Redirect::to(PAGE)
}
