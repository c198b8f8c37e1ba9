//! The names that a log had before and elsewhere.

use super::samples::at;
use super::{Kept, on_every_store};
use domain::log::PastEpoch;
use domain::log::store::Appended;
use uuid::Uuid;

on_every_store! {
    past_epochs_are_kept_in_order_and_replaced
}

fn ended(epoch: u128, position: u64, micros: i64) -> PastEpoch {
    PastEpoch {
        epoch: Uuid::from_u128(epoch),
        position,
        ended_at: at(micros),
    }
}

async fn past_epochs_are_kept_in_order_and_replaced(place: &Kept) {
    for (written, expected) in [
        (vec![], vec![]),
        (
            vec![ended(9, 5, 70), ended(8, 3, 20)],
            vec![ended(8, 3, 20), ended(9, 5, 70)],
        ),
        (
            vec![ended(8, 6, 80)],
            vec![ended(9, 5, 70), ended(8, 6, 80)],
        ),
    ] {
        let mut transaction = place.store.begin().await.expect("begin");
        let appended = Appended {
            past_epochs: written,
            ..Appended::default()
        };
        transaction.append(&appended).await.expect("append");
        transaction.commit().await.expect("commit");
        let mut snapshot = place.snapshot().await;
        let found = snapshot.past_epochs().await.expect("read");
        assert_eq!(found, expected);
    }
}
