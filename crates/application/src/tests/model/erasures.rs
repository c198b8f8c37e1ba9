//! An erased customer ships nothing, even if a cargo of it comes back to life.

use super::ask::Ask;
use super::reference::{HOUR, Kind, Time};
use super::scripts::{Script, assign, sailing, schedule};
use super::special::Special;

/// The claim of the only cargo is taken back after its customer was erased.
pub(super) fn reopened_after_erasure(begins: Time) -> Script {
    let at = |hours: i64| begins + hours * HOUR;
    let create = || Ask::Create {
        customer: 0,
        origin: 0,
        destination: 1,
        deadline: at(400),
        ready_from: None,
        equipment: vec![(0, 1)],
        kg: 1_000,
        special: Special::default(),
    };
    let reports = |kind, port, voyage, hours| Ask::Register {
        cargo: Some(0),
        container: None,
        kind,
        port,
        voyage,
        completed: at(hours),
    };
    let grows = Ask::Amend {
        cargo: 0,
        equipment: Some(vec![(0, 2)]),
        kg: None,
        reference: None,
        ready_from: None,
        set_point: None,
        goods: None,
    };
    let released = Ask::Release {
        cargo: 0,
        by_the_system: false,
    };
    let books = Ask::Book {
        cargo: 0,
        voyage: 0,
        calls: None,
    };
    vec![
        (0, schedule(0, vec![sailing(0, 1, at(200))])),
        (0, create()),
        (0, assign(0, (0, 0, 1))),
        (0, Ask::Erase { customer: 0 }),
        (30, reports(Kind::Receive, 0, None, 5)),
        (0, reports(Kind::Load, 0, Some(0), 10)),
        (0, reports(Kind::Unload, 1, Some(0), 20)),
        (0, reports(Kind::Claim, 1, None, 25)),
        (0, Ask::Erase { customer: 0 }),
        (0, Ask::Suspend { customer: 0 }),
        (0, Ask::Reinstate { customer: 0 }),
        (0, create()),
        (0, Ask::Retract { event: 3 }),
        (0, Ask::Accept { cargo: 0 }),
        (0, Ask::Retract { event: 2 }),
        (0, Ask::Retract { event: 1 }),
        (0, Ask::Retract { event: 0 }),
        (0, grows),
        (0, released),
        (0, books),
        (0, assign(0, (0, 0, 1))),
    ]
}
