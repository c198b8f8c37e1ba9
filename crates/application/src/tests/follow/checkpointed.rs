//! Followers with a checkpoint handle every entry once.

use super::{Ticks, after, commit};
use crate::follow::{
    Checkpointed, Committed, FollowError, FollowerMeter, Handler, PAUSE, PAUSE_MAX, Start, Stop,
    Unmeasured,
};
use crate::memory::MemoryStore;
use crate::tests::faulty::{Fault, Faulty};
use crate::tests::logged::logged;
use async_trait::async_trait;
use domain::log::reader::{LogFilter, Reader};
use domain::log::store::{Appended, Store, StoreError, Transaction};
use domain::log::{Actor, Refusal, RefusalKind};
use domain::ports::Timer;
use domain::{Moment, Rejection};
use futures::FutureExt;
use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Writes a refusal for each entry, so that the store shows what was handled.
struct Notes;

fn note(position: u64) -> Refusal {
    Refusal {
        id: Uuid::from_u128(u128::from(position)),
        judged_at: position,
        recorded_at: Moment::from_micros(0),
        operation: "note".to_owned(),
        target: None,
        actor: Actor::System("notes".to_owned()),
        kind: RefusalKind::Rule,
        rejection: Rejection::as_told("Note".to_owned(), String::new()),
        input: "{}".to_owned(),
        key: None,
        trace_id: None,
    }
}

#[async_trait]
impl Handler for Notes {
    type Work = Vec<Refusal>;

    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError> {
        let positions = committed.iter().map(|c| c.entry.position);
        Ok(positions.map(note).collect())
    }

    async fn write(
        &mut self,
        refusals: Self::Work,
        transaction: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        let appended = Appended {
            refusals,
            ..Appended::default()
        };
        transaction.append(&appended).await
    }
}

/// Writes, then fails, this many times.
struct Failing(u32);

#[async_trait]
impl Handler for Failing {
    type Work = Vec<Refusal>;

    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError> {
        Notes.handle(committed).await
    }

    async fn write(
        &mut self,
        work: Self::Work,
        transaction: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        Notes.write(work, transaction).await?;
        if self.0 == 0 {
            return Ok(());
        }
        self.0 -= 1;
        Err(StoreError::unavailable("gone"))
    }
}

/// Takes the head lock itself while it handles entries, then writes.
struct Locking(MemoryStore);

#[async_trait]
impl Handler for Locking {
    type Work = Vec<Refusal>;

    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError> {
        self.0.begin().await?.rollback().await;
        Notes.handle(committed).await
    }

    async fn write(
        &mut self,
        work: Self::Work,
        transaction: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        Notes.write(work, transaction).await
    }
}

/// Panics this many times, by turns while it handles and while it writes.
struct Panicking(u32);

#[async_trait]
impl Handler for Panicking {
    type Work = Vec<Refusal>;

    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError> {
        if self.0 > 0 && self.0.is_multiple_of(2) {
            self.0 -= 1;
            panic!("it cannot be handled");
        }
        Notes.handle(committed).await
    }

    async fn write(
        &mut self,
        work: Self::Work,
        transaction: &mut dyn Transaction,
    ) -> Result<(), StoreError> {
        if self.0 > 0 {
            self.0 -= 1;
            panic!("it cannot be written");
        }
        Notes.write(work, transaction).await
    }
}

/// Fires when a test says so, and keeps how long it was asked to wait.
#[derive(Default)]
struct Waits {
    ticks: Ticks,
    asked: Mutex<Vec<Duration>>,
}

#[async_trait]
impl Timer for Waits {
    async fn sleep(&self, duration: Duration) {
        self.asked.lock().expect("no panic").push(duration);
        self.ticks.sleep(duration).await;
    }
}

/// Counts the panics of followers.
#[derive(Default)]
struct Panics(Mutex<Vec<&'static str>>);

impl FollowerMeter for Panics {
    fn lag(&self, _: &'static str, _: u64) {}

    fn panicked(&self, follower: &'static str) {
        self.0.lock().expect("no panic").push(follower);
    }
}

fn follow<H: Handler>(store: Arc<dyn Store>, reader: &MemoryStore, handler: H) -> Checkpointed<H> {
    let reader = Arc::new(reader.clone());
    Checkpointed::new(
        "notes",
        Start::After(0),
        store,
        reader,
        Arc::new(Unmeasured),
        handler,
    )
}

/// The positions that were handled, in order, and the checkpoint.
fn noted(store: &MemoryStore) -> (Vec<u64>, Option<u64>) {
    let mut snapshot = block_on(store.snapshot()).expect("memory");
    let all = LogFilter::default();
    let notes = block_on(snapshot.refusals(&all, 0..=u64::MAX, None, u64::MAX)).expect("memory");
    let mut positions: Vec<_> = notes.iter().map(|note| note.judged_at).collect();
    positions.sort_unstable();
    let mut transaction = block_on(store.begin()).expect("memory");
    let checkpoint = block_on(transaction.checkpoint("notes")).expect("memory");
    (positions, checkpoint.map(|checkpoint| checkpoint.position))
}

#[test]
fn entries_are_handled_once_though_handling_fails() {
    let store = MemoryStore::default();
    commit(&store, 3, 0);
    let mut follower = follow(Arc::new(store.clone()), &store, Failing(2));
    for _ in 0..2 {
        assert!(block_on(follower.step()).is_err());
        assert_eq!(
            noted(&store),
            (vec![], Some(0)),
            "neither rows nor checkpoint"
        );
    }
    assert_eq!(block_on(follower.step()).expect("memory"), 3);
    assert_eq!(block_on(follower.step()).expect("memory"), 0);
    assert_eq!(noted(&store), (vec![1, 2, 3], Some(3)));
    // Another process continues.
    commit(&store, 1, 0);
    let mut follower = follow(Arc::new(store.clone()), &store, Notes);
    assert_eq!(block_on(follower.step()).expect("memory"), 1);
    assert_eq!(noted(&store), (vec![1, 2, 3, 4], Some(4)));
}

#[test]
fn entries_are_handled_once_though_commits_are_lost() {
    for fault in [Fault::LostAfter, Fault::LostBefore, Fault::Down] {
        let store = MemoryStore::default();
        commit(&store, 2, 0);
        // The first transaction reads the checkpoint.
        let faults = [Fault::None, fault];
        let faulty: Arc<dyn Store> = Arc::new(Faulty::new(store.clone(), faults, []));
        let mut follower = follow(faulty, &store, Notes);
        assert!(block_on(follower.step()).is_err());
        let left = block_on(follower.step()).expect("memory");
        assert_eq!(left, if fault == Fault::LostAfter { 0 } else { 2 });
        assert_eq!(noted(&store), (vec![1, 2], Some(2)));
    }
}

#[test]
fn two_of_one_name_share_the_entries() {
    let store = MemoryStore::default();
    let mut both = [0, 1].map(|_| follow(Arc::new(store.clone()), &store, Notes));
    for round in 0..4 {
        commit(&store, 2, 0);
        let [one, other] = &mut both;
        let (first, second) = if round % 2 == 0 {
            (one, other)
        } else {
            (other, one)
        };
        while block_on(first.step()).expect("memory") > 0 {}
        // Its checkpoint has moved: it reads it again, and handles nothing twice.
        for _ in 0..2 {
            assert_eq!(block_on(second.step()).expect("memory"), 0);
        }
    }
    assert_eq!(noted(&store), ((1..=8).collect(), Some(8)));
}

#[test]
fn a_start_at_the_head_is_kept() {
    let store = MemoryStore::default();
    commit(&store, 2, 0);
    let start = || {
        let (store, reader) = (Arc::new(store.clone()), Arc::new(store.clone()));
        Checkpointed::new(
            "notes",
            Start::Head,
            store,
            reader,
            Arc::new(Unmeasured),
            Notes,
        )
    };
    assert_eq!(block_on(start().step()).expect("memory"), 0);
    commit(&store, 1, 0);
    // After a restart it handles what was committed meanwhile.
    assert_eq!(block_on(start().step()).expect("memory"), 1);
    assert_eq!(noted(&store), (vec![3], Some(3)));
}

#[test]
fn a_follower_runs_until_it_is_stopped() {
    let store = MemoryStore::default();
    commit(&store, 2, 0);
    let (ticks, stop) = (Arc::new(Ticks::default()), Stop::default());
    let follower = follow(Arc::new(store.clone()), &store, Failing(1));
    let mut pool = LocalPool::new();
    let run = follower.run(ticks.clone(), stop.stopped());
    let ended = pool.spawner().spawn_local_with_handle(run).expect("a task");
    for expected in [vec![], vec![1, 2]] {
        pool.run_until_stalled();
        assert_eq!(noted(&store).0, expected);
        ticks.0.notify_waiters();
    }
    commit(&store, 1, 0);
    pool.run_until_stalled();
    assert_eq!(noted(&store), (vec![1, 2, 3], Some(3)));
    stop.stop();
    pool.run_until(ended).expect("it was stopped");
}

#[test]
fn a_follower_of_a_forked_log_ends() {
    let store = MemoryStore::default();
    let forked = store.fork();
    commit(&store, 2, 0);
    commit(&forked, 3, 1);
    let mut transaction = block_on(forked.begin()).expect("memory");
    let other = after(2, &store).expect("the head").at();
    block_on(transaction.move_checkpoint("notes", None, other)).expect("memory");
    block_on(transaction.commit()).expect("memory");
    let follower = follow(Arc::new(forked.clone()), &forked, Notes);
    let stopped = Stop::default().stopped();
    let ended = block_on(follower.run(Arc::new(Ticks::default()), stopped));
    assert!(ended.is_ok(), "stopped before it began");
    let stop = Stop::default();
    let follower = follow(Arc::new(forked.clone()), &forked, Notes);
    let ended = block_on(follower.run(Arc::new(Ticks::default()), stop.stopped()));
    assert!(
        matches!(ended, Err(FollowError::Forked { position: 2 })),
        "{ended:?}"
    );
    assert_eq!(noted(&forked), (vec![], Some(2)));
}

#[test]
fn others_write_while_a_handler_works() {
    let store = MemoryStore::default();
    commit(&store, 2, 0);
    let (ticks, stop) = (Arc::new(Ticks::default()), Stop::default());
    let follower = follow(Arc::new(store.clone()), &store, Locking(store.clone()));
    let mut pool = LocalPool::new();
    let run = follower.run(ticks, stop.stopped());
    let running = pool.spawner().spawn_local_with_handle(run).expect("a task");
    pool.run_until_stalled();
    assert!(
        store.begin().now_or_never().is_some(),
        "the handler waits for itself"
    );
    assert_eq!(noted(&store), (vec![1, 2], Some(2)));
    stop.stop();
    pool.run_until(running).expect("it was stopped");
}

#[test]
fn a_follower_that_panics_starts_again_at_its_checkpoint() {
    let store = MemoryStore::default();
    commit(&store, 3, 0);
    let mut first = follow(Arc::new(store.clone()), &store, Notes);
    assert_eq!(block_on(first.step()).expect("memory"), 3);
    commit(&store, 2, 0);
    let (waits, panics) = (Arc::new(Waits::default()), Arc::new(Panics::default()));
    let (own, reader) = (Arc::new(store.clone()), Arc::new(store.clone()));
    let start = Start::After(0);
    let follower = Checkpointed::new("notes", start, own, reader, panics.clone(), Panicking(9));
    let stop = Stop::default();
    let log = logged(|| {
        let mut pool = LocalPool::new();
        let run = follower.run(waits.clone(), stop.stopped());
        let running = pool.spawner().spawn_local_with_handle(run).expect("a task");
        for _ in 0..9 {
            pool.run_until_stalled();
            assert_eq!(
                noted(&store),
                (vec![1, 2, 3], Some(3)),
                "nothing is half done"
            );
            waits.ticks.0.notify_waiters();
        }
        pool.run_until_stalled();
        assert_eq!(noted(&store), (vec![1, 2, 3, 4, 5], Some(5)));
        stop.stop();
        pool.run_until(running).expect("it was stopped");
    });
    assert_eq!(*panics.0.lock().expect("no panic"), ["notes"; 9]);
    let asked = waits.asked.lock().expect("no panic");
    let grown = [1, 2, 4, 8, 16, 32, 64, 100, 100].map(|times| PAUSE * times);
    assert_eq!(
        asked[..9],
        grown,
        "each pause is longer, up to {PAUSE_MAX:?}"
    );
    assert_eq!(asked[9], PAUSE, "the next one is short again");
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("panicked"))
        .collect();
    assert_eq!(lines.len(), 9, "{log}");
    for line in lines {
        let expected = ["notes", "position=3", "it cannot be"];
        assert!(expected.iter().all(|part| line.contains(part)), "{line}");
    }
}
