//! `verify` finds nothing in a sound log, and replay decides every entry again.

use super::world::{World, moment};
use crate::queries::tree_root;
use crate::verify::{Anchor, Crew, Options, Trouble, verify};
use crate::voyages::of_what_lies_ahead;
use domain::log::Hash;
use domain::log::reader::Reader;
use domain::log::store::{Change, Store};
use domain::voyages::Voyage;
use domain::{Aggregate, AnyAggregate, Kind, Versioned};
use futures::executor::block_on;
use serde_json::json;
use std::sync::Arc;

fn lived_in() -> World {
    let world = World::new();
    world.voyage("V100");
    let password = json!({ "user": "clerk", "password": "correct horse" });
    world.accept("set-password", password, "admin");
    let customer = world.customer();
    for containers in 1..12 {
        let cargo = world.cargo(&customer, containers);
        world.accept(
            "book-onto-voyage",
            json!({ "cargo": cargo, "voyage": "V100" }),
            "clerk",
        );
        if containers % 3 == 0 {
            world.accept("release-cargo", json!({ "cargo": cargo }), "clerk");
        }
        if containers % 4 == 0 {
            world.accept(
                "cancel-cargo",
                json!({ "cargo": cargo, "reason": "x" }),
                "clerk",
            );
        }
    }
    world
}

#[test]
fn a_sound_log_verifies_and_replays() {
    let world = lived_in();
    let options = Options {
        replay: true,
        ..Options::default()
    };
    let mut last = (0, 0);
    let report = block_on(verify(
        Arc::new(world.store.clone()),
        options,
        |done, all| {
            last = (done, all);
        },
    ));
    let report = report.expect("sound");
    assert_eq!(report.entries, report.replayed);
    assert_eq!(last, (report.entries, report.entries));
    let anchored = Options {
        anchor: Some(Anchor {
            position: report.entries,
            hash: report.hash,
            root: None,
            recorded_at: None,
        }),
        ..Options::default()
    };
    block_on(verify(Arc::new(world.store), anchored, |_, _| {})).expect("sound");
}

#[test]
fn an_anchor_reveals_a_truncated_or_rewritten_log() {
    let world = lived_in();
    let report = block_on(verify(
        Arc::new(world.store.clone()),
        Options::default(),
        |_, _| {},
    ))
    .expect("sound");
    for (position, bad) in [(report.entries + 1, report.entries + 1), (3, 3)] {
        let options = Options {
            anchor: Some(Anchor {
                position,
                hash: Hash::of(b"noted elsewhere"),
                root: None,
                recorded_at: None,
            }),
            ..Options::default()
        };
        match block_on(verify(Arc::new(world.store.clone()), options, |_, _| {})) {
            Err(Trouble::Bad { position, .. }) => assert_eq!(position, bad),
            other => panic!("{other:?}"),
        }
    }
}

/// Parts on threads of their own.
const THREADS: Crew = Crew {
    size: 3,
    part: 5,
    spawn: Some(|work| {
        std::thread::spawn(move || block_on(work));
    }),
};

#[test]
fn a_crew_finds_what_one_alone_finds() {
    let world = lived_in();
    // A list is asked for, which waits until all parts are known.
    world.at("03-03");
    let departed = json!({ "voyage": "V100", "location": "HKHKG", "at": moment("03-03") });
    world.accept("report-departure", departed, "planner");
    let found = |crew: Crew, anchor| {
        let options = Options {
            replay: true,
            anchor,
            crew,
            ..Options::default()
        };
        let mut entries = 0;
        let reader = Arc::new(world.store.clone());
        let report = block_on(verify(reader, options, |done, _| entries = done));
        report.map(|report| (report, entries))
    };
    let alone = found(Crew::default(), None).expect("sound");
    assert_eq!(alone.0.entries, alone.0.replayed);
    assert_eq!(found(THREADS, None).expect("sound"), alone);
    let anchor = |root| Anchor {
        position: alone.0.entries,
        hash: alone.0.hash,
        root: Some(root),
        recorded_at: None,
    };
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let root = block_on(tree_root(snapshot.as_mut(), 0..alone.0.entries)).expect("memory");
    drop(snapshot);
    found(THREADS, Some(anchor(root))).expect("sound");
    let Err(Trouble::Bad { position, what }) = found(THREADS, Some(anchor(Hash::ZERO))) else {
        panic!("another root was noted");
    };
    assert_eq!(position, alone.0.entries);
    assert!(what.contains("root of the tree"), "{what}");
}

#[test]
fn a_load_that_no_cargo_holds_is_found() {
    let world = lived_in();
    let found = |world: &World| {
        let mut snapshot = block_on(world.store.snapshot()).expect("memory");
        block_on(of_what_lies_ahead(snapshot.as_mut()))
    };
    found(&world).expect("each container is counted once");
    let mut transaction = block_on(world.store.begin()).expect("memory");
    let key = ["V100".to_owned()];
    let loaded = block_on(transaction.load(Kind::Voyage, &[], &key)).expect("memory");
    let loaded = loaded[0].clone();
    let mut voyage = Voyage::from_any(&loaded.state).expect("a voyage").clone();
    voyage.movements[1].load.quarter_teu += 4;
    let new = Versioned {
        version: loaded.version + 1,
        state: AnyAggregate::Voyage(Arc::new(voyage)),
    };
    let change = Change {
        loaded: Some(loaded),
        new,
    };
    block_on(transaction.write(&[change])).expect("memory");
    block_on(transaction.commit()).expect("memory");
    let Err(Trouble::Bad { what, .. }) = found(&world) else {
        panic!("the load of JPTYO → USNYC is one TEU too high");
    };
    assert!(
        what.contains("V100, JPTYO → USNYC, has a load of"),
        "{what}"
    );
}
