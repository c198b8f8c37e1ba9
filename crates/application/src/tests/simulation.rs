//! Whole histories on a store that fails: clients at one or two processes, faults between them, and
//! the history checker as judge. Scenarios are random. A failing one is made smaller until nothing
//! can be left out, and its seed is kept for the next run.
//!
//! `PROPTEST_CASES` sets the number of histories. The default is small enough for every build.

#[path = "../../../../tests/support/checker.rs"]
#[expect(
    dead_code,
    reason = "whole servers give answers that a pipeline does not"
)]
mod checker;

use super::faulty::{Fault, Faulty};
use super::world::{World, cargo, keyed, voyage};
use crate::call::{Call, Failed, Headers, IfMatch, Reply};
use crate::pipeline::{Limits, Pipeline};
use crate::verify::{Options, verify};
use checker::{Answer, Logged, Recorded, check};
use domain::log::reader::{LogFilter, Reader};
use domain::ports::Clock;
use futures::executor::block_on;
use futures::future::{join, join_all};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

/// The cargoes that exist from the beginning, for which all clients compete.
const CARGOES: usize = 3;

/// One action of a client.
#[derive(Debug, Clone)]
enum Step {
    Create,
    /// A cargo, and whether to book it onto the voyage with space for all.
    Book(usize, bool),
    Release(usize),
    /// Releases a cargo if it has this version.
    ReleaseIf(usize, u64),
    Cancel(usize),
}

#[derive(Debug, Clone)]
struct Scenario {
    processes: usize,
    clients: Vec<Vec<Step>>,
    faults: Vec<Fault>,
    settles: Vec<bool>,
    batch: usize,
}

fn steps() -> impl Strategy<Value = Step> {
    let which = 0..CARGOES;
    prop_oneof![
        2 => Just(Step::Create),
        4 => (which.clone(), any::<bool>()).prop_map(|(cargo, wide)| Step::Book(cargo, wide)),
        2 => which.clone().prop_map(Step::Release),
        2 => (which.clone(), 1..5_u64).prop_map(|(cargo, version)| Step::ReleaseIf(cargo, version)),
        1 => which.prop_map(Step::Cancel),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        4 => (1..6_u8).prop_map(Fault::Slow),
        2 => Just(Fault::LostAfter),
        2 => Just(Fault::LostBefore),
        1 => Just(Fault::Retry),
        1 => Just(Fault::LockTimeout),
        1 => Just(Fault::Down),
        1 => Just(Fault::Dropped),
    ]
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    (
        1..3_usize,
        prop::collection::vec(prop::collection::vec(steps(), 1..5), 1..5),
        prop::collection::vec(faults(), 0..16),
        prop::collection::vec(any::<bool>(), 0..4),
        prop_oneof![Just(1_usize), Just(3), Just(512)],
    )
        .prop_map(|(processes, clients, faults, settles, batch)| Scenario {
            processes,
            clients,
            faults,
            settles,
            batch,
        })
}

/// The world that every history starts with.
struct Beginning {
    world: World,
    customer: Value,
    cargoes: Vec<String>,
}

static BEGINNING: LazyLock<Beginning> = LazyLock::new(|| {
    let world = World::new();
    world.enrol("desk", json!({ "user": "desk", "role": "clerk" }));
    for (number, teu) in [("WIDE", 1_000), ("NARROW", 1)] {
        let mut voyage = voyage(number);
        voyage["capacity"]["teu"] = json!(teu);
        voyage["overbooking_percent"] = json!(0);
        world.accept("schedule-voyage", voyage, "planner");
    }
    let customer = world.customer();
    let cargoes = (0..CARGOES).map(|_| world.cargo(&customer, 1));
    let cargoes = cargoes.map(|cargo| cargo.as_str().expect("an id").to_owned());
    Beginning {
        cargoes: cargoes.collect(),
        customer,
        world,
    }
});

/// The records of all clients of a history, on one clock that counts events.
#[derive(Default)]
struct Record {
    clock: AtomicU64,
    calls: Mutex<Vec<Recorded>>,
}

impl Record {
    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }
}

fn asked(step: &Step) -> (&'static str, Value, Option<usize>, Option<u64>) {
    let all = &BEGINNING.cargoes;
    match step {
        Step::Create => ("create-cargo", cargo(&BEGINNING.customer, 1), None, None),
        Step::Book(which, wide) => {
            let voyage = if *wide { "WIDE" } else { "NARROW" };
            let input = json!({ "cargo": all[*which], "voyage": voyage });
            ("book-onto-voyage", input, Some(*which), None)
        }
        Step::Release(which) => {
            let input = json!({ "cargo": all[*which] });
            ("release-cargo", input, Some(*which), None)
        }
        Step::ReleaseIf(which, version) => {
            let input = json!({ "cargo": all[*which] });
            ("release-cargo", input, Some(*which), Some(*version))
        }
        Step::Cancel(which) => {
            let input = json!({ "cargo": all[*which], "reason": "Withdrawn" });
            ("cancel-cargo", input, Some(*which), None)
        }
    }
}

fn call(step: &Step, key: &str) -> Call {
    let (operation, input, _, version) = asked(step);
    let headers = Headers {
        if_match: version.map(|version| IfMatch::OneOf(vec![version])),
        ..keyed(key)
    };
    BEGINNING.world.call((operation, input, "desk", headers))
}

/// A client that settles each step before the next, at one process after the other.
async fn client(number: usize, steps: &[Step], processes: Vec<Pipeline>, record: &Record) {
    for (index, step) in steps.iter().enumerate() {
        let key = format!("{number}-{index}");
        let (operation, _, which, if_match) = asked(step);
        for tries in 0.. {
            assert!(tries < 50, "{key} was never settled");
            let call = call(step, &key);
            let sent = record.tick();
            let reply = processes[(number + tries) % processes.len()]
                .submit(call)
                .await;
            let answer = match reply {
                Reply::Accepted(accepted) => Answer::Accepted {
                    position: accepted.position,
                    outcome: accepted.outcome.clone(),
                    version: accepted.target_version,
                    replayed: accepted.replayed,
                },
                Reply::Refused(refused) => Answer::Refused {
                    rule: refused.rule().to_owned(),
                    judged_at: refused.judged_at,
                    replayed: refused.replayed,
                },
                Reply::Failed(Failed::OutcomeUnknown) => Answer::Unknown,
                Reply::Failed(Failed::Unavailable) => Answer::NotApplied,
                Reply::Failed(other) => panic!("{key}: {other}"),
            };
            let is_settled = answer.is_settled();
            record.calls.lock().expect("no panic").push(Recorded {
                sent,
                answered: record.tick(),
                operation: operation.to_owned(),
                key: Some(key.clone()),
                if_match,
                target: which.map_or_else(|| key.clone(), |which| format!("cargo {which}")),
                answer,
            });
            if is_settled {
                break;
            }
        }
    }
}

/// Plays a scenario to its end and judges it.
fn play(scenario: &Scenario, lies: bool) -> Result<(), String> {
    let memory = BEGINNING.world.store.fork();
    let faults = scenario.faults.iter().copied();
    let mut store = Faulty::new(memory.clone(), faults, scenario.settles.iter().copied());
    store.lies = lies;
    let store = Arc::new(store);
    let limits = Limits {
        batch: scenario.batch,
        ..Limits::default()
    };
    let (mut pipelines, mut sequencers) = (Vec::new(), Vec::new());
    for _ in 0..scenario.processes {
        let clock = Arc::clone(&BEGINNING.world.clock) as Arc<dyn Clock>;
        let program = "plimsoll test".to_owned();
        let (pipeline, sequencer) = Pipeline::new(Arc::clone(&store) as _, clock, limits, program);
        pipelines.push(pipeline);
        sequencers.push(sequencer.run());
    }
    let record = Record::default();
    let clients = scenario.clients.iter().enumerate();
    let clients: Vec<_> = clients
        .map(|(number, steps)| client(number, steps, pipelines.clone(), &record))
        .collect();
    drop(pipelines);
    block_on(join(join_all(clients), join_all(sequencers)));
    let calls = record.calls.into_inner().expect("no panic");
    check(&calls, &log(&memory), "user:desk")?;
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let verified = block_on(verify(Arc::new(memory), options, |_, _| {}));
    verified.map(drop).map_err(|trouble| format!("{trouble:?}"))
}

fn log(store: &impl Reader) -> Vec<Logged> {
    let entries = block_on(async {
        let mut snapshot = store.snapshot().await?;
        snapshot.entries(&LogFilter::default(), 1, u64::MAX).await
    });
    let entries = entries.expect("memory");
    entries
        .into_iter()
        .map(|entry| Logged {
            position: entry.position,
            operation: entry.operation,
            actor: entry.actor.to_string(),
            outcome: entry.outcome,
            recorded_at_micros: entry.recorded_at.micros(),
        })
        .collect()
}

fn runner() -> TestRunner {
    TestRunner::new(Config {
        source_file: Some(file!()),
        ..Config::default()
    })
}

#[test]
fn every_history_is_one_history() {
    let found = runner().run(&scenarios(), |scenario| {
        play(&scenario, false).map_err(TestCaseError::fail)
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}

/// The simulation finds a store that acknowledges a commit it does not make, and reduces the
/// scenario to what is needed to show it.
#[test]
fn a_lying_store_is_detected_and_the_scenario_shrinks() {
    // Always the same, because shrinking may end at a scenario that is small but not the smallest.
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, chance);
    let found = runner.run(&scenarios(), |scenario| {
        play(&scenario, true).map_err(TestCaseError::fail)
    });
    let Err(TestError::Fail(reason, smallest)) = found else {
        panic!("the lie was not found: {found:?}");
    };
    let steps: usize = smallest.clients.iter().map(Vec::len).sum();
    assert!(
        steps == 1 && smallest.faults == [Fault::LostBefore],
        "{reason}: {smallest:?}"
    );
}
