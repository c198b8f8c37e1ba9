//! What the steps of a history mean for timetables.

use super::ask::Ask;
use super::choices::{cargo, is_carried, port, voyage};
use super::reference::{
    CONNECTION, HOUR, Movement, Reference, Sailing, Status, Time, UNKNOWN_PORT, Voyage,
};
use super::reports::{Report, TOLERANCE};
use super::special::{Offer, classes, plugs};
use super::steps::Step;

/// The maximum number of voyages in a history.
const VOYAGES_MAX: usize = 9;

/// A voyage that connects with another for a booked or preferably an accepted cargo, and a delay
/// in hours that breaks the connection.
fn too_late(reference: &Reference, choice: u8) -> Option<(usize, i64)> {
    let connects = |status: Status| -> Vec<usize> {
        let has = |c: &usize| {
            let cargo = &reference.cargoes[*c];
            cargo.legs.len() > 1 && cargo.status == status
        };
        (0..reference.cargoes.len()).filter(has).collect()
    };
    let mut all = connects(Status::Accepted);
    if all.is_empty() || choice >= 192 {
        all.extend(connects(Status::Booked));
    }
    let cargo = *all.get(usize::from(choice) % all.len().max(1))?;
    let [first, second, ..] = &reference.legs(cargo)[..] else {
        return None;
    };
    let number = reference.voyages[first.voyage].number;
    let hours = (second.load_time - first.unload_time) / HOUR + 1;
    (first.voyage != second.voyage).then_some((number, hours))
}

impl Step {
    pub(super) fn schedule(&self, reference: &Reference, clock: Time) -> Option<Ask> {
        let Self::Schedule {
            calls,
            hours: [first, sails, stays],
            space: [quarters, tonnes, percent],
            special,
            cut_off,
            wrong,
        } = self
        else {
            panic!("{self:?} schedules nothing");
        };
        let number = reference.voyages.len();
        if number >= VOYAGES_MAX {
            return None;
        }
        let mut departs = clock + i64::from(*first) * HOUR;
        let mut movements: Vec<Sailing> = Vec::new();
        for pair in calls.windows(2) {
            let (from, mut to) = (usize::from(pair[0]), usize::from(pair[1]));
            let from = movements.last().map_or(from, |m| m.to);
            if from == to && *wrong > 1 {
                to = (to + 1) % UNKNOWN_PORT;
            }
            let arrives = departs + i64::from(*sails) * HOUR;
            movements.push(Sailing {
                from,
                to,
                departs,
                arrives,
            });
            departs = arrives + (i64::from(*stays) - i64::from(*wrong == 0)) * HOUR;
        }
        if *wrong == 2 {
            movements[0].to = UNKNOWN_PORT;
        }
        // A mistyped year.
        if *wrong == 4 {
            for movement in &mut movements {
                movement.departs -= 365 * 24 * HOUR;
                movement.arrives -= 365 * 24 * HOUR;
            }
        }
        Some(Ask::Schedule {
            number: if *wrong == 3 { 0 } else { number },
            offer: Offer {
                quarter_teu: u64::from(*quarters),
                tonnes: u64::from(*tonnes),
                percent: u64::from(*percent),
                plugs: plugs(*special),
                classes: Some(classes(*special)),
            },
            cut_off_hours: i64::from(*cut_off),
            movements,
            ship: ship(reference, *tonnes).unwrap_or(number),
        })
    }

    pub(super) fn reschedule(&self, reference: &Reference, clock: Time) -> Option<Ask> {
        let Self::Reschedule {
            voyage: of,
            from,
            hours,
            wrong,
        } = self
        else {
            panic!("{self:?} reschedules nothing");
        };
        let hours = i64::from(*hours);
        let delay = delay(reference, clock, (*of, *wrong), hours);
        let number = delay.map_or_else(|| held_on(reference, *of, *from), |delay| delay.0);
        let place = reference.voyage(number).unwrap_or(0);
        let state = reference.voyages.get(place)?;
        let mut movements = state.sailings();
        let ahead = (0..movements.len())
            .filter(|m| *wrong < 4 || movements[*m].departs > clock)
            .count();
        let any = movements.len() - ahead + usize::from(*from) % ahead.max(1);
        let (first, mut hours) = delay.map_or((any, hours), |(_, first, hours)| (first, hours));
        // A mistyped year.
        if *wrong == 6 {
            hours -= 365 * 24;
        }
        // Reported times stay, except by mistake.
        let stays = |reported: Option<Time>| reported.is_some() && !matches!(wrong, 2 | 3 | 20);
        let moved = movements.iter_mut().zip(&state.movements).skip(first);
        for (movement, reported) in moved {
            if !stays(reported.departed_at) {
                movement.departs += hours * HOUR;
            }
            if !stays(reported.arrived_at) {
                movement.arrives += hours * HOUR;
            }
        }
        match wrong {
            4 if movements.len() > 1 => drop(movements.pop()),
            5 => movements[0].from = (movements[0].to + 1) % UNKNOWN_PORT,
            _ => {}
        }
        Some(Ask::Reschedule {
            voyage: number,
            movements,
        })
    }

    /// Sometimes a ship with a cargo that joined it gets no more space than was taken when it was
    /// presumed to have sailed.
    pub(super) fn change_capacity(&self, reference: &Reference, clock: Time) -> Ask {
        let Self::ChangeCapacity {
            voyage: of,
            space: [quarters, tonnes, percent],
            special,
        } = self
        else {
            panic!("{self:?} changes no capacity");
        };
        let plugs = plugs(*special);
        let classes = Some(classes(*special)).filter(|_| special % 3 > 0);
        let another = VOYAGES_MAX + usize::from(*tonnes);
        let joined = joined(reference, clock).filter(|_| *of > 24);
        if let Some((place, _)) = joined {
            let movements = 0..reference.voyages[place].movements.len();
            let loads = movements.map(|movement| reference.load(place, movement));
            let most = loads.fold((1, 1), |most, load| {
                (load[0].max(most.0), load[1].max(most.1))
            });
            return Ask::ChangeCapacity {
                by_ship: (percent % 2 == 0).then_some(another),
                voyage: reference.voyages[place].number,
                offer: Offer {
                    quarter_teu: most.0,
                    tonnes: most.1.div_ceil(1_000),
                    percent: 0,
                    plugs,
                    classes,
                },
            };
        }
        Ask::ChangeCapacity {
            by_ship: (percent % 2 == 0).then(|| ship(reference, *tonnes).unwrap_or(another)),
            voyage: voyage(reference, *of),
            offer: Offer {
                quarter_teu: u64::from(*quarters),
                tonnes: u64::from(*tonnes),
                percent: u64::from(*percent),
                plugs,
                classes,
            },
        }
    }

    pub(super) fn report(&self, reference: &Reference, clock: Time) -> Ask {
        let Self::Report {
            voyage: of,
            which,
            call,
            when,
            hours,
            by_the_planner,
        } = self
        else {
            panic!("{self:?} reports no ship");
        };
        let joined = joined(reference, clock).filter(|_| *of >= 128);
        let spoilt = spoilt(reference, clock);
        let spoilt = spoilt.get(usize::from(*of) % spoilt.len().max(1));
        // Often what puts off a departure that a cargo has joined, or what comes too late for one.
        let meant = match joined {
            Some((place, movement)) if movement > 0 => {
                Some((place, 2 * movement - 1 - usize::from(which % 2)))
            }
            _ => spoilt.filter(|_| *which < 128).copied(),
        };
        let place = meant.map(|(place, _)| place);
        let place = place.or_else(|| under_way(reference, *of, clock).filter(|_| *of < 240));
        let number = place.map_or_else(
            || voyage(reference, *of),
            |place| reference.voyages[place].number,
        );
        let mut report = Report {
            voyage: number,
            port: port(*call),
            call: None,
            at: clock - i64::from(*hours) * HOUR,
            by_the_planner: *by_the_planner,
        };
        let state = reference.voyage(number).ok();
        let Some(state) = state.map(|place| &reference.voyages[place]) else {
            return match which % 2 {
                0 => Ask::ReportDeparture(report),
                _ => Ask::ReportArrival(report),
            };
        };
        let times: Vec<_> = state.sailings().iter().flat_map(departs_arrives).collect();
        let turn = meant.map_or_else(|| turn(state, *which), |(_, turn)| turn);
        let (movement, arrives) = (&state.movements[turn / 2].expected, turn % 2 == 1);
        let (at, own) = if arrives {
            (movement.to, turn / 2 + 2)
        } else {
            (movement.from, turn / 2 + 1)
        };
        if *call < 240 {
            report.port = at;
        }
        let here = state.movements.iter().map(|m| &m.expected);
        let here = here.filter(|m| at == if arrives { m.to } else { m.from });
        let twice = here.count() > 1;
        report.call = match call % 16 {
            0 => None,
            1 => Some(own + 1),
            2 => Some(own % 3 + 1),
            3..7 => Some(own),
            _ => twice.then_some(own),
        };
        let when = meant.map_or(*when, |_| if joined.is_some() { 7 } else { 3 });
        report.at = reported_at(&times, turn, clock, (when, i64::from(*hours) * HOUR));
        match arrives {
            true => Ask::ReportArrival(report),
            false => Ask::ReportDeparture(report),
        }
    }
}

fn departs_arrives(sailing: &Sailing) -> [Time; 2] {
    [sailing.departs, sailing.arrives]
}

/// A voyage that has begun or soon begins, and is not long over. Usually one with a cargo.
fn under_way(reference: &Reference, choice: u8, clock: Time) -> Option<usize> {
    let begins = |place: &usize| {
        let movements = &reference.voyages[*place].movements;
        let first = movements.first().map(Movement::known);
        let last = movements.last().map(Movement::known);
        let sails = !reference.voyages[*place].is_cancelled || choice >= 224;
        sails
            && first.is_some_and(|m| m.departs < clock + 12 * HOUR)
            && last.is_some_and(|m| m.arrives > clock - 36 * HOUR)
    };
    let all: Vec<_> = (0..reference.voyages.len()).filter(begins).collect();
    let carried = (0..reference.cargoes.len()).filter(|c| is_carried(reference, *c));
    let mut legs: Vec<_> = carried.flat_map(|c| &reference.cargoes[c].legs).collect();
    legs.retain(|leg| all.contains(&leg.voyage));
    let place = usize::from(choice);
    match legs.get(place % legs.len().max(1)) {
        Some(leg) if !choice.is_multiple_of(8) => Some(leg.voyage),
        _ => all.get(place.checked_rem(all.len())?).copied(),
    }
}

/// What would be too late for a cargo if it were reported now: the voyage, and which of its
/// departures and arrivals in turn.
fn spoilt(reference: &Reference, clock: Time) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for place in (0..reference.cargoes.len()).filter(|c| is_carried(reference, *c)) {
        let cargo = &reference.cargoes[place];
        let ahead = reference.delivery(place).leg_ahead;
        for (place, leg) in cargo.legs.iter().enumerate().skip(ahead) {
            let next = cargo
                .legs
                .get(place + 1)
                .map(|leg| reference.scheduled(leg));
            let latest = next.map_or(cargo.deadline, |next| next.load_time - CONNECTION);
            let voyage = &reference.voyages[leg.voyage];
            let movement = &voyage.movements[leg.last];
            let Sailing {
                departs, arrives, ..
            } = movement.known();
            if movement.arrived_at.is_none() && departs < clock && latest < clock {
                found.push((leg.voyage, 2 * leg.last + 1));
            }
            let is_over = movement.departed_at.is_none() && arrives <= clock;
            if is_over && latest < clock + arrives - departs && !voyage.is_cancelled {
                found.push((leg.voyage, 2 * leg.last));
            }
        }
    }
    found
}

/// Which time of a voyage is reported, of its departures and arrivals in turn: usually the next
/// one, or the last one again.
fn turn(voyage: &Voyage, choice: u8) -> usize {
    let reported = voyage.movements.iter();
    let reported = reported.flat_map(|m| [m.departed_at.is_some(), m.arrived_at.is_some()]);
    let reported: Vec<_> = reported.collect();
    let last = reported.iter().rposition(|is| *is);
    let next = last.map_or(0, |last| last + 1);
    // An arrival that was left out.
    let mut arrivals = (1..last.unwrap_or(0)).step_by(2);
    let gap = arrivals.find(|turn| !reported[*turn]);
    match (choice % 16, gap) {
        (12..15, Some(arrival)) => arrival - usize::from(choice / 64).min(1),
        (0..8, _) => next.min(reported.len() - 1),
        (8..12, _) => next.saturating_sub(1),
        _ => usize::from(choice / 16) % reported.len(),
    }
}

/// A time for a report: around the best known time and now, or in contradiction to the times
/// before and after.
fn reported_at(times: &[Time], turn: usize, clock: Time, (when, hours): (u8, Time)) -> Time {
    let known = times[turn];
    let before = turn.checked_sub(1).map_or(known, |before| times[before]);
    let after = times.get(turn + 1).copied().unwrap_or(known);
    match when {
        0..3 => (known + hours).min(clock),
        3..6 => clock,
        6 => clock - hours.abs(),
        7 => clock + TOLERANCE,
        8 => clock + hours.abs() + TOLERANCE + 1,
        9 => before,
        10 => before - hours.abs(),
        11 => known.min(clock + TOLERANCE),
        12 => after,
        13 => (after + hours.abs()).min(clock),
        // A mistyped year.
        14 => known - 365 * 24 * HOUR,
        _ => before.min(clock) + 1,
    }
}

/// Sometimes the ship of another voyage.
fn ship(reference: &Reference, choice: u8) -> Option<usize> {
    let shared = usize::from(choice / 8).checked_rem(reference.voyages.len())?;
    choice
        .is_multiple_of(4)
        .then(|| reference.voyages[shared].ship)
}

/// What usually happens to timetables: the number of a voyage, and from which movement on it is
/// how many hours late.
fn delay(
    reference: &Reference,
    clock: Time,
    (choice, why): (u8, u8),
    hours: i64,
) -> Option<(usize, usize, i64)> {
    let since = |movement: &Movement| (clock - movement.known().departs) / HOUR;
    let of = |place: usize| &reference.voyages[place];
    match why {
        // The ship that a cargo joined has not left after all.
        7..12 if let Some((place, _)) = joined(reference, clock) => {
            let voyage = of(place);
            Some((voyage.number, 0, since(&voyage.movements[0]) + 2))
        }
        7..20 => too_late(reference, choice).map(|(number, hours)| (number, 0, hours)),
        20..23 => under_way(reference, choice, clock).map(|place| (of(place).number, 0, hours)),
        // It did not leave when it was expected to.
        23.. => under_way(reference, choice, clock).map(|place| {
            let movements = &of(place).movements;
            let waits = movements.iter().position(|m| m.departed_at.is_none());
            let first = waits.unwrap_or(movements.len() - 1);
            (
                of(place).number,
                first,
                hours.abs() + since(&movements[first]),
            )
        }),
        _ => None,
    }
}

/// The number of a voyage, often one with a cargo.
pub(super) fn held_on(reference: &Reference, choice: u8, place: u8) -> usize {
    let cargo = cargo(reference, choice, |c| is_carried(reference, c));
    let carried = reference.cargoes.get(cargo);
    let held = carried
        .iter()
        .flat_map(|c| c.approach.iter().chain(&c.legs));
    let held: Vec<_> = held.collect();
    let leg = held.get(usize::from(place) % held.len().max(1));
    match leg.filter(|_| choice < 160) {
        Some(leg) => reference.voyages[leg.voyage].number,
        None => voyage(reference, choice),
    }
}

/// A voyage presumed to have sailed with a cargo that got its itinerary on board, and the last of
/// those movements.
fn joined(reference: &Reference, clock: Time) -> Option<(usize, usize)> {
    let mut approaches = reference.cargoes.iter().flat_map(|c| &c.approach);
    approaches.find_map(|leg| {
        let movements = &reference.voyages[leg.voyage].movements;
        let presumed = |place: &usize| {
            let movement = &movements[*place];
            movement.departed_at.is_none() && movement.expected.departs < clock
        };
        let place = (leg.first..=leg.last).rev().find(presumed)?;
        Some((leg.voyage, place))
    })
}
