//! Logs that earlier releases wrote, kept for good: each must be read, verified and replayed by this
//! release.
//!
//! `tests/corpus` has one file for each release that raised a version of an operation or of the rules. A
//! file is made once, by [`script`], and never again:
//!
//! ```text
//! PLIMSOLL_NEW_CORPUS=rules-11 cargo test -p plimsoll-application --lib corpus
//! ```

use super::world::{IMPORTED_AT, World, cargo, moment, outcome, voyage};
use crate::call::{Call, Reply};
use crate::catalogue::catalogue;
use crate::memory::MemoryStore;
use crate::queries::Queries;
use crate::transfer::{export, import};
use crate::upcasters::upcast;
use crate::verify::{Anchor, Options, verify};
use domain::RULES_VERSION;
use domain::log::reader::{LogFilter, Reader};
use domain::log::{Entry, Hash};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus"))
}

/// The files, by name.
fn files() -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder()).expect("the folder of the corpus");
    let paths = files.map(|file| file.expect("a file").path());
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (
            name.into_owned(),
            std::fs::read_to_string(&path).expect("text"),
        )
    };
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|own| own == "ndjson"))
        .map(read)
        .collect();
    files.sort();
    files
}

fn entries(store: &MemoryStore) -> Vec<Entry> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    block_on(snapshot.entries(&LogFilter::default(), 0, u64::MAX)).expect("memory")
}

fn versions(entries: &[Entry]) -> BTreeSet<(String, u32)> {
    let own = |entry: &Entry| (entry.operation.clone(), entry.version);
    entries.iter().map(own).collect()
}

#[test]
fn logs_of_earlier_releases_are_read_and_replayed() {
    let mut known = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for (name, text) in files() {
        let store = MemoryStore::default();
        let lines = text.lines().map(|line| Ok(line.to_owned()));
        let imported = block_on(import(&store, &store, lines, IMPORTED_AT, |_, _| {}));
        let imported = imported.unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        let options = Options {
            replay: true,
            anchor: Some(Anchor {
                position: imported.entries,
                hash: imported.hash,
                root: None,
                recorded_at: None,
            }),
            ..Options::default()
        };
        let report = block_on(verify(Arc::new(store.clone()), options, |_, _| {}));
        let report = report.unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        let entries = entries(&store);
        let current = entries
            .iter()
            .filter(|own| own.rules_version == RULES_VERSION);
        assert_eq!(report.replayed, current.count() as u64, "{name}");
        for entry in &entries {
            let (position, operation) = (entry.position, &entry.operation);
            let read = upcast(entry).unwrap_or_else(|error| panic!("{name} {position}: {error}"));
            let read = read.definition.replay(&read.input, &read.prepared);
            assert!(read.is_ok(), "{name} {position}: {operation}");
            rules.insert(entry.rules_version);
        }
        known.extend(versions(&entries));
    }
    for definition in catalogue() {
        let about = definition.about;
        for version in 1..=about.version {
            assert!(
                known.contains(&(about.name.to_owned(), version)),
                "no file of the corpus has {} in version {version}: add one, see the top of this file",
                about.name
            );
        }
    }
    assert!(
        rules.contains(&RULES_VERSION),
        "no file of the corpus was written by rules {RULES_VERSION}: add one, see the top of this file"
    );
}

/// What a new file of the corpus is made of.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a new file is asked for by a variable, because a test has no arguments"
)]
fn the_script_runs_every_operation() {
    let world = script();
    let all = catalogue().map(|own| (own.about.name.to_owned(), own.about.version));
    let missing: Vec<_> = all
        .filter(|own| !versions(&entries(&world.store)).contains(own))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let Ok(name) = std::env::var("PLIMSOLL_NEW_CORPUS") else {
        return;
    };
    let mut out = Vec::new();
    block_on(export(&world.store, &mut out, |_, _| {})).expect("memory");
    let path = folder().join(format!("{name}.ndjson"));
    assert!(!path.exists(), "{name} is kept as it is");
    std::fs::write(path, out).expect("the folder can be written to");
}

/// A world in which every operation was accepted at least once: by people, by the system, and by a
/// reactor.
fn script() -> World {
    let world = World::new();
    people(&world);
    let customer = customers(&world);
    sailings(&world);
    cargoes(&world, &customer);
    transports(&world, &customer);
    consumers(&world);
    let position = entries(&world.store).len() as u64;
    let (id, definition, ready) = world.prepared("register-user", &json!({ "name": "robot" }));
    let call = Call::reaction(id, definition, ready, "welcome", position, 0);
    let replies = world.apply(vec![call]);
    assert!(matches!(replies[0], Reply::Accepted(_)), "{replies:?}");
    world
}

/// The fingerprint of a user's password, by which the user signs in.
fn fingerprint(world: &World, user: &str) -> String {
    let queries = Queries::new(Arc::new(world.store.clone()), world.clock.clone());
    let user = block_on(queries.user(&user.parse().expect("a name")));
    let user = user.expect("memory").expect("known").state;
    user.password.expect("set").hash.fingerprint().to_string()
}

fn people(world: &World) {
    let clerk = || json!({ "user": "clerk" });
    let issued = world.accept("issue-password-link", clerk(), "admin");
    let once = issued.once.expect("a secret");
    let secret = once["secret"].as_str().expect("text");
    let redeem = json!({ "user": "clerk", "link": Hash::of(secret.as_bytes()),
        "password": "correct horse" });
    world.accept("redeem-password-link", redeem, "");
    let set = json!({ "user": "clerk", "password": "correct horse" });
    world.accept("set-password", set, "admin");
    let sign_in = json!({ "user": "clerk", "password": fingerprint(world, "clerk") });
    let session = outcome(&world.accept("sign-in", sign_in, ""))["session"].clone();
    world.accept("sign-out", json!({ "session": session }), "");
    world.accept("register-user", json!({ "name": "temp" }), "admin");
    let role = json!({ "user": "temp", "role": "clerk" });
    world.accept("assign-role", role.clone(), "admin");
    world.accept("remove-role", role, "admin");
    let token = json!({ "user": "temp", "label": "Gate 4" });
    let token = outcome(&world.accept("issue-token", token, "admin"));
    world.accept(
        "revoke-token",
        json!({ "token_id": token["token_id"] }),
        "admin",
    );
    let left = json!({ "user": "temp", "reason": "Left" });
    world.accept("suspend-user", left, "admin");
    world.accept("reinstate-user", json!({ "user": "temp" }), "admin");
    let corrected = json!({ "location": "HKHKG", "name": "Hong Kong", "latitude": 22.3,
        "longitude": 114.2, "time_zone": "Asia/Hong_Kong" });
    world.accept("correct-location", corrected, "planner");
}

fn consumers(world: &World) {
    let own = || json!({ "consumer": "billing" });
    let to = |position: u64| json!({ "consumer": "billing", "position": position, "reason": "x" });
    let register = json!({ "name": "billing", "description": "Writes invoices", "from": 0 });
    for (operation, input) in [
        ("register-consumer", register),
        ("pause-consumer", own()),
        ("resume-consumer", own()),
        ("skip-consumer", to(5)),
        ("reset-consumer", to(2)),
        ("remove-consumer", own()),
        ("register-consumer", json!({ "name": "billing" })),
    ] {
        world.accept(operation, input, "admin");
    }
}

fn customers(world: &World) -> Value {
    let customer = world.customer();
    let changed = json!({ "customer": customer, "name": "Blue Anchor Ltd",
        "email": "desk@example.org", "country": "GB" });
    world.accept("change-customer", changed, "clerk");
    let suspend = json!({ "customer": customer, "reason": "Does not pay" });
    world.accept("suspend-customer", suspend, "clerk");
    world.accept(
        "reinstate-customer",
        json!({ "customer": customer }),
        "clerk",
    );
    let forgotten = world.customer();
    let erase = json!({ "customer": forgotten, "reason": "Asked for it" });
    world.accept("erase-customer", erase, "admin");
    customer
}

fn sailings(world: &World) {
    let vessel = json!({ "imo": "9321483", "name": "Borealis",
        "capacity": { "teu": 100, "tonnes": 2000, "plugs": 40 } });
    world.accept("register-vessel", vessel, "planner");
    for number in ["V100", "V200", "V300", "V400"] {
        world.voyage(number);
    }
    let capacity = json!({ "voyage": "V200", "overbooking_percent": 5,
        "capacity": { "teu": 120, "tonnes": 2400 } });
    world.accept("change-voyage-capacity", capacity, "planner");
    let vessel = json!({ "voyage": "V300", "vessel": { "imo": "9321483", "name": "Borealis" },
        "capacity": { "teu": 100, "tonnes": 2000 }, "reason": "Dry dock" });
    world.accept("change-vessel", vessel, "planner");
    let omit = json!({ "voyage": "V400", "location": "JPTYO", "reason": "Strike" });
    world.accept("omit-call", omit, "planner");
    let cancel = json!({ "voyage": "V400", "reason": "Engine trouble" });
    world.accept("cancel-voyage", cancel, "planner");
    let mut later = voyage("V300")["movements"].clone();
    later[1]["arrives"] = json!(moment("03-10"));
    let reschedule = json!({ "voyage": "V300", "movements": later, "reason": "Fog" });
    world.accept("reschedule-voyage", reschedule, "planner");
}

fn cargoes(world: &World, customer: &Value) {
    let created = world.accept("create-cargo", cargo(customer, 3), "clerk");
    let id = outcome(&created)["cargo"].clone();
    let with = |fields: Value| {
        let mut input = fields;
        input["cargo"] = id.clone();
        input
    };
    let run = |operation, fields| world.accept(operation, with(fields), "clerk");
    run(
        "amend-cargo",
        json!({ "commodity": "Toys", "reason": "Typing error" }),
    );
    let split = json!({ "equipment": [{ "type": "22G1", "count": 1 }], "gross_weight_kg": 3_000 });
    run("split-cargo", split);
    let numbers = json!({ "containers": [{ "number": "CSQU3054383", "type": "22G1",
        "seal": "ML-DK 4711", "vgm_kg": 4_000 }] });
    run("assign-containers", numbers);
    run("book-onto-voyage", json!({ "voyage": "V100" }));
    run("release-cargo", json!({ "reason": "Goods not ready" }));
    let legs = json!({ "legs": [{ "voyage": "V100", "load_at": "HKHKG", "unload_at": "USNYC" }] });
    run("assign-itinerary", legs);
    run(
        "roll-cargo",
        json!({ "from_voyage": "V100", "to_voyage": "V200" }),
    );
    run("accept-booking", json!({}));
    run("confirm-booking", json!({}));
    run(
        "change-arrival-deadline",
        json!({ "arrival_deadline": moment("03-20") }),
    );
    run("change-destination", json!({ "destination": "JPTYO" }));
    run("cancel-cargo", json!({ "reason": "Order withdrawn" }));
    let rejected = world.cargo(customer, 1);
    let reject = json!({ "cargo": rejected, "reason": "No truck left" });
    world.accept("reject-booking", reject, "clerk");
}

/// What happens on the way, from the first day of loading on.
fn transports(world: &World, customer: &Value) {
    let id = world.cargo(customer, 1);
    let book = json!({ "cargo": id, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    world.at("03-05T12:00:00");
    let report = |what: &str, at: &str| {
        let mut input = json!({ "cargo": id, "type": what, "location": "HKHKG",
            "completed_at": moment(at) });
        if what == "LOAD" {
            input["voyage"] = json!("V100");
        }
        outcome(&world.accept("register-handling-event", input, "port-agent"))["event"].clone()
    };
    report("RECEIVE", "03-02");
    let load = report("LOAD", "03-03");
    let wrong = json!({ "event": load, "reason": "Wrong box" });
    world.accept("retract-handling-event", wrong, "port-agent");
    report("LOAD", "03-03");
    let call =
        |port: &str, at: &str| json!({ "voyage": "V100", "location": port, "at": moment(at) });
    world.accept("report-departure", call("HKHKG", "03-03"), "port-agent");
    world.accept("report-arrival", call("JPTYO", "03-05"), "port-agent");
    let retract = json!({ "voyage": "V100", "location": "JPTYO", "reported": "ARRIVAL",
        "reason": "Another ship" });
    world.accept("retract-call-report", retract, "port-agent");
    let reroute = json!({ "cargo": id, "origin": "JPTYO", "destination": "USNYC",
        "reason": "New way" });
    world.accept("reroute-cargo", reroute, "clerk");
}
