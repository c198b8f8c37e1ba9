//! Running many operations in one request.

use super::{World, new_customer};
use axum::http::Method;
use serde_json::{Value, json};

const NDJSON: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

async fn run(world: &World, body: String) -> Vec<Value> {
    let answer = world
        .ask(Method::POST, "/api/operations", &NDJSON, body)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn each_line_is_a_separate_operation() {
    let world = World::new().await;
    let head = world.get("/api/log/head").await.json()["position"]
        .as_u64()
        .unwrap();
    let good = |key: &str| {
        json!({"operation": "new-customer", "input": new_customer("A"), "key": key}).to_string()
    };
    let unknown =
        json!({"voyage": "V1", "capacity": {"teu": 1, "tonnes": 1}, "overbooking_percent": 0});
    let lines = [
        good("a"),
        "{".to_owned(),
        json!({"operation": "nope", "input": {}}).to_string(),
        json!({"operation": "new-customer", "input": {"name": ""}}).to_string(),
        json!({"operation": "change-voyage-capacity", "input": unknown}).to_string(),
        String::new(),
        good("a"),
        good(""),
        json!({"operation": "new-customer"}).to_string(),
        good("b"),
    ];
    let results = run(&world, lines.join("\n")).await;
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 400, 404, 422, 409, 200, 422, 422, 200]);
    assert_eq!(results[0]["position"], head + 1);
    assert_eq!(results[0]["etag"], "\"1\"");
    assert_eq!(results[3]["errors"][0]["pointer"], "/input/name");
    assert_eq!(results[3]["errors"][1]["pointer"], "/input/country");
    assert_eq!(results[4]["rule"], "VoyageMustBeKnown");
    assert_eq!(results[5]["position"], head + 1);
    assert_eq!(results[5]["replayed"], true);
    assert_eq!(results[6]["errors"][0]["pointer"], "/key");
    assert_eq!(results[8]["position"], head + 2);
}

#[tokio::test]
async fn lines_are_applied_in_their_order() {
    let world = World::new().await;
    let lines: Vec<_> = (0..3_000)
        .map(|n| json!({"operation": "new-customer", "input": new_customer(&format!("N{n}"))}))
        .map(|line| line.to_string())
        .collect();
    let results = run(&world, lines.join("\n")).await;
    assert_eq!(results.len(), lines.len());
    let positions: Vec<_> = results
        .iter()
        .map(|r| r["position"].as_u64().unwrap())
        .collect();
    assert!(positions.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let metrics = world.get("/metrics").await.text;
    let batches = metrics
        .lines()
        .find_map(|line| line.strip_prefix("plimsoll_batches_total{result=\"committed\"} "))
        .unwrap();
    assert!(
        batches.parse::<u64>().unwrap() < 100,
        "{batches} transactions"
    );
}

#[tokio::test]
async fn batches_that_cannot_be_read() {
    let world = World::new().await;
    let ask = async |headers: &[(&str, &str)], body: String| {
        world
            .ask(Method::POST, "/api/operations", headers, body)
            .await
    };
    let json = [("content-type", "application/json")];
    ask(&json, String::new())
        .await
        .problem(415, "unsupported-media-type");
    let many = "{}\n".repeat(10_001);
    ask(&NDJSON, many).await.problem(413, "payload-too-large");
    let large = " ".repeat((16 << 20) + 1);
    ask(&NDJSON, large).await.problem(413, "payload-too-large");
    let keyed = [NDJSON[0], ("idempotency-key", "a")];
    ask(&keyed, String::new())
        .await
        .problem(400, "malformed-request");
    assert_eq!(run(&world, String::new()).await.len(), 0);
}

#[tokio::test]
async fn bodies_beyond_the_total_limit_wait() {
    let world = World::new().await;
    let all = world.site.batch_bodies.available_permits();
    let room = world
        .site
        .batch_bodies
        .try_acquire_many(u32::try_from(all).unwrap());
    let line = json!({"operation": "new-customer", "input": new_customer("A")}).to_string();
    let answer = world
        .ask(Method::POST, "/api/operations", &NDJSON, line.clone())
        .await;
    answer.problem(503, "overloaded");
    drop(room);
    assert_eq!(run(&world, line).await[0]["status"], 200);
    assert_eq!(
        world.site.batch_bodies.available_permits(),
        all,
        "given back"
    );
}

#[tokio::test]
async fn all_faults_of_a_line_are_reported() {
    let world = World::new().await;
    let line = json!({"operation": 7, "input": {}, "key": 7, "if_match": "1"});
    let results = run(&world, line.to_string()).await;
    assert_eq!(results[0]["status"], 422);
    let errors = results[0]["errors"].as_array().unwrap();
    let mut told: Vec<_> = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!(told, ["/if_match", "/key", "/operation"], "{errors:?}");
    let results = run(&world, "{\"input\": 1".to_owned()).await;
    assert_eq!(results[0]["status"], 400);
}
