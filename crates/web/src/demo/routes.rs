//! Routes through the network: legs on voyages that can be booked, with transhipments at hubs.
//! Simpler than `find-routes`, which searches for the best route. Here any sensible one will do.

use super::dice::Dice;
use super::sailing::Sailing;
use domain::Moment;
use serde_json::{Value, json};

/// The minimum time before a departure for booking. Later bookings may miss the cut-off.
const LEAD_HOURS: i64 = 30;
/// The minimum time at a hub. The server requires six hours.
const CONNECTION_HOURS: i64 = 10;
/// The maximum time at a hub.
const WAIT_HOURS: i64 = 9 * 24;
/// The maximum wait for a departure.
const HORIZON_HOURS: i64 = 28 * 24;

/// A stretch of a voyage, from the departure of one movement to the arrival of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leg {
    /// The index of the voyage.
    pub(super) voyage: usize,
    pub(super) load: usize,
    pub(super) unload: usize,
}

/// Legs in sequence.
pub(super) type Route = Vec<Leg>;

impl Leg {
    pub(super) fn departs(&self, sailings: &[Sailing]) -> Moment {
        sailings[self.voyage].movements[self.load].departs
    }

    pub(super) fn arrives(&self, sailings: &[Sailing]) -> Moment {
        sailings[self.voyage].movements[self.unload].arrives
    }

    pub(super) fn from<'a>(&self, sailings: &'a [Sailing]) -> &'a str {
        &sailings[self.voyage].movements[self.load].from
    }

    pub(super) fn to<'a>(&self, sailings: &'a [Sailing]) -> &'a str {
        &sailings[self.voyage].movements[self.unload].to
    }

    fn percent_booked(&self, sailings: &[Sailing]) -> f64 {
        let crossed = &sailings[self.voyage].movements[self.load..=self.unload];
        let booked = crossed.iter().map(super::sailing::Movement::percent_booked);
        booked.fold(0.0, f64::max)
    }
}

/// How full the fullest movement of a route is, in percent.
pub(super) fn percent_booked(route: &[Leg], sailings: &[Sailing]) -> f64 {
    let legs = route.iter().map(|leg| leg.percent_booked(sailings));
    legs.fold(0.0, f64::max)
}

/// The input of `assign-itinerary`.
pub(super) fn assign(cargo: &str, route: &[Leg], sailings: &[Sailing]) -> Value {
    let legs: Vec<_> = route
        .iter()
        .map(|leg| {
            json!({
                "voyage": sailings[leg.voyage].number,
                "load_at": leg.from(sailings),
                "unload_at": leg.to(sailings),
                "load_time": leg.departs(sailings),
                "unload_time": leg.arrives(sailings),
            })
        })
        .collect();
    json!({ "cargo": cargo, "legs": legs })
}

/// A sensible route between any two ports that leaves within some hours, often over a hub or two.
pub(super) fn any(
    sailings: &[Sailing],
    now: Moment,
    within_hours: i64,
    dice: &mut Dice,
) -> Option<Route> {
    let earliest = now.plus_hours(LEAD_HOURS);
    let latest = earliest.plus_hours(within_hours);
    let calls = departures(sailings, |_, departs| {
        departs > earliest && departs < latest
    });
    if calls.is_empty() {
        return None;
    }
    let (voyage, load) = *dice.one(&calls);
    let mut route = vec![stretch(sailings, voyage, load, dice)];
    for chance in [55, 15] {
        if !dice.percent(chance) {
            break;
        }
        let Some(next) = onward(sailings, &route, dice) else {
            break;
        };
        route.push(next);
    }
    let (first, last) = (&route[0], &route[route.len() - 1]);
    (first.from(sailings) != last.to(sailings)).then_some(route)
}

/// A leg from the start of a voyage, so that many cargoes use the same ship.
pub(super) fn first_calls(sailings: &[Sailing], voyage: usize, dice: &mut Dice) -> Route {
    vec![stretch(sailings, voyage, 0, dice)]
}

/// The route that arrives first, direct or over one hub, for a cargo that is there at a time.
pub(super) fn between(
    sailings: &[Sailing],
    (from, ready): (&str, Moment),
    to: &str,
) -> Option<Route> {
    let earliest = ready.plus_hours(LEAD_HOURS);
    let latest = earliest.plus_hours(HORIZON_HOURS);
    let firsts = departures(sailings, |port, departs| {
        port == from && departs > earliest && departs < latest
    });
    let mut routes: Vec<Route> = Vec::new();
    for (voyage, load) in firsts {
        for unload in load..sailings[voyage].movements.len() {
            let leg = Leg {
                voyage,
                load,
                unload,
            };
            let there = leg.to(sailings);
            if there == to {
                routes.push(vec![leg]);
                break;
            }
            if there != from {
                routes.extend(last_leg(sailings, &leg, to).map(|last| vec![leg, last]));
            }
        }
    }
    routes
        .into_iter()
        .min_by_key(|route| (route[route.len() - 1].arrives(sailings), route.len()))
}

/// The first route to a destination from where a leg ends, on another voyage.
fn last_leg(sailings: &[Sailing], leg: &Leg, to: &str) -> Option<Leg> {
    let legs = connections(sailings, leg)
        .into_iter()
        .filter_map(|(voyage, load)| {
            let ahead = &sailings[voyage].movements[load..];
            let further = ahead.iter().position(|movement| movement.to == to)?;
            let unload = load + further;
            Some(Leg {
                voyage,
                load,
                unload,
            })
        });
    legs.min_by_key(|leg| leg.arrives(sailings))
}

/// A few calls further on the same voyage, but not back to where it began.
fn stretch(sailings: &[Sailing], voyage: usize, load: usize, dice: &mut Dice) -> Leg {
    let movements = &sailings[voyage].movements;
    let from = &movements[load].from;
    let mut unload = (load + dice.below(5)).min(movements.len() - 1);
    while unload > load && movements[unload].to == *from {
        unload -= 1;
    }
    Leg {
        voyage,
        load,
        unload,
    }
}

/// Another leg from where a route ends to a port that its voyages do not call at.
fn onward(sailings: &[Sailing], route: &[Leg], dice: &mut Dice) -> Option<Leg> {
    let calls = connections(sailings, &route[route.len() - 1]);
    if calls.is_empty() {
        return None;
    }
    let (voyage, load) = *dice.one(&calls);
    let leg = stretch(sailings, voyage, load, dice);
    let to = leg.to(sailings);
    let known = |own: &Leg| {
        let movements = &sailings[own.voyage].movements;
        movements.iter().any(|movement| movement.from == to)
    };
    (!route.iter().any(known)).then_some(leg)
}

/// Departures of other services for which a cargo can be loaded after it is unloaded from a leg.
fn connections(sailings: &[Sailing], leg: &Leg) -> Vec<(usize, usize)> {
    let service = sailings[leg.voyage].service();
    let earliest = leg.arrives(sailings).plus_hours(CONNECTION_HOURS);
    let latest = leg.arrives(sailings).plus_hours(WAIT_HOURS);
    let port = leg.to(sailings);
    let mut calls = departures(sailings, |from, departs| {
        from == port && departs > earliest && departs < latest
    });
    calls.retain(|(voyage, _)| sailings[*voyage].service() != service);
    calls
}

/// The voyages and movements that depart from a port within a time.
fn departures(sailings: &[Sailing], wanted: impl Fn(&str, Moment) -> bool) -> Vec<(usize, usize)> {
    let sailing = sailings
        .iter()
        .enumerate()
        .filter(|(_, own)| !own.cancelled);
    sailing
        .flat_map(|(voyage, own)| {
            let movements = own.movements.iter().enumerate();
            movements.map(move |(index, movement)| (voyage, index, movement))
        })
        .filter(|(_, _, movement)| wanted(&movement.from, movement.departs))
        .map(|(voyage, index, _)| (voyage, index))
        .collect()
}
