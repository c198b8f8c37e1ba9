//! Snapshots: all things of a kind at one position while writers go on, continued exactly by the feed.

use crate::support::server::{Client, issue_token};
use crate::support::world::{Database, World};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The version and state of each thing, by id.
type Things = BTreeMap<String, Value>;

/// The lines of a snapshot, and its position.
async fn snapshot(client: &Client, query: &str) -> (Vec<Value>, u64) {
    let path = format!("/api/snapshot/customers{query}");
    let answer = client.send(Method::GET, &path, &[], None).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let position = answer.header("plimsoll-position").expect("a position");
    let position = position.parse().expect("a number");
    // A single line is JSON by itself.
    let text = match &answer.body {
        Value::String(text) => text.clone(),
        line => line.to_string(),
    };
    let lines = text.lines().map(serde_json::from_str);
    (lines.map(|line| line.expect("JSON")).collect(), position)
}

fn apply(things: &mut Things, data: &Value) {
    let id = data["id"].as_str().expect("an id").to_owned();
    let state = json!({ "version": data["version"], "state": data["state"] });
    let before = things.insert(id, state);
    let before = before.map_or(0, |before| before["version"].as_u64().expect("a version"));
    assert_eq!(
        data["version"].as_u64(),
        Some(before + 1),
        "each version once"
    );
}

fn taken(lines: &[Value]) -> Things {
    let line = |line: &Value| {
        let id = line["id"].as_str().expect("an id").to_owned();
        (
            id,
            json!({ "version": line["version"], "state": line["state"] }),
        )
    };
    lines.iter().map(line).collect()
}

/// Applies what the feed has after a position.
async fn continue_by_feed(client: &Client, things: &mut Things, position: u64) {
    for page in 1.. {
        let path = format!("/feeds/customers/pages/{page}");
        let accept = [("accept", "application/cloudevents-batch+json")];
        let answer = client.send(Method::GET, &path, &accept, None).await;
        let answer = answer.expect("an answer");
        if answer.status == 404 {
            return;
        }
        for event in answer.body.as_array().expect("a batch") {
            let at: u64 = event["position"]
                .as_str()
                .map_or(0, |at| at.parse().expect("a number"));
            if at > position {
                apply(things, &event["data"]);
            }
        }
    }
}

async fn a_snapshot_and_the_feed_make_the_present(database: Database) {
    let world = World::start(database, &[]);
    let token = issue_token(&world.database.url(), "integrator", "integrator");
    let client = Client::new(&world.server.url, &token);
    let mut customers = Vec::new();
    for _ in 0..130 {
        customers.push(world.customer().await);
    }
    let clerk = &world.clerk;
    // Half of the changes concern things that the snapshot has, half are new.
    let writers = async {
        for customer in customers.iter().take(30) {
            let input = json!({ "customer": customer, "reason": "Unpaid" });
            clerk.accept("suspend-customer", input).await;
            let new = json!({ "name": "Later", "email": "later@example.com", "country": "NL" });
            clerk.accept("new-customer", new).await;
        }
    };
    let reader = async {
        let (first, position) = snapshot(&client, "").await;
        let mut things = taken(&first);
        assert!(things.len() >= 130 && first.len() == things.len());
        // The same position again, from any line on, whatever has happened since.
        for from in [0, 57, first.len() - 1] {
            let after = first[from]["id"].as_str().expect("an id");
            let query = format!("?at={position}&after={after}");
            let (rest, same) = snapshot(&client, &query).await;
            assert_eq!((rest.as_slice(), same), (&first[from + 1..], position));
        }
        (things.len(), position, std::mem::take(&mut things))
    };
    let ((), (_, position, mut things)) = tokio::join!(writers, reader);
    continue_by_feed(&client, &mut things, position).await;
    let (lines, head) = snapshot(&client, "").await;
    assert_eq!(things, taken(&lines));
    assert!(head >= position);

    // A client that has seen later positions never gets an older snapshot.
    let query = format!("?min_position={head}");
    assert!(snapshot(&client, &query).await.1 >= head);
    for (query, status) in [
        (
            format!(
                "?at={position}&min_position={head}&after={}",
                lines[0]["id"].as_str().unwrap_or_default()
            ),
            if position < head { 400 } else { 200 },
        ),
        (format!("?min_position={}", head + 1_000), 503),
        (format!("?at={}", head + 1_000), 400),
        ("?after=x".to_owned(), 400),
    ] {
        let path = format!("/api/snapshot/customers{query}");
        assert_eq!(client.get(&path).await.status, status, "{query}");
    }
    assert_eq!(client.get("/api/snapshot/tokens").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_feed_make_the_present_on_sqlite() {
    a_snapshot_and_the_feed_make_the_present(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_feed_make_the_present_on_mariadb() {
    a_snapshot_and_the_feed_make_the_present(Database::mariadb()).await;
}
