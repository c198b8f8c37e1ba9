//! Histories that chance hardly finds.

use super::ask::{Ask, Want};
use super::containers::Given;
use super::handling::REPORTS_MAX;
use super::omissions::Omission;
use super::reference::{HOUR, Kind, Sailing, Time};
use super::reports::{Report, TOLERANCE};
use super::special::{Offer, Special};

/// Requests, with the hours to wait before each.
pub(super) type Script = Vec<(i64, Ask)>;

/// All scripts, each from when it begins.
pub(super) const SCRIPTS: [fn(Time) -> Script; 16] = [
    full_ship,
    left_out,
    late_after_all,
    late_again,
    taken_off_the_list,
    rest_split_off,
    first_split_off,
    astray,
    another_container,
    loaded_by_mistake,
    inspected_often,
    full_ship_reported_by_mistake,
    late_once_more,
    container_taken_again,
    missed_before_it_is_confirmed,
    gone_before_they_are_ready,
];

/// A full ship is presumed to have sailed, and a cargo joins it on board. When the ship has not left
/// after all, there is no space for both.
fn full_ship(begins: Time) -> Script {
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
        special: Special::default(),
    };
    let boards = Ask::Register {
        cargo: Some(1),
        container: None,
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

/// A full ship is reported gone by mistake, and a cargo joins it on board. When the report is taken
/// back, there is no space for both.
fn full_ship_reported_by_mistake(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let sailing = |from, to, departs| sailing(from, to, at(departs));
    let create = |origin, destination, kind| Ask::Create {
        customer: 0,
        origin,
        destination,
        deadline: at(400),
        ready_from: None,
        equipment: vec![(kind, 1)],
        kg: 1_000,
        special: Special::default(),
    };
    let boards = Ask::Register {
        cargo: Some(1),
        container: None,
        kind: Kind::Load,
        port: 1,
        voyage: Some(0),
        completed: at(25),
    };
    let gone = report(1, at(25));
    let mistaken = Ask::RetractReport {
        report: gone.clone(),
        arrival: false,
    };
    let calls = vec![sailing(0, 1, 10), sailing(1, 2, 30), sailing(2, 3, 50)];
    vec![
        (0, schedule(0, calls)),
        (0, schedule(1, vec![sailing(3, 4, 80)])),
        (0, create(1, 2, 1)),
        (0, create(3, 4, 0)),
        (0, assign(0, (0, 1, 2))),
        (25, Ask::ReportDeparture(gone)),
        (0, boards),
        (0, assign(1, (1, 3, 4))),
        (0, mistaken),
    ]
}

/// A late ship is reported in port by mistake, and is late again without the report.
fn late_once_more(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let create = Ask::Create {
        customer: 0,
        origin: 0,
        destination: 1,
        deadline: at(50),
        ready_from: None,
        equipment: vec![(0, 1)],
        kg: 1_000,
        special: Special::default(),
    };
    let late = Sailing {
        arrives: at(60),
        ..sailing(0, 1, at(12))
    };
    let arrived = report(1, at(36));
    let mistaken = Ask::RetractReport {
        report: arrived.clone(),
        arrival: true,
    };
    vec![
        (0, schedule(0, vec![sailing(0, 1, at(10))])),
        (0, create),
        (0, assign(0, (0, 0, 1))),
        (
            9,
            Ask::Reschedule {
                voyage: 0,
                movements: vec![late],
            },
        ),
        (27, Ask::ReportArrival(arrived)),
        (0, mistaken),
    ]
}

/// An arrival is left out, and then the ship leaves the port before so late that it would arrive
/// after it has left.
fn left_out(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    vec![
        (0, schedule(0, calls)),
        (36, Ask::ReportDeparture(report(1, at(35)))),
        (0, Ask::ReportDeparture(report(0, at(26)))),
    ]
}

/// A ship omits the last call of a cargo, becomes late, and calls there after all.
fn late_after_all(begins: Time) -> Script {
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
        special: Special::default(),
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
fn late_again(begins: Time) -> Script {
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
                special: Special::default(),
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

/// One of two containers is left behind, and the other goes all the way. Then the rest is taken off
/// the cargo's list, split off, or stays while the first is split off.
fn left_behind(begins: Time, last: Ask) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let reports = |kind, port, voyage, hours| Ask::Register {
        cargo: Some(0),
        container: Some(0),
        kind,
        port,
        voyage,
        completed: at(hours),
    };
    vec![
        (0, schedule(0, vec![sailing(0, 1, at(10))])),
        (0, pair(at(90), (0, 1))),
        (0, assign(0, (0, 0, 1))),
        (0, numbers(&[0, 1])),
        (30, reports(Kind::Receive, 0, None, 5)),
        (0, reports(Kind::Load, 0, Some(0), 10)),
        (0, reports(Kind::Unload, 1, Some(0), 20)),
        (0, reports(Kind::Claim, 1, None, 25)),
        (0, last),
    ]
}

fn taken_off_the_list(begins: Time) -> Script {
    left_behind(begins, numbers(&[0]))
}

fn rest_split_off(begins: Time) -> Script {
    left_behind(begins, split(&[]))
}

fn first_split_off(begins: Time) -> Script {
    left_behind(begins, split(&[0]))
}

/// One of two containers is loaded elsewhere, and then is the only one.
fn astray(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    let loaded = Ask::Register {
        cargo: None,
        container: Some(0),
        kind: Kind::Load,
        port: 1,
        voyage: Some(0),
        completed: at(30),
    };
    vec![
        (0, schedule(0, calls)),
        (0, pair(at(90), (0, 2))),
        (0, assign(0, (0, 0, 2))),
        (0, numbers(&[0, 1])),
        (31, loaded),
        (0, numbers(&[0])),
    ]
}

/// A cargo gets an itinerary from where its ship will bring it. Then another container is found to
/// belong to it, so that it is not aboard after all.
fn another_container(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    let loaded = Ask::Register {
        cargo: None,
        container: Some(0),
        kind: Kind::Load,
        port: 0,
        voyage: Some(0),
        completed: at(10),
    };
    vec![
        (0, schedule(0, calls)),
        (0, schedule(1, vec![sailing(2, 3, at(80))])),
        (0, pair(at(200), (2, 3))),
        (0, numbers(&[0])),
        (11, loaded),
        (0, assign(0, (1, 2, 3))),
        (0, numbers(&[0, 1])),
    ]
}

/// A cargo with dangerous goods gets an itinerary from a ship that does not take them. The ship may
/// still withdraw what nobody has booked.
fn loaded_by_mistake(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let calls = vec![sailing(0, 1, at(10)), sailing(1, 2, at(30))];
    let takes = |classes: &[usize]| Offer {
        quarter_teu: 8,
        tonnes: 50,
        percent: 0,
        plugs: None,
        classes: Some(classes.to_vec()),
    };
    let change = |voyage, classes: &[usize]| Ask::ChangeCapacity {
        by_ship: None,
        voyage,
        offer: takes(classes),
    };
    let loaded = Ask::Register {
        cargo: Some(0),
        container: None,
        kind: Kind::Load,
        port: 0,
        voyage: Some(0),
        completed: at(10),
    };
    let dangerous = Ask::Amend {
        cargo: 0,
        equipment: None,
        kg: None,
        reference: None,
        ready_from: None,
        set_point: None,
        goods: Some(vec![1]),
    };
    vec![
        (0, schedule(0, calls)),
        (0, schedule(1, vec![sailing(2, 3, at(80))])),
        (0, change(0, &[0])),
        (0, change(1, &[0, 1])),
        (0, pair(at(200), (2, 3))),
        (0, dangerous),
        (11, loaded),
        (0, assign(0, (1, 2, 3))),
        (0, change(0, &[])),
        (0, change(1, &[0])),
    ]
}

/// A cargo is inspected more often than it can have reports.
fn inspected_often(begins: Time) -> Script {
    let inspected = (0..=REPORTS_MAX).map(|place| Ask::Register {
        cargo: Some(0),
        container: None,
        kind: Kind::Customs,
        port: 0,
        voyage: None,
        completed: begins - place as Time * HOUR,
    });
    let created = pair(begins + 90 * HOUR, (0, 1));
    let all = std::iter::once(created).chain(inspected);
    all.map(|ask| (0, ask)).collect()
}

/// The containers of a claimed cargo travel again, and then the claim is taken back.
fn container_taken_again(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let reports = |kind, port, voyage, hours| Ask::Register {
        cargo: Some(0),
        container: None,
        kind,
        port,
        voyage,
        completed: at(hours),
    };
    let again = match numbers(&[0, 1]) {
        Ask::AssignContainers { containers, .. } => Ask::AssignContainers {
            cargo: 1,
            containers,
        },
        other => other,
    };
    vec![
        (0, schedule(0, vec![sailing(0, 1, at(10))])),
        (0, pair(at(90), (0, 1))),
        (0, assign(0, (0, 0, 1))),
        (0, numbers(&[0, 1])),
        (30, reports(Kind::Receive, 0, None, 5)),
        (0, reports(Kind::Load, 0, Some(0), 10)),
        (0, reports(Kind::Unload, 1, Some(0), 20)),
        (0, reports(Kind::Claim, 1, None, 25)),
        (0, pair(at(90), (0, 1))),
        (0, again),
        (0, Ask::Retract { event: 3 }),
    ]
}

/// A ship arrives late, and an accepted cargo misses the next one before it is confirmed.
fn missed_before_it_is_confirmed(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let leg = |voyage, load_at, unload_at| Want {
        voyage,
        load_at,
        unload_at,
        load_time: None,
        unload_time: None,
    };
    let assign = Ask::Assign {
        cargo: 0,
        legs: vec![leg(0, 0, 1), leg(1, 1, 2)],
    };
    vec![
        (0, schedule(0, vec![sailing(0, 1, at(10))])),
        (0, schedule(1, vec![sailing(1, 2, at(30))])),
        (0, pair(at(90), (0, 2))),
        (0, assign),
        (0, Ask::Accept { cargo: 0 }),
        (27, Ask::ReportArrival(report(1, at(26)))),
        (0, Ask::Confirm { cargo: 0 }),
    ]
}

/// A ship is to leave before its cargoes are ready: one of them is accepted already.
fn gone_before_they_are_ready(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let create = || pair_ready(at(90), (0, 1), Some(at(8)));
    let large = schedule_of(16, 0, vec![sailing(0, 1, at(10))]);
    let left = |hours| report(0, at(hours));
    let not_left = |hours| Ask::RetractReport {
        report: left(hours),
        arrival: false,
    };
    let earlier = Ask::Reschedule {
        voyage: 0,
        movements: vec![sailing(0, 1, at(6))],
    };
    let received = |container: Option<usize>| Ask::Register {
        cargo: container.is_none().then_some(1),
        container,
        kind: Kind::Receive,
        port: 0,
        voyage: None,
        completed: at(1),
    };
    vec![
        (0, large),
        (0, create()),
        (0, create()),
        (0, assign(0, (0, 0, 1))),
        (0, assign(1, (0, 0, 1))),
        (0, Ask::Accept { cargo: 0 }),
        (7, Ask::ReportDeparture(left(7))),
        (0, not_left(7)),
        (0, earlier),
        (0, Ask::Accept { cargo: 1 }),
        (0, Ask::Confirm { cargo: 0 }),
        // One that is there after all, then is not, and one of which only a part is there.
        (0, received(None)),
        (0, Ask::Retract { event: 0 }),
        (0, numbers(&[0, 1])),
        (0, received(Some(0))),
        (0, split(&[1])),
        (3, Ask::ReportDeparture(left(9))),
        (0, not_left(9)),
    ]
}

/// A request to carry two containers.
fn pair(deadline: Time, ports: (usize, usize)) -> Ask {
    pair_ready(deadline, ports, None)
}

fn pair_ready(
    deadline: Time,
    (origin, destination): (usize, usize),
    ready_from: Option<Time>,
) -> Ask {
    Ask::Create {
        customer: 0,
        origin,
        destination,
        deadline,
        ready_from,
        equipment: vec![(0, 2)],
        kg: 2_000,
        special: Special::default(),
    }
}

/// Gives the only cargo these containers.
fn numbers(numbers: &[usize]) -> Ask {
    let given = numbers.iter().map(|number| Given {
        number: *number,
        kind: None,
        seal: None,
        kg: None,
    });
    Ask::AssignContainers {
        cargo: 0,
        containers: given.collect(),
    }
}

fn split(named: &[usize]) -> Ask {
    Ask::Split {
        cargo: 0,
        equipment: vec![(0, 1)],
        kg: 1_000,
        containers: named.to_vec(),
    }
}

pub(super) fn sailing(from: usize, to: usize, departs: Time) -> Sailing {
    Sailing {
        from,
        to,
        departs,
        arrives: departs + 10 * HOUR,
    }
}

pub(super) fn schedule(number: usize, movements: Vec<Sailing>) -> Ask {
    schedule_of(8, number, movements)
}

fn schedule_of(quarter_teu: u64, number: usize, movements: Vec<Sailing>) -> Ask {
    Ask::Schedule {
        number,
        offer: Offer {
            quarter_teu,
            tonnes: 50,
            percent: 0,
            plugs: None,
            classes: None,
        },
        cut_off_hours: 0,
        movements,
        ship: number,
    }
}

pub(super) fn assign(cargo: usize, (voyage, load_at, unload_at): (usize, usize, usize)) -> Ask {
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
