//! The list of cargoes.

use super::words::{flag, problem};
use crate::limits::CURSOR_CHARS_MAX;
use crate::locations::suggest::Locations;
use crate::pages::export;
use crate::pages::filters::{FilterFaults, named, next_page, wanted};
use crate::pages::past::ListedAsOf;
use crate::pages::places::Places;
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::state::Shared;
use crate::voyages::suggest::Voyages;
use application::booking::{
    AssignItinerary, CargoTrouble, CargoView, ChangeArrivalDeadline, CreateCargo, LegFault, Remedy,
    RerouteCargo, RollCargo, SplitCargo,
};
use application::customers::CustomerView;
use application::handling::RegisterHandlingEvent;
use application::{About, Operation};
use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Names;
use domain::booking::{
    BookingStatus, Cargo, CargoFilter, ContainerNumber, Flag, TrackingId, TransportStatus,
};
use domain::customers::{Customer, CustomerId};
use domain::handling::HandlingType;
use domain::limits::REFERENCE_CHARS_MAX;
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;
use std::collections::BTreeMap;

/// The list.
pub(crate) const LIST: &str = "/cargoes";
/// The page on which several are rolled together.
pub(crate) const ROLL: &str = "/cargoes/roll";
/// The number of cargoes on a page.
const SHOWN: u64 = 50;
const AT_RISK: &str = "at_risk";
const MISDIRECTED: &str = "misdirected";
const MISROUTED: &str = "misrouted";
const REEFER: &str = "reefer";
const DANGEROUS: &str = "dangerous";
/// The special cargo that the list can be filtered by.
const SPECIAL: [&str; 2] = [REEFER, DANGEROUS];
/// The troubles that the list can be filtered by, with their labels: all, and each.
fn troubles() -> impl Iterator<Item = (&'static str, &'static str)> {
    let flags = Flag::ALL.iter().map(|own| (own.word(), flag(*own)));
    let others = [
        (AT_RISK, "at risk"),
        (MISDIRECTED, "misdirected"),
        (MISROUTED, "misrouted"),
    ];
    others.into_iter().chain(flags)
}

#[derive(Template)]
#[template(path = "booking/cargoes.html")]
struct CargoesPage {
    shell: Shell,
    rows: Vec<CargoRow>,
    statuses: &'static [&'static str],
    troubles: Vec<(&'static str, &'static str)>,
    asked: FilterForm,
    customer: Option<(String, String)>,
    export: String,
    /// Filters that cannot be read. They find nothing rather than everything.
    faults: FilterFaults,
    next: Option<String>,
    /// Whether the list by urgency has no room for all.
    has_more_urgent: bool,
    may_create: bool,
    /// Whether the reader may see the past of the list.
    tells_past: bool,
    /// Where these cargoes can be rolled together.
    roll: Option<String>,
}

/// A cargo in a list.
pub(crate) struct CargoRow {
    pub(crate) cargo: String,
    /// The query of its page in the past.
    pub(crate) at: String,
    pub(crate) status: BookingStatus,
    /// Its problem in one word.
    pub(crate) trouble: Option<String>,
    pub(crate) place: String,
    pub(crate) customer: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) size: String,
    pub(crate) weight: String,
    pub(crate) commodity: String,
    pub(crate) deadline: String,
    pub(crate) voyage: Option<String>,
    /// What to do about its problems, in a list of cargoes that have some.
    pub(crate) advice: String,
    /// The address and the name of the form for it, if the reader may use it.
    pub(crate) form: Option<(String, String)>,
}

impl CargoRow {
    fn new(cargo: &CargoView, places: &Places, customers: &BTreeMap<CustomerId, String>) -> Self {
        let specification = &cargo.route_specification;
        Self {
            cargo: cargo.cargo.to_string(),
            at: String::new(),
            status: cargo.status,
            trouble: trouble(cargo, places),
            place: place(cargo, places),
            customer: customers.get(&cargo.customer).cloned().unwrap_or_default(),
            from: places.named(&specification.origin).to_owned(),
            to: places.named(&specification.destination).to_owned(),
            size: words::number(cargo.size_teu),
            weight: words::tonnes(cargo.gross_weight_kg),
            commodity: cargo.commodity.to_string(),
            deadline: places.day(&specification.destination, specification.arrival_deadline),
            voyage: cargo.voyage_concerned().map(ToString::to_string),
            advice: String::new(),
            form: None,
        }
    }
}

/// The first problem of a cargo in a few words, with the voyage that causes it.
pub(crate) fn trouble(cargo: &CargoView, places: &Places) -> Option<String> {
    Some(match cargo.problems().first()?.what {
        CargoTrouble::Misdirected => "misdirected".to_owned(),
        CargoTrouble::Misrouted => "misrouted".to_owned(),
        CargoTrouble::BrokenLeg(broken) => match broken.fault() {
            LegFault::VoyageCancelled => format!("{} cancelled", broken.cause),
            LegFault::CallOmitted => {
                format!("{} omits {}", broken.cause, places.named(&broken.location))
            }
            LegFault::DepartsBeforeReady => format!("{} leaves before it is ready", broken.voyage),
            LegFault::LeftBehind => format!("left behind by {}", broken.voyage),
            LegFault::DepartsBeforeArrival | LegFault::ArrivesTooLate => {
                format!("misses {}", broken.voyage)
            }
        },
        CargoTrouble::PartlyLeftBehind { broken, .. } => {
            format!("partly left behind by {}", broken.voyage)
        }
        CargoTrouble::Overdue { step, .. } => match step.handling_type {
            HandlingType::Unload => "not unloaded",
            HandlingType::Claim => "not claimed",
            _ => "not received",
        }
        .to_owned(),
        CargoTrouble::Late => {
            let last = cargo.itinerary.last().map(|leg| leg.voyage.as_str());
            format!("late with {}", last.unwrap_or_default())
        }
    })
}

/// The location of a cargo in a few words.
pub(crate) fn place(cargo: &CargoView, places: &Places) -> String {
    let delivery = &cargo.delivery;
    let last = delivery.last_known_location.as_ref();
    match (&delivery.current_voyage, last) {
        (Some(voyage), _) => format!("aboard {voyage}"),
        (None, Some(last)) if delivery.transport_status == TransportStatus::Claimed => {
            format!("claimed in {}", places.named(last))
        }
        (None, Some(last)) => format!("in {}", places.named(last)),
        (None, None) => String::new(),
    }
}

/// The rows of some cargoes.
pub(crate) async fn rows(visit: &mut Visit, cargoes: &[CargoView]) -> Result<Vec<CargoRow>, Away> {
    let mut stops: Vec<&UnLocode> = Vec::new();
    for cargo in cargoes {
        let specification = &cargo.route_specification;
        stops.extend([&specification.origin, &specification.destination]);
        stops.extend(&cargo.delivery.last_known_location);
        let broken = cargo.delivery.broken_legs.iter();
        stops.extend(broken.map(|own| &own.location));
    }
    let places = Places::load(&mut visit.reading, stops).await?;
    let ids = cargoes.iter().map(|cargo| cargo.customer.lookup());
    let customers = visit.reading.some::<Customer>(ids).await?;
    let names = customers
        .into_iter()
        .map(|customer: CustomerView| (customer.customer, crate::customers::name(&customer)));
    let names: BTreeMap<_, _> = names.collect();
    let row = |cargo| CargoRow::new(cargo, &places, &names);
    Ok(cargoes.iter().map(row).collect())
}

/// The rows of cargoes that need attention, with what to do about each.
pub(crate) async fn troubled_rows(
    visit: &mut Visit,
    cargoes: &[CargoView],
) -> Result<Vec<CargoRow>, Away> {
    let mut found = rows(visit, cargoes).await?;
    let broken = cargoes.iter().flat_map(|cargo| &cargo.delivery.broken_legs);
    let next = cargoes
        .iter()
        .flat_map(|cargo| &cargo.delivery.next_expected);
    let places = broken.map(|broken| &broken.location);
    let places = places.chain(next.map(|next| &next.location));
    let places = Places::load(&mut visit.reading, places).await?;
    let now = visit.now;
    let is_ours = visit.reading.principal().confined_to().is_none();
    for (row, cargo) in found.iter_mut().zip(cargoes) {
        let problems = cargo.problems();
        let first = problems.first();
        row.advice = first.map_or_else(String::new, |own| problem(own, &places, now, is_ours));
        row.form = first.and_then(|own| form(visit, &row.cargo, own.remedy));
    }
    Ok(found)
}

/// The address and the name of the form for what to do about a problem.
fn form(visit: &Visit, cargo: &str, remedy: Remedy) -> Option<(String, String)> {
    let operation = |about: &'static About| {
        let href = format!("/operations/{}?cargo={cargo}", about.name);
        (about, href, words::label(about.name))
    };
    let (about, href, name) = match remedy {
        Remedy::ChooseRoute => (
            &AssignItinerary::ABOUT,
            format!("{LIST}/{cargo}/book"),
            "Choose a route".to_owned(),
        ),
        Remedy::RerouteFromHere | Remedy::RerouteFromNextPort => operation(&RerouteCargo::ABOUT),
        Remedy::RollOrRerouteAhead
        | Remedy::RollOrRerouteFromHere
        | Remedy::RollOrReplan
        | Remedy::RollOrMoveDeadline => (
            &RollCargo::ABOUT,
            format!("{ROLL}?cargo={cargo}"),
            "Other ways for this cargo".to_owned(),
        ),
        Remedy::MoveDeadline => operation(&ChangeArrivalDeadline::ABOUT),
        Remedy::SplitOff => operation(&SplitCargo::ABOUT),
        Remedy::AskShipper | Remedy::AskPort | Remedy::AskConsignee => (
            &RegisterHandlingEvent::ABOUT,
            format!("/handling?cargo={cargo}"),
            "Handling".to_owned(),
        ),
    };
    visit.may_run(about).then_some((href, name))
}

/// The filters of the list: as people typed them, and as the list takes them.
struct FilterForm {
    /// A tracking ID, or a part of a reference.
    cargo: String,
    trouble: &'static str,
    /// The trouble, if it is one of the problems of an itinerary.
    flag: Option<Flag>,
    /// Whether the list shows only some of the cargoes at risk.
    is_narrowed: bool,
    special: &'static str,
    as_of: ListedAsOf,
    port: String,
    origin: String,
    destination: String,
    voyage: String,
    filter: CargoFilter,
    /// Whether anything was typed or chosen.
    is_any: bool,
}

impl FilterForm {
    async fn read(visit: &mut Visit, faults: &mut FilterFaults) -> Result<Self, Away> {
        let cargo = visit.parameters.line("cargo", REFERENCE_CHARS_MAX);
        let cargo = cargo.unwrap_or_default();
        let container = ContainerNumber::typed(&cargo).ok();
        let status = visit.parameters.line("status", 20).unwrap_or_default();
        let read = |word: &str| word.parse::<BookingStatus>().ok();
        let status = wanted(&status, read, "There is no such status.", faults);
        let trouble = visit.parameters.line("trouble", 20).unwrap_or_default();
        let read = |text: &str| troubles().map(|own| own.0).find(|word| *word == text);
        let trouble = wanted(&trouble, read, "There is no such trouble.", faults);
        let trouble = trouble.unwrap_or_default();
        let flag = Flag::ALL.iter().find(|own| own.word() == trouble).copied();
        let is_narrowed = flag.is_some() || trouble == MISROUTED;
        let as_of = ListedAsOf::read(visit, faults);
        let special = visit.parameters.line("special", 20).unwrap_or_default();
        let read = |text: &str| SPECIAL.into_iter().find(|word| *word == text);
        let special = wanted(&special, read, "There is no such special cargo.", faults);
        let special = special.unwrap_or_default();
        let (port, touched) = named(visit, ("port", "At or through"), &Locations, faults).await?;
        let (origin, from) = named(visit, ("origin", "From"), &Locations, faults).await?;
        let (destination, to) = named(visit, ("destination", "To"), &Locations, faults).await?;
        let (voyage, number) = named(visit, ("voyage", "Voyage"), &Voyages, faults).await?;
        let read = |text: &str| text.trim().to_uppercase().parse::<VoyageNumber>().ok();
        let complaint = "This is not a voyage number. Use letters, digits and hyphens.";
        let number = wanted(&number.unwrap_or_default(), read, complaint, faults);
        let owner = visit.parameters.line("customer", 40).unwrap_or_default();
        let read = |text: &str| crate::parameters::hyphenated(text).map(CustomerId);
        let complaint = "This is not a customer ID: open the customer from the list of customers.";
        let customer = wanted(&owner, read, complaint, faults);
        let typed = [&cargo, &owner, &origin, &destination, &voyage, &port];
        let code = |text: String| text.parse::<UnLocode>().ok();
        Ok(Self {
            is_any: status.is_some()
                || !trouble.is_empty()
                || !special.is_empty()
                || as_of.is_past()
                || typed.into_iter().any(|text| !text.is_empty()),
            filter: CargoFilter {
                reference: match tracking_id(&cargo) {
                    None if container.is_none() && !cargo.is_empty() => Some(cargo.clone()),
                    _ => None,
                },
                containers: container.map(|number| vec![number]),
                customer,
                status,
                origin: from.and_then(code),
                destination: to.and_then(code),
                voyage: number,
                port: touched.and_then(code),
                misdirected: (trouble == MISDIRECTED).then_some(true),
                at_risk: (is_narrowed || trouble == AT_RISK).then_some(true),
                reefer: (special == REEFER).then_some(true),
                dangerous: (special == DANGEROUS).then_some(true),
                ..CargoFilter::default()
            },
            cargo,
            trouble,
            flag,
            is_narrowed,
            special,
            as_of,
            port,
            origin,
            destination,
            voyage,
        })
    }

    /// The heading of a list of cargoes in trouble.
    fn heading(&self) -> Option<String> {
        let (_, label) = troubles().find(|(word, _)| *word == self.trouble)?;
        Some(match self.as_of.is_past() {
            true => format!("Trouble: {label}"),
            false => format!("Trouble: {label}. The earliest deadline comes first"),
        })
    }

    fn status(&self) -> &'static str {
        let status = self.filter.status;
        status.map(BookingStatus::word).unwrap_or_default()
    }
}

/// The cargo with the tracking ID in the filters, however it is spaced.
async fn named_by_id(
    visit: &mut Visit,
    text: &str,
    faults: &mut FilterFaults,
) -> Result<Option<TrackingId>, Away> {
    let Some(tracking_id) = tracking_id(text) else {
        return Ok(None);
    };
    let known = visit.reading.some::<Cargo>([tracking_id.lookup()]).await?;
    if known.is_empty() {
        faults.add(format!("No cargo has the tracking ID {tracking_id}."));
        return Ok(None);
    }
    Ok(Some(tracking_id))
}

/// The tracking ID that a text is.
fn tracking_id(text: &str) -> Option<TrackingId> {
    let text = text.replace([' ', '-'], "").to_uppercase();
    text.parse().ok()
}

/// The list.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell("Cargoes");
    let mut faults = FilterFaults::of(&parts);
    let asked = FilterForm::read(&mut visit, &mut faults).await?;
    let is_past = asked.as_of.is_past();
    if asked.is_narrowed && is_past {
        faults.add("“As of” does not go with this trouble. Choose at risk, misdirected, or any.");
    }
    shell.live = visit.live("").filter(|_| !is_past);
    if let Some(cargo) = named_by_id(&mut visit, &asked.cargo, &mut faults).await? {
        return Ok(Redirect::to(&format!("{LIST}/{cargo}")).into_response());
    }
    let found = found(&mut visit, &asked, &parts, faults.is_empty()).await?;
    let whose = match asked.filter.customer {
        Some(id) => visit.reading.some::<Customer>([id.lookup()]).await?.pop(),
        None => None,
    };
    let may_roll = found.can_be_rolled && visit.may_run(&RollCargo::ABOUT);
    let roll = may_roll.then(|| match &asked.filter.voyage {
        Some(voyage) => format!("{ROLL}?voyage={voyage}"),
        None => ROLL.to_owned(),
    });
    let template = CargoesPage {
        rows: found.rows,
        has_more_urgent: found.has_more_urgent,
        statuses: BookingStatus::WORDS,
        troubles: troubles().collect(),
        export: export_address(&asked.filter, &asked.as_of),
        customer: whose.map(|own| (own.customer.to_string(), crate::customers::name(&own))),
        asked,
        next: found.next,
        faults,
        may_create: visit.may_run(&CreateCargo::ABOUT) && !is_past,
        tells_past: visit.reading.permit_versions::<Cargo>().is_ok(),
        roll,
        shell,
    };
    visit.answer(&template)
}

/// The rows of the list.
#[derive(Default)]
struct Found {
    rows: Vec<CargoRow>,
    next: Option<String>,
    has_more_urgent: bool,
    /// Whether any of them needs another way.
    can_be_rolled: bool,
}

/// The cargoes that are asked for: those in trouble by deadline, others newest first.
async fn found(
    visit: &mut Visit,
    asked: &FilterForm,
    parts: &Parts,
    is_clear: bool,
) -> Result<Found, Away> {
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let filter = asked.filter.clone();
    if !is_clear {
        return Ok(Found::default());
    }
    if !asked.trouble.is_empty() && !asked.as_of.is_past() {
        let reading = &mut visit.reading;
        let found = match asked.flag {
            Some(flag) => reading.flagged(flag, filter).await?,
            None if asked.trouble == MISROUTED => reading.misrouted(filter).await?,
            None => reading.by_deadline(filter).await?,
        };
        let mut cargoes = found.cargoes.iter();
        return Ok(Found {
            rows: troubled_rows(visit, &found.cargoes).await?,
            next: None,
            has_more_urgent: found.has_more,
            can_be_rolled: cargoes.any(CargoView::needs_another_way),
        });
    }
    let when = asked.as_of.when();
    let found = visit
        .reading
        .list_when::<Cargo>(filter, when, cursor.as_deref(), SHOWN);
    let found = found.await?.page;
    let mut rows = rows(visit, &found.items).await?;
    for row in &mut rows {
        row.at = asked.as_of.query(found.position);
    }
    Ok(Found {
        rows,
        next: next_page(parts, found.next.as_deref()),
        has_more_urgent: false,
        can_be_rolled: false,
    })
}

/// The file of these cargoes.
fn export_address(filter: &CargoFilter, as_of: &ListedAsOf) -> String {
    let code = |code: &Option<UnLocode>| code.as_ref().map(UnLocode::to_string);
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    let transport_status = filter.transport_status.map(TransportStatus::word);
    export::address(
        "cargoes",
        vec![
            ("customer", filter.customer.map(|id| id.to_string())),
            ("reference", filter.reference.clone()),
            (
                "container",
                filter
                    .containers
                    .iter()
                    .flatten()
                    .next()
                    .map(ContainerNumber::to_string),
            ),
            as_of.parameter(),
            ("status", filter.status.map(|status| status.to_string())),
            ("origin", code(&filter.origin)),
            ("destination", code(&filter.destination)),
            (
                "voyage",
                filter.voyage.as_ref().map(VoyageNumber::to_string),
            ),
            ("port", code(&filter.port)),
            ("transport_status", transport_status.map(str::to_owned)),
            ("misdirected", flag(filter.misdirected)),
            ("at_risk", flag(filter.at_risk)),
            ("reefer", flag(filter.reefer)),
            ("dangerous", flag(filter.dangerous)),
        ],
    )
}
