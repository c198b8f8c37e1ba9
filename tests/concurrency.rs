//! Many clients at once, judged by the history checker.

use crate::support::checker::{Answer, check};
use crate::support::recorder::{Recorder, log};
use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World, cargo};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Each client books one cargo onto one voyage. Some use the other server, if there is one.
async fn contend(world: &World, other: Option<&Server>, recorder: &Recorder) -> (usize, usize) {
    world.voyage("V100").await;
    let cargoes = world.cargoes(200, 2).await;
    let bookings = cargoes.iter().enumerate().map(|(index, cargo)| {
        let client = match other {
            Some(server) if index % 2 == 1 => world.clerk.to(&server.url),
            _ => world.clerk.clone(),
        };
        async move {
            let input = json!({ "cargo": cargo, "voyage": "V100" });
            recorder
                .run(
                    &client,
                    "book-onto-voyage",
                    &input,
                    cargo,
                    &format!("book-{cargo}"),
                    None,
                )
                .await
                .expect("an answer")
        }
    });
    let answers = join_all(bookings).await;
    let accepted = answers.iter().filter(|answer| answer.status == 200).count();
    let passed = answers
        .iter()
        .filter(|answer| answer.rule() == "LoadMayNotPassTheLine");
    let voyage = world.planner.get("/api/voyages/V100").await.body;
    for movement in voyage["movements"].as_array().expect("movements") {
        assert_eq!(movement["booked"], json!({ "teu": 110, "tonnes": 550 }));
        assert_eq!(movement["limit"]["teu"], 110);
    }
    (accepted, passed.count())
}

/// Checks a recorder's bookings against the log of a world, without what was prepared beforehand.
async fn judge(world: &World, recorder: &Recorder) {
    let mut entries = log(&world.admin).await;
    for entry in &mut entries {
        if entry.operation != "book-onto-voyage" {
            entry.actor = "someone else".to_owned();
        }
    }
    check(&recorder.calls(), &entries, "user:clerk").expect("one history");
    let verified = plimsoll(&["verify", "--replay", "--database", &world.database.url()]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

async fn contention(database: Database, arguments: &[&str]) {
    let world = World::start(database, arguments);
    let recorder = Recorder::default();
    assert_eq!(contend(&world, None, &recorder).await, (55, 145));
    judge(&world, &recorder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_on_sqlite() {
    contention(Database::sqlite(), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_on_mariadb() {
    contention(Database::mariadb(), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_with_one_operation_per_transaction() {
    contention(Database::mariadb(), &["--batch-limit", "1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_through_two_servers_on_one_mariadb() {
    let world = World::start(Database::mariadb(), &[]);
    let other = Server::start(&world.database.url(), &[]);
    let recorder = Recorder::default();
    assert_eq!(contend(&world, Some(&other), &recorder).await, (55, 145));
    judge(&world, &recorder).await;
}

/// All 200 in one NDJSON body. Its lines are queued in order and therefore share batches.
async fn contention_in_one_body(database: Database) {
    let world = World::start(database, &[]);
    world.voyage("V100").await;
    let cargoes = world.cargoes(200, 2).await;
    let lines: String = cargoes
        .iter()
        .map(|cargo| {
            let input = json!({ "cargo": cargo, "voyage": "V100" });
            format!(
                "{}\n",
                json!({ "operation": "book-onto-voyage", "input": input, "key": cargo })
            )
        })
        .collect();
    let results = world.batch(&lines).await;
    let booked = |result: &Value| result["outcome"]["cargo"].is_string();
    assert!(
        results[..55].iter().all(booked),
        "the first 55 fit, in the order of the lines"
    );
    for result in &results[55..] {
        assert_eq!(result["rule"], "LoadMayNotPassTheLine", "{result}");
    }
    let again = world.batch(&lines).await;
    for (first, again) in results.iter().zip(&again) {
        assert_eq!(first["position"], again["position"]);
        assert_eq!(first["rule"], again["rule"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_in_one_body_on_sqlite() {
    contention_in_one_body(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contention_in_one_body_on_mariadb() {
    contention_in_one_body(Database::mariadb()).await;
}

/// Twenty retries with one key, twenty creates without a key; over both servers if there are two.
async fn retries_and_creates(database: Database, two: bool) {
    let world = World::start(database, &[]);
    let other = two.then(|| Server::start(&world.database.url(), &[]));
    let clients: Vec<Client> = (0..20)
        .map(|index| match &other {
            Some(server) if index % 2 == 1 => world.clerk.to(&server.url),
            _ => world.clerk.clone(),
        })
        .collect();
    let customer = world.customer().await;
    let input = cargo(&customer, 1);

    let retries = join_all(clients.iter().map(|client| {
        client.try_run(
            "create-cargo",
            &input,
            &[("idempotency-key", "\"one cargo\"")],
        )
    }));
    let retries: Vec<_> = retries
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    assert!(
        retries.iter().all(|answer| answer.status == 200),
        "{retries:?}"
    );
    assert!(retries.windows(2).all(|pair| pair[0].body == pair[1].body));
    assert!(
        retries
            .windows(2)
            .all(|pair| pair[0].header("etag") == pair[1].header("etag"))
    );
    let first = retries
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_none());
    assert_eq!(first.count(), 1);

    let creates = join_all(
        clients
            .iter()
            .map(|client| client.run("create-cargo", input.clone())),
    );
    let made: BTreeSet<_> = creates
        .await
        .iter()
        .map(|answer| {
            answer.body["outcome"]["cargo"]
                .as_str()
                .expect("a cargo")
                .to_owned()
        })
        .collect();
    assert_eq!(made.len(), 20);
    assert_eq!(world.clerk.all("/api/cargoes").await.len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_and_creates_on_sqlite() {
    retries_and_creates(Database::sqlite(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_and_creates_on_two_servers_on_mariadb() {
    retries_and_creates(Database::mariadb(), true).await;
}

/// Clients that change one voyage's capacity, each from the version it has read.
async fn versions(database: Database) {
    let world = World::start(database, &[]);
    world.voyage("V100").await;
    let recorder = Recorder::default();
    let clients = (0..16).map(|client| {
        let (world, recorder) = (&world, &recorder);
        async move {
            for round in 0..6 {
                let read = world.planner.get("/api/voyages/V100").await;
                let version = read.body["version"].as_u64().expect("a version");
                let input = json!({ "voyage": "V100", "overbooking_percent": 10,
                    "capacity": { "teu": 100 + client, "tonnes": 2000 + round } });
                let key = format!("capacity-{client}-{round}");
                let name = "change-voyage-capacity";
                recorder
                    .run(&world.planner, name, &input, "V100", &key, Some(version))
                    .await
                    .expect("an answer");
            }
        }
    });
    join_all(clients).await;
    let calls = recorder.calls();
    let accepted = |call: &&_| {
        matches!(
            call,
            &&crate::support::checker::Recorded {
                answer: Answer::Accepted { .. },
                ..
            }
        )
    };
    assert!(calls.iter().any(|call| accepted(&call)) && !calls.iter().all(|call| accepted(&call)));
    let mut entries = log(&world.admin).await;
    for entry in &mut entries {
        if entry.operation == "schedule-voyage" {
            entry.actor = "someone else".to_owned();
        }
    }
    check(&calls, &entries, "user:planner").expect("one history");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_on_sqlite() {
    versions(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_on_mariadb() {
    versions(Database::mariadb()).await;
}

/// The command line shares the log with a running server.
async fn command_line_beside_a_server(database: Database) {
    let world = World::start(database, &[]);
    let url = world.database.url();
    let issuing = tokio::task::spawn_blocking(move || {
        for index in 0..3 {
            issue_token(&url, &format!("extra-{index}"), "auditor");
        }
    });
    let customers = join_all((0..40).map(|_| world.customer())).await;
    issuing.await.expect("no panic");
    assert_eq!(customers.len(), 40);
    let verified = plimsoll(&["verify", "--replay", "--database", &world.database.url()]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn command_line_beside_a_server_on_sqlite() {
    command_line_beside_a_server(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn command_line_beside_a_server_on_mariadb() {
    command_line_beside_a_server(Database::mariadb()).await;
}

/// Keys are compared byte for byte, even on databases that would ignore differences.
async fn keys_to_the_letter(database: Database) {
    let world = World::start(database, &[]);
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let other = json!({ "name": "B", "email": "a@example.com", "country": "NL" });
    let mut positions = BTreeSet::new();
    for key in [
        "\"Key-1\"",
        "\"key-1\"",
        "\"Key-1 \"",
        "\" Key-1\"",
        "\"Kéy-1\"",
        "Key-2",
    ] {
        let header = [("idempotency-key", key)];
        let first = world
            .clerk
            .try_run("new-customer", &customer, &header)
            .await
            .expect("an answer");
        if key.contains('é') {
            assert_eq!(
                first.status, 400,
                "a string of RFC 8941 is ASCII: {}",
                first.body
            );
            continue;
        }
        assert_eq!(first.status, 200, "{key}: {}", first.body);
        assert!(
            positions.insert(first.position()),
            "{key} is a key of its own"
        );
        let again = world
            .clerk
            .try_run("new-customer", &customer, &header)
            .await
            .expect("an answer");
        assert_eq!(again.body, first.body, "{key}");
        let reused = world
            .clerk
            .try_run("new-customer", &other, &header)
            .await
            .expect("an answer");
        assert_eq!(reused.status, 422, "{key}: {}", reused.body);
        let admin = world
            .admin
            .try_run("new-customer", &customer, &header)
            .await
            .expect("an answer");
        assert_ne!(
            admin.position(),
            first.position(),
            "{key} of another user is another key"
        );
    }
    let long = "x".repeat(256);
    let header = [("idempotency-key", long.as_str())];
    let answer = world
        .clerk
        .try_run("new-customer", &customer, &header)
        .await
        .expect("an answer");
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_compared_exactly_on_sqlite() {
    keys_to_the_letter(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_compared_exactly_on_mariadb() {
    keys_to_the_letter(Database::mariadb()).await;
}

/// The sailings and their free space, as a search finds them.
async fn routes(client: &Client) -> Vec<(String, f64)> {
    let asked = "origin=HKHKG&destination=USNYC&arrive_by=2127-03-18T00:00:00Z&equipment=22G1:1";
    let answer = client.get(&format!("/api/routes?{asked}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.body["items"].as_array().expect("items").iter();
    let found = items.map(|route| {
        let voyage = route["legs"][0]["voyage"].as_str().expect("text");
        let free = route["free"]["teu"].as_f64().expect("a number");
        (voyage.to_owned(), free)
    });
    found.collect()
}

/// Every instance finds what any of them has committed, even right after its start.
#[tokio::test(flavor = "multi_thread")]
async fn routes_are_current_on_every_instance() {
    let world = World::start(Database::mariadb(), &[]);
    let other = Server::start(&world.database.url(), &[]);
    let there = world.clerk.to(&other.url);
    assert_eq!(
        (routes(&world.clerk).await, routes(&there).await),
        (vec![], vec![])
    );
    world.voyage("V100").await;
    let free = |teu: f64| vec![("V100".to_owned(), teu)];
    assert_eq!(routes(&there).await, free(110.0));
    for (number, cargo) in world.cargoes(20, 2).await.iter().enumerate() {
        let client = if number % 2 == 0 {
            &world.clerk
        } else {
            &there
        };
        client
            .accept(
                "book-onto-voyage",
                json!({ "cargo": cargo, "voyage": "V100" }),
            )
            .await;
        let left = free(108.0 - 2.0 * number as f64);
        assert_eq!(
            (routes(&world.clerk).await, routes(&there).await),
            (left.clone(), left)
        );
    }
    other.kill();
    let again = Server::start(&world.database.url(), &[]);
    assert_eq!(routes(&world.clerk.to(&again.url)).await, free(70.0));
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.planner.accept("cancel-voyage", cancel).await;
    assert_eq!(routes(&world.clerk.to(&again.url)).await, vec![]);
}

/// More concurrent readers than read connections: nobody waits for a second connection while
/// holding one.
#[tokio::test(flavor = "multi_thread")]
async fn many_readers_block_nobody() {
    let world = World::start(Database::sqlite(), &[]);
    world.voyage("V100").await;
    let cargo = world.cargoes(1, 1).await.remove(0);
    let asked = "origin=HKHKG&destination=USNYC&arrive_by=2127-03-18T00:00:00Z";
    let paths = [
        format!("/api/routes?{asked}"),
        format!("/api/cargoes/{cargo}?happened_by=2027-01-01T00:00:00Z"),
        format!("/api/track/{cargo}"),
        "/api/log?limit=50".to_owned(),
    ];
    for path in paths {
        let reads = (0..28).map(|_| world.admin.get(&path));
        let (answers, customer) = tokio::join!(join_all(reads), world.customer());
        assert!(customer.is_string());
        for answer in answers {
            let status = answer.status;
            assert!(status == 200, "{path}: {status} {}", answer.body);
        }
    }
}
