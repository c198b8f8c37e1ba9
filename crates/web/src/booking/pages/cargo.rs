//! One cargo, and what can be done with it.

use super::book::may_be_routed;
use super::cargoes::{LIST, new_key};
use super::way::{Way, way};
use crate::pages::form::{Entered, Note};
use crate::pages::shell::{Shell, page};
use crate::pages::stream::{Line, lines};
use crate::pages::visit::{Away, Ran, Sent, Visit, done};
use crate::pages::words;
use crate::state::Shared;
use application::booking::{CargoView, StepView};
use application::customers::CustomerView;
use application::policy::Read;
use application::queries::At;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::booking::{BookingStatus, Cargo, RoutingStatus, TrackingId};
use domain::customers::Customer;
use domain::handling::HandlingType;
use domain::locations::UnLocode;
use domain::log::reader::LogFilter;
use domain::voyages::VoyageNumber;
use domain::{Moment, Names};
use serde_json::json;
use std::fmt::Write;

/// One cargo.
pub(crate) const ONE: &str = "/cargoes/{tracking_id}";
/// The address for releasing a cargo.
pub(crate) const RELEASE: &str = "/cargoes/{tracking_id}/release";
/// The address for cancelling a cargo.
pub(crate) const CANCEL: &str = "/cargoes/{tracking_id}/cancel";

/// The number of log lines on a cargo's page.
const LINES: u64 = 50;

#[derive(Template)]
#[template(path = "booking/cargo.html")]
struct CargoPage {
    shell: Shell,
    way: Way,
    size: String,
    weight: String,
    customer: Option<CustomerView>,
    log: Vec<Line>,
    reads_log: bool,
    as_of: Option<u64>,
    versions: Vec<VersionRow>,
    may_book: bool,
    /// The port from which it has to be rerouted before it gets a route.
    must_reroute: Option<UnLocode>,
    may_release: bool,
    may_cancel: bool,
    may_retract: bool,
    actions: Vec<Action>,
    tried: Tried,
    cargo: CargoView,
}

/// An action for a cargo with a page of its own.
struct Action {
    label: &'static str,
    href: String,
}

/// An action from the cargo's page that was not applied.
struct Tried {
    action: &'static str,
    note: Option<Note>,
    reason: String,
    reason_errors: Vec<String>,
    release_key: String,
    cancel_key: String,
}

impl Tried {
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
            release_key: key("release-cargo"),
            cancel_key: key("cancel-cargo"),
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
    if as_of.is_none() {
        shell.live = visit.live(&format!("cargo:{id}"));
    }
    let now = as_of.is_none().then_some(visit.now);
    let way = way(&mut visit, &cargo, now).await?;
    let customer = visit.reading.some::<Customer>([cargo.customer.lookup()]);
    let customer = customer.await?.pop();
    let versions = versions(&mut visit, id).await?;
    let reads_log = visit.may_read(Read::Log);
    let log = if reads_log {
        history(&mut visit, id, &versions).await?
    } else {
        Vec::new()
    };
    let is_over = matches!(
        cargo.status,
        BookingStatus::Completed | BookingStatus::Rejected | BookingStatus::Cancelled
    );
    let ashore = cargo.delivery.current_voyage.is_none();
    let may = |operation, allowed| as_of.is_none() && allowed && visit.may_run(operation);
    let actions = if as_of.is_none() && !is_over {
        actions(&visit, &cargo)
    } else {
        Vec::new()
    };
    let stranded_at = cargo.stranded_at().cloned();
    let template = CargoPage {
        must_reroute: stranded_at.filter(|_| may("reroute-cargo", true)),
        actions,
        way,
        size: words::number(cargo.size_teu),
        weight: words::tonnes(cargo.gross_weight_kg),
        customer,
        log,
        reads_log,
        as_of,
        versions,
        may_book: may("assign-itinerary", may_be_routed(&cargo)),
        may_release: may("release-cargo", ashore && may_be_released(&cargo)),
        may_cancel: may("cancel-cargo", ashore && !is_over),
        may_retract: may("retract-handling-event", true),
        tried: Tried::new(action, entered, visit.now),
        cargo,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// Further actions, on the pages of the operations.
fn actions(visit: &Visit, cargo: &CargoView) -> Vec<Action> {
    let id = &cargo.cargo;
    let status = cargo.status;
    let delivery = &cargo.delivery;
    let roll = voyage_to_roll(cargo).map(|voyage| format!("&from_voyage={voyage}"));
    let is_aboard = delivery.current_voyage.is_some();
    let from = delivery.last_known_location.as_ref();
    let reroute = from.map(|place| match is_aboard {
        true => String::new(),
        false => format!("&origin={place}"),
    });
    let reroute_label = match is_aboard {
        true => "Reroute from a later port of call",
        false => "Reroute from the current location",
    };
    let plain = |holds: bool| holds.then(String::new);
    let sails = delivery.routing_status == RoutingStatus::Routed && delivery.broken_legs.is_empty();
    let promise = |when| plain(status == when && sails);
    [
        (
            "accept-booking",
            "Accept booking",
            promise(BookingStatus::Booked),
        ),
        (
            "confirm-booking",
            "Confirm booking",
            promise(BookingStatus::Accepted),
        ),
        ("roll-cargo", "Roll onto another voyage", roll),
        (
            "reroute-cargo",
            reroute_label,
            reroute.filter(|_| cargo.stranded_at().is_none()),
        ),
        ("change-destination", "Change destination", plain(true)),
        ("change-arrival-deadline", "Change deadline", plain(true)),
        (
            "reject-booking",
            "Reject booking",
            plain(matches!(
                status,
                BookingStatus::Requested | BookingStatus::Booked | BookingStatus::Accepted
            )),
        ),
    ]
    .into_iter()
    .filter(|(operation, ..)| visit.may_run(operation))
    .filter_map(|(operation, label, more)| {
        let href = format!("/operations/{operation}?cargo={id}{}", more?);
        Some(Action { label, href })
    })
    .chain(
        visit
            .may_run("register-handling-event")
            .then(|| report(cargo)),
    )
    .collect()
}

/// An accepted booking is released only if it cannot be kept.
fn may_be_released(cargo: &CargoView) -> bool {
    let has_arrived = cargo.delivery.unloaded_at_destination;
    match cargo.status {
        _ if has_arrived => false,
        BookingStatus::Booked => true,
        BookingStatus::Accepted | BookingStatus::Confirmed => {
            !cargo.delivery.broken_legs.is_empty()
        }
        _ => false,
    }
}

/// The voyage to roll from: that of the first broken leg, otherwise of the next leg, but not the
/// one that the cargo is on.
fn voyage_to_roll(cargo: &CargoView) -> Option<&VoyageNumber> {
    let waits_for =
        |step: &&StepView| step.event.is_none() && step.step.handling_type == HandlingType::Load;
    let aboard = cargo.delivery.current_voyage.as_ref();
    let broken = cargo.delivery.broken_legs.iter();
    let next = cargo.plan.iter().filter(waits_for);
    broken
        .map(|broken| &broken.voyage)
        .chain(next.filter_map(|step| step.step.voyage.as_ref()))
        .find(|voyage| Some(*voyage) != aboard)
}

/// The link to the form that reports the next step.
fn report(cargo: &CargoView) -> Action {
    let mut href = format!("/handling?cargo={}", cargo.cargo);
    if let Some(next) = &cargo.delivery.next_expected {
        let done = next.handling_type.word();
        write!(href, "&type={done}&location={}", next.location).expect("a string takes all");
        if let Some(voyage) = &next.voyage {
            write!(href, "&voyage={voyage}").expect("a string takes all");
        }
    }
    let label = "Report handling";
    Action { label, href }
}

async fn versions(visit: &mut Visit, id: &TrackingId) -> Result<Vec<VersionRow>, Away> {
    let versions = visit.reading.latest_versions::<Cargo>(id, LINES).await?;
    let row = |version: application::queries::VersionView<CargoView>| VersionRow {
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
) -> Result<Vec<Line>, Away> {
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
    let sent = Sent::read(site, request).await?;
    act(sent, &cargo, "release-cargo").await
}

/// Cancels a cargo.
pub(crate) async fn cancel(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    let sent = Sent::read(site, request).await?;
    act(sent, &cargo, "cancel-cargo").await
}

/// Redirects from an address that only accepts forms to the cargo.
pub(crate) async fn back(Path(cargo): Path<String>) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    Ok(Redirect::to(&format!("{LIST}/{cargo}")).into_response())
}

async fn act(
    mut sent: Sent,
    cargo: &TrackingId,
    operation: &'static str,
) -> Result<Response, Away> {
    let mut input = json!({ "cargo": cargo });
    if let Some(reason) = sent.entered.value("/reason") {
        input["reason"] = json!(reason);
    }
    match sent.run(operation, &input).await? {
        Ran::Accepted(accepted) => Ok(done(&format!("{LIST}/{cargo}"), accepted.position)),
        Ran::Not(status) => {
            let visit = sent.visit().await?;
            cargo_page(visit, status, cargo, &sent.entered, operation).await
        }
    }
}
