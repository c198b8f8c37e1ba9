//! Consumers, and what they report beside the log.

use super::lists::numbers;
use super::samples::{at, changed, consumer, new};
use super::{Kept, on_every_store};
use domain::consumers::ConsumerFilter;
use domain::consumers::rules::ConsumerMayNotGoBack;
use domain::log::store::StoreError;
use domain::log::{Bookmark, Hash, Progress, RefusedReport, ReportedError};
use uuid::Uuid;

on_every_store! {
    consumers_are_listed
    what_is_reported_is_read_as_it_was_written
    a_report_replaces_only_the_last_one
    checkpoints_are_listed_with_what_was_reported
}

async fn consumers_are_listed(place: &Kept) {
    place
        .commit(&[
            new(consumer(1, "search", "ACTIVE")),
            new(consumer(2, "billing", "PAUSED")),
            new(consumer(3, "audit", "ACTIVE")),
        ])
        .await;
    place
        .commit(&[changed(1, consumer(3, "audit", "REMOVED"))])
        .await;
    let mut snapshot = place.snapshot().await;
    let filter = ConsumerFilter {};
    for (after, limit, expected) in [
        (None, 9, &[2, 1][..]),
        (None, 1, &[2]),
        (Some("billing"), 9, &[1]),
        (Some("search"), 9, &[]),
    ] {
        let found = numbers(snapshot.as_mut(), &filter, after, limit).await;
        assert_eq!(found, expected, "after {after:?}");
    }
}

fn progress(position: u64, error: Option<&str>) -> Progress {
    let micros = i64::try_from(position).expect("small");
    Progress {
        generation: 2,
        at: Bookmark {
            position,
            hash: Hash::of(&position.to_be_bytes()),
        },
        epoch: Uuid::from_u128(u128::MAX - 7),
        seen_at: at(micros),
        error: error.map(|text| ReportedError {
            text: text.parse().expect("a text"),
            at: at(micros + 1),
        }),
        refused: error.map(|_| RefusedReport {
            rejection: ConsumerMayNotGoBack {
                consumer: "a".parse().expect("a name"),
                position: 1,
                confirmed: position,
            }
            .into(),
            at: at(micros + 2),
        }),
    }
}

async fn report(
    place: &Kept,
    reader: &str,
    before: Option<&Progress>,
    now: &Progress,
) -> Result<(), StoreError> {
    let mut transaction = place.store.begin().await.expect("begin");
    let reported = transaction.report(reader, before, now).await;
    match &reported {
        Ok(()) => transaction.commit().await.expect("commit"),
        Err(_) => transaction.rollback().await,
    }
    reported
}

async fn what_is_reported_is_read_as_it_was_written(place: &Kept) {
    let longest = "é".repeat(500);
    let (first, second) = (progress(1, Some(&longest)), progress(5, None));
    report(place, "consumer:a", None, &first)
        .await
        .expect("the first");
    report(place, "consumer:b", None, &second)
        .await
        .expect("another");
    let names = ["consumer:a", "consumer:b", "consumer:c"].map(str::to_owned);
    let read = place.snapshot().await.progress(&names).await.expect("read");
    let expected = [
        (names[0].clone(), first.clone()),
        (names[1].clone(), second),
    ];
    assert_eq!(read, expected.into());
    // The fields that were set before are empty again.
    let third = progress(6, None);
    report(place, "consumer:a", Some(&first), &third)
        .await
        .expect("the next");
    let mut transaction = place.store.begin().await.expect("begin");
    let read = transaction.progress(&names[..1]).await.expect("read");
    transaction.rollback().await;
    assert_eq!(read, [(names[0].clone(), third)].into());
    let none = place.snapshot().await.progress(&[]).await.expect("read");
    assert!(none.is_empty());
}

async fn a_report_replaces_only_the_last_one(place: &Kept) {
    let (first, second) = (progress(1, None), progress(5, None));
    report(place, "consumer:a", None, &first)
        .await
        .expect("the first");
    for before in [
        progress(2, None),
        Progress {
            generation: 1,
            ..first.clone()
        },
        Progress {
            seen_at: at(9),
            ..first.clone()
        },
    ] {
        let refused = report(place, "consumer:a", Some(&before), &second).await;
        assert!(matches!(refused, Err(StoreError::Data(_))), "{before:?}");
    }
    let twice = report(place, "consumer:a", None, &second).await;
    assert!(twice.is_err());
    report(place, "consumer:a", Some(&first), &second)
        .await
        .expect("the next");
}

async fn checkpoints_are_listed_with_what_was_reported(place: &Kept) {
    let own = progress(3, Some("stuck"));
    report(place, "consumer:a", None, &own)
        .await
        .expect("the first");
    let mut transaction = place.store.begin().await.expect("begin");
    for follower in ["zebra", "ape"] {
        let moved = transaction.move_checkpoint(follower, None, Bookmark::START);
        moved.await.expect("move");
    }
    transaction.commit().await.expect("commit");
    let mut snapshot = place.snapshot().await;
    let (ape, zebra) = (("ape".to_owned(), None), ("zebra".to_owned(), None));
    let consumer = ("consumer:a".to_owned(), Some(own));
    for (after, limit, expected) in [
        (None, 9, vec![ape.clone(), consumer.clone(), zebra.clone()]),
        (None, 2, vec![ape, consumer.clone()]),
        (Some("ape"), 1, vec![consumer]),
        (Some("consumer:a"), 9, vec![zebra]),
        (Some("zebra"), 9, vec![]),
    ] {
        let found = snapshot.checkpoints(after, limit).await.expect("read");
        assert_eq!(found, expected, "after {after:?}");
    }
}
