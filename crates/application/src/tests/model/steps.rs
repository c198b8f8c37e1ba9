//! Random histories: steps of small numbers that mean something in the world they meet, so that any
//! of them can be left out when a failing history is made smaller.

use proptest::prelude::*;
use std::fmt;

/// A step. A number chooses among existing things; about one in fifty names a missing one.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Moves the clock by this many hours.
    Wait(u8),
    Schedule {
        calls: Vec<u8>,
        hours: [u8; 3],
        space: [u8; 3],
        special: u8,
        cut_off: u8,
        wrong: u8,
    },
    Reschedule {
        voyage: u8,
        from: u8,
        hours: i8,
        wrong: u8,
    },
    /// A departure or an arrival.
    RetractReport {
        which: u8,
        wrong: u8,
        by_the_planner: bool,
    },
    Report {
        voyage: u8,
        which: u8,
        call: u8,
        when: u8,
        hours: i8,
        by_the_planner: bool,
    },
    OmitCall {
        voyage: u8,
        call: u8,
        wrong: u8,
    },
    ChangeCapacity {
        voyage: u8,
        space: [u8; 3],
        special: u8,
    },
    CancelVoyage(u8),
    Create {
        customer: u8,
        ports: [u8; 2],
        voyage: u8,
        days: i8,
        containers: [u8; 4],
        tonnes: u8,
        ready: Option<i16>,
        special: u8,
    },
    Amend {
        cargo: u8,
        containers: [u8; 2],
        tonnes: Option<u8>,
        reference: Option<u8>,
        ready: Option<i16>,
        special: u8,
    },
    Split {
        cargo: u8,
        containers: [u8; 2],
        share: u8,
        named: u8,
    },
    AssignContainers {
        cargo: u8,
        how: u8,
        first: u8,
        kg: u8,
    },
    Book {
        cargo: u8,
        route: u8,
        calls: Option<[u8; 2]>,
    },
    Assign {
        cargo: u8,
        route: u8,
        timed: bool,
        wrong: u8,
    },
    Release {
        cargo: u8,
        by_the_system: bool,
    },
    Roll {
        cargo: u8,
        leg: u8,
        to: u8,
        call: u8,
        onward: u8,
    },
    ChangeDestination {
        cargo: u8,
        port: u8,
    },
    ChangeDeadline {
        cargo: u8,
        hours: i16,
    },
    Reroute {
        cargo: u8,
        port: u8,
        destination: Option<u8>,
        hours: Option<i16>,
    },
    Accept(u8),
    Confirm(u8),
    Reject(u8),
    Cancel(u8),
    Register {
        cargo: u8,
        how: u8,
        port: u8,
        voyage: u8,
        ago: i8,
        container: u8,
    },
    Retract(u8),
    Suspend(u8),
    Reinstate(u8),
}

/// A history: how many operations are sent together, and the steps.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// The number of operations that queue together. Moving the clock ends a group.
    pub(super) together: usize,
    /// The maximum number of them in one transaction.
    pub(super) batch: usize,
    /// Whether to verify the log at the end, with replay.
    pub(super) verified: bool,
    pub(super) steps: Vec<Step>,
}

impl fmt::Display for History {
    /// One step per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            together, batch, ..
        } = self;
        writeln!(
            f,
            "{together} together, at most {batch} in one transaction:"
        )?;
        self.steps
            .iter()
            .try_for_each(|step| writeln!(f, "    {step:?}"))
    }
}

pub(super) fn histories() -> impl Strategy<Value = History> {
    (
        prop_oneof![4 => Just(1_usize), 3 => 2..9_usize, 1 => Just(20)],
        prop_oneof![3 => Just(512_usize), 1 => Just(1), 1 => Just(3)],
        prop::bool::weighted(0.1),
        prop::collection::vec(schedule(), 3..7),
        prop::collection::vec(create(), 3..10),
        prop::collection::vec(steps(), 20..160),
    )
        .prop_map(
            |(together, batch, verified, voyages, cargoes, steps)| History {
                together,
                batch,
                verified,
                steps: [voyages, cargoes, steps].concat(),
            },
        )
}

fn schedule() -> impl Strategy<Value = Step> {
    (
        prop::collection::vec(0..5_u8, 2..6),
        [4..100_u8, 4..20, 0..14],
        space(),
        any::<u8>(),
        prop_oneof![2 => Just(0), 4 => 0..5_u8],
        0..24_u8,
    )
        .prop_map(
            |(calls, hours, space, special, cut_off, wrong)| Step::Schedule {
                calls,
                hours,
                space,
                special,
                cut_off,
                wrong,
            },
        )
}

/// Quarters of a TEU, tonnes and percent.
fn space() -> impl Strategy<Value = [u8; 3]> {
    prop_oneof![1 => [4..20_u8, 10..50, 0..60], 2 => [20..60_u8, 40..120, 0..60]]
}

fn create() -> impl Strategy<Value = Step> {
    (
        0..45_u8,
        [any::<u8>(), any::<u8>()],
        any::<u8>(),
        prop_oneof![1 => -1..2_i8, 2 => 2..7_i8, 7 => 7..20_i8],
        [0..3_u8, 0..2, 0..2, 0..2],
        1..30_u8,
        ready(0.4),
        any::<u8>(),
    )
        .prop_map(
            |(customer, ports, voyage, days, containers, tonnes, ready, special)| Step::Create {
                customer,
                ports,
                voyage,
                days,
                containers,
                tonnes,
                ready,
                special,
            },
        )
}

/// The ready date in hours from now, which is usually well ahead of the deadline.
fn ready(often: f64) -> impl Strategy<Value = Option<i16>> {
    prop::option::weighted(often, prop_oneof![5 => -24..72_i16, 1 => 72..500_i16])
}

fn steps() -> impl Strategy<Value = Step> {
    let some = any::<u8>;
    let hours = || prop_oneof![2 => -5..40_i16, 3 => 40..400_i16];
    prop_oneof![
        24 => (1..20_u8).prop_map(Step::Wait),
        4 => schedule(),
        10 => (some(), some(), -12..40_i8, 0..26_u8).prop_map(|(voyage, from, hours, wrong)|
            Step::Reschedule { voyage, from, hours, wrong }),
        24 => (some(), some(), some(), 0..16_u8, -6..12_i8, any::<bool>())
            .prop_map(|(voyage, which, call, when, hours, by_the_planner)|
                Step::Report { voyage, which, call, when, hours, by_the_planner }),
        4 => (some(), some(), any::<bool>()).prop_map(|(which, wrong, by_the_planner)|
            Step::RetractReport { which, wrong, by_the_planner }),
        6 => (some(), space(), some())
            .prop_map(|(voyage, space, special)| Step::ChangeCapacity { voyage, space, special }),
        6 => (some(), some(), 0..16_u8)
            .prop_map(|(voyage, call, wrong)| Step::OmitCall { voyage, call, wrong }),
        3 => some().prop_map(Step::CancelVoyage),
        4 => create(),
        10 => (some(), some(), prop::option::weighted(0.2, [some(), some()]))
            .prop_map(|(cargo, route, calls)| Step::Book { cargo, route, calls }),
        10 => (some(), [some(), some()], prop::option::of(1..30_u8), prop::option::weighted(0.2, 0..4_u8), ready(0.2), some())
            .prop_map(|(cargo, containers, tonnes, reference, ready, special)|
                Step::Amend { cargo, containers, tonnes, reference, ready, special }),
        8 => (some(), [some(), some()], some(), some())
            .prop_map(|(cargo, containers, share, named)|
                Step::Split { cargo, containers, share, named }),
        14 => (some(), some(), some(), some())
            .prop_map(|(cargo, how, first, kg)|
                Step::AssignContainers { cargo, how, first, kg }),
        24 => (some(), some(), any::<bool>(), 0..20_u8).prop_map(|(cargo, route, timed, wrong)|
            Step::Assign { cargo, route, timed, wrong }),
        6 => (some(), any::<bool>())
            .prop_map(|(cargo, by_the_system)| Step::Release { cargo, by_the_system }),
        14 => (some(), some(), some(), some(), some()).prop_map(|(cargo, leg, to, call, onward)|
            Step::Roll { cargo, leg, to, call, onward }),
        9 => (some(), some()).prop_map(|(cargo, port)| Step::ChangeDestination { cargo, port }),
        7 => (some(), hours()).prop_map(|(cargo, hours)| Step::ChangeDeadline { cargo, hours }),
        7 => (some(), some(), prop::option::of(some()), prop::option::of(hours()))
            .prop_map(|(cargo, port, destination, hours)|
                Step::Reroute { cargo, port, destination, hours }),
        9 => some().prop_map(Step::Accept),
        9 => some().prop_map(Step::Confirm),
        2 => some().prop_map(Step::Reject),
        2 => some().prop_map(Step::Cancel),
        40 => (some(), 0..20_u8, some(), some(), -2..6_i8, some())
            .prop_map(|(cargo, how, port, voyage, ago, container)|
                Step::Register { cargo, how, port, voyage, ago, container }),
        6 => some().prop_map(Step::Retract),
        2 => some().prop_map(Step::Suspend),
        4 => some().prop_map(Step::Reinstate),
    ]
}
