//! Callers share the queue: nobody waits for all that somebody else has queued.

use super::world::{World, voyage};
use crate::call::{Call, Failed, Headers, Reply};
use crate::lanes::Lane;
use serde_json::json;

fn customer(world: &World) -> Call {
    let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    world.call(("new-customer", input, "clerk", Headers::default()))
}

fn schedule(world: &World) -> Call {
    world.call((
        "schedule-voyage",
        voyage("V100"),
        "planner",
        Headers::default(),
    ))
}

fn position(reply: &Reply) -> u64 {
    match reply {
        Reply::Accepted(accepted) => accepted.position,
        other => panic!("{other:?}"),
    }
}

fn overloaded(reply: &Reply) -> bool {
    *reply == Reply::Failed(Failed::Overloaded)
}

#[test]
fn a_quiet_caller_goes_after_one_turn_of_a_busy_one() {
    for batch in [1, 4, 64] {
        let mut world = World::new();
        world.limits.batch = batch;
        let mut calls: Vec<_> = (0..200).map(|_| customer(&world)).collect();
        calls.push(schedule(&world));
        let replies = world.apply(calls);
        let (quiet, busy) = replies.split_last().expect("replies");
        let before = busy.iter().map(position).filter(|p| *p < position(quiet));
        assert!(before.count() <= batch.max(4), "in batches of {batch}");
        assert!(
            busy.windows(2)
                .all(|pair| position(&pair[0]) < position(&pair[1])),
            "the calls of one caller keep their order"
        );
    }
}

#[test]
fn large_calls_of_one_caller_do_not_hold_up_small_ones_of_another() {
    let world = World::new();
    let mut calls: Vec<_> = (0..20).map(|_| customer(&world)).collect();
    for call in &mut calls {
        call.input = format!("\"{}\"", "x".repeat(1 << 20));
        call.impersonal = None;
    }
    // They arrive first, but do not fit into one batch.
    calls.push(schedule(&world));
    let replies = world.apply(calls);
    let (quiet, busy) = replies.split_last().expect("replies");
    let before = busy
        .iter()
        .filter(|reply| position(reply) < position(quiet));
    assert!(
        before.count() <= 3,
        "no more than fit into one batch of 4 MiB"
    );
}

#[test]
fn who_fills_the_queue_gives_way_to_others() {
    let mut world = World::new();
    world.limits.queue = 3;
    let mut calls: Vec<_> = (0..5).map(|_| customer(&world)).collect();
    calls.push(schedule(&world));
    let replies = world.apply(calls);
    let refused: Vec<_> = replies.iter().map(overloaded).collect();
    assert_eq!(refused, [false, false, true, true, true, false]);
}

#[test]
fn who_fills_the_queue_with_bytes_gives_way_to_others() {
    let mut world = World::new();
    world.limits.queue_bytes = 10_000;
    let mut calls = vec![customer(&world), customer(&world)];
    calls[1].input = format!("\"{}\"", "x".repeat(7_000));
    calls.push(schedule(&world));
    let replies = world.apply(calls);
    let refused: Vec<_> = replies.iter().map(overloaded).collect();
    assert_eq!(refused, [false, true, false]);
}

#[test]
fn the_tokens_of_one_user_share_a_place() {
    let mut world = World::new();
    world.limits.queue = 2;
    let user = Lane::User("clerk".parse().expect("a name"));
    let calls = ["clerk", "planner", "clerk"].map(|who| {
        let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
        let call = world.call(("new-customer", input, who, Headers::default()));
        call.in_lane(user.clone())
    });
    let replies = world.apply(calls.into());
    assert!(overloaded(&replies[2]), "{replies:?}");
}

#[test]
fn a_call_that_finds_no_room_displaces_nothing() {
    let mut world = World::new();
    world.limits.queue_bytes = 10_000;
    let mut calls = vec![customer(&world), customer(&world), schedule(&world)];
    for call in &mut calls[..2] {
        call.input = format!("\"{}\"", "x".repeat(2_500));
    }
    // It would need more than what the other caller has beyond it.
    calls[2].input = format!("\"{}\"", "x".repeat(6_000));
    let replies = world.apply(calls);
    let refused: Vec<_> = replies.iter().map(overloaded).collect();
    assert_eq!(refused, [false, false, true]);
}
