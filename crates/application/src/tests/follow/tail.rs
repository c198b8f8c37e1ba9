//! Subscribers of a tail come, go, are slow, and miss nothing.

use super::{Ticks, commit};
use crate::follow::{CHUNK, Committed, FollowerMeter, Subscription, TAIL_KEPT, Tail};
use crate::memory::MemoryStore;
use crate::tests::logged::logged;
use async_trait::async_trait;
use domain::log::reader::{Reader, Snapshot};
use domain::log::store::StoreError;
use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Counts the snapshots that were opened.
struct Counted {
    store: MemoryStore,
    snapshots: AtomicU64,
    is_down: AtomicBool,
}

#[async_trait]
impl Reader for Counted {
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.snapshots.fetch_add(1, Ordering::Relaxed);
        if self.is_down.load(Ordering::Relaxed) {
            return Err(StoreError::unavailable("gone"));
        }
        self.store.snapshot().await
    }
}

#[derive(Default)]
struct Lags(Mutex<Vec<(&'static str, u64)>>, AtomicU64);

impl FollowerMeter for Lags {
    fn lag(&self, follower: &'static str, entries: u64) {
        self.0.lock().expect("no panic").push((follower, entries));
    }

    fn panicked(&self, _: &'static str) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

impl Lags {
    fn last(&self) -> Option<(&'static str, u64)> {
        self.0.lock().expect("no panic").last().copied()
    }
}

/// A tail whose tasks run when a test says so.
struct Stage {
    pool: LocalPool,
    ticks: Arc<Ticks>,
    reader: Arc<Counted>,
    lags: Arc<Lags>,
    tail: Tail<u64>,
}

impl Stage {
    fn new(store: &MemoryStore) -> Self {
        Self::with(store, |committed| committed.entry.position)
    }

    fn with(store: &MemoryStore, view: fn(Committed) -> u64) -> Self {
        let (ticks, lags) = (Arc::new(Ticks::default()), Arc::new(Lags::default()));
        let reader = Arc::new(Counted {
            store: store.clone(),
            snapshots: AtomicU64::new(0),
            is_down: AtomicBool::new(false),
        });
        let (tail, tail_reader) =
            Tail::new("test", reader.clone(), view, ticks.clone(), lags.clone());
        let pool = LocalPool::new();
        let spawned = pool.spawner().spawn_local(tail_reader.run());
        spawned.expect("a task");
        Self {
            pool,
            ticks,
            reader,
            lags,
            tail,
        }
    }

    /// Lets the tail look for new entries once.
    fn tick(&mut self) {
        self.pool.run_until_stalled();
        self.ticks.0.notify_waiters();
        self.pool.run_until_stalled();
    }

    fn subscribe(&self, after: u64) -> Subscription<u64> {
        let subscription = block_on(self.tail.subscribe(after)).expect("memory");
        subscription.expect("not stopped")
    }

    /// The positions a subscription has ready, and whether it has ended.
    fn told(&mut self, subscription: &mut Subscription<u64>) -> (Vec<u64>, bool) {
        let mut told = Vec::new();
        loop {
            self.pool.run_until_stalled();
            let mut next = std::pin::pin!(subscription.next());
            let waker = futures::task::noop_waker();
            match next
                .as_mut()
                .poll(&mut std::task::Context::from_waker(&waker))
            {
                std::task::Poll::Ready(Some(position)) => told.push(*position),
                std::task::Poll::Ready(None) => return (told, true),
                std::task::Poll::Pending => return (told, false),
            }
        }
    }

    fn snapshots(&self) -> u64 {
        self.reader.snapshots.load(Ordering::Relaxed)
    }
}

#[test]
fn subscribers_see_every_entry_once() {
    let store = MemoryStore::default();
    commit(&store, 3, 0);
    let mut stage = Stage::new(&store);
    let mut from_the_first = stage.subscribe(0);
    let mut from_now = stage.subscribe(3);
    // Committed before the tail reads for the first time.
    commit(&store, 1, 0);
    assert_eq!(stage.told(&mut from_the_first), (vec![1, 2, 3, 4], false));
    commit(&store, 2, 0);
    stage.tick();
    assert_eq!(stage.told(&mut from_the_first), (vec![5, 6], false));
    commit(&store, CHUNK * 2 + 5, 0);
    stage.tick();
    let last = 6 + CHUNK * 2 + 5;
    let expected: Vec<_> = (7..=last).collect();
    assert_eq!(stage.told(&mut from_the_first), (expected, false));
    let expected: Vec<_> = (4..=last).collect();
    assert_eq!(stage.told(&mut from_now), (expected, false));
    stage.tick();
    assert_eq!(stage.lags.last(), Some(("test", 0)));
    let most = stage
        .lags
        .0
        .lock()
        .expect("no panic")
        .iter()
        .max_by_key(|lag| lag.1)
        .copied();
    assert_eq!(most, Some(("test", CHUNK * 2 + 5)));
}

#[test]
fn a_tail_without_subscribers_reads_nothing() {
    let store = MemoryStore::default();
    let mut stage = Stage::new(&store);
    stage.tick();
    assert_eq!(stage.snapshots(), 0);
    let mut first = stage.subscribe(0);
    stage.tick();
    commit(&store, 1, 0);
    stage.tick();
    assert_eq!(stage.told(&mut first), (vec![1], false));
    drop(first);
    stage.tick();
    let snapshots = stage.snapshots();
    commit(&store, 1, 0);
    stage.tick();
    stage.tick();
    assert_eq!(stage.snapshots(), snapshots);
    // A later subscriber gets what was committed in between.
    let mut second = stage.subscribe(1);
    assert_eq!(stage.told(&mut second), (vec![2], false));
}

#[test]
fn a_slow_subscriber_is_dropped_and_comes_again() {
    let store = MemoryStore::default();
    commit(&store, 1, 0);
    let mut stage = Stage::new(&store);
    let (mut slow, mut quick) = (stage.subscribe(1), stage.subscribe(1));
    stage.tick();
    assert_eq!(stage.told(&mut slow), (vec![], false));
    let kept = TAIL_KEPT as u64;
    let mut seen = 0;
    for _ in 0..3 {
        commit(&store, kept / 2, 0);
        stage.tick();
        seen += stage.told(&mut quick).0.len() as u64;
    }
    assert_eq!(seen, kept / 2 * 3, "the quick one misses nothing");
    assert_eq!(stage.told(&mut slow), (vec![], true));
    let mut again = stage.subscribe(1);
    assert_eq!(stage.told(&mut again).0.len() as u64, kept / 2 * 3);
}

#[test]
fn a_stopped_tail_ends_its_reader_and_subscriptions() {
    let store = MemoryStore::default();
    let mut stage = Stage::new(&store);
    let mut subscription = stage.subscribe(0);
    stage.tick();
    commit(&store, 1, 0);
    stage.tick();
    stage.tail.stop();
    stage.pool.run();
    assert_eq!(
        stage.told(&mut subscription),
        (vec![1], true),
        "what was read is delivered"
    );
    assert!(block_on(stage.tail.subscribe(1)).expect("memory").is_none());
}

#[test]
fn a_tail_that_is_dropped_ends_its_reader() {
    let mut stage = Stage::new(&MemoryStore::default());
    stage.tick();
    drop(stage.tail);
    stage.pool.run();
}

#[test]
fn a_tail_at_rest_has_no_lag() {
    let store = MemoryStore::default();
    let mut stage = Stage::new(&store);
    let mut subscription = stage.subscribe(0);
    stage.tick();
    commit(&store, 5, 0);
    stage.tick();
    assert_eq!(stage.told(&mut subscription).0.len(), 5);
    assert_eq!(stage.lags.last(), Some(("test", 5)));
    drop(subscription);
    stage.tick();
    assert_eq!(stage.lags.last(), Some(("test", 0)));
}

#[test]
fn a_tail_that_panics_is_counted_and_starts_again() {
    let store = MemoryStore::default();
    let mut stage = Stage::with(&store, |committed| match committed.entry.position {
        3 => panic!("it cannot be shown"),
        position => position,
    });
    let mut subscription = stage.subscribe(0);
    stage.tick();
    assert_eq!(stage.told(&mut subscription), (vec![], false));
    commit(&store, 3, 0);
    let log = logged(|| {
        stage.tick();
        assert_eq!(stage.told(&mut subscription), (vec![], true));
    });
    assert!(
        log.contains("panicked") && log.contains("it cannot be shown"),
        "{log}"
    );
    assert!(log.contains("test") && log.contains("position=0"), "{log}");
    assert_eq!(stage.lags.1.load(Ordering::Relaxed), 1);
    // A subscriber that comes after it sees what follows.
    let mut subscription = stage.subscribe(3);
    stage.tick();
    commit(&store, 1, 0);
    stage.tick();
    assert_eq!(stage.told(&mut subscription), (vec![4], false));
}

#[test]
fn a_subscription_that_ends_says_why() {
    let store = MemoryStore::default();
    commit(&store, 2, 0);
    let mut stage = Stage::new(&store);
    let mut subscription = stage.subscribe(1);
    stage.tick();
    stage.reader.is_down.store(true, Ordering::Relaxed);
    let log = logged(|| assert_eq!(stage.told(&mut subscription), (vec![], true)));
    assert!(log.contains("position=1") && log.contains("gone"), "{log}");
}

/// An entry of a later release, seen by an earlier one.
#[test]
fn events_that_cannot_be_read_are_logged() {
    let accepted = crate::Accepted {
        events: r#"[{ "type": "CargoTeleported" }]"#.to_owned(),
        ..crate::Accepted::from(&super::entry(&head(), 0))
    };
    let log = logged(|| assert_eq!(accepted.happened(), []));
    assert!(log.contains("position=1"), "{log}");
}

fn head() -> domain::log::Head {
    let snapshot = block_on(MemoryStore::default().snapshot()).expect("memory");
    snapshot.head().clone()
}
