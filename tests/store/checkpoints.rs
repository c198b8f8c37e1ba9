//! Checkpoints commit together with the rows beside them.

use super::samples::{id, new, refusal, user};
use super::{Place, on_every_database};
use domain::log::reader::LogFilter;
use domain::log::store::{Appended, CommitError, StoreError, Transaction};
use domain::log::{Bookmark, Hash};

on_every_database! {
    a_checkpoint_moves_with_what_is_written
    a_checkpoint_moves_only_from_where_it_is
    followers_have_checkpoints_of_their_own
    a_follower_that_is_cut_off_has_moved_nothing
}

fn bookmark(position: u64) -> Bookmark {
    let hash = Hash::of(&position.to_be_bytes());
    Bookmark { position, hash }
}

/// Writes a row beside a checkpoint.
async fn write_row(transaction: &mut dyn Transaction, number: u128) {
    let appended = Appended {
        refusals: vec![refusal(number, "system:mailer", None)],
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
}

/// The checkpoint, and the ids of the rows written beside it, the newest first.
async fn kept(place: &Place, follower: &str) -> (Option<u64>, Vec<u128>) {
    let mut transaction = place.begin().await;
    let checkpoint = transaction.checkpoint(follower).await.expect("read");
    transaction.rollback().await;
    let mut snapshot = place.snapshot().await;
    let all = LogFilter::default();
    let rows = snapshot.refusals(&all, 0..=u64::MAX, None, 100).await;
    let rows = rows.expect("refusals");
    (
        checkpoint.map(|checkpoint| checkpoint.position),
        rows.iter().map(|row| row.id.as_u128()).collect(),
    )
}

async fn a_checkpoint_moves_with_what_is_written(place: &Place) {
    let step = async |from: Option<Bookmark>, to: u64| {
        let mut transaction = place.begin().await;
        write_row(transaction.as_mut(), to.into()).await;
        let moved = transaction.move_checkpoint("mailer", from, bookmark(to));
        moved.await.expect("move");
        transaction
    };
    assert_eq!(kept(place, "mailer").await, (None, vec![]));
    step(None, 1).await.rollback().await;
    assert_eq!(kept(place, "mailer").await, (None, vec![]), "rolled back");
    drop(step(None, 1).await);
    assert_eq!(kept(place, "mailer").await, (None, vec![]), "dropped");
    step(None, 1).await.commit().await.expect("commit");
    assert_eq!(kept(place, "mailer").await, (Some(1), vec![1]));
    drop(step(Some(bookmark(1)), 5).await);
    assert_eq!(kept(place, "mailer").await, (Some(1), vec![1]), "dropped");
    let second = step(Some(bookmark(1)), 5).await;
    second.commit().await.expect("commit");
    assert_eq!(kept(place, "mailer").await, (Some(5), vec![5, 1]));

    // Another process sees both, and the hash as it was.
    let other = place.again().await;
    let mut transaction = other.store().begin().await.expect("begin");
    let read = transaction.checkpoint("mailer").await.expect("read");
    assert_eq!(read, Some(bookmark(5)));
    transaction.rollback().await;
}

async fn a_checkpoint_moves_only_from_where_it_is(place: &Place) {
    let attempt = async |from: Option<Bookmark>, to: Bookmark| {
        let mut transaction = place.begin().await;
        let moved = transaction.move_checkpoint("mailer", from, to).await;
        match moved {
            Ok(()) => transaction.commit().await.expect("commit"),
            Err(_) => transaction.rollback().await,
        }
        moved
    };
    let forked = Bookmark {
        hash: Hash::ZERO,
        ..bookmark(3)
    };
    attempt(None, bookmark(3)).await.expect("the first");
    for from in [None, Some(bookmark(2)), Some(forked)] {
        let moved = attempt(from, bookmark(4)).await;
        assert!(matches!(moved, Err(StoreError::Data(_))), "{moved:?}");
    }
    let three = Some(bookmark(3));
    attempt(three, bookmark(3)).await.expect("to where it is");
    attempt(three, bookmark(4)).await.expect("on");
    assert_eq!(kept(place, "mailer").await.0, Some(4));
}

async fn followers_have_checkpoints_of_their_own(place: &Place) {
    let mut transaction = place.begin().await;
    for (follower, position) in [("mailer", 1), ("Mailer", 2), ("feeds", 3)] {
        let moved = transaction.move_checkpoint(follower, None, bookmark(position));
        moved.await.expect("move");
    }
    transaction.commit().await.expect("commit");
    for (follower, position) in [
        ("mailer", Some(1)),
        ("Mailer", Some(2)),
        ("feeds", Some(3)),
        ("nobody", None),
    ] {
        assert_eq!(kept(place, follower).await.0, position, "{follower:?}");
    }
}

/// Ends the connection between the two writes, and before the commit, like a killed process.
async fn a_follower_that_is_cut_off_has_moved_nothing(place: &Place) {
    place.commit(&[new(user(1, "a"))]).await;
    if place.is_sqlite {
        return;
    }
    for moves_before in [false, true] {
        let other = place.again().await;
        let mut transaction = other.store().begin().await.expect("begin");
        write_row(transaction.as_mut(), 1).await;
        if moves_before {
            let moved = transaction.move_checkpoint("mailer", None, bookmark(1));
            moved.await.expect("move");
        }
        super::transactions::end_connections(place).await;
        if moves_before {
            let committed = transaction.commit().await;
            let unknown = matches!(committed, Err(CommitError::Unknown { .. }));
            assert!(unknown, "{committed:?}");
        } else {
            let moved = transaction.move_checkpoint("mailer", None, bookmark(1));
            assert!(moved.await.is_err());
            drop(transaction);
        }
        assert_eq!(kept(place, "mailer").await, (None, vec![]));
    }
    let mut snapshot = place.snapshot().await;
    let read = snapshot.load(domain::Kind::User, &[id(1)], &[]).await;
    assert_eq!(read.expect("load").len(), 1);
}
