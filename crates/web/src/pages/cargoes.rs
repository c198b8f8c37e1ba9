//! Cargoes: the book, one cargo, and what can be done with it.

use super::form::{Entered, Note};
use super::map::Map;
use super::places::{LocalTime, Places};
use super::shell::{Shell, page};
use super::stream::{Line, lines};
use super::visit::{Away, Ran, Sent, Visit, done};
use super::voyages::{location, next_page};
use super::words;
use crate::clock::SystemChance;
use crate::state::Shared;
use application::booking::CargoView;
use application::customers::CustomerView;
use application::policy::Read;
use application::queries::At;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::booking::{Booking, Cargo, TrackingId};
use domain::customers::{Customer, CustomerId};
use domain::log::reader::{CargoFilter, Filter, LogFilter};
use domain::ports::Chance;
use domain::voyages::VoyageNumber;
use domain::{Moment, Names};
use serde_json::json;
use std::collections::BTreeMap;

/// The book.
pub(crate) const LIST: &str = "/cargoes";
/// One cargo.
pub(crate) const ONE: &str = "/cargoes/{tracking_id}";
/// Where a cargo's space is given back.
pub(crate) const RELEASE: &str = "/cargoes/{tracking_id}/release";
/// Where a cargo is cancelled.
pub(crate) const CANCEL: &str = "/cargoes/{tracking_id}/cancel";

/// Cargoes on a page.
const SHOWN: u64 = 50;
/// Lines of the log on a cargo's page.
const LINES: u64 = 50;

#[derive(Template)]
#[template(path = "cargoes.html")]
struct CargoesPage {
    shell: Shell,
    rows: Vec<CargoRow>,
    statuses: &'static [&'static str],
    status: String,
    origin: String,
    destination: String,
    voyage: String,
    customer: Option<(String, String)>,
    is_filtered: bool,
    next: Option<String>,
    may_create: bool,
}

/// A cargo in a list.
pub(crate) struct CargoRow {
    pub(crate) cargo: String,
    pub(crate) status: String,
    pub(crate) customer: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) size: String,
    pub(crate) weight: String,
    pub(crate) commodity: String,
    pub(crate) deadline: String,
    pub(crate) voyage: Option<String>,
}

impl CargoRow {
    fn new(cargo: &CargoView, places: &Places, customers: &BTreeMap<CustomerId, String>) -> Self {
        let specification = &cargo.route_specification;
        Self {
            cargo: cargo.cargo.to_string(),
            status: cargo.status.clone(),
            customer: customers.get(&cargo.customer).cloned().unwrap_or_default(),
            from: places.named(&specification.origin).to_owned(),
            to: places.named(&specification.destination).to_owned(),
            size: words::number(cargo.size_teu),
            weight: words::tonnes(cargo.gross_weight_kg),
            commodity: cargo.commodity.to_string(),
            deadline: words::day(specification.arrival_deadline),
            voyage: cargo.itinerary.first().map(|leg| leg.voyage.to_string()),
        }
    }
}

/// The rows of some cargoes.
pub(crate) async fn rows(visit: &mut Visit, cargoes: &[CargoView]) -> Result<Vec<CargoRow>, Away> {
    let ends = cargoes.iter().flat_map(|cargo| {
        let specification = &cargo.route_specification;
        [&specification.origin, &specification.destination]
    });
    let places = Places::load(&mut visit.reading, ends).await?;
    let ids = cargoes.iter().map(|cargo| cargo.customer.lookup());
    let customers = visit.reading.some::<Customer>(ids).await?;
    let names = customers
        .into_iter()
        .map(|customer: CustomerView| (customer.customer, customer.name.to_string()));
    let names: BTreeMap<_, _> = names.collect();
    let row = |cargo| CargoRow::new(cargo, &places, &names);
    Ok(cargoes.iter().map(row).collect())
}

/// The book.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell("Cargoes");
    shell.live = visit.live("");
    let status = visit.parameters.line("status", 20).unwrap_or_default();
    let status = Some(status).filter(|status| Booking::WORDS.contains(&status.as_str()));
    let (origin, from) = location(&mut visit, "origin").await?;
    let (destination, to) = location(&mut visit, "destination").await?;
    let voyage = visit.parameters.line("voyage", 40).unwrap_or_default();
    let number = voyage.trim().to_uppercase().parse::<VoyageNumber>().ok();
    let customer = visit.parameters.line("customer", 40).unwrap_or_default();
    let customer = crate::parameters::hyphenated(&customer).map(CustomerId);
    let cursor = visit.parameters.line("cursor", 500);
    // What was asked for and is not known finds nothing, rather than everything.
    let is_vain = (!origin.is_empty() && from.is_none())
        || (!destination.is_empty() && to.is_none())
        || (!voyage.is_empty() && number.is_none());
    let filter = Filter::Cargoes(CargoFilter {
        customer,
        status: status.clone(),
        origin: from.map(String::from),
        destination: to.map(String::from),
        voyage: number.map(String::from),
        ..CargoFilter::default()
    });
    let found = visit
        .reading
        .list::<Cargo>(filter, cursor.as_deref(), SHOWN);
    let found = found.await?;
    let cargoes = if is_vain { Vec::new() } else { found.items };
    let owner = match customer {
        Some(id) => visit.reading.some::<Customer>([id.lookup()]).await?.pop(),
        None => None,
    };
    let owner = owner.map(|own| (own.customer.to_string(), own.name.to_string()));
    let template = CargoesPage {
        rows: rows(&mut visit, &cargoes).await?,
        statuses: Booking::WORDS,
        is_filtered: status.is_some()
            || customer.is_some()
            || ![&origin, &destination, &voyage]
                .iter()
                .all(|text| text.is_empty()),
        status: status.unwrap_or_default(),
        origin,
        destination,
        voyage,
        customer: owner,
        next: next_page(&parts, found.next.as_deref()).filter(|_| !is_vain),
        may_create: visit.may_run("create-cargo"),
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "cargo.html")]
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
    may_release: bool,
    may_cancel: bool,
    tried: Tried,
    cargo: CargoView,
}

/// Where a cargo goes.
struct Way {
    from: String,
    to: String,
    deadline: LocalTime,
    deadline_in: String,
    eta: Option<LocalTime>,
    next: Option<String>,
    legs: Vec<LegRow>,
    map: Option<Map>,
}

/// What was tried with a cargo from its page, and was not applied.
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

struct LegRow {
    voyage: String,
    load_at: String,
    load_time: LocalTime,
    unload_at: String,
    unload_time: LocalTime,
}

struct VersionRow {
    version: u64,
    position: u64,
    time: String,
    status: String,
}

/// One cargo, now or as it was.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    cargo_page(visit, StatusCode::OK, &cargo, &Entered::default(), "").await
}

/// The page of a cargo; with what was entered for an action that was not applied.
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
    let may = |operation, allowed| as_of.is_none() && allowed && visit.may_run(operation);
    let template = CargoPage {
        way,
        size: words::number(cargo.size_teu),
        weight: words::tonnes(cargo.gross_weight_kg),
        customer,
        log,
        reads_log,
        as_of,
        versions,
        may_book: may("book-onto-voyage", cargo.status == "REQUESTED"),
        may_release: may("release-cargo", cargo.status == "BOOKED"),
        may_cancel: may("cancel-cargo", cargo.status != "CANCELLED"),
        tried: Tried::new(action, entered, visit.now),
        cargo,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

async fn way(visit: &mut Visit, cargo: &CargoView) -> Result<Way, Away> {
    let specification = &cargo.route_specification;
    let (origin, destination) = (&specification.origin, &specification.destination);
    let ends = [origin, destination];
    let legs = cargo.itinerary.iter();
    let calls: Vec<_> = legs
        .flat_map(|leg| [&leg.load_at, &leg.unload_at])
        .collect();
    let stops = ends.into_iter().chain(calls.iter().copied());
    let places = Places::load(&mut visit.reading, stops).await?;
    let deadline = specification.arrival_deadline;
    let delivery = &cargo.delivery;
    Ok(Way {
        from: places.named(origin).to_owned(),
        to: places.named(destination).to_owned(),
        deadline: places.time(destination, deadline),
        deadline_in: words::distance(deadline, visit.now),
        eta: delivery.eta.map(|eta| places.time(destination, eta)),
        next: delivery.next_expected.as_ref().map(|step| {
            let what = format!("{:?}", step.handling_type);
            format!("{what} at {}", places.named(&step.location))
        }),
        legs: cargo
            .itinerary
            .iter()
            .map(|leg| LegRow {
                voyage: leg.voyage.to_string(),
                load_at: places.named(&leg.load_at).to_owned(),
                load_time: places.time(&leg.load_at, leg.load_time),
                unload_at: places.named(&leg.unload_at).to_owned(),
                unload_time: places.time(&leg.unload_at, leg.unload_time),
            })
            .collect(),
        map: if calls.is_empty() {
            Map::of("From origin to destination", ends, &places)
        } else {
            Map::of("The way of the cargo", calls, &places)
        },
    })
}

/// A new idempotency key for a form.
pub(crate) fn new_key(now: Moment) -> String {
    format!("form-{}", SystemChance.id(now))
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

/// The operations that made the cargo what it is, and those that were refused.
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

/// Gives a cargo's space back.
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

/// Who comes to an address that only takes forms is led to the cargo.
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
