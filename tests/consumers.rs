//! Consumers of the log: what they confirm, races, forks, and what a kill leaves behind.

use crate::support::consumers::{Way, confirm, killed_consumer, killed_crawler};
use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World};
use serde_json::{Value, json};

/// A client of an integrator with a consumer that starts with the first entry.
async fn registered(world: &World) -> Client {
    let token = issue_token(&world.database.url(), "integrator", "integrator");
    let client = Client::new(&world.server.url, &token);
    let register = json!({ "name": "billing", "from": 0 });
    client.accept("register-consumer", register).await;
    client
}

async fn head(client: &Client) -> (u64, String) {
    let head = client.get("/api/log/head").await.body;
    let hash = head["hash"].as_str().expect("a hash").to_owned();
    (head["position"].as_u64().expect("a position"), hash)
}

async fn position(client: &Client) -> Value {
    client.get("/api/consumers/billing").await.body["position"].clone()
}

/// Two processes of one consumer confirm at the same time, through two servers if they share a
/// database. The position never goes back, and ends at the greatest.
async fn races_end_at_the_greatest_position(database: Database) {
    let world = World::start(database, &[]);
    let other = Server::start(&world.database.url(), &[]);
    let here = registered(&world).await;
    let there = here.to(&other.url);
    for _ in 0..30 {
        world.customer().await;
    }
    let (end, _) = head(&here).await;
    let race = async |client: &Client, first: u64| {
        let mut last = 0;
        for position in (first..=end).step_by(2) {
            let answer = confirm(client, "billing", position, None).await;
            match answer.status {
                200 => last = position,
                _ => assert_eq!(answer.rule(), "ConsumerMayNotGoBack", "{}", answer.body),
            }
            let shown = client.get("/api/consumers/billing").await;
            let shown = shown.body["position"].as_u64().expect("a position");
            assert!(shown >= last, "{shown} after {last}");
        }
        last
    };
    let (one, two) = tokio::join!(race(&here, 1), race(&there, 2));
    assert_eq!(one.max(two), end);
    assert_eq!(position(&here).await, end);
    let again = confirm(&there, "billing", end, None).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let beyond = confirm(&here, "billing", end + 1, None).await;
    assert_eq!((beyond.status, beyond.rule()), (409, "HistoryForked"));
    let verified = plimsoll(&["verify", "--replay", "--database", &world.database.url()]);
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn races_end_at_the_greatest_position_on_sqlite() {
    races_end_at_the_greatest_position(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn races_end_at_the_greatest_position_on_mariadb() {
    races_end_at_the_greatest_position(Database::mariadb()).await;
}

/// What was answered is kept by a server that is killed right after.
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_survives_the_server() {
    let world = World::start(Database::sqlite(), &[]);
    let client = registered(&world).await;
    let World {
        database, server, ..
    } = world;
    let mut server = server;
    for next in 1..4 {
        let client = client.to(&server.url);
        let confirmed = confirm(&client, "billing", next, None).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.body);
        server.kill();
        server = Server::start(&database.url(), &[]);
        assert_eq!(position(&client.to(&server.url)).await, next);
    }
}

/// An older copy of the database is put in place of the one that a consumer follows.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_is_noticed() {
    let world = World::start(Database::sqlite(), &[]);
    let client = registered(&world).await;
    let clerk = world.clerk.clone();
    let World {
        database, server, ..
    } = world;
    let Database::Sqlite(folder) = &database else {
        panic!("it is a file");
    };
    let (file, copy) = (folder.path().join("test.db"), folder.path().join("copy.db"));
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    assert!(server.stop().success());
    std::fs::copy(&file, &copy).expect("a copy");

    let server = Server::start(&database.url(), &[]);
    let (client, clerk) = (client.to(&server.url), clerk.to(&server.url));
    for _ in 0..5 {
        clerk.accept("new-customer", customer.clone()).await;
    }
    let (end, hash) = head(&client).await;
    let confirmed = confirm(&client, "billing", end, Some(&hash)).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    assert!(server.stop().success());
    std::fs::copy(&copy, &file).expect("a restored copy");

    // The consumer is ahead of the log, and then has another entry at its position.
    let server = Server::start(&database.url(), &[]);
    let (client, clerk) = (client.to(&server.url), clerk.to(&server.url));
    for _ in 0..6 {
        let forked = confirm(&client, "billing", end, Some(&hash)).await;
        assert_eq!((forked.status, forked.rule()), (409, "HistoryForked"));
        let facts = &forked.body["facts"];
        assert_eq!(facts["head"], head(&client).await.0, "{facts}");
        assert!(facts["epoch"].is_string(), "{facts}");
        clerk.accept("new-customer", customer.clone()).await;
    }
    assert!(head(&client).await.0 > end);

    // It takes a new snapshot, and is set to its position.
    let snapshot = client.get("/api/snapshot/customers").await;
    let taken = snapshot.header("plimsoll-position").expect("a position");
    let taken: u64 = taken.parse().expect("a number");
    let reset = json!({ "consumer": "billing", "position": taken, "reason": "Restored" });
    client.accept("reset-consumer", reset).await;
    assert_eq!(position(&client).await, taken);
    let (end, hash) = head(&client).await;
    let confirmed = confirm(&client, "billing", end, Some(&hash)).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
}

/// A consumer goes on after its log was moved from SQLite to MariaDB, by the hash of its last entry.
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_log_is_recognised_by_its_hash() {
    let world = World::start(Database::sqlite(), &[]);
    let client = registered(&world).await;
    world.customer().await;
    let (end, hash) = head(&client).await;
    let confirmed = confirm(&client, "billing", end, Some(&hash)).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.gz").display().to_string();
    let moved = Database::mariadb();
    let exported = plimsoll(&["export", &file, "--database", &world.database.url()]);
    assert!(exported.status.success(), "{exported:?}");
    let imported = plimsoll(&["import", "log", &file, "--database", &moved.url()]);
    assert!(imported.status.success(), "{imported:?}");
    let server = Server::start(&moved.url(), &[]);
    let client = client.to(&server.url);
    assert_eq!(position(&client).await, 0, "positions stay behind");
    let confirmed = confirm(&client, "billing", end, Some(&hash)).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    assert_eq!(position(&client).await, end);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_consumer_resumes_on_sqlite() {
    for (seed, way) in [(1, Way::Feed), (2, Way::Stream), (3, Way::Snapshot)] {
        let verdict = killed_consumer(Database::sqlite(), way, seed).await;
        verdict.expect("the state of the server");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_consumer_resumes_on_mariadb() {
    for (seed, way) in [(4, Way::Feed), (5, Way::Stream), (6, Way::Snapshot)] {
        let verdict = killed_consumer(Database::mariadb(), way, seed).await;
        verdict.expect("the state of the server");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_crawler_sees_each_entry_once_on_sqlite() {
    let verdict = killed_crawler(Database::sqlite(), 1).await;
    verdict.expect("each entry once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_crawler_sees_each_entry_once_on_mariadb() {
    let verdict = killed_crawler(Database::mariadb(), 2).await;
    verdict.expect("each entry once");
}
