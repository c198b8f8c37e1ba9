//! Refusals expire, and their numbers stay.

use super::samples::refusal;
use super::{Kept, on_every_store};
use domain::Moment;
use domain::log::Refusal;
use domain::log::reader::LogFilter;
use domain::log::retention::{RefusalCounts, RefusalSort};
use domain::log::store::Appended;

on_every_store! {
    old_refusals_are_counted_and_deleted
    numbers_of_refusals_add_up
}

fn at(time: &str) -> Moment {
    time.parse().expect("a time")
}

/// Refusals 1 to 4: two on one day, one each on the next two days.
fn refusals() -> Vec<Refusal> {
    let times = [
        "2027-03-01T08:00:00Z",
        "2027-03-01T23:59:59Z",
        "2027-03-02T00:00:00Z",
        "2027-03-03T00:00:00Z",
    ];
    let all = times.iter().zip(1..);
    let all = all.map(|(time, number)| Refusal {
        recorded_at: at(time),
        ..refusal(number, "user:anna", None)
    });
    all.collect()
}

fn counts(days: &[(&str, u64)]) -> RefusalCounts {
    let sample = refusal(1, "user:anna", None);
    let of = |(day, count): &(&str, u64)| {
        let sort = RefusalSort {
            day: (*day).to_owned(),
            actor: sample.actor.clone(),
            operation: sample.operation.clone(),
            rule: sample.rejection.rule.to_string(),
        };
        (sort, *count)
    };
    days.iter().map(of).collect()
}

async fn old_refusals_are_counted_and_deleted(place: &Kept) {
    let mut transaction = place.store.begin().await.expect("begin");
    let batch = Appended {
        refusals: refusals(),
        ..Appended::default()
    };
    transaction.append(&batch).await.expect("append");
    transaction.commit().await.expect("commit");
    let before = at("2027-03-02T12:00:00Z");
    let expire = async |limit| {
        let expired = place.retention.expire_refusals(before, limit).await;
        expired.expect("expired")
    };
    assert_eq!(
        [expire(2).await, expire(2).await, expire(2).await],
        [2, 1, 0]
    );
    let mut snapshot = place.snapshot().await;
    let all = LogFilter::default();
    let left = snapshot.refusals(&all, 0..=u64::MAX, None, 10).await;
    let left: Vec<_> = left
        .expect("refusals")
        .iter()
        .map(|own| own.id.as_u128())
        .collect();
    assert_eq!(left, [4]);
    let counted = snapshot.refusal_counts("2027-03-01").await.expect("counts");
    assert_eq!(counted, counts(&[("2027-03-01", 2), ("2027-03-02", 1)]));
    let counted = snapshot.refusal_counts("2027-03-02").await.expect("counts");
    assert_eq!(counted, counts(&[("2027-03-02", 1)]));
}

async fn numbers_of_refusals_add_up(place: &Kept) {
    for _ in 0..2 {
        let counted = counts(&[("2027-03-01", 3), ("2027-03-02", 1)]);
        let counted = place.retention.count_refusals(&counted).await;
        counted.expect("counted");
    }
    let mut snapshot = place.snapshot().await;
    let counted = snapshot.refusal_counts("").await.expect("counts");
    assert_eq!(counted, counts(&[("2027-03-01", 6), ("2027-03-02", 2)]));
}
