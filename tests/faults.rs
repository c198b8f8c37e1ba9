//! Killed, frozen, cut off: acknowledged changes are there once, and writing continues.

use crate::support::load::{Load, Verdict};
use crate::support::mariadb::MariaDb;
use crate::support::proxy::{Cut, Proxy};
use crate::support::recorder::{Recorder, log};
use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::trials;
use crate::support::world::{Database, World, cargo};
use rand::RngExt;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use std::time::Duration;

fn verify(url: &str) {
    let verified = plimsoll(&["verify", "--replay", "--database", url]);
    assert!(
        verified.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verified.stdout),
        String::from_utf8_lossy(&verified.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_on_sqlite() {
    for seed in 1..3 {
        let verdict = trials::killed_server(Database::sqlite(), seed).await;
        assert_load(verdict);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_on_mariadb() {
    for seed in 3..5 {
        let verdict = trials::killed_server(Database::mariadb(), seed).await;
        assert_load(verdict);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_mariadb() {
    let mut database = MariaDb::start(&[]);
    for seed in 5..7 {
        let verdict = trials::killed_database(&mut database, seed).await;
        assert_load(verdict);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_on_one_database() {
    assert_load(trials::several_servers(Database::sqlite(), 7).await);
    assert_load(trials::several_servers(Database::mariadb(), 8).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_broken_connections() {
    assert_load(trials::bad_connections(9).await);
}

fn assert_load(verdict: Result<Verdict, String>) {
    let verdict = verdict.expect("one history");
    assert!(verdict.calls > 50, "there was hardly any load: {verdict:?}");
}

/// The number of open transactions in a database.
async fn open_transactions(database: &DatabaseConnection, name: &str) -> u64 {
    let sql = format!(
        "SELECT COUNT(*) AS open FROM information_schema.innodb_trx t \
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id \
         WHERE p.db = '{name}' AND t.trx_rows_locked > 0"
    );
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await.expect("an answer");
    let open: i64 = row.expect("a count").try_get("", "open").expect("a number");
    u64::try_from(open).expect("a count")
}

/// A server is frozen while it holds the head lock. The database disconnects it, the other server
/// continues, and the frozen one, thawed, tells its clients the truth.
#[tokio::test(flavor = "multi_thread")]
async fn frozen_server_beside_another() {
    let world = World::start(Database::mariadb(), &[]);
    let url = world.database.url();
    let other = Server::start(&url, &[]);
    let load = Load::start(&world, &[], 8, 0).await;
    let database = sea_orm::Database::connect(&url)
        .await
        .expect("the database");
    let name = url.rsplit('/').next().expect("a name");
    for tries in 1.. {
        let some_time = Duration::from_millis(rand::rng().random_range(50..600));
        tokio::time::sleep(some_time).await;
        world.server.freeze();
        tokio::time::sleep(Duration::from_millis(50)).await;
        if open_transactions(&database, name).await > 0 {
            break;
        }
        assert!(tries < 50, "the server never held the head");
        world.server.thaw();
    }
    let there = world.clerk.to(&other.url);
    let recorder = Recorder::default();
    let customer = serde_json::json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    for round in 0..20 {
        let key = format!("beside-{round}");
        let answer = recorder
            .settle(|| there.clone(), "new-customer", &customer, &key, &key)
            .await;
        assert_eq!(answer.status, 200);
    }
    world.server.thaw();
    assert_load(load.judge(&world.admin, &url).await);
}

/// The connection is cut around the COMMIT, before it reaches the database or before its answer
/// comes back. Either way the client gets the truth at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_settled() {
    let direct = MariaDb::shared().fresh_database();
    let (head, database) = direct.rsplit_once('/').expect("a URL");
    let (head, port) = head.rsplit_once(':').expect("a port");
    let proxy = Proxy::start(port.parse().expect("a number")).await;
    let through = format!("{head}:{}/{database}", proxy.port);
    let world = World::start(Database::MariaDb(through), &[]);
    let customer = world.customer().await;
    let input = cargo(&customer, 1);
    let recorder = Recorder::default();
    for (round, cut) in [Cut::Before, Cut::After, Cut::After, Cut::Before]
        .iter()
        .enumerate()
    {
        proxy.cut_next(*cut);
        let key = format!("cut-{round}");
        let answer = recorder
            .run(&world.clerk, "create-cargo", &input, &key, &key, None)
            .await
            .expect("settled at the first try");
        assert_eq!(answer.status, 200, "{cut:?}: {}", answer.body);
        assert!(proxy.has_cut(), "{cut:?}");
        let again = recorder
            .run(&world.clerk, "create-cargo", &input, &key, &key, None)
            .await
            .expect("an answer");
        assert_eq!(again.position(), answer.position());
    }
    let entries = log(&world.admin).await;
    let made = entries
        .iter()
        .filter(|entry| entry.operation == "create-cargo")
        .count();
    assert_eq!(made, 4);
    verify(&direct);
}

/// The use of a key is still known after a restart and after a crash.
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_known_after_a_restart_and_a_crash() {
    for database in [Database::sqlite(), Database::mariadb()] {
        let World {
            database,
            mut server,
            clerk,
            ..
        } = World::start(database, &[]);
        let url = database.url();
        let customer =
            serde_json::json!({ "name": "A", "email": "a@example.com", "country": "NL" });
        let key = [("idempotency-key", "once")];
        let first = clerk
            .try_run("new-customer", &customer, &key)
            .await
            .expect("an answer");
        for crash in [false, true] {
            if crash {
                server.kill();
            } else {
                assert!(server.stop().success());
            }
            server = Server::start(&url, &[]);
            let clerk = clerk.to(&server.url);
            let again = clerk
                .try_run("new-customer", &customer, &key)
                .await
                .expect("an answer");
            assert_eq!(again.body, first.body);
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            let other = issue_token(&url, &format!("other-{crash}"), "clerk");
            let other = Client::new(&server.url, &other);
            let own = other
                .try_run("new-customer", &customer, &key)
                .await
                .expect("an answer");
            assert_ne!(own.body["position"], first.body["position"]);
        }
    }
}

/// While the database is down, answers are clear. Afterwards the server recovers without help.
#[tokio::test(flavor = "multi_thread")]
async fn database_gone_and_back() {
    let mut database = MariaDb::start(&[]);
    let url = database.fresh_database();
    let world = World::start(Database::MariaDb(url.clone()), &[]);
    database.kill9();
    let customer = serde_json::json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let answer = world.clerk.run("new-customer", customer.clone()).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(world.clerk.get("/api/cargoes").await.status, 503);
    assert_eq!(world.clerk.get("/readyz").await.status, 503);
    assert_eq!(world.clerk.get("/livez").await.status, 200);
    database.restart();
    let recorder = Recorder::default();
    let clerk = world.clerk.clone();
    let answer = recorder
        .settle(|| clerk.clone(), "new-customer", &customer, "a", "back")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(world.clerk.get("/readyz").await.status, 200);
    verify(&url);
}
