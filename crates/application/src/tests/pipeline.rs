//! One order, whatever arrives together.

use super::world::{World, cargo, voyage};
use crate::call::{Failed, Headers, Reply};
use crate::pipeline::{Limits, Pipeline};
use domain::log::reader::{LogFilter, Reader};
use futures::executor::block_on;
use serde_json::json;
use std::sync::Arc;

#[test]
fn fifty_five_of_two_hundred_fit_in_one_batch() {
    let world = World::new();
    world.voyage("V100");
    let customer = world.customer();
    let none = Headers::default;
    let create = (0..200).map(|_| ("create-cargo", cargo(&customer, 2), "clerk", none()));
    let created = world.batch(create.collect());
    let book = created.iter().map(|reply| match reply {
        Reply::Accepted(accepted) => {
            let cargo = super::world::outcome(accepted)["cargo"].clone();
            (
                "book-onto-voyage",
                json!({ "cargo": cargo, "voyage": "V100" }),
                "clerk",
                none(),
            )
        }
        other => panic!("{other:?}"),
    });
    let replies = world.batch(book.collect());
    let accepted = replies
        .iter()
        .filter(|r| matches!(r, Reply::Accepted(_)))
        .count();
    let passed =
        |reply: &&Reply| matches!(reply, Reply::Refused(r) if r.rule() == "LoadMayNotPassTheLine");
    assert_eq!((accepted, replies.iter().filter(passed).count()), (55, 145));
}

#[test]
fn positions_are_dense_and_times_increase_though_the_clock_stands_or_falls_back() {
    let world = World::new();
    world.customer();
    world.at("02-19T23:59:58");
    world.customer();
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let entries = block_on(snapshot.entries(&LogFilter::default(), 0, 1_000)).expect("memory");
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry.position, index as u64 + 1);
    }
    assert!(
        entries
            .windows(2)
            .all(|pair| pair[0].recorded_at < pair[1].recorded_at)
    );
}

#[test]
fn no_id_is_newer_than_its_entry_though_the_clock_falls_back() {
    let world = World::new();
    let customer = world.customer();
    let create = (
        "create-cargo",
        cargo(&customer, 1),
        "clerk",
        Headers::default(),
    );
    let call = world.call(create);
    let prepared_at = call.prepared_at;
    world.at("02-19T23:59:58");
    let Reply::Accepted(accepted) = world.apply(vec![call]).remove(0) else {
        panic!("it is accepted");
    };
    assert!(accepted.recorded_at >= prepared_at, "{accepted:?}");
}

#[test]
fn a_clock_far_behind_the_log_stops_writing() {
    let world = World::new();
    world.at("02-19");
    let reply = world.run(
        "new-customer",
        json!({ "name": "A", "email": "a@example.com", "country": "NL" }),
        "clerk",
    );
    assert_eq!(reply, Reply::Failed(Failed::ClockBehind));
}

#[test]
fn two_voyages_with_one_number_in_one_batch_are_one() {
    let world = World::new();
    let schedule = || {
        (
            "schedule-voyage",
            voyage("V100"),
            "planner",
            Headers::default(),
        )
    };
    let replies = world.batch(vec![schedule(), schedule()]);
    assert!(matches!(&replies[0], Reply::Accepted(_)));
    assert!(matches!(&replies[1], Reply::Refused(r) if r.rule() == "VoyageNumberMustBeUnique"));
}

#[test]
fn two_cargoes_with_one_tracking_id_are_one() {
    let world = World::new();
    let customer = world.customer();
    let first = world.call((
        "create-cargo",
        cargo(&customer, 1),
        "clerk",
        Headers::default(),
    ));
    let mut second = world.call((
        "create-cargo",
        cargo(&customer, 1),
        "clerk",
        Headers::default(),
    ));
    second.operation = crate::catalogue::find("create-cargo")
        .expect("an operation")
        .replay(&second.input, &first.prepared)
        .expect("what was prepared");
    second.prepared.clone_from(&first.prepared);
    let replies = world.apply(vec![first, second]);
    assert!(matches!(&replies[0], Reply::Accepted(_)));
    assert!(matches!(&replies[1], Reply::Refused(r) if r.rule() == "TrackingIdMustBeUnique"));
}

#[test]
fn a_full_queue_turns_the_next_call_away() {
    let mut world = World::new();
    world.limits.queue = 3;
    let customer = || {
        let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
        ("new-customer", input, "clerk", Headers::default())
    };
    let replies = world.batch((0..5).map(|_| customer()).collect());
    let overloaded = |reply: &&Reply| **reply == Reply::Failed(Failed::Overloaded);
    assert_eq!(replies.iter().filter(overloaded).count(), 2);
}

#[test]
fn batches_of_one_give_the_same_order() {
    let mut world = World::new();
    world.limits.batch = 1;
    let customer = || {
        let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
        ("new-customer", input, "clerk", Headers::default())
    };
    let replies = world.batch((0..5).map(|_| customer()).collect());
    let positions: Vec<_> = replies
        .iter()
        .map(|reply| match reply {
            Reply::Accepted(accepted) => accepted.position,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(positions.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}

fn customer() -> (&'static str, serde_json::Value, &'static str, Headers) {
    let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    ("new-customer", input, "clerk", Headers::default())
}

#[test]
fn a_queue_full_of_bytes_turns_the_next_call_away() {
    let mut world = World::new();
    world.limits.queue_bytes = 3_500;
    let replies = world.batch((0..5).map(|_| customer()).collect());
    let overloaded = |reply: &&Reply| **reply == Reply::Failed(Failed::Overloaded);
    assert_eq!(replies.iter().filter(overloaded).count(), 2);
}

#[test]
fn bytes_leave_the_queue_with_their_calls() {
    let world = World::new();
    let limits = Limits {
        queue_bytes: 1_500,
        ..world.limits
    };
    let (store, clock) = (world.store.clone(), Arc::clone(&world.clock));
    let (pipeline, sequencer) = Pipeline::new(Arc::new(store), clock, limits, String::new());
    let one_by_one = async {
        let pipeline = pipeline;
        for _ in 0..5 {
            let reply = pipeline.submit(world.call(customer())).await;
            assert!(matches!(reply, Reply::Accepted(_)), "{reply:?}");
        }
    };
    block_on(futures::future::join(one_by_one, sequencer.run()));
}
