//! One cargo, and what can be done with it.

use super::super::thing::goods;
use super::cargoes::LIST;
use super::way::{Way, way};
use crate::api::operations::unknown;
use crate::messages;
use crate::pages::form::{Entered, Note, new_key};
use crate::pages::past::PastState;
use crate::pages::places::{People, Places};
use crate::pages::shell::{Shell, page};
use crate::pages::stream::{LogLine, lines};
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit, done};
use crate::pages::words;
use crate::state::Shared;
use application::booking::{
    AcceptBooking, AmendCargo, AssignContainers, AssignItinerary, CancelCargo, CargoAction,
    CargoView, ChangeArrivalDeadline, ChangeDestination, ConfirmBooking, RejectBooking,
    ReleaseCargo, RerouteCargo, RollCargo, SplitCargo,
};
use application::customers::CustomerView;
use application::handling::{RegisterHandlingEvent, RetractHandlingEvent};
use application::policy::Read;
use application::queries::At;
use application::{About, Operation};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::policy::Policy;
use domain::booking::{BookingStatus, Cargo, TrackingId};
use domain::customers::Customer;
use domain::locations::UnLocode;
use domain::log::reader::LogFilter;
use domain::{Moment, Names};
use serde_json::json;

/// One cargo.
pub(crate) const ONE: &str = "/cargoes/{tracking_id}";
/// The address for releasing a cargo.
pub(crate) const RELEASE: &str = "/cargoes/{tracking_id}/release";
/// The address for cancelling a cargo.
pub(crate) const CANCEL: &str = "/cargoes/{tracking_id}/cancel";
/// The address for the next step of its booking.
pub(crate) const STEP: &str = "/cargoes/{tracking_id}/step/{operation}";

/// The number of log lines on a cargo's page.
const LINES: u64 = 50;

#[derive(Template)]
#[template(path = "booking/cargo.html")]
struct CargoPage {
    shell: Shell,
    way: Way,
    size: String,
    weight: String,
    /// Its dangerous goods.
    goods: String,
    customer: Option<CustomerView>,
    log: Vec<LogLine>,
    reads_log: bool,
    as_of: Option<PastState>,
    versions: Vec<VersionRow>,
    may_book: bool,
    /// The port from which it has to be rerouted before it gets a route.
    must_reroute: Option<UnLocode>,
    may_release: bool,
    may_cancel: bool,
    may_retract: bool,
    steps: Vec<Step>,
    actions: Vec<Action>,
    impossible: Vec<Impossible>,
    tried: FailedAction,
    cargo: CargoView,
}

impl CargoPage {
    /// Whether the action that was not applied has no form on the page any more.
    fn is_note_apart(&self) -> bool {
        let has_form = self.steps.iter().any(|step| step.is_tried)
            || self.tried.is_release() && self.may_release
            || self.tried.is_cancellation() && self.may_cancel;
        self.tried.note.is_some() && !has_form
    }
}

/// An action for a cargo with a page of its own.
struct Action {
    label: &'static str,
    href: String,
}

/// The next step of its booking, which needs nothing but the press of a button.
struct Step {
    operation: &'static str,
    label: &'static str,
    /// What it means, and how to undo it.
    meaning: &'static str,
    key: String,
    is_tried: bool,
}

/// The steps of a booking that have a button.
const STEPS: [(&About, &str, &str); 2] = [
    (
        &AcceptBooking::ABOUT,
        "Accept booking",
        "We commit to carrying the cargo. This cannot be taken back; a cargo that is not carried after all is cancelled.",
    ),
    (
        &ConfirmBooking::ABOUT,
        "Confirm booking",
        "Everything for the transport is arranged. This cannot be taken back; a cargo that is not carried after all is cancelled.",
    ),
];

/// The steps that are possible now, with the note of one that was not applied.
fn steps(found: &[CargoAction], tried: &FailedAction, now: Moment) -> Vec<Step> {
    let possible = STEPS
        .into_iter()
        .filter(|(about, ..)| is_possible(found, about));
    let step = |(about, label, meaning): (&'static About, _, _)| {
        let is_tried = tried.action == about.name;
        let key = tried.key.clone().filter(|_| is_tried);
        Step {
            operation: about.name,
            label,
            meaning,
            key: key.unwrap_or_else(|| new_key(now)),
            is_tried,
        }
    };
    possible.map(step).collect()
}

/// An action that is not possible now.
struct Impossible {
    label: &'static str,
    why: String,
}

/// An action from the cargo's page that was not applied.
struct FailedAction {
    action: &'static str,
    note: Option<Note>,
    reason: String,
    reason_errors: Vec<String>,
    key: Option<String>,
    release_key: String,
    cancel_key: String,
}

impl FailedAction {
    fn is_release(&self) -> bool {
        self.action == ReleaseCargo::ABOUT.name
    }

    fn is_cancellation(&self) -> bool {
        self.action == CancelCargo::ABOUT.name
    }

    fn new(action: &'static str, entered: &Entered, now: Moment) -> Self {
        let key = |own: &str| match entered.key().filter(|_| own == action) {
            Some(key) => key.to_owned(),
            None => new_key(now),
        };
        Self {
            action,
            note: entered.note.clone(),
            reason: entered.value("/reason").unwrap_or_default().to_owned(),
            reason_errors: entered.errors("/reason"),
            key: entered.key().map(str::to_owned),
            release_key: key(ReleaseCargo::ABOUT.name),
            cancel_key: key(CancelCargo::ABOUT.name),
        }
    }
}

struct VersionRow {
    version: u64,
    position: u64,
    time: String,
    status: BookingStatus,
}

/// One cargo, now or in the past.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    cargo_page(visit, StatusCode::OK, &cargo, &Entered::default(), "").await
}

/// The page of a cargo, with the values entered for an action that was not applied.
async fn cargo_page(
    mut visit: Visit,
    status: StatusCode,
    id: &TrackingId,
    entered: &Entered,
    action: &'static str,
) -> Result<Response, Away> {
    let mut shell = visit.shell(&format!("Cargo {id}"));
    let as_of = visit.parameters.position("at");
    let found = visit
        .reading
        .one(id, as_of.map(At::Position).into())
        .await?;
    let cargo: CargoView = found.view;
    let past = PastState::of(&mut visit.reading, id, as_of, found.version).await?;
    if as_of.is_none() {
        shell.live = visit.live(&format!("cargo:{id}"));
    }
    let way = way(&mut visit, &cargo).await?;
    let customer = visit.reading.some::<Customer>([cargo.customer.lookup()]);
    let customer = customer.await?.pop();
    let versions = versions(&mut visit, id).await?;
    let reads_log = visit.may_read(Read::Log);
    let log = if reads_log {
        history(&mut visit, id, &versions).await?
    } else {
        Vec::new()
    };
    let found = match as_of.is_none() && !cargo.status.is_over() {
        true => visit.reading.cargo_actions(id).await?,
        false => Vec::new(),
    };
    let (actions, impossible) = actions(&mut visit, &cargo, &found).await?;
    let may = |operation| is_possible(&found, operation);
    let tried = FailedAction::new(action, entered, visit.now);
    let stranded_at = cargo.stranded_at.clone();
    let template = CargoPage {
        goods: goods(&cargo.dangerous_goods),
        must_reroute: stranded_at.filter(|_| may(&RerouteCargo::ABOUT)),
        actions,
        impossible,
        way,
        size: words::number(cargo.size_teu),
        weight: words::tonnes(cargo.gross_weight_kg),
        customer,
        log,
        reads_log,
        as_of: past,
        versions,
        may_book: may(&AssignItinerary::ABOUT),
        may_release: may(&ReleaseCargo::ABOUT),
        may_cancel: may(&CancelCargo::ABOUT),
        may_retract: as_of.is_none() && visit.may_run(&RetractHandlingEvent::ABOUT),
        steps: steps(&found, &tried, visit.now),
        tried,
        cargo,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// Whether the caller can run an operation on the cargo now.
pub(crate) fn is_possible(actions: &[CargoAction], operation: &About) -> bool {
    let own = |action: &&CargoAction| action.operation.name == operation.name;
    let found = actions.iter().find(own);
    found.is_some_and(|action| action.refusal.is_none())
}

/// The operations that have a button on the page while they are possible.
const BUTTONS: [(&About, &str); 5] = [
    (&AcceptBooking::ABOUT, "Accept booking"),
    (&ConfirmBooking::ABOUT, "Confirm booking"),
    (&AssignItinerary::ABOUT, "Choose a route"),
    (&ReleaseCargo::ABOUT, "Release space"),
    (&CancelCargo::ABOUT, "Cancel cargo"),
];

/// The operations with forms of their own, and the labels of the links to them.
fn labels(cargo: &CargoView) -> [(&'static About, &'static str); 9] {
    let reroute = match cargo.delivery.current_voyage {
        Some(_) => "Reroute from a later port of call",
        None => "Reroute from the current location",
    };
    [
        (&AmendCargo::ABOUT, "Amend containers, weight or goods"),
        (&SplitCargo::ABOUT, "Split off some containers"),
        (&AssignContainers::ABOUT, "Enter container numbers"),
        (&RollCargo::ABOUT, "Roll onto another voyage"),
        (&RerouteCargo::ABOUT, reroute),
        (&ChangeDestination::ABOUT, "Change destination"),
        (&ChangeArrivalDeadline::ABOUT, "Change deadline"),
        (&RejectBooking::ABOUT, "Reject booking"),
        (&RegisterHandlingEvent::ABOUT, "Report handling"),
    ]
}

/// The links to what is possible, and the reasons why the rest is not. A stranded cargo has a
/// button of its own to reroute it.
async fn actions(
    visit: &mut Visit,
    cargo: &CargoView,
    found: &[CargoAction],
) -> Result<(Vec<Action>, Vec<Impossible>), Away> {
    let refusals = found.iter().filter_map(|action| action.refusal.as_ref());
    let codes: Vec<_> = refusals.flat_map(messages::locations).collect();
    let places = Places::load(&mut visit.reading, codes).await?;
    let (mut possible, mut impossible) = (Vec::new(), Vec::new());
    let has_button = |own: &About| BUTTONS.iter().any(|(button, _)| button.name == own.name);
    for (operation, label) in BUTTONS.into_iter().chain(labels(cargo)) {
        let Some(action) = found
            .iter()
            .find(|own| own.operation.name == operation.name)
        else {
            continue;
        };
        match &action.refusal {
            Some(refusal) if refusal.breaks(&Policy) => {}
            Some(refusal) => impossible.push(Impossible {
                label,
                why: messages::refusal(refusal, &People(&places)),
            }),
            None if has_button(operation) => {}
            None if operation.name == RerouteCargo::ABOUT.name && cargo.stranded_at.is_some() => {}
            None => possible.push(Action {
                label,
                href: href(action),
            }),
        }
    }
    Ok((possible, impossible))
}

/// The form of an operation, with the part of its input that is known.
fn href(action: &CargoAction) -> String {
    let form = match action.operation.name {
        name if name == RegisterHandlingEvent::ABOUT.name => "/handling".to_owned(),
        name => format!("/operations/{name}"),
    };
    let mut known: Vec<_> = action.input.iter().collect();
    known.sort_by_key(|(name, _)| (*name != "cargo", (*name).clone()));
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in known {
        query.append_pair(name, value.as_str().unwrap_or_default());
    }
    format!("{form}?{}", query.finish())
}

async fn versions(visit: &mut Visit, id: &TrackingId) -> Result<Vec<VersionRow>, Away> {
    let versions = visit.reading.latest_versions::<Cargo>(id, LINES).await?;
    let row = |version: application::queries::VersionState<CargoView>| VersionRow {
        version: version.version,
        position: version.position,
        time: words::utc_seconds(version.recorded_at),
        status: version.state.status,
    };
    Ok(versions.into_iter().map(row).collect())
}

/// The operations that changed the cargo, and the refused ones.
async fn history(
    visit: &mut Visit,
    id: &TrackingId,
    versions: &[VersionRow],
) -> Result<Vec<LogLine>, Away> {
    let positions: Vec<u64> = versions.iter().map(|version| version.position).collect();
    let entries = visit.reading.entries_at(&positions).await?;
    let filter = LogFilter {
        target: Some(format!("cargo:{id}")),
        ..LogFilter::default()
    };
    let refusals = visit.reading.refusals(&filter, 0..=u64::MAX, None, LINES);
    let refusals = refusals.await?.items;
    Ok(lines(&mut visit.reading, entries, refusals, visit.now).await?)
}

/// Releases a cargo.
pub(crate) async fn release(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    let sent = PostedForm::read(site, request).await?;
    act(sent, &cargo, ReleaseCargo::ABOUT.name).await
}

/// Cancels a cargo.
pub(crate) async fn cancel(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    let sent = PostedForm::read(site, request).await?;
    act(sent, &cargo, CancelCargo::ABOUT.name).await
}

/// Takes the next step of its booking.
pub(crate) async fn step(
    State(site): State<Shared>,
    Path((cargo, operation)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    let mut known = STEPS.iter().map(|(about, ..)| about.name);
    let known = known.find(|name| *name == operation);
    let operation = known.ok_or_else(|| unknown(&operation))?;
    let sent = PostedForm::read(site, request).await?;
    act(sent, &cargo, operation).await
}

/// Redirects from the address of a step to the cargo.
pub(crate) async fn back_from_step(
    Path((cargo, _)): Path<(String, String)>,
) -> Result<Response, Away> {
    back(Path(cargo)).await
}

/// Redirects from an address that only accepts forms to the cargo.
pub(crate) async fn back(Path(cargo): Path<String>) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    Ok(Redirect::to(&format!("{LIST}/{cargo}")).into_response())
}

async fn act(
    mut sent: PostedForm,
    cargo: &TrackingId,
    operation: &'static str,
) -> Result<Response, Away> {
    let mut input = json!({ "cargo": cargo });
    if let Some(reason) = sent
        .entered
        .value("/reason")
        .filter(|own| !own.is_empty() || operation == CancelCargo::ABOUT.name)
    {
        input["reason"] = json!(reason);
    }
    match sent.run(operation, &input).await? {
        FormOutcome::Accepted(accepted) => Ok(done(&format!("{LIST}/{cargo}"), accepted.position)),
        FormOutcome::NotApplied(status) => {
            let visit = sent.visit().await?;
            cargo_page(visit, status, cargo, &sent.entered, operation).await
        }
    }
}
