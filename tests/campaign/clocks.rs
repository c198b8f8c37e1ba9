//! Clocks that jump: two pipelines in this process on one database, each with its own clock.

use super::support::checker::{Answer, Recorded, check};
use super::support::load::Verdict;
use super::support::recorder::{Recorder, log};
use super::support::server::{issue_token, plimsoll};
use super::support::world::{Database, World, cargo};
use application::{Call, Caller, Failed, Headers, Limits, Pipeline, Reply, find};
use domain::Moment;
use domain::access::TokenHash;
use domain::ports::{Chance, Clock};
use futures::future::join_all;
use plimsoll::clock::{SystemChance, SystemClock};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// A clock that differs from the system's by this many microseconds.
struct Jumping(AtomicI64);

impl Clock for Jumping {
    fn now(&self) -> Moment {
        let micros = SystemClock.now().micros() + self.0.load(Ordering::Relaxed);
        Moment::from_micros(micros)
    }
}

/// One round: clocks jump forward and back by milliseconds, seconds or an hour.
pub async fn jumping_clocks(database: Database, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let url = world.database.url();
    let customer = world.customer().await;
    let token = issue_token(&url, "load", "clerk");
    let caller = Caller::Token(TokenHash::of(&token));
    let clocks = [0, 0].map(|offset| Arc::new(Jumping(AtomicI64::new(offset))));
    let mut pipelines = Vec::new();
    for clock in &clocks {
        let options = infrastructure::Options::default();
        let database = infrastructure::Database::connect(&url, &options).await;
        let store = database.map_err(|error| error.to_string())?.store();
        let clock: Arc<dyn Clock> = Arc::<Jumping>::clone(clock);
        let program = "plimsoll campaign".to_owned();
        let (pipeline, sequencer) = Pipeline::new(store, clock, Limits::default(), program);
        tokio::spawn(sequencer.run());
        pipelines.push(pipeline);
    }
    let (recorder, stop) = (Recorder::default(), Arc::new(AtomicBool::new(false)));
    let input = cargo(&customer, 1);
    let clients: Vec<_> = (0..8)
        .map(|number| {
            let desk = Desk {
                number,
                pipelines: pipelines.clone(),
                caller: caller.clone(),
                input: serde_json::to_vec(&input).expect("JSON"),
                recorder: recorder.clone(),
            };
            tokio::spawn(desk.work(Arc::clone(&stop)))
        })
        .collect();
    for _ in 0..10 {
        sleep(Duration::from_millis(chance.random_range(20..150))).await;
        let clock = &clocks[chance.random_range(0..clocks.len())];
        let range = [10_000, 4_000_000, 20_000_000, 3_600_000_000][chance.random_range(0..4)];
        clock
            .0
            .store(chance.random_range(-range..range), Ordering::Relaxed);
    }
    // Whatever time the log has reached, all continue from there.
    for clock in &clocks {
        clock.0.store(3_600_000_000, Ordering::Relaxed);
    }
    sleep(Duration::from_millis(100)).await;
    stop.store(true, Ordering::Relaxed);
    for client in join_all(clients).await {
        client.map_err(|error| format!("a client gave up: {error}"))?;
    }
    let (calls, entries) = (recorder.calls(), log(&world.admin).await);
    check(&calls, &entries, "user:load")?;
    let verified = plimsoll(&["verify", "--replay", "--database", &url]);
    if !verified.status.success() {
        return Err(String::from_utf8_lossy(&verified.stdout).into_owned());
    }
    let took = calls.iter().map(|call| call.answered - call.sent).max();
    Ok(Verdict {
        calls: calls.len(),
        entries: entries.len(),
        unsettled: calls
            .iter()
            .filter(|call| !call.answer.is_settled())
            .count(),
        longest: Duration::from_nanos(took.unwrap_or(0)),
    })
}

struct Desk {
    number: usize,
    pipelines: Vec<Pipeline>,
    caller: Caller,
    input: Vec<u8>,
    recorder: Recorder,
}

impl Desk {
    async fn work(self, stop: Arc<AtomicBool>) {
        for round in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let key = format!("{}-{round}", self.number);
            for tries in self.number.. {
                assert!(tries < 5_000, "{key} was never settled");
                let pipeline = &self.pipelines[tries % self.pipelines.len()];
                if self.run(pipeline, &key).await {
                    break;
                }
                sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// Runs the operation once. Returns whether it is settled.
    async fn run(&self, pipeline: &Pipeline, key: &str) -> bool {
        let definition = find("create-cargo").expect("an operation");
        let now = SystemClock.now();
        let ready = definition.read(&self.input, now, &mut SystemChance);
        let headers = Headers {
            key: Some(key.to_owned()),
            ..Headers::default()
        };
        let call = Call::new(
            SystemChance.id(now),
            definition,
            ready.expect("an input"),
            self.caller.clone(),
            headers,
        );
        let sent = self.recorder.now();
        let answer = match pipeline.submit(call).await {
            Reply::Accepted(accepted) => Answer::Accepted {
                position: accepted.position,
                outcome: accepted.outcome.clone(),
                version: accepted.target_version,
                replayed: accepted.replayed,
            },
            Reply::Failed(Failed::ClockBehind) => Answer::NotApplied,
            Reply::Failed(Failed::OutcomeUnknown | Failed::Unavailable) => Answer::Unknown,
            other => panic!("{other:?}"),
        };
        let is_settled = answer.is_settled();
        self.recorder.record(Recorded {
            sent,
            answered: self.recorder.now(),
            operation: "create-cargo".to_owned(),
            key: Some(key.to_owned()),
            if_match: None,
            target: key.to_owned(),
            answer,
        });
        is_settled
    }
}
