//! Random histories against a naive reference. Every answer, every voyage's load and everything
//! that can be read about every cargo must be what a clerk with plain lists would say.
//!
//! The two tests together try 256 and 800 histories, about 100,000 operations, in about a minute in a
//! debug build. `PROPTEST_CASES` sets the first number. A failing history is made smaller until
//! no step can be left out, and is printed with the seed that repeats the run:
//! `PROPTEST_RNG_SEED=<seed> cargo test -p plimsoll-application model`.

mod amendments;
mod ask;
mod booking;
mod choices;
mod compare;
mod containers;
mod decide;
mod delivery;
mod erasures;
mod handling;
mod itineraries;
mod omissions;
mod past;
mod reference;
mod reports;
mod retractions;
mod routes;
mod scripts;
mod ships;
mod special;
mod steps;
mod timetables;
mod turns;

use super::world::{World, moment};
use crate::call::{Call, Headers, Reply};
use crate::catalogue::catalogue;
use crate::lanes::Lane;
use crate::verify::{Options, verify};
use ask::Ask;
use compare::{Compared, differ, reports_stand};
use domain::log::RefusalKind;
use domain::log::reader::Reader;
use erasures::reopened_after_erasure;
use futures::executor::block_on;
use past::Remembered;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestError, TestRng, TestRunner};
use reference::{Decided, HOUR, Made, Reference, Time};
use scripts::SCRIPTS;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use steps::{History, Step, histories};
use turns::{reasons, turns};

/// Every how many entries some answers are remembered, to be asked for again.
const REMEMBERED_EACH: u64 = 3;

/// How many times each answer occurred: an operation, an operation with an event, or its refusal by
/// a rule.
#[derive(Debug, Default)]
struct Counts {
    asked: u64,
    answers: BTreeMap<String, u64>,
}

/// The world that every history of a test starts with.
struct Stage {
    world: World,
    beginning: crate::memory::MemoryStore,
    reference: Reference,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        let customers = (0..3).map(|_| {
            let id = world.customer();
            id.as_str().expect("an id").to_owned()
        });
        let reference = Reference::new(customers.collect());
        let beginning = world.store.fork();
        Self {
            world,
            beginning,
            reference,
        }
    }

    /// Goes back to the beginning.
    fn begin<'a>(&'a mut self, batch: usize, counts: &'a mut Counts) -> Play<'a> {
        self.world.store = self.beginning.fork();
        self.world.through = Arc::new(self.world.store.clone());
        self.world.limits.batch = batch;
        self.world.at("02-20");
        let head = block_on(self.beginning.snapshot());
        let head = head.expect("memory").head().clone();
        Play {
            world: &self.world,
            reference: self.reference.clone(),
            compared: Compared::default(),
            remembered: Remembered::default(),
            clock: moment("02-20").micros(),
            recorded: head.recorded_at.micros(),
            position: head.position,
            waiting: Vec::new(),
            counts,
        }
    }
}

/// A history in progress.
struct Play<'a> {
    world: &'a World,
    reference: Reference,
    compared: Compared,
    remembered: Remembered,
    clock: Time,
    /// When the last entry was recorded. No two entries have the same time.
    recorded: Time,
    position: u64,
    waiting: Vec<(Ask, Call, Time, Decided)>,
    counts: &'a mut Counts,
}

impl Play<'_> {
    /// Moves the clock.
    fn wait(&mut self, hours: i64) -> Result<(), String> {
        self.send()?;
        self.clock += hours * HOUR;
        let time = ask::moment(self.clock);
        let text = time.strip_prefix("2027-").and_then(|t| t.strip_suffix('Z'));
        self.world.at(text.expect("a time of the year"));
        Ok(())
    }

    /// Lets the reference decide, and queues the call to be sent with others.
    fn ask(&mut self, ask: Ask) {
        let (name, who, input) = ask.call(&self.reference);
        let call = self.world.call((name, input, who, Headers::default()));
        let made = made(&call.prepared);
        let now = self.clock.max(self.recorded + 1);
        let before = self.reference.clone();
        let decided = self.reference.decide(&ask, now, &made);
        self.counts.asked += 1;
        let mut count = |what| *self.counts.answers.entry(what).or_insert(0) += 1;
        match &decided {
            Ok(answer) => {
                self.recorded = now;
                count(name.to_owned());
                for event in &answer.events {
                    let event = event.split(' ').next().unwrap_or_default();
                    count(format!("{name} {event}"));
                }
                for turn in turns(&ask, &before, &self.reference, now) {
                    count(format!("{name} {turn}"));
                }
            }
            Err(rule) => {
                count(format!("{name} {rule}"));
                for reason in reasons(&ask, rule, &before, now, &made) {
                    count(format!("{name} {reason}"));
                }
            }
        }
        self.waiting.push((ask, call, now, decided));
    }

    /// Sends the queued calls, and compares each answer and then the world.
    fn send(&mut self) -> Result<(), String> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut calls = Vec::new();
        let mut expected = Vec::new();
        // The reference applies calls in the order of submission, so they share one lane.
        let lane = Lane::System("the reference");
        for (ask, call, now, decided) in self.waiting.drain(..) {
            calls.push(call.in_lane(lane.clone()));
            expected.push((ask, now, decided));
        }
        let replies = self.world.apply(calls);
        for (reply, (ask, now, decided)) in replies.iter().zip(expected) {
            self.answers(reply, now, &decided)
                .map_err(|difference| format!("{ask:?}: {difference}"))?;
        }
        let now = self.clock.max(self.recorded);
        self.compared
            .settle(&self.world.store, &self.reference, now)?;
        if self.recorded <= self.clock && self.position.is_multiple_of(REMEMBERED_EACH) {
            self.remembered
                .read(self.world, &self.reference, self.position, now);
        }
        Ok(())
    }

    fn answers(&mut self, reply: &Reply, now: Time, decided: &Decided) -> Result<(), String> {
        match (reply, decided) {
            (Reply::Accepted(accepted), Ok(answer)) => {
                self.position += 1;
                let outcome = serde_json::from_str(&accepted.outcome).expect("JSON");
                let mut found = Vec::new();
                differ("outcome", &outcome, &answer.outcome, &mut found);
                let seen = (accepted.position, accepted.recorded_at.micros());
                if seen != (self.position, now) {
                    found.push(format!("{seen:?}, not {:?}", (self.position, now)));
                }
                let events = events(&accepted.events);
                if events != answer.events {
                    found.push(format!("{events:?}, not {:?}", answer.events));
                }
                if found.is_empty() {
                    Ok(())
                } else {
                    Err(found.join("; "))
                }
            }
            (Reply::Refused(refused), Err(rule))
                if refused.rule() == *rule && refused.kind == RefusalKind::Rule =>
            {
                Ok(())
            }
            _ => Err(format!("{reply:?}, not {decided:?}")),
        }
    }
}

/// The ids that were made for a call.
fn made(prepared: &str) -> Made {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match serde_json::from_str(prepared).expect("JSON") {
        Value::String(id) => Made {
            id,
            ..Made::default()
        },
        prepared => Made {
            id: text(&prepared["id"]),
            tracking: text(&prepared["cargo"]),
            first_report: text(&prepared["first_report"]),
        },
    }
}

/// The type of each event, and its subject.
fn events(json: &str) -> Vec<String> {
    let events: Vec<Value> = serde_json::from_str(json).expect("JSON");
    let events = events.iter().map(|event| {
        let about = ["cargo", "voyage", "customer", "imo"].map(|name| &event[name]);
        let whom = about.into_iter().find_map(Value::as_str);
        let name = event["type"].as_str().expect("a type");
        format!("{name} {}", whom.expect("an event is about something"))
    });
    events.collect()
}

/// Plays a history to its end. A difference is the error.
fn play(stage: &mut Stage, history: &History, counts: &mut Counts) -> Result<(), String> {
    let mut play = stage.begin(history.batch, counts);
    for step in &history.steps {
        if let Step::Wait(hours) = step {
            play.wait(i64::from(*hours))?;
        } else if let Some(ask) = step.ask(&play.reference, play.clock) {
            play.ask(ask);
            if play.waiting.len() >= history.together {
                play.send()?;
            }
        }
    }
    play.send()?;
    reports_stand(&play.world.store, &play.reference)?;
    play.remembered.ask_again(play.world)?;
    if history.verified {
        let options = Options {
            replay: true,
            ..Options::default()
        };
        block_on(verify(
            Arc::new(stage.world.store.clone()),
            options,
            |_, _| {},
        ))
        .map_err(|trouble| format!("{trouble:?}"))?;
    }
    Ok(())
}

/// Plays histories, and counts the answers. Panics with the smallest failing history.
fn try_all(mut runner: TestRunner, stage: Stage, seed: &str) -> Counts {
    let on_stage = RefCell::new((stage, Counts::default()));
    let found = runner.run(&histories(), |history| {
        let (stage, counts) = &mut *on_stage.borrow_mut();
        play(stage, &history, counts).map_err(TestCaseError::fail)
    });
    if let Err(TestError::Fail(_, history)) = &found {
        let (stage, counts) = &mut *on_stage.borrow_mut();
        let (history, reason) = without_needless(history.clone(), |history| {
            play(stage, history, counts).err()
        });
        panic!("{reason}\n{history}{seed} makes this run again.");
    }
    found.expect("no history is left out");
    on_stage.into_inner().1
}

/// Leaves steps out as long as the rest still fails. Once proptest starts to shrink steps, it
/// leaves none out.
fn without_needless(
    mut history: History,
    mut fails: impl FnMut(&History) -> Option<String>,
) -> (History, String) {
    let mut reason = fails(&history).expect("it failed before");
    let mut place = 0;
    while place < history.steps.len() {
        let mut smaller = history.clone();
        smaller.steps.remove(place);
        match fails(&smaller) {
            Some(why) => (history, reason, place) = (smaller, why, 0),
            None => place += 1,
        }
    }
    (history, reason)
}

fn config() -> Config {
    Config {
        failure_persistence: None,
        // A history has many steps to leave out.
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

#[test]
fn every_history_is_answered_as_the_reference_says() {
    let seed = match config().rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => TestRunner::new(config()).rng().next_u64(),
    };
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        ..config()
    };
    let again = format!("PROPTEST_RNG_SEED={seed}");
    try_all(TestRunner::new(config), Stage::new(), &again);
}

/// What the histories must reach besides answers.
const TURNS: [&str; 19] = [
    "amend-cargo lacks plugs",
    "assign-containers ends an approach",
    "assign-itinerary begins an approach",
    "assign-itinerary lacks plugs",
    "book-onto-voyage lacks plugs",
    "cancel-cargo finds it partly aboard",
    "change-vessel lacks plugs",
    "change-voyage-capacity lacks plugs",
    "reject-booking finds it partly aboard",
    "release-cargo ends an approach",
    "release-cargo finds it partly aboard",
    "roll-cargo replaces later legs",
    "report-arrival corrects a report",
    "report-arrival takes back a departure",
    "report-departure corrects a report",
    "report-departure takes back a departure",
    "reschedule-voyage moves a report",
    "reschedule-voyage takes back a departure",
    "roll-cargo finds it partly aboard",
];

/// Always the same histories, so that what they reach does not depend on chance: each operation
/// accepted, with each event it can cause, and refused by each of its rules and by no other.
#[test]
fn the_histories_cover_every_answer() {
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config {
        cases: 1_000,
        ..config()
    };
    let runner = TestRunner::new_with_rng(config, chance);
    let mut counts = try_all(runner, Stage::new(), "The same test");
    let mut stage = Stage::new();
    let reopened: fn(Time) -> scripts::Script = reopened_after_erasure;
    for script in SCRIPTS.into_iter().chain([reopened]) {
        let mut play = stage.begin(1, &mut counts);
        for (hours, ask) in script(play.clock) {
            play.wait(hours).expect("it is as the reference says");
            play.ask(ask);
        }
        play.send().expect("it is as the reference says");
    }
    let mut missed = Vec::new();
    for turn in TURNS {
        if !counts.answers.contains_key(turn) {
            missed.push(turn.to_owned());
        }
    }
    for definition in catalogue().filter(|d| counts.answers.contains_key(d.about.name)) {
        let about = definition.about;
        let rules = about.rules.iter().map(|rule| rule.name);
        let known: BTreeSet<_> = about
            .events
            .iter()
            .map(|event| event.as_str())
            .chain(rules)
            .collect();
        for what in &known {
            let what = format!("{} {what}", about.name);
            if !counts.answers.contains_key(&what) {
                missed.push(what);
            }
        }
        for what in counts.answers.keys() {
            if let [operation, answer] = what.split(' ').collect::<Vec<_>>()[..]
                && operation == about.name
                && !known.contains(answer)
            {
                missed.push(format!("{what} is not declared"));
            }
        }
    }
    let accepted = counts
        .answers
        .iter()
        .filter(|(what, _)| !what.contains(' '));
    let (operations, least) = (accepted.clone().count(), accepted.map(|(_, n)| *n).min());
    assert!(
        missed.is_empty() && operations == 29 && least >= Some(20) && counts.asked >= 10_000,
        "{missed:?} of {counts:#?}"
    );
}
