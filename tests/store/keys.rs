//! Keys of personal fields are stored and destroyed with what is written beside them.

use super::samples::id;
use super::{Kept, on_every_store};
use domain::Kind;
use domain::log::store::{Appended, StoreError};
use domain::log::{KeyChanges, SealKey};

on_every_store! {
    keys_are_found_until_they_are_destroyed
    keys_are_neither_replaced_nor_destroyed_twice
    keys_go_with_their_transaction
}

const KIND: Kind = Kind::Customer;

fn key(number: u8) -> SealKey {
    SealKey([number; 64])
}

/// Changes keys by their numbers, without a commit or with one.
async fn change(
    kept: &Kept,
    new: &[u8],
    destroyed: &[u8],
    commits: bool,
) -> Result<(), StoreError> {
    let keys = KeyChanges {
        new: new
            .iter()
            .map(|number| (KIND, id(u128::from(*number)), key(*number)))
            .collect(),
        destroyed: destroyed
            .iter()
            .map(|number| (KIND, id(u128::from(*number))))
            .collect(),
    };
    let appended = Appended {
        keys,
        ..Appended::default()
    };
    let mut transaction = kept.store.begin().await?;
    let changed = transaction.append(&appended).await;
    if commits && changed.is_ok() {
        transaction.commit().await.expect("commit");
    } else {
        transaction.rollback().await;
    }
    changed
}

/// The numbers of the keys found: by id in a snapshot, by id for a writer, and page by page.
async fn found(kept: &Kept) -> [Vec<u8>; 3] {
    let ids: Vec<_> = (1..=9).map(id).collect();
    let numbers = |keys: Vec<(uuid::Uuid, SealKey)>| {
        let mut numbers = Vec::new();
        for (of, SealKey(key)) in keys {
            assert_eq!(of, id(u128::from(key[0])));
            assert!(key.iter().all(|byte| *byte == key[0]));
            numbers.push(key[0]);
        }
        numbers.sort_unstable();
        numbers
    };
    let mut snapshot = kept.snapshot().await;
    let read = snapshot.keys(KIND, &ids).await.expect("keys");
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = snapshot.all_keys(KIND, after, 2).await.expect("keys");
        let Some((last, _)) = page.last() else { break };
        assert!(page.len() <= 2 && Some(*last) > after);
        after = Some(*last);
        all.extend(page);
    }
    drop(snapshot);
    let mut transaction = kept.store.begin().await.expect("begin");
    let written = transaction.keys(KIND, &ids).await.expect("keys");
    let others = transaction.keys(Kind::Cargo, &ids).await.expect("keys");
    assert!(others.is_empty());
    transaction.rollback().await;
    [numbers(read), numbers(written), numbers(all)]
}

async fn keys_are_found_until_they_are_destroyed(kept: &Kept) {
    assert_eq!(found(kept).await, [[0; 0]; 3]);
    change(kept, &[3, 1, 2], &[], true).await.expect("new");
    assert_eq!(found(kept).await, [[1, 2, 3]; 3]);
    change(kept, &[4], &[1, 3], true).await.expect("destroyed");
    assert_eq!(found(kept).await, [[2, 4]; 3]);
}

async fn keys_are_neither_replaced_nor_destroyed_twice(kept: &Kept) {
    change(kept, &[1], &[], true).await.expect("new");
    for (new, destroyed) in [(&[1][..], &[][..]), (&[], &[2])] {
        let refused = change(kept, new, destroyed, true).await;
        assert!(matches!(refused, Err(StoreError::Data(_))), "{refused:?}");
    }
    assert_eq!(found(kept).await, [[1]; 3]);
}

async fn keys_go_with_their_transaction(kept: &Kept) {
    change(kept, &[1], &[], true).await.expect("new");
    change(kept, &[2], &[1], false).await.expect("rolled back");
    assert_eq!(found(kept).await, [[1]; 3]);
}
