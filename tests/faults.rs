//! Killed, frozen, cut off: what was acknowledged is there, once, and writing goes on.

use crate::support::checker::check;
use crate::support::mariadb::MariaDb;
use crate::support::proxy::{Cut, Proxy};
use crate::support::recorder::{Recorder, log};
use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World, cargo};
use futures::future::join_all;
use rand::RngExt;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
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

/// Clients that create cargoes one after the other until told to stop, each asking again with
/// the same key until its call is settled, at whatever server runs then.
struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(
        clients: usize,
        recorder: &Recorder,
        customer: &Value,
        to: &Arc<Mutex<Client>>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let clients = (0..clients).map(|client| {
            let (stop, recorder, to) = (Arc::clone(&stop), recorder.clone(), Arc::clone(to));
            let input = cargo(customer, 1);
            tokio::spawn(async move {
                let current = || to.lock().expect("no panic").clone();
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let key = format!("{client}-{round}");
                    let answer = recorder
                        .settle(current, "create-cargo", &input, &key, &key)
                        .await;
                    assert_eq!(answer.status, 200, "{}", answer.body);
                }
            })
        });
        Self {
            stop: Arc::clone(&stop),
            clients: clients.collect(),
        }
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in join_all(self.clients).await {
            client.expect("a client settles all its calls");
        }
    }
}

async fn judge(client: &Client, recorder: &Recorder, url: &str) {
    let mut entries = log(client).await;
    for entry in entries
        .iter_mut()
        .filter(|entry| entry.operation != "create-cargo")
    {
        entry.actor = "somebody before".to_owned();
    }
    let calls = recorder.calls();
    // Each new cargo is a target of its own.
    check(&calls, &entries, "user:clerk").expect("one history");
    assert!(
        calls.len() > 50,
        "there was hardly any load: {} calls",
        calls.len()
    );
    verify(url);
}

fn some_time() -> Duration {
    Duration::from_millis(rand::rng().random_range(50..600))
}

async fn killed_servers(database: Database, rounds: usize) {
    let World {
        database,
        server,
        clerk,
        admin,
        ..
    } = World::start(database, &[]);
    let url = database.url();
    let customer = clerk
        .accept(
            "new-customer",
            serde_json::json!({ "name": "A", "email": "a@example.com", "country": "NL" }),
        )
        .await["customer"]
        .clone();
    let recorder = Recorder::default();
    let to = Arc::new(Mutex::new(clerk.clone()));
    let load = Load::start(16, &recorder, &customer, &to);
    let mut server = server;
    for _ in 0..rounds {
        tokio::time::sleep(some_time()).await;
        server.kill();
        let url = url.clone();
        server = tokio::task::spawn_blocking(move || Server::start(&url, &[]))
            .await
            .expect("it starts");
        *to.lock().expect("no panic") = clerk.to(&server.url);
    }
    tokio::time::sleep(some_time()).await;
    load.stop().await;
    judge(&admin.to(&server.url), &recorder, &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_on_sqlite() {
    killed_servers(Database::sqlite(), 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_on_mariadb() {
    killed_servers(Database::mariadb(), 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_mariadb() {
    let mut database = MariaDb::start(&[]);
    let url = database.fresh_database();
    let world = World::start(Database::MariaDb(url.clone()), &[]);
    let customer = world.customer().await;
    let recorder = Recorder::default();
    let load = Load::start(
        16,
        &recorder,
        &customer,
        &Arc::new(Mutex::new(world.clerk.clone())),
    );
    for _ in 0..2 {
        tokio::time::sleep(some_time()).await;
        database = tokio::task::spawn_blocking(move || {
            database.kill9();
            database.restart();
            database
        })
        .await
        .expect("it starts again");
    }
    tokio::time::sleep(some_time()).await;
    load.stop().await;
    judge(&world.admin, &recorder, &url).await;
    drop(database);
}

/// How many transactions are open in a database.
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

/// A server frozen while it holds the head: the database cuts it off, the other goes on, and the
/// frozen one, thawed, tells its clients the truth.
#[tokio::test(flavor = "multi_thread")]
async fn frozen_server_beside_another() {
    let world = World::start(Database::mariadb(), &[]);
    let url = world.database.url();
    let other = Server::start(&url, &[]);
    let customer = world.customer().await;
    let recorder = Recorder::default();
    let here = Load::start(
        8,
        &recorder,
        &customer,
        &Arc::new(Mutex::new(world.clerk.clone())),
    );
    let database = sea_orm::Database::connect(&url)
        .await
        .expect("the database");
    let name = url.rsplit('/').next().expect("a name");
    for tries in 1.. {
        tokio::time::sleep(some_time()).await;
        world.server.freeze();
        tokio::time::sleep(Duration::from_millis(50)).await;
        if open_transactions(&database, name).await > 0 {
            break;
        }
        assert!(tries < 50, "the server never held the head");
        world.server.thaw();
    }
    let there = world.clerk.to(&other.url);
    let input = cargo(&customer, 1);
    for round in 0..20 {
        let key = format!("beside-{round}");
        let answer = recorder
            .settle(|| there.clone(), "create-cargo", &input, &key, &key)
            .await;
        assert_eq!(answer.status, 200);
    }
    world.server.thaw();
    here.stop().await;
    judge(&world.admin, &recorder, &url).await;
}

/// The connection is cut around the COMMIT, before it reaches the database or before its answer
/// comes back: the client is told the truth either way, at once.
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

/// What a key was used for is known after a restart and after a crash.
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

/// While the database is away there are clear answers, and afterwards it goes on by itself.
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
