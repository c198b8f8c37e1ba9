//! Why something was done is kept with what was done.

use super::world::World;
use crate::catalogue::catalogue;
use domain::log::reader::{LogFilter, Reader};
use futures::executor::block_on;
use serde_json::{Value, json};

/// It makes the cargo, and changes none.
const WITHOUT: &[&str] = &["create-cargo"];

#[test]
fn every_operation_that_changes_a_cargo_takes_a_reason() {
    let about_a_cargo = |event: &str| event.starts_with("Cargo") || event == "ContainersAssigned";
    let mut checked = 0;
    for definition in catalogue() {
        let about = definition.about;
        let concerns = about
            .events
            .iter()
            .any(|own| about_a_cargo(&own.to_string()));
        if !concerns || WITHOUT.contains(&about.name) {
            continue;
        }
        let schema = serde_json::to_value((definition.input_schema)()).expect("a schema");
        let reason = &schema["properties"]["reason"];
        assert!(reason.is_object(), "{} has no reason", about.name);
        checked += 1;
    }
    assert!(checked >= 15, "{checked}");
}

/// Entries of earlier releases have inputs without a reason, and keep their hashes.
#[test]
fn a_reason_is_logged_and_none_leaves_no_trace() {
    let world = World::new();
    world.voyage("V100");
    let cargo = world.cargo(&world.customer(), 2);
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    let release = json!({ "cargo": cargo, "reason": "Goods not ready" });
    world.accept("release-cargo", release.clone(), "clerk");
    let too_long = json!({ "cargo": cargo, "reason": "x".repeat(501) });
    let definition = crate::catalogue::find("release-cargo").expect("it exists");
    assert!(definition.check(too_long.to_string().as_bytes()).is_err());
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let entries = block_on(snapshot.entries_before(&LogFilter::default(), u64::MAX, 2));
    let inputs = entries.expect("memory").into_iter().map(|own| own.input);
    let inputs: Vec<Value> = inputs
        .map(|own| serde_json::from_str(&own).expect("JSON"))
        .collect();
    assert_eq!(inputs[0], release);
    assert_eq!(inputs[1].get("reason"), None);
}
