//! Itineraries that a cargo could get, so that chance asks for possible ones.

use super::reference::{HOUR, Leg, Reference, Time};

/// Enough to choose from.
const ROUTES_MAX: usize = 12;
/// The maximum number of legs.
const LEGS_MAX: usize = 3;

/// Routes of a cargo from its origin to its destination, with or without space. Connections may be
/// an hour too short.
pub(super) fn routes(reference: &Reference, cargo: usize, clock: Time) -> Vec<Vec<Leg>> {
    let mut found = Vec::new();
    if let Some(state) = reference.cargoes.get(cargo) {
        let ship = reference.delivery(cargo).aboard;
        let ship = ship.and_then(|number| reference.voyage(number).ok());
        // A cargo on board gets there, or continues with its voyage from where it was loaded.
        let since = ship.map_or(clock, |ship| {
            let ashore = reference.way_ashore(cargo, ship, state.origin);
            ashore.map_or(clock - 90 * HOUR, |way| {
                reference.scheduled(&way).unload_time
            })
        });
        found = routes_between(reference, (state.origin, state.destination), since);
    }
    found
}

/// Routes from one port to another that leave after some time.
pub(super) fn routes_between(
    reference: &Reference,
    (from, to): (usize, usize),
    since: Time,
) -> Vec<Vec<Leg>> {
    let mut found = Vec::new();
    search(reference, (from, to), since, &mut Vec::new(), &mut found);
    found
}

fn search(
    reference: &Reference,
    (from, to): (usize, usize),
    since: Time,
    before: &mut Vec<Leg>,
    found: &mut Vec<Vec<Leg>>,
) {
    for (voyage, state) in reference.voyages.iter().enumerate() {
        for (first, m) in state.sailings().iter().enumerate() {
            if m.from != from || m.departs < since {
                continue;
            }
            for (last, m) in state.sailings().iter().enumerate().skip(first) {
                if found.len() >= ROUTES_MAX {
                    return;
                }
                before.push(Leg {
                    voyage,
                    first,
                    last,
                    is_lost: false,
                });
                if m.to == to {
                    found.push(before.clone());
                } else if before.len() < LEGS_MAX {
                    search(reference, (m.to, to), m.arrives + 5 * HOUR, before, found);
                }
                before.pop();
            }
        }
    }
}
