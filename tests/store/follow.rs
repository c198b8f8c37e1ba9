//! Followers read the log of a database that several processes write to.

use super::samples::{entry, new, refusal, user};
use super::{Place, on_every_database, put};
use application::follow::{
    CHUNK, Checkpointed, Committed, FollowError, Follower, Handler, Standing, Start, Unmeasured,
};
use async_trait::async_trait;
use domain::log::reader::LogFilter;
use domain::log::store::{Appended, Store, StoreError, Transaction};
use domain::log::{Bookmark, Hash, Refusal};
use infrastructure::Database;
use sea_orm::ConnectionTrait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

on_every_database! {
    what_several_processes_commit_is_read_once_and_in_order
    a_cut_or_forked_log_is_noticed
    two_processes_share_the_work_of_one_follower
    a_follower_that_is_killed_has_handled_nothing_twice
}

const WRITERS: u128 = 2;
const ENTRIES_EACH: u128 = 40;

/// Begins a transaction, even if another process often has the lock.
async fn begin(store: &dyn Store) -> Box<dyn Transaction> {
    for _ in 0..100 {
        match store.begin().await {
            Ok(transaction) => return transaction,
            Err(StoreError::Retry(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the lock was not granted in a hundred tries");
}

async fn write(database: Database, writer: u128) {
    let store = database.store();
    for number in 0..ENTRIES_EACH {
        let mut transaction = begin(store.as_ref()).await;
        let user = user(100 * writer + number, &format!("u{writer}-{number}"));
        let written = put(transaction.as_mut(), &[new(user)]).await;
        written.expect("write");
        transaction.commit().await.expect("commit");
    }
}

async fn what_several_processes_commit_is_read_once_and_in_order(place: &Place) {
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let other = place.again().await;
        writers.push(tokio::spawn(write(other, writer)));
    }
    let all = u64::try_from(WRITERS * ENTRIES_EACH).expect("few");
    let mut follower = Follower::new(Bookmark::START);
    let mut read: Vec<Committed> = Vec::new();
    let reading = async {
        while follower.at().position < all {
            let mut snapshot = place.snapshot().await;
            let some = follower.read(snapshot.as_mut(), 7).await;
            read.extend(some.expect("entries"));
        }
    };
    timeout(Duration::from_secs(60), reading)
        .await
        .expect("all entries within a minute");
    for writer in writers {
        writer.await.expect("a writer");
    }
    let positions: Vec<_> = read.iter().map(|c| c.entry.position).collect();
    assert_eq!(positions, (1..=all).collect::<Vec<_>>());
    for committed in &read {
        let [row] = committed.history.as_slice() else {
            panic!("{committed:?}");
        };
        assert_eq!(row.position, committed.entry.position);
    }
    let mut snapshot = place.snapshot().await;
    let standing = follower.standing(snapshot.as_mut()).await;
    assert_eq!(standing.expect("a log"), Standing::AtHead);
}

async fn cut(place: &Place, position: u64) {
    let raw = sea_orm::Database::connect(&place.url).await;
    let raw = raw.expect("connect");
    for sql in [
        format!("DELETE FROM operations WHERE position > {position}"),
        format!("DELETE FROM history WHERE position > {position}"),
        format!(
            "UPDATE log_head SET position = {position}, \
             hash = (SELECT hash FROM operations WHERE position = {position})"
        ),
    ] {
        raw.execute_unprepared(&sql).await.expect("cut");
    }
}

async fn a_cut_or_forked_log_is_noticed(place: &Place) {
    for number in 1..=5 {
        place
            .commit(&[new(user(number, &format!("u{number}")))])
            .await;
    }
    let mut snapshot = place.snapshot().await;
    let follower = Follower::after(5, snapshot.as_mut()).await;
    let follower = follower.expect("a position of the log");
    drop(snapshot);
    let read = async || {
        let mut snapshot = place.snapshot().await;
        let mut follower = follower.clone();
        follower.read(snapshot.as_mut(), CHUNK).await
    };
    assert!(read().await.expect("at the head").is_empty());
    cut(place, 3).await;
    let found = read().await;
    let is_cut = matches!(
        found,
        Err(FollowError::Cut {
            position: 5,
            head: 3
        })
    );
    assert!(is_cut, "{found:?}");
    for _ in 0..3 {
        let mut transaction = place.begin().await;
        let mut other = entry(transaction.head());
        other.hash = Hash::of(other.hash.to_string().as_bytes());
        let appended = Appended {
            entries: vec![other],
            ..Appended::default()
        };
        transaction.append(&appended).await.expect("append");
        transaction.commit().await.expect("commit");
    }
    let found = read().await;
    let is_forked = matches!(found, Err(FollowError::Forked { position: 5 }));
    assert!(is_forked, "{found:?}");
}

/// Writes a row for each entry, reports it, and waits for a signal to continue.
struct Notes {
    written: mpsc::Sender<()>,
    goes_on: mpsc::Receiver<()>,
}

#[async_trait]
impl Handler for Notes {
    type Work = Vec<Refusal>;

    async fn handle(&mut self, committed: &[Committed]) -> Result<Self::Work, StoreError> {
        let refusals = committed.iter().map(|committed| {
            let position = committed.entry.position;
            let mut note = refusal(position.into(), "system:notes", None);
            note.judged_at = position;
            note
        });
        Ok(refusals.collect())
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
        transaction.append(&appended).await?;
        // Both fail at once if the test has dropped its ends.
        let _ = self.written.send(()).await;
        let _ = self.goes_on.recv().await;
        Ok(())
    }
}

impl Notes {
    /// Handles without waiting.
    fn at_once() -> Self {
        Self {
            written: mpsc::channel(1).0,
            goes_on: mpsc::channel(1).1,
        }
    }
}

fn follow(database: &Database, notes: Notes) -> Checkpointed<Notes> {
    let (store, reader) = (database.store(), database.reader());
    Checkpointed::new(
        "notes",
        Start::After(0),
        store,
        reader,
        Arc::new(Unmeasured),
        notes,
    )
}

/// The positions that were handled, in order.
async fn noted(place: &Place) -> Vec<u64> {
    let mut snapshot = place.snapshot().await;
    let all = LogFilter::default();
    let notes = snapshot.refusals(&all, 0..=u64::MAX, None, 1_000).await;
    let mut positions: Vec<_> = notes.expect("notes").iter().map(|n| n.judged_at).collect();
    positions.sort_unstable();
    positions
}

async fn two_processes_share_the_work_of_one_follower(place: &Place) {
    let all = 30;
    let mut followers = Vec::new();
    for _ in 0..2 {
        let other = place.again().await;
        followers.push(tokio::spawn(async move {
            let mut follower = follow(&other, Notes::at_once());
            let mut handled = 0;
            loop {
                match follower.step().await {
                    Ok(some) => handled += some,
                    // The other one has the lock, or made the first checkpoint.
                    Err(FollowError::Store(StoreError::Retry(_) | StoreError::Data(_))) => {}
                    Err(error) => panic!("{error}"),
                }
                let snapshot = other.reader().snapshot().await.expect("a snapshot");
                if snapshot.head().position == all {
                    while follower.step().await.is_ok_and(|some| some > 0) {}
                    return handled;
                }
            }
        }));
    }
    for number in 1..=u128::from(all) {
        let store = place.database.store();
        let mut transaction = begin(store.as_ref()).await;
        let user = user(number, &format!("u{number}"));
        put(transaction.as_mut(), &[new(user)])
            .await
            .expect("write");
        transaction.commit().await.expect("commit");
    }
    for follower in followers {
        let handled = timeout(Duration::from_secs(60), follower).await;
        handled
            .expect("handled within a minute")
            .expect("a follower");
    }
    while follow(&place.database, Notes::at_once())
        .step()
        .await
        .expect("a step")
        > 0
    {}
    assert_eq!(noted(place).await, (1..=all).collect::<Vec<_>>());
}

/// The follower is killed after it has written its rows, before it moves its checkpoint.
async fn a_follower_that_is_killed_has_handled_nothing_twice(place: &Place) {
    for number in 1..=3 {
        place
            .commit(&[new(user(number, &format!("u{number}")))])
            .await;
    }
    let other = place.again().await;
    let (written, mut has_written) = mpsc::channel(1);
    let (_go_on, goes_on) = mpsc::channel(1);
    let killed =
        tokio::spawn(async move { follow(&other, Notes { written, goes_on }).step().await });
    let rows = timeout(Duration::from_secs(30), has_written.recv()).await;
    rows.expect("its rows are written within half a minute");
    killed.abort();
    assert!(killed.await.expect_err("killed").is_cancelled());
    assert_eq!(noted(place).await, [] as [u64; 0]);
    let mut follower = follow(&place.database, Notes::at_once());
    let handled = async {
        loop {
            match follower.step().await {
                // The server has not noticed yet that the other connection is gone.
                Err(FollowError::Store(StoreError::Retry(_))) => {}
                handled => return handled.expect("a step"),
            }
        }
    };
    let handled = timeout(Duration::from_secs(30), handled).await;
    assert_eq!(handled.expect("handled within half a minute"), 3);
    assert_eq!(follower.step().await.expect("a step"), 0);
    assert_eq!(noted(place).await, [1, 2, 3]);
}
