//! When the store fails, answers are true.

use super::faulty::{Fault, Faulty};
use super::world::{World, cargo};
use crate::call::{Failed, Headers, Reply};
use async_trait::async_trait;
use domain::log::store::{CommitMarker, Store, StoreError, Transaction};
use serde_json::json;
use std::sync::Arc;

mockall::mock! {
    Down {}

    #[async_trait]
    impl Store for Down {
        async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;
        async fn settle(&self, connection: Option<u64>, written: CommitMarker) -> Result<bool, StoreError>;
    }
}

fn faulty(faults: &[Fault], settles: Option<bool>) -> World {
    let mut world = World::new();
    world.through = Arc::new(Faulty::new(
        world.store.clone(),
        faults.iter().copied(),
        settles,
    ));
    world
}

fn customer(name: &str) -> serde_json::Value {
    json!({ "name": name, "email": "a@example.com", "country": "NL" })
}

fn entries(world: &World) -> u64 {
    use domain::log::reader::Reader;
    let snapshot = futures::executor::block_on(world.store.snapshot()).expect("memory");
    snapshot.head().position
}

#[test]
fn lost_commits_and_retries_are_settled() {
    for faults in [
        &[Fault::LostAfter][..],
        &[Fault::LostBefore],
        &[Fault::LostBefore, Fault::LostAfter],
        &[Fault::Retry, Fault::Retry, Fault::LostAfter],
    ] {
        let world = faulty(faults, None);
        let before = entries(&world);
        let none = Headers::default;
        let replies = world.batch(vec![
            ("new-customer", customer("A"), "clerk", none()),
            ("new-customer", customer("B"), "clerk", none()),
        ]);
        assert!(
            replies.iter().all(|r| matches!(r, Reply::Accepted(_))),
            "{faults:?}: {replies:?}"
        );
        assert_eq!(entries(&world), before + 2, "{faults:?}");
    }
}

#[test]
fn an_unknown_outcome_is_reported_and_the_key_settles_it() {
    for fault in [Fault::LostAfter, Fault::LostBefore] {
        let world = faulty(&[fault], Some(false));
        let before = entries(&world);
        let ask = || {
            (
                "new-customer",
                customer("A"),
                "clerk",
                super::world::keyed("k"),
            )
        };
        let reply = world.batch(vec![ask()]).remove(0);
        assert_eq!(reply, Reply::Failed(Failed::OutcomeUnknown));
        let again = world.batch(vec![ask()]).remove(0);
        assert!(
            matches!(&again, Reply::Accepted(a) if a.replayed == (fault == Fault::LostAfter)),
            "{fault:?}: {again:?}"
        );
        assert_eq!(entries(&world), before + 1);
    }
}

#[test]
fn a_poisoned_operation_fails_alone() {
    let world = faulty(&[Fault::Poison; 300], None);
    let mut asked: Vec<_> = (0..200)
        .map(|_| {
            (
                "new-customer",
                customer("good"),
                "clerk",
                Headers::default(),
            )
        })
        .collect();
    asked.insert(
        100,
        (
            "new-customer",
            customer("poison"),
            "clerk",
            Headers::default(),
        ),
    );
    let replies = world.batch(asked);
    assert_eq!(replies[100], Reply::Failed(Failed::Broken));
    let accepted = replies
        .iter()
        .filter(|r| matches!(r, Reply::Accepted(_)))
        .count();
    assert_eq!(accepted, 200);
}

#[test]
fn endless_retries_end_in_an_answer() {
    let world = faulty(&[Fault::Retry; 20], None);
    let before = entries(&world);
    let reply = world.run("new-customer", customer("A"), "clerk");
    assert_eq!(reply, Reply::Failed(Failed::Unavailable));
    assert_eq!(entries(&world), before);
}

#[test]
fn a_database_that_is_down_is_tried_twice() {
    let mut down = MockDown::new();
    down.expect_begin()
        .times(2)
        .returning(|| Err(StoreError::unavailable("connection refused")));
    let mut world = World::new();
    world.through = Arc::new(down);
    let reply = world.run("new-customer", customer("A"), "clerk");
    assert_eq!(reply, Reply::Failed(Failed::Unavailable));
}

/// An operation that panics, either while it runs or while it names its reads, in place of
/// `create-cargo`.
struct Panics {
    in_reads: bool,
}

impl crate::catalogue::Runnable for Panics {
    fn secret(&self) -> Option<&str> {
        None
    }

    fn target(&self) -> Option<domain::Lookup> {
        None
    }

    fn reads(
        &self,
        _: &crate::work::working_set::Known<'_>,
        _: &mut crate::work::working_set::Reads,
    ) {
        assert!(!self.in_reads, "a bug");
    }

    fn run<'a>(
        &'a self,
        _: &'a mut crate::work::UnitOfWork<'_>,
    ) -> futures::future::BoxFuture<'a, Result<String, domain::repository::Failure>> {
        Box::pin(async { panic!("a bug") })
    }
}

#[test]
fn an_operation_that_panics_fails_alone() {
    for in_reads in [false, true] {
        let world = World::new();
        let owner = world.customer();
        let call = || {
            world.call((
                "create-cargo",
                cargo(&owner, 1),
                "clerk",
                Headers::default(),
            ))
        };
        let mut bad = call();
        bad.operation = Box::new(Panics { in_reads });
        let replies = world.apply(vec![call(), bad, call()]);
        assert!(matches!(&replies[0], Reply::Accepted(_)));
        assert_eq!(replies[1], Reply::Failed(Failed::Broken));
        assert!(matches!(&replies[2], Reply::Accepted(_)));
    }
}
