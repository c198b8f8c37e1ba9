//! Transactions: all or nothing, one at a time, and how broken ones are settled.

use super::samples::{booked, cargo, changed, customer, id, leg, new, refusal, requested, user};
use super::{Place, on_every_database, put};
use domain::Kind;
use domain::log::store::{Appended, CommitError, CommitMarker, StoreError};
use sea_orm::ConnectionTrait;
use std::time::Duration;
use tokio::time::timeout;

on_every_database! {
    what_is_not_committed_leaves_no_trace
    writers_wait_for_one_another
    a_lock_held_too_long_asks_to_try_again
    a_snapshot_stays_as_it_was
    snapshots_give_their_connections_back
    statements_do_not_grow_with_the_batch
    a_commit_in_doubt_is_settled
    a_dead_connection_is_replaced
}

async fn is_there(place: &Place, number: u128) -> bool {
    let mut snapshot = place.snapshot().await;
    let read = snapshot.load(Kind::User, &[id(number)], &[]).await;
    !read.expect("load").is_empty()
}

async fn what_is_not_committed_leaves_no_trace(place: &Place) {
    let mut transaction = place.begin().await;
    put(transaction.as_mut(), &[new(user(1, "a"))])
        .await
        .expect("write");
    assert!(
        !is_there(place, 1).await,
        "seen by others before the commit"
    );
    transaction.rollback().await;
    assert!(!is_there(place, 1).await, "seen after a rollback");

    let mut transaction = place.begin().await;
    put(transaction.as_mut(), &[new(user(2, "b"))])
        .await
        .expect("write");
    drop(transaction);
    let transaction = place.begin().await;
    assert_eq!(
        transaction.head().position,
        0,
        "the head was moved by a dropped transaction"
    );
    transaction.rollback().await;
    assert!(!is_there(place, 2).await, "seen after a drop");

    place.commit(&[new(user(3, "c"))]).await;
    assert!(is_there(place, 3).await);
}

async fn writers_wait_for_one_another(place: &Place) {
    let other = place.again().await;
    let mut tasks = Vec::new();
    for writer in 0..2 {
        let store = if writer == 0 {
            place.database.store()
        } else {
            other.store()
        };
        tasks.push(tokio::spawn(async move {
            for n in 0..20 {
                let mut transaction = loop {
                    match store.begin().await {
                        Ok(transaction) => break transaction,
                        Err(StoreError::Retry(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                };
                let change = new(user(100 * writer + n, &format!("u{writer}-{n}")));
                put(transaction.as_mut(), &[change]).await.expect("write");
                transaction.commit().await.expect("commit");
            }
        }));
    }
    for task in tasks {
        task.await.expect("a writer");
    }
    let mut snapshot = place.snapshot().await;
    assert_eq!(snapshot.head().position, 40);
    let sequences = snapshot.sequences().await.expect("sequences");
    assert_eq!(sequences[&Kind::User], 40);
    let entries = snapshot
        .entries(&Default::default(), 1, 100)
        .await
        .expect("entries");
    let positions: Vec<_> = entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=40).collect::<Vec<_>>());
}

async fn a_lock_held_too_long_asks_to_try_again(place: &Place) {
    let other = place.again().await;
    let holder = other.store().begin().await.expect("begin");
    let refused = place.database.store().begin().await.err();
    assert!(matches!(refused, Some(StoreError::Retry(_))), "{refused:?}");
    holder.rollback().await;
    place.commit(&[new(user(1, "a"))]).await;
}

async fn a_snapshot_stays_as_it_was(place: &Place) {
    place.commit(&[new(customer(1, "One", "ACTIVE"))]).await;
    let mut before = place.snapshot().await;
    place
        .commit(&[changed(1, customer(1, "Two", "ACTIVE")), new(user(2, "a"))])
        .await;
    assert_eq!(before.head().position, 1);
    let read = before
        .load(Kind::Customer, &[id(1)], &[])
        .await
        .expect("load");
    assert_eq!(read[0].version, 1);
    assert_eq!(before.count(Kind::User).await.ok(), Some(0));
    assert_eq!(
        before
            .entries(&Default::default(), 0, 9)
            .await
            .expect("entries")
            .len(),
        1
    );
    let after = place.snapshot().await;
    assert_eq!(after.head().position, 2);
}

async fn snapshots_give_their_connections_back(place: &Place) {
    for _ in 0..50 {
        let opened = timeout(Duration::from_secs(5), place.snapshot()).await;
        opened.expect("a connection is free");
    }
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(place.snapshot().await);
    }
    drop(held);
    timeout(Duration::from_secs(5), place.snapshot())
        .await
        .expect("a connection is free");
}

async fn statements_do_not_grow_with_the_batch(place: &Place) {
    let legs = [leg("V1", "HKHKG", "USNYC")];
    let mut counts = Vec::new();
    for (size, from) in [(1, 0), (64, 1_000), (256, 2_000)] {
        let made: Vec<_> = (from..from + size)
            .map(|n| new(cargo(n, 1, &requested())))
            .collect();
        place.commit(&made).await;
        let before = place.database.statements();
        let numbers = from..from + size;
        let mut changes: Vec<_> = numbers
            .map(|n| changed(1, cargo(n, 1, &booked(&legs))))
            .collect();
        changes.extend((0..size).map(|n| new(user((from + n) as u128, &format!("u{from}-{n}")))));
        place.commit(&changes).await;
        counts.push(place.database.statements() - before);
    }
    // Each change touches a dozen rows of `list_changes` here, of which a statement takes 512.
    assert!(
        counts[1] <= counts[0] + 2,
        "statements for 1 and 64: {counts:?}"
    );
    assert!(
        counts[2] <= counts[0] + 9,
        "statements for 1 and 256: {counts:?}"
    );
    assert!(counts[0] <= 12, "{} statements", counts[0]);
}

async fn a_commit_in_doubt_is_settled(place: &Place) {
    let store = place.database.store();
    // It was committed.
    let entry = place.commit(&[new(user(1, "a"))]).await;
    let settled = store
        .settle(Some(u64::from(u32::MAX)), CommitMarker::Operation(entry.id))
        .await;
    assert!(settled.expect("settle"), "a commit that happened");
    // It was not, and its connection is gone.
    let settled = store.settle(None, CommitMarker::Operation(id(42))).await;
    assert!(!settled.expect("settle"), "a commit that did not happen");
    // A refusal identifies a batch without entries.
    let mut transaction = place.begin().await;
    let appended = Appended {
        refusals: vec![refusal(77, "user:a", None)],
        ..Appended::default()
    };
    transaction.append(&appended).await.expect("append");
    transaction.commit().await.expect("commit");
    assert!(
        store
            .settle(None, CommitMarker::Refusal(id(77)))
            .await
            .expect("settle")
    );
    assert!(
        !store
            .settle(None, CommitMarker::Refusal(id(78)))
            .await
            .expect("settle")
    );
    if place.is_sqlite {
        return;
    }
    // It was not, and its connection still holds the lock. Settling ends it.
    let other = place.again().await;
    let mut transaction = other.store().begin().await.expect("begin");
    let entry = put(transaction.as_mut(), &[new(user(2, "b"))])
        .await
        .expect("write");
    let connection = lock_holder(place).await;
    let settled = store
        .settle(Some(connection), CommitMarker::Operation(entry.id))
        .await;
    assert!(!settled.expect("settle"), "a transaction that was ended");
    // The connection that was ended does not know the outcome of its commit.
    let committed = transaction.commit().await;
    let unknown = matches!(committed, Err(CommitError::Unknown { connection: Some(id), .. }) if id == connection);
    assert!(unknown, "{committed:?}");
    assert!(!is_there(place, 2).await);
    place.commit(&[new(user(3, "c"))]).await;
}

/// The connection that holds the head lock: the only one in a transaction that has written.
async fn lock_holder(place: &Place) -> u64 {
    let database = sea_orm::Database::connect(&place.url)
        .await
        .expect("connect");
    let name = place.url.rsplit('/').next().expect("a name");
    let sql = format!(
        "SELECT CAST(t.trx_mysql_thread_id AS UNSIGNED) AS id FROM information_schema.innodb_trx t \
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id \
         WHERE p.db = '{name}' AND t.trx_rows_locked > 0"
    );
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
    let row = database
        .query_one_raw(statement)
        .await
        .expect("ask")
        .expect("a holder");
    row.try_get("", "id").expect("an id")
}

async fn a_dead_connection_is_replaced(place: &Place) {
    place.commit(&[new(user(1, "a"))]).await;
    drop(place.snapshot().await);
    if !place.is_sqlite {
        end_connections(place).await;
    }
    place.commit(&[new(user(2, "b"))]).await;
    assert!(is_there(place, 2).await);
    place.database.ping().await.expect("ping");
}

/// Ends all connections to the database, on its server.
pub(super) async fn end_connections(place: &Place) {
    let database = sea_orm::Database::connect(&place.url)
        .await
        .expect("connect");
    let name = place.url.rsplit('/').next().expect("a name");
    let sql = format!(
        "SELECT id FROM information_schema.processlist WHERE db = '{name}' AND id <> CONNECTION_ID()"
    );
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
    for row in database.query_all_raw(statement).await.expect("ask") {
        let id: i64 = row.try_get("", "id").expect("an id");
        let _ = database.execute_unprepared(&format!("KILL {id}")).await;
    }
}
