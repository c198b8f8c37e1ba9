//! What a request changed, or would have changed, besides what its answer names.

use super::ask::Ask;
use super::reference::{Movement, Reference, Time};

/// What came of an accepted request.
pub(super) fn turns(before: &Reference, after: &Reference, now: Time) -> Vec<&'static str> {
    let pairs = || {
        let voyages = before.voyages.iter().zip(&after.voyages);
        voyages.flat_map(|(before, after)| {
            let places = 0..before.movements.len();
            places.map(move |place| (before, after, place))
        })
    };
    let reports = |m: &Movement| [m.departed_at, m.arrived_at];
    let corrects = pairs().any(|(before, after, place)| {
        let before = reports(&before.movements[place]);
        let mut both = before.iter().zip(reports(&after.movements[place]));
        both.any(|(before, after)| before.is_some() && *before != after)
    });
    let resumes = pairs().any(|(before, after, place)| {
        before.has_departed(place, now) && !after.has_departed(place, now)
    });
    let (was, is) = (before.approaches(), after.approaches());
    let turns = [
        (is > was, "begins an approach"),
        (is < was, "ends an approach"),
        (corrects, "corrects a report"),
        (resumes, "takes back a departure"),
    ];
    let turns = turns.into_iter().filter(|(turned, _)| *turned);
    turns.map(|(_, turn)| turn).collect()
}

/// Whether a new timetable contradicts a report.
pub(super) fn moves_a_report(ask: &Ask, reference: &Reference) -> bool {
    let Ask::Reschedule { voyage, movements } = ask else {
        return false;
    };
    let voyage = reference
        .voyage(*voyage)
        .map(|place| &reference.voyages[place]);
    voyage.is_ok_and(|voyage| {
        let mut pairs = voyage.movements.iter().zip(movements);
        pairs.any(|(movement, planned)| {
            movement.departed_at.is_some_and(|at| at != planned.departs)
                || movement.arrived_at.is_some_and(|at| at != planned.arrives)
        })
    })
}
