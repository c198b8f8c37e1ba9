//! Connecting, migrating, and refusals at the start.

use super::samples::{new, user};
use super::{Place, on_every_database, options};
use crate::support::mariadb::MariaDb;
use domain::causes::WithCauses;
use infrastructure::{ConnectError, Database, DurabilityError};
use uuid::Uuid;

on_every_database! {
    migrating_again_changes_nothing
    processes_that_start_at_once_agree
    a_database_without_tables_is_not_available
    commits_are_durable
    a_missing_table_is_named_to_the_operator
}

async fn migrating_again_changes_nothing(place: &Place) {
    place.commit(&[new(user(1, "a"))]).await;
    place
        .database
        .migrate(Uuid::from_u128(8))
        .await
        .expect("migrate again");
    let mut snapshot = place.snapshot().await;
    assert_eq!(snapshot.head().epoch, Uuid::from_u128(7));
    assert_eq!(snapshot.head().position, 1);
    let sequences = snapshot.sequences().await.expect("sequences");
    assert_eq!(sequences[&domain::Kind::User], 1);
}

/// An empty database beside the given one, without tables.
fn beside(place: &Place) -> String {
    if place.is_sqlite {
        format!("{}-2", place.url)
    } else {
        MariaDb::shared().fresh_database()
    }
}

async fn processes_that_start_at_once_agree(place: &Place) {
    let url = beside(place);
    let starts = (1..=6).map(|epoch| {
        let url = url.clone();
        tokio::spawn(async move {
            let database = Database::connect(&url, &options()).await.expect("connect");
            database
                .migrate(Uuid::from_u128(epoch))
                .await
                .expect("migrate");
            let snapshot = database.reader().snapshot().await.expect("a snapshot");
            snapshot.head().epoch
        })
    });
    let epochs = futures::future::join_all(starts.collect::<Vec<_>>()).await;
    let epochs: Vec<_> = epochs
        .into_iter()
        .map(|epoch| epoch.expect("a start"))
        .collect();
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
}

async fn a_database_without_tables_is_not_available(place: &Place) {
    let database = Database::connect(&beside(place), &options())
        .await
        .expect("connect");
    assert!(database.ping().await.is_err());
    assert!(database.store().begin().await.is_err());
    database.migrate(Uuid::from_u128(1)).await.expect("migrate");
    database.ping().await.expect("ping");
    let transaction = database.store().begin().await.expect("begin");
    transaction.rollback().await;
}

async fn commits_are_durable(place: &Place) {
    assert_eq!(
        place.database.check_durability().await.expect("durable"),
        [] as [String; 0]
    );
    let packet = place.database.packet_bytes_max();
    assert_eq!(packet.is_none(), place.is_sqlite, "{packet:?}");
}

#[tokio::test]
async fn a_server_that_may_lose_commits_is_refused() {
    let server = tokio::task::spawn_blocking(|| {
        MariaDb::start(&[
            "--innodb-flush-log-at-trx-commit=2",
            "--log-bin",
            "--sync-binlog=0",
        ])
    });
    let server = server.await.expect("a server");
    let url = server.fresh_database();
    let database = Database::connect(&url, &options()).await.expect("connect");
    let Err(DurabilityError::Unsafe(reasons)) = database.check_durability().await else {
        panic!("it was taken for durable");
    };
    assert_eq!(reasons.len(), 2, "{reasons:?}");
}

#[tokio::test]
async fn other_urls_are_refused() {
    for url in [
        "",
        "plimsoll.db",
        "postgres://localhost/plimsoll",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:a.db?mode=ro",
        "mysql://user:secret@localhost",
        "mysql://user:secret@localhost:port/name",
    ] {
        let Err(error) = Database::connect(url, &options()).await else {
            panic!("{url} was taken");
        };
        assert!(matches!(error, ConnectError::Url(_)), "{url}: {error:?}");
        assert!(
            !format!("{error} {error:?}").contains("secret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_repeated() {
    let url = MariaDb::shared()
        .fresh_database()
        .replace(":plimsoll@", ":secret@");
    let error = Database::connect(&url, &options())
        .await
        .err()
        .expect("refused");
    let said = format!("{} {error:?}", WithCauses(&error));
    assert!(matches!(error, ConnectError::Store(_)), "{said}");
    assert!(said.contains("Access denied"), "{said}");
    for private in ["secret", "127.0.0.1", "'plimsoll'"] {
        assert!(!said.contains(private), "{said}");
    }
}

/// A server that does not answer at all. The operator sees why, but no address and no account.
#[tokio::test]
async fn an_unreachable_server_keeps_its_cause() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let url = format!("mysql://anna:secret@127.0.0.1:{port}/cargo");
    let connected = Database::connect(&url, &options()).await;
    let error = connected.err().expect("nobody listens");
    let ConnectError::Store(error) = error else {
        panic!("{error:?}");
    };
    let source = std::error::Error::source(&error).expect("a source");
    assert!(source.to_string().contains("os error"), "{source}");
    let said = format!("{} {error:?}", WithCauses(&error));
    for private in ["anna", "secret", "127.0.0.1", &port.to_string()] {
        assert!(!said.contains(private), "{said}");
    }
}

async fn a_missing_table_is_named_to_the_operator(place: &Place) {
    let database = Database::connect(&beside(place), &options())
        .await
        .expect("connect");
    let error = database.ping().await.expect_err("no tables");
    let source = std::error::Error::source(&error).expect("a source");
    assert!(source.to_string().contains("log_head"), "{source}");
}
