//! The transport of a cargo: its handling events, the next steps, and its problems.

use super::cargoes::{place, trouble};
use crate::pages::map::Map;
use crate::pages::places::{LocalTime, Places};
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use application::booking::{BrokenLegView, CargoView, ExpectedStepView, StepView};
use domain::Moment;
use domain::booking::{Flag, RoutingStatus};
use domain::handling::HandlingType;
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;

/// The destination of a cargo.
pub(super) struct Way {
    /// The first origin, if the cargo has been rerouted from elsewhere.
    pub(super) first_origin: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) deadline: LocalTime,
    pub(super) deadline_in: String,
    pub(super) eta: Option<LocalTime>,
    pub(super) legs: Vec<LegRow>,
    pub(super) map: Option<Map>,
    pub(super) happened: Vec<Happened>,
    pub(super) expected: Vec<Expected>,
    pub(super) place: String,
    pub(super) trouble: Option<String>,
    /// The problems of the transport ahead, and what to do about them.
    pub(super) warnings: Vec<String>,
}

/// A handling event of the cargo.
pub(super) struct Happened {
    pub(super) what: String,
    pub(super) time: LocalTime,
    /// The registration time, if it was much later.
    pub(super) learnt: Option<String>,
    /// Whether it is off the itinerary.
    pub(super) strays: bool,
    /// Its report.
    pub(super) event: String,
}

/// A future step.
pub(super) struct Expected {
    pub(super) what: String,
    pub(super) time: Option<LocalTime>,
    pub(super) is_next: bool,
    /// Why its leg cannot be kept.
    pub(super) fault: Option<&'static str>,
}

pub(super) struct LegRow {
    pub(super) voyage: String,
    pub(super) load_at: String,
    pub(super) load_time: LocalTime,
    pub(super) unload_at: String,
    pub(super) unload_time: LocalTime,
    /// Why it cannot be kept.
    pub(super) fault: Option<&'static str>,
}

/// How long after its time a step may be unreported before its page says so.
const OVERDUE_HOURS: i64 = 6;

/// The handling events by completion time. Those registered later than this are marked.
const TOLD_LATE_HOURS: i64 = 6;

fn happened(cargo: &CargoView, places: &Places) -> Vec<Happened> {
    let mut all: Vec<_> = cargo.handling.iter().collect();
    all.sort_by_key(|handled| handled.completed_at);
    let is_expected = |event| cargo.plan.iter().any(|step| step.event == Some(event));
    let rows = all.into_iter().map(|handled| {
        let done = &handled.done;
        let late = handled.completed_at.plus_hours(TOLD_LATE_HOURS) < handled.registered_at;
        Happened {
            what: step_words(done, true, places),
            time: places.time(&done.location, handled.completed_at),
            learnt: late.then(|| words::utc(handled.registered_at)),
            event: handled.event.to_string(),
            strays: cargo.delivery.misdirected
                && done.handling_type != HandlingType::Customs
                && !is_expected(handled.event),
        }
    });
    rows.collect()
}

/// The steps after the last matched one.
fn ahead(cargo: &CargoView) -> impl Iterator<Item = &StepView> {
    let behind = cargo.plan.iter().rposition(|step| step.event.is_some());
    cargo.plan.iter().skip(behind.map_or(0, |last| last + 1))
}

/// The steps ahead, after the last matched one. Empty if the cargo is off its itinerary.
fn expected(cargo: &CargoView, places: &Places) -> Vec<Expected> {
    if cargo.delivery.next_expected.is_none() {
        return Vec::new();
    }
    let rows = ahead(cargo).zip(0..).map(|(step, place)| {
        let voyage = step.step.voyage.as_ref();
        let fault = voyage.and_then(|voyage| fault(cargo, voyage, &step.step.location));
        Expected {
            what: step_words(&step.step, false, places),
            time: step
                .scheduled_at
                .map(|time| places.time(&step.step.location, time)),
            is_next: place == 0 && fault.is_none(),
            fault,
        }
    });
    rows.collect()
}

/// Why the leg on a voyage from a port cannot be kept, in a word or two.
fn fault(cargo: &CargoView, voyage: &VoyageNumber, load_at: &UnLocode) -> Option<&'static str> {
    let mut broken = cargo.delivery.broken_legs.iter();
    let leg = broken.find(|leg| leg.voyage == *voyage && leg.location == *load_at)?;
    Some(match leg.flag {
        Flag::ConnectionMissed => "connection missed",
        _ => "voyage cancelled",
    })
}

/// A past or future handling.
fn step_words(step: &ExpectedStepView, is_done: bool, places: &Places) -> String {
    let place = places.named(&step.location);
    let voyage = step
        .voyage
        .as_ref()
        .map(VoyageNumber::as_str)
        .unwrap_or_default();
    let (done, to_do) = match step.handling_type {
        HandlingType::Receive => ("Received", "Receive"),
        HandlingType::Load => ("Loaded aboard", "Load aboard"),
        HandlingType::Unload => ("Unloaded from", "Unload from"),
        HandlingType::Customs => ("Inspected by customs", "Inspect"),
        HandlingType::Claim => ("Claimed", "Claim"),
    };
    let what = if is_done { done } else { to_do };
    let space = if voyage.is_empty() { "" } else { " " };
    format!("{what}{space}{voyage} in {place}")
}

/// Says that the report of the next step is overdue.
fn overdue(cargo: &CargoView, places: &Places, now: Moment, is_ours: bool) -> Option<String> {
    let next = cargo.delivery.next_expected.as_ref()?;
    // A step ashore has no time of its own, but must happen before the next sailing.
    let due = ahead(cargo).find_map(|step| step.scheduled_at)?;
    (due.plus_hours(OVERDUE_HOURS) < now).then(|| {
        let advice = match is_ours {
            true => " Check whether it was done before the ship departs.",
            false => "",
        };
        format!(
            "“{}” was due {} and has not been reported.{advice}",
            step_words(next, false, places),
            words::distance(due, now)
        )
    })
}

/// The problems, and what staff can do about them.
fn warnings(cargo: &CargoView, places: &Places) -> Vec<String> {
    let delivery = &cargo.delivery;
    let misrouted = delivery.routing_status == RoutingStatus::Misrouted;
    let origin = &cargo.route_specification.origin;
    let is_aboard = delivery.current_voyage.is_some();
    let remedy = |broken: &BrokenLegView| match is_aboard {
        true if delivery.current_voyage.as_ref() == Some(&broken.voyage) => {
            "Reroute the cargo from the ship's next port."
        }
        true => "Roll the cargo onto another voyage, or reroute it from a port ahead.",
        false if cargo.stranded_at.is_some() => {
            "Roll the cargo onto another voyage, or reroute it from its current location and choose a route."
        }
        false => {
            "Roll the cargo onto another voyage, assign a new itinerary, or release its space."
        }
    };
    let broken = delivery
        .broken_legs
        .iter()
        .map(|broken| format!("{} {}", what_broke(broken, places), remedy(broken)));
    let late = delivery.flags.contains(&Flag::DeadlineAtRisk).then_some(
        "The cargo will arrive after its deadline. Roll it onto a faster voyage, or agree on a later deadline.",
    );
    let astray = (delivery.misdirected && !misrouted).then_some(
        match delivery.last_known_location.as_ref() == Some(origin) {
            true => "The cargo was handled off its itinerary. Choose another route.",
            false => "The cargo was handled off its itinerary. Reroute it from its current location, then choose a route.",
        },
    );
    let elsewhere = misrouted.then_some(
        "The itinerary does not run from the cargo's origin to its destination. Choose another route.",
    );
    [astray, elsewhere]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .chain(broken)
        .chain(late.map(str::to_owned))
        .collect()
}

/// Which leg cannot be kept, and which voyage causes it.
fn what_broke(broken: &BrokenLegView, places: &Places) -> String {
    let place = places.named(&broken.location);
    match broken.flag {
        Flag::ConnectionMissed if broken.cause == broken.voyage => {
            format!("{} departs {place} before it arrives there.", broken.voyage)
        }
        Flag::ConnectionMissed => format!(
            "{} arrives in {place} too late for {}.",
            broken.cause, broken.voyage
        ),
        _ => format!(
            "{} is cancelled and will not load this cargo in {place}.",
            broken.cause
        ),
    }
}

/// The problems for a customer, who cannot act on them.
fn told_customers(cargo: &CargoView, places: &Places) -> Vec<String> {
    let delivery = &cargo.delivery;
    let misrouted = delivery.routing_status == RoutingStatus::Misrouted;
    let astray = (delivery.misdirected || misrouted)
        .then_some("Your cargo is off its planned route. We are planning a new one.");
    let broken = delivery.broken_legs.iter();
    let broken = broken.map(|broken| {
        format!(
            "{} We are looking for another voyage.",
            what_broke(broken, places)
        )
    });
    let late = delivery.flags.contains(&Flag::DeadlineAtRisk);
    let late = late.then_some("Your cargo is expected to arrive after its deadline.");
    astray
        .map(str::to_owned)
        .into_iter()
        .chain(broken)
        .chain(late.map(str::to_owned))
        .collect()
}

/// Everything that a cargo's page shows of its transport. `now` if it is the present state.
pub(super) async fn way(
    visit: &mut Visit,
    cargo: &CargoView,
    now: Option<Moment>,
) -> Result<Way, Away> {
    let specification = &cargo.route_specification;
    let (origin, destination) = (&specification.origin, &specification.destination);
    let ends = [origin, destination];
    let legs = cargo.approach.iter().chain(&cargo.itinerary);
    let calls: Vec<_> = legs
        .clone()
        .flat_map(|leg| [&leg.load_at, &leg.unload_at])
        .collect();
    let handled = cargo.handling.iter().map(|handled| &handled.done.location);
    let first = cargo.first_origin.as_ref();
    let stops = ends
        .into_iter()
        .chain(first)
        .chain(calls.iter().copied())
        .chain(handled);
    let places = Places::load(&mut visit.reading, stops).await?;
    let deadline = specification.arrival_deadline;
    let delivery = &cargo.delivery;
    let is_ours = !visit.reading.is_for_customer();
    let warnings = match is_ours {
        true => warnings(cargo, &places),
        false => told_customers(cargo, &places),
    };
    let here = delivery.last_known_location.as_ref();
    Ok(Way {
        first_origin: first.map(|first| places.named(first).to_owned()),
        from: places.named(origin).to_owned(),
        to: places.named(destination).to_owned(),
        deadline: places.time(destination, deadline),
        deadline_in: words::distance(deadline, visit.now),
        eta: delivery.eta.map(|eta| places.time(destination, eta)),
        happened: happened(cargo, &places),
        expected: expected(cargo, &places),
        place: place(cargo, &places),
        trouble: trouble(cargo),
        warnings: warnings
            .into_iter()
            .chain(now.and_then(|now| overdue(cargo, &places, now, is_ours)))
            .collect(),
        legs: legs
            .map(|leg| LegRow {
                voyage: leg.voyage.to_string(),
                load_at: places.named(&leg.load_at).to_owned(),
                load_time: places.time(&leg.load_at, leg.load_time),
                unload_at: places.named(&leg.unload_at).to_owned(),
                unload_time: places.time(&leg.unload_at, leg.unload_time),
                fault: fault(cargo, &leg.voyage, &leg.load_at),
            })
            .collect(),
        map: if calls.is_empty() {
            Map::of("From origin to destination", ends, here, &places)
        } else {
            Map::of("The route of the cargo", calls, here, &places)
        },
    })
}
