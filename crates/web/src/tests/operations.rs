//! Running one operation.

use super::{World, new_cargo, new_customer};
use axum::body::Body;
use axum::http::Method;
use futures::StreamExt;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_cargo_is_booked_end_to_end() {
    let world = World::new().await;
    let customer = world.customer().await;
    world.voyage("V100").await;
    let cargo = world.cargo(&customer, 2).await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let input = json!({"cargo": cargo, "voyage": "V100"});
    let booked = world
        .run_with("book-onto-voyage", &input, &[("traceparent", trace)])
        .await;
    let body = booked.accepted();
    let fields: BTreeSet<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "operation",
        "position",
        "recorded_at",
        "actor",
        "outcome",
        "events",
    ];
    assert_eq!(
        fields,
        BTreeSet::from(expected),
        "nothing else, and no once"
    );
    assert_eq!(body["operation"], "book-onto-voyage");
    assert_eq!(body["actor"], "user:anna");
    assert_eq!(body["outcome"]["cargo"], cargo);
    assert_eq!(booked.header("etag"), Some("\"2\""));
    let position = body["position"].as_u64().unwrap();
    assert_eq!(
        booked.header("plimsoll-position"),
        Some(position.to_string().as_str())
    );
    assert_eq!(booked.header("idempotency-replayed"), None);

    let read = world.get(&format!("/api/cargoes/{cargo}")).await;
    let view = read.accepted();
    assert_eq!(view["status"], "BOOKED");
    assert_eq!(view["itinerary"][0]["voyage"], "V100");
    assert_eq!(read.header("etag"), Some("\"2\""));
    let load = world.get("/api/voyages/V100").await.accepted();
    assert_eq!(load["movements"][0]["booked"]["teu"], 2);
}

#[tokio::test]
async fn a_rule_that_refuses_is_named() {
    let world = World::new().await;
    let customer = world.customer().await;
    world.voyage("V100").await;
    let cargo = world.cargo(&customer, 11).await;
    let head = world.get("/api/log/head").await.json()["position"].clone();
    let refused = world
        .run(
            "book-onto-voyage",
            &json!({"cargo": cargo, "voyage": "V100"}),
        )
        .await;
    let problem = refused.problem(409, "LoadMayNotPassTheLine");
    assert_eq!(problem["rule"], "LoadMayNotPassTheLine");
    assert!(
        problem["detail"].as_str().unwrap().contains("11"),
        "{problem}"
    );
    assert_eq!(
        refused.header("plimsoll-position"),
        Some(head.to_string().as_str())
    );
    let refusals = world.get("/api/refusals?actor=user:anna").await.accepted();
    assert_eq!(refusals["items"][0]["rule"], "LoadMayNotPassTheLine");
}

#[tokio::test]
async fn a_key_gives_the_same_answer_again() {
    let world = World::new().await;
    let key = [("idempotency-key", "\"key-1\"")];
    let first = world
        .run_with("new-customer", &new_customer("A"), &key)
        .await;
    let bare = [("idempotency-key", "key-1")];
    let again = world
        .run_with("new-customer", &new_customer("A"), &bare)
        .await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        (again.accepted(), again.header("etag")),
        (first.accepted(), first.header("etag"))
    );
    let other = world
        .run_with("new-customer", &new_customer("B"), &key)
        .await;
    other.problem(422, "key-reused");

    let key = [("idempotency-key", "key-2")];
    let unknown =
        json!({"voyage": "V1", "capacity": {"teu": 1, "tonnes": 1}, "overbooking_percent": 0});
    let first = world
        .run_with("change-voyage-capacity", &unknown, &key)
        .await;
    first.problem(409, "VoyageMustBeKnown");
    let again = world
        .run_with("change-voyage-capacity", &unknown, &key)
        .await;
    again.problem(409, "VoyageMustBeKnown");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn a_secret_is_returned_once() {
    let world = World::new().await;
    let input = json!({"user": "anna"});
    let key = [("idempotency-key", "t")];
    let first = world.run_with("issue-token", &input, &key).await.accepted();
    let secret = first["once"]["token"].as_str().unwrap();
    let again = world.run_with("issue-token", &input, &key).await.accepted();
    assert_eq!(again.get("once"), None);
    assert_eq!(again["outcome"], first["outcome"]);
    let bearer = format!("Bearer {secret}");
    let read = world
        .ask(
            Method::GET,
            "/api/cargoes",
            &[("authorization", &bearer)],
            "",
        )
        .await;
    read.accepted();
    let revoke = json!({"token_id": first["outcome"]["token_id"]});
    let bearer = [("authorization", bearer.as_str())];
    world
        .run_with("new-customer", &new_customer("A"), &bearer)
        .await
        .accepted();
    world.run("revoke-token", &revoke).await.accepted();
    for _ in 0..2 {
        let refused = world
            .run_with("new-customer", &new_customer("A"), &bearer)
            .await;
        refused.problem(401, "unauthenticated");
        assert!(
            refused
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer")
        );
    }
}

#[tokio::test]
async fn a_stale_version_changes_nothing() {
    let world = World::new().await;
    world.voyage("V100").await;
    let input = json!({"voyage": "V100", "capacity": {"teu": 20, "tonnes": 1000}, "overbooking_percent": 0});
    for (if_match, status) in [
        ("\"7\"", 412),
        ("W/\"1\"", 412),
        ("\"abc\"", 412),
        ("1", 400),
    ] {
        let headers = [("if-match", if_match)];
        let answer = world
            .run_with("change-voyage-capacity", &input, &headers)
            .await;
        let kind = if status == 412 {
            "StaleVersion"
        } else {
            "malformed-request"
        };
        answer.problem(status, kind);
    }
    let headers = [("if-match", "\"1\"")];
    let changed = world
        .run_with("change-voyage-capacity", &input, &headers)
        .await;
    changed.accepted();
    assert_eq!(changed.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn callers_without_permission_are_refused() {
    let world = World::new().await;
    let clerk = world.token("carl", "clerk", None).await;
    let bearer = format!("Bearer {clerk}");
    let bearer = [("authorization", bearer.as_str())];
    let refused = world
        .run_with("register-user", &json!({"name": "x"}), &bearer)
        .await;
    assert_eq!(refused.problem(403, "Policy")["rule"], "Policy");
    assert!(refused.header("plimsoll-position").is_some());
}

#[tokio::test]
async fn inputs_that_cannot_be_read() {
    let world = World::new().await;
    let path = "/api/operations/new-customer";
    let json = ("content-type", "application/json");
    let nested = "[".repeat(100_000);
    for (headers, body, status, kind) in [
        (vec![json], "{".as_bytes(), 400, "malformed-json"),
        (vec![json], b"", 400, "malformed-json"),
        (vec![json], nested.as_bytes(), 422, "invalid-input"),
        (vec![json], b"\xff\xfe", 400, "malformed-json"),
        (vec![json], b"{\"name\":\"\xff\"}", 400, "malformed-json"),
        (vec![json], b"null", 422, "invalid-input"),
        (vec![json], b"[1]", 422, "invalid-input"),
        (
            vec![json],
            br#"["A","a@example.com","NL"]"#,
            422,
            "invalid-input",
        ),
        (vec![json], b"{}", 422, "invalid-input"),
        (
            vec![json],
            br#"{"name":"a\u0000b","email":"a@example.com","country":"NL"}"#,
            422,
            "invalid-input",
        ),
        (vec![], b"{}", 415, "unsupported-media-type"),
        (
            vec![("content-type", "text/plain")],
            b"{}",
            415,
            "unsupported-media-type",
        ),
        (
            vec![json, ("content-encoding", "gzip")],
            b"{}",
            415,
            "unsupported-media-type",
        ),
        (
            vec![json, ("idempotency-key", "")],
            b"{}",
            400,
            "malformed-request",
        ),
    ] {
        let answer = world.ask(Method::POST, path, &headers, body.to_vec()).await;
        answer.problem(status, kind);
    }
    let charset = [("content-type", "Application/JSON; charset=utf-8")];
    let body = new_customer("A").to_string();
    world
        .ask(Method::POST, path, &charset, body)
        .await
        .accepted();
}

#[tokio::test]
async fn errors_point_to_the_wrong_fields() {
    let world = World::new().await;
    let mut input = new_cargo("01a20b17-6a7a-7185-801c-42c087b27b04", 1);
    input["origin"] = json!("rotterdam");
    let problem = world
        .run("create-cargo", &input)
        .await
        .problem(422, "invalid-input");
    assert_eq!(problem["errors"][0]["pointer"], "/origin");
    assert_eq!(problem["rule"], "IdentifierMustBeWellFormed");
    let mut input = new_customer("A");
    input["colour"] = json!("red");
    let problem = world
        .run("new-customer", &input)
        .await
        .problem(422, "invalid-input");
    assert_eq!(problem["errors"][0]["pointer"], "/colour");
    assert_eq!(problem.get("rule"), None);
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let world = World::new().await;
    let json = [("content-type", "application/json")];
    let path = "/api/operations/new-customer";
    let large = "x".repeat((1 << 20) + 1);
    world
        .ask(Method::POST, path, &json, large.clone())
        .await
        .problem(413, "payload-too-large");
    let pieces =
        futures::stream::iter([large.clone(), large].map(Ok::<_, std::convert::Infallible>));
    let streamed = Body::from_stream(pieces);
    world
        .ask(Method::POST, path, &json, streamed)
        .await
        .problem(413, "payload-too-large");
}

#[tokio::test]
async fn strangers_are_refused_before_their_body_is_read() {
    let world = World::new().await;
    for authorization in ["", "Basic YTpi", "Bearer", "Bearer plimsoll_00"] {
        // A body that fails while it is read.
        let broken = futures::stream::poll_fn(|_| -> std::task::Poll<Option<Result<&str, &str>>> {
            panic!("the body was read")
        });
        let headers = [
            ("authorization", authorization),
            ("content-type", "application/json"),
        ];
        for path in ["/api/operations/new-customer", "/api/operations"] {
            let body = Body::from_stream(futures::stream::iter(Vec::<Result<&str, &str>>::new()));
            let answer = world.ask(Method::POST, path, &headers, body).await;
            answer.problem(401, "unauthenticated");
        }
        let body = Body::from_stream(broken);
        let answer = world
            .ask(Method::POST, "/api/operations/nope", &headers, body)
            .await;
        answer.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_cut_off() {
    let world = World::new().await;
    tokio::time::pause();
    let never = futures::stream::pending::<Result<&str, &str>>();
    let headers = [("content-type", "application/json")];
    let body = Body::from_stream(never);
    let answer = world
        .ask(Method::POST, "/api/operations/new-customer", &headers, body)
        .await;
    answer.problem(408, "timeout");
}

#[tokio::test]
async fn a_slow_body_is_accepted_while_it_keeps_arriving() {
    let world = World::new().await;
    tokio::time::pause();
    let line = json!({ "operation": "new-customer", "input": new_customer("Blue Anchor") });
    let line = format!("{line}{}\n", " ".repeat(60_000));
    // Five minutes in total, and never silent for long.
    let pieces = futures::stream::iter(0..20).then(move |_| {
        let line = line.clone();
        async move {
            tokio::time::sleep(std::time::Duration::from_secs(15)).await;
            Ok::<_, std::convert::Infallible>(line)
        }
    });
    let headers = [("content-type", "application/x-ndjson")];
    let body = Body::from_stream(pieces);
    let answer = world.ask(Method::POST, "/api/operations", &headers, body);
    let answer = answer.await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.text.lines().count(), 20);
    assert_eq!(answer.text.matches("\"status\":200").count(), 20);
}
