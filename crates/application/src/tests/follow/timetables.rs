//! The timetable of route searches follows the log.

use crate::booking::Timetables;
use crate::follow::FollowerMeter;
use crate::memory::MemoryStore;
use crate::tests::world::{World, moment};
use domain::Moment;
use domain::booking::Wanted;
use domain::log::reader::Reader;
use domain::space::Space;
use futures::executor::block_on;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Lags(Mutex<Vec<u64>>);

impl FollowerMeter for Lags {
    fn lag(&self, follower: &'static str, entries: u64) {
        assert_eq!(follower, "timetable");
        self.0.lock().expect("no panic").push(entries);
    }

    fn panicked(&self, follower: &'static str) {
        unreachable!("{follower} has no task of its own");
    }
}

/// The voyages that a search finds, and the position it is true at.
fn search(timetables: &Timetables, store: &MemoryStore, now: Moment) -> (Vec<String>, u64) {
    let wanted = Wanted {
        origin: "HKHKG".parse().expect("a code"),
        destination: "USNYC".parse().expect("a code"),
        arrive_by: moment("03-18"),
        depart_after: now,
        now,
        size: Space {
            quarter_teu: 4,
            kg: 1_000,
            plugs: 0,
        },
        classes: domain::voyages::DangerousGoodsClasses::default(),
        held: Vec::new(),
        transhipments_max: 0,
        alternatives: 0,
    };
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let page = block_on(timetables.routes(snapshot.as_mut(), &wanted)).expect("routes");
    let voyages = page
        .items
        .iter()
        .map(|route| route.legs[0].voyage.to_string());
    (voyages.collect(), page.position)
}

#[test]
fn searches_find_what_other_processes_have_committed() {
    let world = World::new();
    let lags = Arc::new(Lags::default());
    let timetables = Timetables::measured(lags.clone());
    let now = moment("02-20");
    assert_eq!(search(&timetables, &world.store, now).0, [] as [&str; 0]);
    let before = world.store.fork();
    world.voyage("V100");
    world.customer();
    let (found, position) = search(&timetables, &world.store, now);
    assert_eq!(found, ["V100"]);
    assert_eq!(*lags.0.lock().expect("no panic"), [0, 2, 0]);
    // A search on an older snapshot uses the newer timetable.
    assert_eq!(search(&timetables, &before, now), (found, position));
    // After an hour the older snapshot belongs to a log that was cut.
    let later = now.plus_hours(1);
    assert_eq!(search(&timetables, &before, later).0, [] as [&str; 0]);
}

#[test]
fn searches_read_a_forked_log_from_the_start() {
    let mut world = World::new();
    let other = world.store.fork();
    let now = moment("02-20");
    world.voyage("V100");
    let first = world.store.clone();
    world.store = other.clone();
    world.through = Arc::new(other.clone());
    world.voyage("V200");
    for entries in 0..2 {
        let timetables = Timetables::default();
        assert_eq!(search(&timetables, &first, now).0, ["V100"]);
        for _ in 0..entries {
            world.voyage("V300");
        }
        // The other log is as long, then longer.
        let found = search(&timetables, &other, now).0;
        let expected = [&["V200"][..], &["V200", "V300"]][entries];
        assert!(
            found
                .iter()
                .all(|voyage| expected.contains(&voyage.as_str())),
            "{found:?}"
        );
        assert!(!found.is_empty());
    }
}
