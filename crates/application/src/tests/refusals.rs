//! What is kept of refusals.

use super::world::World;
use crate::call::{Headers, Reply};
use domain::limits::REFUSALS_KEPT_A_DAY;
use domain::log::Refusal;
use domain::log::reader::{LogFilter, Reader};
use futures::executor::block_on;
use serde_json::{Value, json};

fn kept(world: &World) -> Vec<Refusal> {
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let everything = LogFilter::default();
    let all = snapshot.refusals(&everything, 0..=u64::MAX, None, u64::MAX);
    block_on(all).expect("memory")
}

#[test]
fn a_caller_fills_no_disk_with_refusals() {
    let world = World::new();
    let suspend = || {
        let input = json!({ "user": "nobody", "reason": "test" });
        ("suspend-user", input, "clerk", Headers::default())
    };
    let more = 7;
    let asked = REFUSALS_KEPT_A_DAY + more;
    let replies = world.batch((0..asked).map(|_| suspend()).collect());
    assert!(
        replies
            .iter()
            .all(|reply| matches!(reply, Reply::Refused(_)))
    );
    assert_eq!(kept(&world).len() as u64, REFUSALS_KEPT_A_DAY);
}

#[test]
fn of_a_large_refused_input_only_the_beginning_is_kept() {
    let world = World::new();
    let name = "é".repeat(2_000);
    let mut call = world.call((
        "suspend-user",
        json!({ "user": "nobody", "reason": "test" }),
        "clerk",
        Headers::default(),
    ));
    call.input = json!({ "user": name }).to_string();
    let bytes = call.input.len();
    world.apply(vec![call]);
    let refusal = kept(&world).pop().expect("a refusal");
    let input: Value = serde_json::from_str(&refusal.input).expect("JSON");
    let abridged = &input["abridged"];
    assert_eq!(abridged["bytes"], bytes);
    assert_eq!(abridged["sha256"].as_str().map(str::len), Some(64));
    let beginning = abridged["beginning"].as_str().expect("a text");
    assert!(beginning.starts_with("{\"user\":\"éé") && beginning.len() <= 1_024);
}
