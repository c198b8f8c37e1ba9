//! A small world: an in-memory store, and a clock and randomness that repeat.

use crate::call::{Accepted, Call, Headers, Refused, Reply};
use crate::caller::Caller;
use crate::catalogue::{self, Definition, PreparedOperation};
use crate::memory::MemoryStore;
use crate::pipeline::{Limits, Pipeline};
use domain::Event;
use domain::Moment;
use domain::access::TokenHash;
use domain::log::store::Store;
use domain::ports::{Chance, Clock};
use futures::executor::block_on;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A clock that stays where it is set.
pub(crate) struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct Dice(AtomicU64);

impl Chance for &Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed >> 56) as u8;
        }
    }
}

pub(crate) struct World {
    pub(crate) store: MemoryStore,
    pub(crate) through: Arc<dyn Store>,
    pub(crate) clock: Arc<Hands>,
    dice: Dice,
    pub(crate) limits: Limits,
    tokens: Mutex<Vec<(String, String)>>,
}

pub(crate) fn moment(text: &str) -> Moment {
    let time = if text.contains('T') {
        "Z"
    } else {
        "T00:00:00Z"
    };
    format!("2027-{text}{time}").parse().expect("a time")
}

/// When logs are imported.
pub(crate) const IMPORTED_AT: Moment = Moment::from_micros(1_900_000_000_000_000);

/// The inputs of a batch: operation, input, caller, headers.
pub(crate) type Asked<'a> = (&'a str, Value, &'a str, Headers);

impl World {
    /// Ports, the voyages V100 and V200, a customer, and a user for each role that tests use, on
    /// 2027-02-20.
    pub(crate) fn new() -> Self {
        let store = MemoryStore::default();
        let world = Self {
            through: Arc::new(store.clone()),
            store,
            clock: Arc::new(Hands(AtomicI64::new(moment("02-20").micros()))),
            dice: Dice(AtomicU64::new(1)),
            limits: Limits::default(),
            tokens: Mutex::default(),
        };
        world.people();
        world.ports();
        world
    }

    fn people(&self) {
        for user in ["admin", "planner", "clerk", "auditor", "port-agent"] {
            self.enrol(user, json!({ "user": user, "role": user }));
        }
    }

    /// Registers a user with a role and keeps its token.
    pub(crate) fn enrol(&self, user: &str, role: Value) {
        self.accept("register-user", json!({ "name": user }), "");
        self.accept("assign-role", role, "");
        let issued = self.accept("issue-token", json!({ "user": user }), "");
        let token = issued.once.expect("a secret")["token"].clone();
        let token = token.as_str().expect("text").to_owned();
        self.tokens
            .lock()
            .expect("no panic")
            .push((user.to_owned(), token));
    }

    fn ports(&self) {
        let codes = ["HKHKG", "JPTYO", "USNYC", "USCHI", "SESTO", "NLRTM"];
        let locations: Vec<_> = codes
            .iter()
            .map(|code| {
                json!({ "un_locode": code, "name": code, "country": &code[..2],
                    "latitude": 1.5, "longitude": -2.25, "time_zone": "UTC" })
            })
            .collect();
        self.accept("add-locations", json!({ "locations": locations }), "");
    }

    /// Sets the clock to a time.
    pub(crate) fn at(&self, text: &str) {
        self.clock.0.store(moment(text).micros(), Ordering::Relaxed);
    }

    pub(crate) fn caller(&self, who: &str) -> Caller {
        if who.is_empty() {
            return Caller::System("command-line");
        }
        if let Some(secret) = who.strip_prefix("session:") {
            return Caller::Session(TokenHash::of(secret));
        }
        let tokens = self.tokens.lock().expect("no panic");
        let found = tokens.iter().find(|(user, _)| user == who);
        Caller::Token(TokenHash::of(found.map_or(who, |(_, token)| token)))
    }

    pub(crate) fn call(&self, (name, input, who, headers): Asked<'_>) -> Call {
        let (id, definition, ready) = self.prepared(name, &input);
        Call::new(id, definition, ready, self.caller(who), headers)
    }

    /// An operation with its input, and an id for its call.
    pub(crate) fn prepared(
        &self,
        name: &str,
        input: &Value,
    ) -> (Uuid, &'static Definition, PreparedOperation) {
        let definition = catalogue::find(name).expect("an operation");
        let json = serde_json::to_vec(input).expect("JSON");
        let now = self.clock.now();
        let ready = definition
            .read(&json, now, &mut &self.dice)
            .expect("an input of the right shape");
        let id = (&mut &self.dice).id(now);
        (id, definition, ready)
    }

    /// Runs calls so that they queue together.
    pub(crate) fn batch(&self, asked: Vec<Asked<'_>>) -> Vec<Reply> {
        let calls = asked.into_iter().map(|asked| self.call(asked)).collect();
        self.apply(calls)
    }

    pub(crate) fn apply(&self, calls: Vec<Call>) -> Vec<Reply> {
        let (pipeline, sequencer) = Pipeline::new(
            Arc::clone(&self.through),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            self.limits,
            "plimsoll test".to_owned(),
        );
        let submits = async move {
            let all = calls.into_iter().map(|call| {
                let pipeline = pipeline.clone();
                async move { pipeline.submit(call).await }
            });
            join_all(all.collect::<Vec<_>>()).await
        };
        block_on(join(submits, sequencer.run())).0
    }

    pub(crate) fn run(&self, name: &str, input: Value, who: &str) -> Reply {
        self.batch(vec![(name, input, who, Headers::default())])
            .remove(0)
    }

    pub(crate) fn accept(&self, name: &str, input: Value, who: &str) -> Accepted {
        match self.run(name, input, who) {
            Reply::Accepted(accepted) => {
                let read = Event::list_to_json(&accepted.happened());
                assert_eq!(
                    read, accepted.events,
                    "events are read as they were written"
                );
                *accepted
            }
            other => panic!("{name} was not accepted: {other:?}"),
        }
    }

    pub(crate) fn refuse(&self, name: &str, input: Value, who: &str) -> Refused {
        match self.run(name, input, who) {
            Reply::Refused(refused) => *refused,
            other => panic!("{name} was not refused: {other:?}"),
        }
    }

    pub(crate) fn customer(&self) -> Value {
        let input = json!({ "name": "Blue Anchor", "email": "desk@example.com", "country": "NL" });
        outcome(&self.accept("new-customer", input, "clerk"))["customer"].clone()
    }

    /// HKHKG 03-03 → JPTYO 03-05; JPTYO 03-06 → USNYC 03-09; 100 TEU, 2,000 t, 10 %, 24 h.
    pub(crate) fn voyage(&self, number: &str) {
        self.accept("schedule-voyage", voyage(number), "planner");
    }

    pub(crate) fn cargo(&self, customer: &Value, containers: u32) -> Value {
        let created = self.accept("create-cargo", cargo(customer, containers), "clerk");
        outcome(&created)["cargo"].clone()
    }
}

pub(crate) fn voyage(number: &str) -> Value {
    json!({ "number": number, "vessel": { "imo": ship(number), "name": "Ever Test" },
        "capacity": { "teu": 100, "tonnes": 2000 }, "overbooking_percent": 10, "cut_off_hours": 24,
        "movements": [
            { "from": "HKHKG", "to": "JPTYO", "departs": moment("03-03"), "arrives": moment("03-05") },
            { "from": "JPTYO", "to": "USNYC", "departs": moment("03-06"), "arrives": moment("03-09") },
        ] })
}

/// The IMO number of the ship that sails a voyage, which sails no other.
pub(crate) fn ship(voyage: &str) -> String {
    let place = voyage
        .bytes()
        .fold(7, |place, byte| (place * 31 + u32::from(byte)) % 900_000);
    let digits = (100_000 + place).to_string();
    let weighted = digits.bytes().zip((2..8).rev());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", sum % 10)
}

pub(crate) fn cargo(customer: &Value, containers: u32) -> Value {
    json!({ "customer": customer, "origin": "HKHKG", "destination": "USNYC",
        "arrival_deadline": moment("03-18"), "gross_weight_kg": 10_000, "commodity": "Parts",
        "equipment": [{ "type": "22G1", "count": containers }] })
}

pub(crate) fn outcome(accepted: &Accepted) -> Value {
    serde_json::from_str(&accepted.outcome).expect("JSON")
}

pub(crate) fn keyed(key: &str) -> Headers {
    Headers {
        key: Some(key.to_owned()),
        ..Headers::default()
    }
}
