//! Entries that a reactor caused, as auditors see them.

use super::World;
use super::visitor::{Browser, with_passwords};
use crate::clock::{SystemChance, SystemClock};
use application::{Call, Reply};
use domain::ports::{Chance, Clock};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Lets a reactor register a user because of an entry. Returns the position.
    async fn reaction(&self, cause: u64) -> u64 {
        let definition = application::find("register-user").unwrap();
        let (now, mut chance) = (SystemClock.now(), SystemChance);
        let input = json!({ "name": "eve" }).to_string();
        let ready = definition.read(input.as_bytes(), now, &mut chance);
        let ready = ready.unwrap_or_else(|error| panic!("{error:?}"));
        let call = Call::reaction(chance.id(now), definition, ready, "welcome", cause, 1);
        match self.pipeline.submit(call).await {
            Reply::Accepted(accepted) => accepted.position,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_cause_of_an_entry_is_shown() {
    let world = World::new().await;
    with_passwords(&world).await;
    let cause = world.get("/api/log/head").await.json()["position"].clone();
    let cause = cause.as_u64().unwrap();
    let position = world.reaction(cause).await;
    let entry = world.get(&format!("/api/log/{position}")).await.json();
    assert_eq!(entry["caused_by"], cause);
    assert_eq!(entry["reactor"], "welcome");
    assert_eq!(entry["reactor_ordinal"], 1);
    assert_eq!(entry["actor"], "system:welcome");

    let subscription = world.site.tail.subscribe(cause - 1).await.unwrap();
    let mut subscription = subscription.unwrap();
    let mut changes: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let change = tokio::time::timeout(Duration::from_secs(10), subscription.next()).await;
        let change = change.expect("an entry within ten seconds").unwrap();
        changes.push(serde_json::to_value(&*change).unwrap());
    }
    assert_eq!(changes[0].get("caused_by"), None);
    assert_eq!(changes[0].get("reactor"), None);
    assert_eq!(changes[1]["caused_by"], cause);
    assert_eq!(changes[1]["reactor"], "welcome");
    assert_eq!(changes[1]["reactor_ordinal"], 1);

    let earlier = world.get(&format!("/api/log/{cause}")).await.json();
    assert_eq!(earlier.get("reactor"), None);
    assert_eq!(earlier.get("reactor_ordinal"), None);

    let mut browser = Browser::signed_in(&world, "anna").await;
    let page = browser.get(&format!("/log/{position}")).await.text;
    assert!(
        page.contains(&format!("href=\"/log/{cause}\">entry {cause}</a>")),
        "{page}"
    );
    assert!(page.contains("reactor welcome, operation 2"), "{page}");
    let page = browser.get(&format!("/log/{cause}")).await.text;
    assert!(!page.contains("Caused by"), "{page}");
}

/// Causes come from reactors of this program, never from requests.
#[tokio::test]
async fn a_caller_cannot_name_a_cause() {
    let world = World::new().await;
    let cause =
        json!({ "name": "eve", "caused_by": 1, "reactor": "welcome", "reactor_ordinal": 0 });
    world
        .run("register-user", &cause)
        .await
        .problem(422, "invalid-input");
    let line = json!({ "operation": "register-user", "input": { "name": "eve" }, "caused_by": 1 });
    let headers = [("content-type", "application/x-ndjson")];
    let answer = world
        .ask(
            axum::http::Method::POST,
            "/api/operations",
            &headers,
            line.to_string(),
        )
        .await;
    assert_eq!(answer.json()["status"], 422, "{}", answer.text);
    let headers = [
        ("caused-by", "1"),
        ("reactor", "welcome"),
        ("reactor-ordinal", "0"),
    ];
    let accepted = world
        .run_with("register-user", &json!({ "name": "eve" }), &headers)
        .await;
    let position = accepted.accepted()["position"].clone();
    let entry = world.get(&format!("/api/log/{position}")).await.json();
    assert_eq!(entry["caused_by"], Value::Null);
    assert_eq!(entry.get("reactor"), None);
}
