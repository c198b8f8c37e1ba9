//! What the steps of a history mean for timetables.

use super::ask::Ask;
use super::choices::{cargo, is_carried, voyage};
use super::reference::{HOUR, Reference, Sailing, Status, Time, UNKNOWN_PORT};
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
        let late = too_late(reference, *of).filter(|_| joined.is_none() && *wrong > 6);
        let number = late.map_or(number, |(number, _)| number);
        let place = reference.voyage(number).unwrap_or(0);
        let mut movements = reference.voyages.get(place)?.sailings();
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
        // A mistyped year.
        if *wrong == 6 {
            hours -= 365 * 24;
        }
        for movement in movements.iter_mut().skip(first) {
            movement.departs += hours * HOUR;
            movement.arrives += hours * HOUR;
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
}

/// A departed voyage with a cargo that has since joined it by an itinerary on board.
fn joined(reference: &Reference, clock: Time) -> Option<usize> {
    let approaches = reference.cargoes.iter().flat_map(|c| &c.approach);
    let mut voyages = approaches.map(|leg| leg.voyage);
    voyages.find(|place| reference.voyages[*place].movements[0].known().departs <= clock)
}
