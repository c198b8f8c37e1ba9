//! What the steps of a history mean for timetables.

use super::ask::Ask;
use super::choices::{cargo, is_carried, port, voyage};
use super::reference::{HOUR, Movement, Reference, Sailing, Status, Time, UNKNOWN_PORT, Voyage};
use super::reports::{Report, TOLERANCE};
use super::steps::Step;

/// The maximum number of voyages in a history.
const VOYAGES_MAX: usize = 9;

/// A voyage that connects with another for a booked cargo, and a delay in hours that breaks the
/// connection.
fn too_late(reference: &Reference, choice: u8) -> Option<(usize, i64)> {
    let connects = |c: &usize| {
        let cargo = &reference.cargoes[*c];
        cargo.legs.len() > 1 && cargo.status == Status::Booked
    };
    let all: Vec<_> = (0..reference.cargoes.len()).filter(connects).collect();
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
            quarter_teu: u64::from(*quarters),
            tonnes: u64::from(*tonnes),
            percent: u64::from(*percent),
            cut_off_hours: i64::from(*cut_off),
            movements,
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
        let cargo = cargo(reference, *of, |c| is_carried(reference, c));
        let carried = reference.cargoes.get(cargo);
        let held = carried
            .iter()
            .flat_map(|c| c.approach.iter().chain(&c.legs));
        let held: Vec<_> = held.collect();
        let leg = held.get(usize::from(*from) % held.len().max(1));
        let number = match leg.filter(|_| *of < 160) {
            Some(leg) => reference.voyages[leg.voyage].number,
            None => voyage(reference, *of),
        };
        // A ship presumed to have sailed, with a cargo that got its itinerary on board.
        let joined = joined(reference, clock).filter(|_| (7..12).contains(wrong));
        let number = joined.map_or(number, |place| reference.voyages[place].number);
        let late = too_late(reference, *of);
        let late = late.filter(|_| joined.is_none() && (7..20).contains(wrong));
        let number = late.map_or(number, |(number, _)| number);
        let at_sea = under_way(reference, *of, clock).filter(|_| *wrong >= 20);
        let number = at_sea.map_or(number, |place| reference.voyages[place].number);
        let place = reference.voyage(number).unwrap_or(0);
        let state = reference.voyages.get(place)?;
        let mut movements = state.sailings();
        let ahead = (0..movements.len())
            .filter(|m| *wrong < 4 || movements[*m].departs > clock)
            .count();
        let mut first = movements.len() - ahead + usize::from(*from) % ahead.max(1);
        let mut hours = i64::from(*hours);
        if joined.is_some() {
            first = 0;
            hours = (clock - movements[0].departs) / HOUR + 2;
        }
        if let Some((_, lateness)) = late {
            (first, hours) = (0, lateness);
        }
        if at_sea.is_some() {
            first = 0;
        }
        // The ship did not leave when it was expected to.
        let waits = state.movements.iter().position(|m| m.departed_at.is_none());
        if let Some(waits) = waits.filter(|_| at_sea.is_some() && *wrong >= 23) {
            (first, hours) = (
                waits,
                hours.abs() + (clock - movements[waits].departs) / HOUR,
            );
        }
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
        let place = under_way(reference, *of, clock).filter(|_| *of < 240);
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
            return Ask::ReportDeparture(report);
        };
        let times: Vec<_> = state.sailings().iter().flat_map(departs_arrives).collect();
        let turn = turn(state, *which);
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
        report.at = reported_at(&times, turn, clock, (*when, i64::from(*hours) * HOUR));
        match arrives {
            true => Ask::ReportArrival(report),
            false => Ask::ReportDeparture(report),
        }
    }
}

fn departs_arrives(sailing: &Sailing) -> [Time; 2] {
    [sailing.departs, sailing.arrives]
}

/// A voyage that has begun or soon begins, and is not over as far as was reported.
fn under_way(reference: &Reference, choice: u8, clock: Time) -> Option<usize> {
    let begins = |place: &usize| {
        let movements = &reference.voyages[*place].movements;
        let first = movements.first().map(Movement::known);
        let last = movements.last().map(Movement::known);
        first.is_some_and(|m| m.departs < clock + 12 * HOUR)
            && last.is_some_and(|m| m.arrives > clock - 36 * HOUR)
    };
    let all: Vec<_> = (0..reference.voyages.len()).filter(begins).collect();
    all.get(usize::from(choice).checked_rem(all.len())?)
        .copied()
}

/// Which time of a voyage is reported, of its departures and arrivals in turn: usually the next
/// one, or the last one again.
fn turn(voyage: &Voyage, choice: u8) -> usize {
    let reported = voyage.movements.iter();
    let reported = reported.flat_map(|m| [m.departed_at.is_some(), m.arrived_at.is_some()]);
    let reported: Vec<_> = reported.collect();
    let next = reported
        .iter()
        .rposition(|is| *is)
        .map_or(0, |last| last + 1);
    match choice % 16 {
        0..8 => next.min(reported.len() - 1),
        8..12 => next.saturating_sub(1),
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
        0..5 => (known + hours).min(clock),
        5..7 => clock - hours.abs(),
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

/// A departed voyage with a cargo that has since joined it by an itinerary on board.
fn joined(reference: &Reference, clock: Time) -> Option<usize> {
    let approaches = reference.cargoes.iter().flat_map(|c| &c.approach);
    let mut voyages = approaches.map(|leg| leg.voyage);
    voyages.find(|place| reference.voyages[*place].movements[0].known().departs <= clock)
}
