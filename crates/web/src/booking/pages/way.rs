//! The transport of a cargo: its handling events, the next steps, and its problems.

use super::cargoes::{place, trouble};
use super::words;
use crate::handling::pages::doubts;
use crate::pages::map::Map;
use crate::pages::places::{LocalTime, Places};
use crate::pages::visit::{Away, Visit};
use crate::pages::words::{distance, utc};
use application::booking::CargoView;
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
    pub(super) ready_from: Option<LocalTime>,
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
    pub(super) container: Option<String>,
    pub(super) what: String,
    pub(super) time: LocalTime,
    /// The registration time, if it was much later.
    pub(super) learnt: Option<String>,
    /// How its report contradicts the timetable.
    pub(super) doubts: Vec<String>,
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
    pub(super) fault: Option<String>,
}

pub(super) struct LegRow {
    pub(super) voyage: String,
    pub(super) load_at: String,
    pub(super) load_time: LocalTime,
    pub(super) unload_at: String,
    pub(super) unload_time: LocalTime,
    /// Why it cannot be kept.
    pub(super) fault: Option<String>,
}

/// The handling events by completion time. Those registered later than this are marked.
const TOLD_LATE_HOURS: i64 = 6;

fn happened(cargo: &CargoView, places: &Places) -> Vec<Happened> {
    let mut all: Vec<_> = cargo.handling.iter().collect();
    all.sort_by_key(|handled| handled.completed_at);
    let rows = all.into_iter().map(|handled| {
        let done = &handled.done;
        let late = handled.completed_at.plus_hours(TOLD_LATE_HOURS) < handled.registered_at;
        Happened {
            container: handled.container.as_ref().map(ToString::to_string),
            what: words::step(done, true, places),
            time: places.time(&done.location, handled.completed_at),
            learnt: late.then(|| utc(handled.registered_at)),
            event: handled.event.to_string(),
            doubts: doubts(done, &handled.doubts, places),
            strays: cargo.strays(handled),
        }
    });
    rows.collect()
}

/// The steps ahead, after the last matched one. Empty if the cargo is off its itinerary.
fn expected(cargo: &CargoView, places: &Places) -> Vec<Expected> {
    if cargo.delivery.next_expected.is_none() {
        return Vec::new();
    }
    let rows = cargo.steps_ahead().zip(0..).map(|(step, place)| {
        let voyage = step.step.voyage.as_ref();
        let fault = voyage.and_then(|voyage| fault(cargo, voyage, &step.step.location));
        Expected {
            what: words::step(&step.step, false, places),
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
fn fault(cargo: &CargoView, voyage: &VoyageNumber, load_at: &UnLocode) -> Option<String> {
    let mut broken = cargo.delivery.broken_legs.iter();
    let leg = broken.find(|leg| leg.voyage == *voyage && leg.location == *load_at);
    leg.map(words::fault)
}

/// Everything that a cargo's page shows of its transport.
pub(super) async fn way(visit: &mut Visit, cargo: &CargoView) -> Result<Way, Away> {
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
    let problems = cargo.problems();
    let warnings = problems
        .iter()
        .map(|problem| words::problem(problem, &places, visit.now, is_ours));
    let here = delivery.last_known_location.as_ref();
    Ok(Way {
        first_origin: first.map(|first| places.named(first).to_owned()),
        from: places.named(origin).to_owned(),
        to: places.named(destination).to_owned(),
        deadline: places.time(destination, deadline),
        deadline_in: distance(deadline, visit.now),
        ready_from: specification
            .ready_from
            .map(|time| places.time(origin, time)),
        eta: delivery.eta.map(|eta| places.time(destination, eta)),
        happened: happened(cargo, &places),
        expected: expected(cargo, &places),
        place: place(cargo, &places),
        trouble: trouble(cargo, &places),
        warnings: warnings.collect(),
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
