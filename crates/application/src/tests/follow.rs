//! Followers of the log read every entry once, in order.

mod checkpointed;
mod tail;
mod timetables;

use super::world::World;
use crate::follow::{CHUNK, Committed, FollowError, Follower, Standing};
use crate::memory::MemoryStore;
use async_trait::async_trait;
use domain::Moment;
use domain::log::reader::{LogFilter, Reader};
use domain::log::store::{Appended, Store};
use domain::log::{Actor, Bookmark, Entry, Hash, Head};
use domain::ports::Timer;
use futures::executor::block_on;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// A timer that a test fires.
#[derive(Default)]
struct Ticks(Notify);

#[async_trait]
impl Timer for Ticks {
    async fn sleep(&self, _: Duration) {
        self.0.notified().await;
    }
}

/// An entry to follow a head. Entries of different branches have different hashes.
fn entry(head: &Head, branch: u8) -> Entry {
    let position = head.position + 1;
    Entry {
        position,
        id: Uuid::from_u128(u128::from(position)),
        operation: "new-customer".to_owned(),
        version: 1,
        subdomain: "customers".to_owned(),
        target: None,
        target_version: None,
        actor: Actor::System("test".to_owned()),
        key: None,
        cause: None,
        input: "{}".to_owned(),
        prepared: "null".to_owned(),
        events: "[]".to_owned(),
        outcome: "{}".to_owned(),
        recorded_at: Moment::from_micros(i64::try_from(position).expect("small")),
        program: "test".to_owned(),
        rules_version: 1,
        policy_version: 1,
        trace_id: None,
        hash: Hash::of(&[&position.to_be_bytes()[..], &[branch]].concat()),
    }
}

/// Commits entries in one transaction.
fn commit(store: &MemoryStore, entries: u64, branch: u8) {
    let mut transaction = block_on(store.begin()).expect("memory");
    let mut head = transaction.head().clone();
    let mut appended = Appended::default();
    for _ in 0..entries {
        let next = entry(&head, branch);
        head.position = next.position;
        appended.entries.push(next);
    }
    block_on(transaction.append(&appended)).expect("memory");
    block_on(transaction.commit()).expect("memory");
}

fn read(follower: &mut Follower, store: &MemoryStore) -> Result<Vec<u64>, FollowError> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let committed = block_on(follower.read(snapshot.as_mut(), CHUNK))?;
    Ok(committed.iter().map(|c| c.entry.position).collect())
}

fn standing(follower: &Follower, store: &MemoryStore) -> Result<Standing, FollowError> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    block_on(follower.standing(snapshot.as_mut()))
}

fn after(position: u64, store: &MemoryStore) -> Result<Follower, FollowError> {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    block_on(Follower::after(position, snapshot.as_mut()))
}

#[test]
fn a_follower_reads_every_entry_once_with_what_it_changed() {
    let world = World::new();
    let mut follower = Follower::new(Bookmark::START);
    let mut all: Vec<Committed> = Vec::new();
    for round in 0..3 {
        for _ in 0..round {
            world.customer();
        }
        let mut snapshot = block_on(world.store.snapshot()).expect("memory");
        loop {
            let some = block_on(follower.read(snapshot.as_mut(), 4)).expect("entries");
            assert!(some.len() <= 4);
            if some.is_empty() {
                break;
            }
            all.extend(some);
        }
    }
    let mut snapshot = block_on(world.store.snapshot()).expect("memory");
    let entries = block_on(snapshot.entries(&LogFilter::default(), 0, 1_000)).expect("memory");
    let read: Vec<_> = all.iter().map(|committed| &committed.entry).collect();
    assert_eq!(read, entries.iter().collect::<Vec<_>>());
    let history = block_on(snapshot.history(1, 1_000)).expect("memory");
    let read: Vec<_> = all
        .iter()
        .flat_map(|committed| &committed.history)
        .collect();
    assert_eq!(read, history.iter().collect::<Vec<_>>());
    let own = |c: &Committed| c.history.iter().all(|row| row.position == c.entry.position);
    assert!(all.iter().all(own));
}

#[test]
fn a_follower_starts_anywhere_in_the_log() {
    let store = MemoryStore::default();
    commit(&store, 5, 0);
    for (position, expected) in [(0, vec![1, 2, 3, 4, 5]), (3, vec![4, 5]), (5, vec![])] {
        let mut follower = after(position, &store).expect("a position of the log");
        assert_eq!(read(&mut follower, &store).expect("entries"), expected);
        assert_eq!(follower.at().position, 5);
    }
    let beyond = after(6, &store);
    assert!(matches!(
        beyond,
        Err(FollowError::Cut {
            position: 6,
            head: 5
        })
    ));
}

#[test]
fn a_cut_or_forked_log_is_noticed() {
    let store = MemoryStore::default();
    commit(&store, 3, 0);
    let earlier = store.fork();
    let other = store.fork();
    commit(&store, 2, 0);
    commit(&other, 2, 1);
    let longer = other.fork();
    commit(&longer, 1, 1);
    let follower = || after(5, &store).expect("the head");
    // The same log, cut.
    let cut = read(&mut follower(), &earlier);
    assert!(matches!(
        cut,
        Err(FollowError::Cut {
            position: 5,
            head: 3
        })
    ));
    assert_eq!(
        standing(&follower(), &earlier).expect("memory"),
        Standing::Ahead(2)
    );
    // Another log, of the same length and longer.
    for forked in [&other, &longer] {
        let read = read(&mut follower(), forked);
        assert!(
            matches!(read, Err(FollowError::Forked { position: 5 })),
            "{read:?}"
        );
        let standing = standing(&follower(), forked);
        assert!(matches!(standing, Err(FollowError::Forked { position: 5 })));
    }
    // Both logs have the same third entry.
    let mut third = after(3, &store).expect("a position");
    assert_eq!(
        standing(&third, &longer).expect("memory"),
        Standing::Behind(3)
    );
    assert_eq!(read(&mut third, &longer).expect("entries"), [4, 5, 6]);
    assert_eq!(standing(&third, &longer).expect("memory"), Standing::AtHead);
    // After an error the follower keeps its place.
    let mut follower = follower();
    drop(read(&mut follower, &other));
    assert_eq!(follower.at(), after(5, &store).expect("the head").at());
}
