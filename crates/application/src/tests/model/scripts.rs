//! Histories that chance hardly finds.

use super::ask::{Ask, Want};
use super::omissions::Omission;
use super::reference::{HOUR, Kind, Sailing, Time};
use super::reports::{Report, TOLERANCE};

/// Requests, with the hours to wait before each.
pub(super) type Script = Vec<(i64, Ask)>;

/// A full ship is presumed to have sailed, and a cargo joins it on board. When the ship has not left
/// after all, there is no space for both.
pub(super) fn full_ship(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let sailing = |from, to, departs| sailing(from, to, at(departs));
    let calls = |late: i64| {
        vec![
            sailing(0, 1, 10),
            sailing(1, 2, 30 + late),
            sailing(2, 3, 50 + late),
        ]
    };
    let create = |origin, destination, kind| Ask::Create {
        customer: 0,
        origin,
        destination,
        deadline: at(400),
        ready_from: None,
        equipment: vec![(kind, 1)],
        kg: 1_000,
    };
    let boards = Ask::Register {
        cargo: 1,
        kind: Kind::Load,
        port: 1,
        voyage: Some(0),
        completed: at(30),
    };
    let waits = Ask::Reschedule {
        voyage: 0,
        movements: calls(4),
    };
    vec![
        (0, schedule(0, calls(0))),
        (0, schedule(1, vec![sailing(3, 4, 80)])),
        (0, create(1, 2, 1)),
        (0, create(3, 4, 0)),
        (0, assign(0, (0, 1, 2))),
        (31, boards),
        (0, assign(1, (1, 3, 4))),
        (0, waits),
        (0, Ask::ReportDeparture(report(0, at(31)))),
        (0, Ask::ReportArrival(report(1, at(31) + TOLERANCE))),
    ]
}

/// An arrival is left out, and then the ship leaves the port before so late that it would arrive
/// after it has left.
pub(super) fn left_out(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    vec![
        (0, schedule(0, calls)),
        (36, Ask::ReportDeparture(report(1, at(35)))),
        (0, Ask::ReportDeparture(report(0, at(26)))),
    ]
}

/// A ship omits the last call of a cargo, becomes late, and calls there after all.
pub(super) fn late_after_all(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = |late: i64| vec![sailing(0, 1, at(10)), sailing(1, 2, at(30 + late))];
    let omission = |restores| {
        Ask::OmitCall(Omission {
            voyage: 0,
            port: 2,
            call: None,
            restores,
        })
    };
    let create = Ask::Create {
        customer: 0,
        origin: 0,
        destination: 2,
        deadline: at(50),
        ready_from: None,
        equipment: vec![(0, 1)],
        kg: 1_000,
    };
    let late = Ask::Reschedule {
        voyage: 0,
        movements: calls(20),
    };
    vec![
        (0, schedule(0, calls(0))),
        (0, create),
        (0, assign(0, (0, 0, 2))),
        (0, omission(false)),
        (0, late),
        (0, omission(true)),
    ]
}

/// A late cargo is sent elsewhere, and then back to where its itinerary leads.
pub(super) fn late_again(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    let goes = |destination| Ask::ChangeDestination {
        cargo: 0,
        destination,
    };
    vec![
        (0, schedule(0, calls)),
        (
            0,
            Ask::Create {
                customer: 0,
                origin: 0,
                destination: 2,
                deadline: at(50),
                ready_from: None,
                equipment: vec![(0, 1)],
                kg: 1_000,
            },
        ),
        (0, assign(0, (0, 0, 2))),
        (
            0,
            Ask::ChangeDeadline {
                cargo: 0,
                deadline: at(35),
            },
        ),
        (0, goes(3)),
        (0, goes(2)),
    ]
}

fn sailing(from: usize, to: usize, departs: Time) -> Sailing {
    Sailing {
        from,
        to,
        departs,
        arrives: departs + 10 * HOUR,
    }
}

fn schedule(number: usize, movements: Vec<Sailing>) -> Ask {
    Ask::Schedule {
        number,
        quarter_teu: 8,
        tonnes: 50,
        percent: 0,
        cut_off_hours: 0,
        movements,
        ship: number,
    }
}

fn assign(cargo: usize, (voyage, load_at, unload_at): (usize, usize, usize)) -> Ask {
    let leg = Want {
        voyage,
        load_at,
        unload_at,
        load_time: None,
        unload_time: None,
    };
    Ask::Assign {
        cargo,
        legs: vec![leg],
    }
}

fn report(port: usize, at: Time) -> Report {
    Report {
        voyage: 0,
        port,
        call: None,
        at,
        by_the_planner: false,
    }
}
