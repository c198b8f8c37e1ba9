//! Operations that a reactor runs because of an entry: applied once, with their cause in the log.

use super::world::World;
use crate::call::{Call, Failed, Reply};
use crate::verify::{Options, Trouble, verify};
use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Reader};
use domain::log::store::{Appended, Store};
use domain::log::{Cause, Entry, Hash};
use futures::executor::block_on;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The cause of a call: the position of an entry, the reactor and the ordinal.
type Of = (u64, &'static str, u32);

/// A call of a reactor that registers a user.
fn reaction(world: &World, user: &str, (position, reactor, ordinal): Of) -> Call {
    let (id, definition, ready) = world.prepared("register-user", &json!({ "name": user }));
    Call::reaction(id, definition, ready, reactor, position, ordinal)
}

fn entries(world: &World) -> Vec<Entry> {
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    block_on(snapshot.entries(&LogFilter::default(), 0, 1_000)).expect("memory")
}

/// The position of an accepted reply, and whether it is an earlier one.
fn place(reply: &Reply) -> (u64, bool) {
    match reply {
        Reply::Accepted(accepted) => (accepted.position, accepted.replayed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reaction_is_applied_once() {
    let world = World::new();
    let last = entries(&world).len() as u64;
    let of = (last, "welcome", 0);
    let call = |number, of| reaction(&world, &format!("user-{number}"), of);
    let replies = world.apply(vec![call(1, of), call(2, of)]);
    assert_eq!(place(&replies[0]), (last + 1, false));
    assert_eq!(place(&replies[1]), (last + 1, true), "in the same batch");
    let replies = world.apply(vec![call(3, of)]);
    assert_eq!(place(&replies[0]), (last + 1, true), "in a later batch");
    // Another operation, reactor or entry is another cause.
    for (number, of) in [
        (4, (last, "welcome", 1)),
        (5, (last, "farewell", 0)),
        (6, (last - 1, "welcome", 0)),
    ] {
        assert!(!place(&world.apply(vec![call(number, of)])[0]).1, "{of:?}");
    }
    let entries = entries(&world);
    let entry = &entries[last as usize];
    let cause = Cause {
        position: last,
        reactor: "welcome".to_owned(),
        ordinal: 0,
    };
    assert_eq!(entry.cause, Some(cause));
    assert_eq!(entry.actor.to_string(), "system:welcome");
    assert!(
        entries[..last as usize]
            .iter()
            .all(|entry| entry.cause.is_none())
    );
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let report =
        block_on(verify(Arc::new(world.store.clone()), options, |_, _| {})).expect("sound");
    assert_eq!((report.entries, report.replayed), (last + 4, last + 4));
}

#[test]
fn a_reaction_to_an_entry_that_does_not_exist_is_not_applied() {
    let world = World::new();
    let last = entries(&world).len() as u64;
    let replies = world.apply(vec![reaction(&world, "eve", (last + 1, "welcome", 0))]);
    assert_eq!(replies, [Reply::Failed(Failed::Broken)]);
    assert_eq!(entries(&world).len() as u64, last);
}

#[test]
fn verify_finds_a_cause_that_is_not_before_its_entry() {
    for offset in [0, 1] {
        let world = World::new();
        let last = entries(&world).pop().expect("an entry");
        let mut entry = Entry {
            position: last.position + 1,
            id: Uuid::from_u128(1),
            recorded_at: last.recorded_at.plus_micros(1),
            cause: Some(Cause {
                position: last.position + 1 + offset,
                reactor: "welcome".to_owned(),
                ordinal: 0,
            }),
            hash: Hash::ZERO,
            ..last.clone()
        };
        entry.hash = entry_hash(last.hash, &entry, &[]);
        let mut transaction = block_on(world.store.begin()).expect("memory");
        let appended = Appended {
            entries: vec![entry.clone()],
            ..Appended::default()
        };
        block_on(transaction.append(&appended)).expect("memory");
        block_on(transaction.commit()).expect("memory");
        let found = block_on(verify(
            Arc::new(world.store.clone()),
            Options::default(),
            |_, _| {},
        ));
        let Err(Trouble::Bad { position, what }) = found else {
            panic!("{found:?}");
        };
        assert_eq!(position, entry.position);
        assert!(what.contains("cause"), "{what}");
    }
}
