//! The log goes out and comes in again.

use super::{Trouble, export, import};
use crate::memory::MemoryStore;
use crate::tests::world::{IMPORTED_AT, World, outcome, voyage};
use crate::verify::{Anchor, Options, verify};
use domain::log::Head;
use domain::log::reader::{LogFilter, Reader};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

fn new(name: &str) -> Value {
    json!({ "name": name, "email": "a@example.com", "country": "NL" })
}

/// A world with some history, and a refusal.
fn world() -> World {
    let world = World::new();
    for name in ["A", "B"] {
        world.accept("new-customer", new(name), "clerk");
    }
    let unknown = json!({ "cargo": "23456789AB3" });
    world.refuse("accept-booking", unknown, "clerk");
    let customer = outcome(&world.accept("new-customer", new("C"), "clerk"))["customer"].clone();
    world.accept("schedule-voyage", voyage("V100"), "planner");
    let booked = world.cargo(&customer, 2);
    let onto = json!({ "cargo": booked, "voyage": "V100" });
    world.accept("book-onto-voyage", onto, "clerk");
    world
}

fn exported(store: &MemoryStore) -> Vec<String> {
    let mut out = Vec::new();
    block_on(export(store, &mut out, |_, _| {})).expect("memory");
    let text = String::from_utf8(out).expect("JSON");
    text.lines().map(str::to_owned).collect()
}

fn imported(store: &MemoryStore, lines: &[String]) -> Result<u64, String> {
    let lines = lines.iter().cloned().map(Ok);
    let imported = block_on(import(store, store, lines, IMPORTED_AT, |_, _| {}));
    match imported {
        Ok(imported) => Ok(imported.known),
        Err(Trouble::Bad { what, .. }) => Err(what),
        Err(other) => Err(other.to_string()),
    }
}

fn head(store: &MemoryStore) -> Head {
    block_on(store.snapshot()).expect("memory").head().clone()
}

fn refusals(store: &MemoryStore) -> usize {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let all = LogFilter::default();
    let found = block_on(snapshot.refusals(&all, 0..=u64::MAX, None, u64::MAX));
    found.expect("memory").len()
}

fn is_sound(store: &MemoryStore) -> bool {
    let options = Options {
        replay: true,
        ..Options::default()
    };
    block_on(verify(Arc::new(store.clone()), options, |_, _| {})).is_ok()
}

#[test]
fn an_imported_log_is_the_same_log() {
    let world = world();
    let lines = exported(&world.store);
    let copy = MemoryStore::default();
    assert_eq!(imported(&copy, &lines), Ok(0));
    let (from, to) = (head(&world.store), head(&copy));
    assert_eq!((to.position, to.hash), (from.position, from.hash));
    assert_eq!(refusals(&copy), refusals(&world.store));
    assert!(is_sound(&copy));
    // Only the name of the log is another.
    assert_eq!(exported(&copy)[1..], lines[1..]);
    // Once more changes nothing.
    assert_eq!(imported(&copy, &lines), Ok(from.position));
    assert_eq!(exported(&copy)[1..], lines[1..]);
}

/// The names that a log had before, with the positions up to which they share its entries.
fn past_epochs(store: &MemoryStore) -> Vec<(u128, u64)> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let past = block_on(snapshot.past_epochs()).expect("memory");
    let own = past.iter().map(|own| (own.epoch.as_u128(), own.position));
    own.collect()
}

#[test]
fn the_names_of_a_log_move_with_it() {
    let world = world();
    let first = head(&world.store).position;
    let [second, third] = [2, 3].map(|epoch| MemoryStore::in_epoch(Uuid::from_u128(epoch)));
    let lines = exported(&world.store);
    imported(&second, &lines).expect("a whole file");
    assert_eq!(past_epochs(&second), [(1, first)]);
    imported(&third, &exported(&second)).expect("a whole file");
    assert_eq!(past_epochs(&third), [(1, first), (2, first)]);
    for (store, noted, position, is_found) in [
        (&third, 1, first, true),
        (&third, 2, first, true),
        (&third, 3, first, true),
        (&third, 1, first + 1, false),
        (&third, 4, first, false),
        (&second, 3, first, false),
    ] {
        let mut snapshot = block_on(store.snapshot()).expect("memory");
        let last = block_on(snapshot.entries_at(&[first])).expect("memory");
        let options = Options {
            epoch: Some(Uuid::from_u128(noted)),
            anchor: Some(Anchor {
                position,
                hash: last[0].hash,
                root: None,
                recorded_at: Some(last[0].recorded_at),
            }),
            ..Options::default()
        };
        let found = block_on(verify(Arc::new(store.clone()), options, |_, _| {}));
        assert_eq!(found.is_ok(), is_found, "{noted} at {position}: {found:?}");
    }
    // What was written meanwhile follows, and the first name ends later.
    world.accept("new-customer", new("D"), "clerk");
    imported(&second, &exported(&world.store)).expect("a longer file");
    assert_eq!(past_epochs(&second), [(1, first + 1)]);
    // A log that comes back has its own name.
    imported(&world.store, &exported(&second)).expect("the same log");
    assert_eq!(past_epochs(&world.store), [(2, first + 1)]);
    assert!(is_sound(&world.store) && is_sound(&second) && is_sound(&third));
}

#[test]
fn an_interrupted_import_goes_on() {
    let world = world();
    let lines = exported(&world.store);
    for cut in [1, 2, lines.len() / 2, lines.len() - 1] {
        let copy = MemoryStore::default();
        let found = imported(&copy, &lines[..cut]);
        assert!(found.is_err_and(|what| what.contains("ends here")), "{cut}");
        assert!(imported(&copy, &lines).is_ok(), "{cut}");
        assert_eq!(head(&copy).hash, head(&world.store).hash);
        assert_eq!(refusals(&copy), refusals(&world.store));
        assert!(is_sound(&copy));
    }
}

#[test]
fn a_damaged_file_is_not_taken() {
    let world = world();
    let lines = exported(&world.store);
    let last = lines.len() - 1;
    let by_clerk = |line: &String| line.contains("user:clerk\"") && line.contains("\"hash\"");
    let entry = lines.iter().position(by_clerk).expect("there is one");
    let broken = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        imported(&MemoryStore::default(), &lines).expect_err("it is damaged")
    };
    for (change, expected) in [
        (
            &(|lines: &mut Vec<String>| drop(lines.remove(entry))) as &dyn Fn(&mut Vec<String>),
            "is missing",
        ),
        (
            &|lines| lines[entry] = lines[entry].replacen("user:clerk", "user:planner", 1),
            "was altered",
        ),
        (&|lines| lines.swap(entry, entry + 1), "is missing"),
        (&|lines| drop(lines.remove(last)), "ends here"),
        (
            &|lines| drop(lines.remove(last - 1)),
            "all that was exported",
        ),
        (&|lines| drop(lines.remove(0)), "not an exported log"),
        (
            &|lines| lines[entry].truncate(20),
            "not a line of an export",
        ),
    ] {
        let found = broken(change);
        assert!(found.contains(expected), "{found}");
    }
    let other = World::new();
    other.accept("new-customer", new("X"), "clerk");
    let found = imported(&other.store, &lines);
    assert!(found.is_err_and(|what| what.contains("a log of its own")));
}
