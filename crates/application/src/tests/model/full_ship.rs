//! A full ship is presumed to have sailed, and a cargo joins it on board. When the ship has not left
//! after all, there is no space for both. Chance hardly finds this.

use super::ask::{Ask, Want};
use super::reference::{HOUR, Kind, Sailing, Time};
use super::reports::{Report, TOLERANCE};

/// The requests, with the hours to wait before each.
pub(super) fn full_ship(begins: Time) -> Vec<(i64, Ask)> {
    let at = |hours: i64| begins + hours * HOUR;
    let sailing = |from: usize, to: usize, departs: i64| Sailing {
        from,
        to,
        departs: at(departs),
        arrives: at(departs + 10),
    };
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

fn schedule(number: usize, movements: Vec<Sailing>) -> Ask {
    Ask::Schedule {
        number,
        quarter_teu: 8,
        tonnes: 50,
        percent: 0,
        cut_off_hours: 0,
        movements,
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
