//! What a request changed, or would have changed, besides what its answer names.

use super::ask::Ask;
use super::reference::{Made, Movement, Reference, Rule, Status, Time};

/// More plugs than all cargoes take.
const PLENTY: u64 = 10_000;

/// What came of an accepted request.
pub(super) fn turns(
    ask: &Ask,
    before: &Reference,
    after: &Reference,
    now: Time,
) -> Vec<&'static str> {
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
    let replaces = match ask {
        Ask::Roll { cargo, onward, .. } if onward.is_some() => {
            let legs = |world: &Reference| world.cargoes[*cargo].legs.clone();
            legs(before).len() > 1 && legs(before).last() != legs(after).last()
        }
        _ => false,
    };
    let turns = [
        (is > was, "begins an approach"),
        (is < was, "ends an approach"),
        (corrects, "corrects a report"),
        (resumes, "takes back a departure"),
        (replaces, "replaces later legs"),
    ];
    let turns = turns.into_iter().filter(|(turned, _)| *turned);
    turns.map(|(_, turn)| turn).collect()
}

/// Why a request was refused, where a rule can have several reasons.
pub(super) fn reasons(
    ask: &Ask,
    rule: Rule,
    before: &Reference,
    now: Time,
    made: &Made,
) -> Vec<&'static str> {
    let mut with_plugs = before.clone();
    for voyage in &mut with_plugs.voyages {
        voyage.plugs = voyage.plugs.map(|_| PLENTY);
    }
    let ask_for_plenty = match ask.clone() {
        Ask::ChangeCapacity {
            by_ship,
            voyage,
            mut offer,
        } => {
            offer.plugs = offer.plugs.map(|_| PLENTY);
            Ask::ChangeCapacity {
                by_ship,
                voyage,
                offer,
            }
        }
        ask => ask,
    };
    let is_line = matches!(rule, "LoadMayNotPassTheLine" | "LimitMayNotFallBelowLoad");
    let mut lacks = || with_plugs.decide(&ask_for_plenty, now, made) != Err(rule);
    let reasons = [
        (
            rule == "DepartedMovementMayNotMove" && moves_a_report(ask, before),
            "moves a report",
        ),
        (is_line && lacks(), "lacks plugs"),
        (
            rule == "StatusMustAllow" && is_partly_aboard(ask, before, now),
            "finds it partly aboard",
        ),
    ];
    let reasons = reasons.into_iter().filter(|(holds, _)| *holds);
    reasons.map(|(_, reason)| reason).collect()
}

/// Whether only containers that are aboard keep a cargo from being given up, released or rolled.
fn is_partly_aboard(ask: &Ask, before: &Reference, now: Time) -> bool {
    let cargo = match ask {
        Ask::Cancel { cargo } | Ask::Reject { cargo } => *cargo,
        Ask::Release { cargo, .. } | Ask::Roll { cargo, .. } => *cargo,
        _ => return false,
    };
    let may = |status: Status| match ask {
        Ask::Cancel { .. } => true,
        Ask::Reject { .. } => status != Status::Confirmed,
        Ask::Roll { .. } => status != Status::Requested,
        _ => status == Status::Booked && !before.delivery_at(cargo, now).arrived,
    };
    let cargoes = before.cargoes.get(cargo);
    cargoes.is_some_and(|own| !own.is_given_up() && may(own.status))
}

/// Whether a new timetable contradicts a report.
fn moves_a_report(ask: &Ask, reference: &Reference) -> bool {
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
