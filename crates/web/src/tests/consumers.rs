//! Consumers through the API and their pages.

use super::visitor::{Browser, with_passwords};
use super::{Answer, World};
use axum::http::Method;
use serde_json::{Value, json};

const POSITION: &str = "/api/consumers/billing/position";

/// Confirms, by the hash that the log has at the position unless another is given.
async fn put(world: &World, token: &str, path: &str, body: &Value) -> Answer {
    let mut body = body.clone();
    if let Some(position) = body["position"].as_u64().filter(|_| body["hash"].is_null()) {
        let entry = world.get(&format!("/api/log/{position}")).await;
        body["hash"] = match entry.status.as_u16() {
            200 => entry.json()["hash"].clone(),
            _ => json!("0".repeat(64)),
        };
    }
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.to_string();
    world.ask(Method::PUT, path, &headers, body).await
}

/// A world with an integrator, whose token this returns, and its consumer at the beginning of the log.
async fn world() -> (World, String) {
    let world = World::new().await;
    let token = world.token("ivy", "integrator", None).await;
    let input = json!({ "name": "billing", "description": "Writes invoices", "from": 0 });
    let bearer = format!("Bearer {token}");
    let as_ivy = [("authorization", bearer.as_str())];
    let registered = world.run_with("register-consumer", &input, &as_ivy);
    registered.await.accepted();
    (world, token)
}

async fn head(world: &World) -> (u64, String) {
    let head = world.get("/api/log/head").await.json();
    let hash = head["hash"].as_str().expect("a hash").to_owned();
    (head["position"].as_u64().expect("a position"), hash)
}

#[tokio::test]
async fn a_consumer_confirms_and_is_shown() {
    let (world, token) = world().await;
    let (end, hash) = head(&world).await;
    let confirmed = put(
        &world,
        &token,
        POSITION,
        &json!({ "position": end, "hash": hash }),
    )
    .await;
    let confirmed = confirmed.accepted();
    assert_eq!(
        (&confirmed["position"], &confirmed["lag_entries"]),
        (&json!(end), &json!(0))
    );
    let one = world.get("/api/consumers/billing").await.json();
    for (field, expected) in [
        ("consumer", json!("billing")),
        ("owner", json!("ivy")),
        ("status", json!("ACTIVE")),
        ("position", json!(end)),
        ("hash", json!(hash)),
        ("lag_entries", json!(0)),
        ("lag_seconds", json!(0)),
        ("error", Value::Null),
        ("is_forked", json!(false)),
    ] {
        assert_eq!(one[field], expected, "{field} of {one}");
    }
    let all = world.get("/api/consumers").await.json();
    assert_eq!(all["items"], json!([one]));

    let failing = json!({ "position": end, "error": "The table is locked" });
    put(&world, &token, POSITION, &failing).await.accepted();
    let one = world.get("/api/consumers/billing").await.json();
    assert_eq!(one["error"]["text"], "The table is locked");
    let metrics = world.get("/metrics").await.text;
    for line in [
        format!("plimsoll_consumer_position{{consumer=\"billing\"}} {end}"),
        "plimsoll_consumer_lag_entries{consumer=\"billing\"} 0".to_owned(),
    ] {
        assert!(metrics.lines().any(|own| own == line), "{metrics}");
    }
}

#[tokio::test]
async fn what_may_not_be_confirmed_is_explained() {
    let (world, token) = world().await;
    let other = world.token("otto", "integrator", None).await;
    let clerk = world.token("cleo", "clerk", None).await;
    let (end, _) = head(&world).await;
    put(&world, &token, POSITION, &json!({ "position": 3 }))
        .await
        .accepted();
    let confirm = async |body: Value| put(&world, &token, POSITION, &body).await;
    let back = confirm(json!({ "position": 2 })).await;
    let back = back.problem(409, "ConsumerMayNotGoBack");
    assert_eq!(back["facts"]["confirmed"], 3, "{back}");
    let ahead = confirm(json!({ "position": end + 1 })).await;
    let ahead = ahead.problem(409, "HistoryForked");
    assert_eq!(ahead["facts"]["head"], end, "{ahead}");
    assert!(ahead["facts"]["epoch"].is_string(), "{ahead}");
    let detail = ahead["detail"].as_str().expect("a text");
    assert!(detail.contains("Take a new snapshot"), "{detail}");
    let forged = confirm(json!({ "position": 4, "hash": "a".repeat(64) })).await;
    forged.problem(409, "HistoryForked");
    let no_hash = confirm(json!({ "position": 4, "hash": "a" })).await;
    let no_hash = no_hash.problem(422, "invalid-input");
    assert_eq!(no_hash["errors"][0]["pointer"], "/hash", "{no_hash}");
    for body in [
        json!({}),
        json!({ "position": -1, "hash": "0".repeat(64) }),
        json!({ "position": 4, "more": 1 }),
    ] {
        confirm(body).await.problem(422, "invalid-input");
    }
    let foreign = put(&world, &other, POSITION, &json!({ "position": 4 })).await;
    let foreign = foreign.problem(403, "Policy");
    assert_eq!(foreign["facts"]["owner"], "ivy", "{foreign}");
    let forbidden = put(&world, &clerk, POSITION, &json!({ "position": 4 })).await;
    forbidden.problem(403, "Policy");
    let unknown = "/api/consumers/nobody/position";
    let unknown = put(&world, &token, unknown, &json!({ "position": 4 })).await;
    unknown.problem(404, "not-found");
    let strange = "/api/consumers/No%20body/position";
    let strange = put(&world, &token, strange, &json!({ "position": 4 })).await;
    strange.problem(404, "not-found");
    let stranger = put(&world, "nobody", POSITION, &json!({ "position": 4 })).await;
    stranger.problem(401, "unauthenticated");
    put(&world, &world.admin, POSITION, &json!({ "position": 4 }))
        .await
        .accepted();
}

#[tokio::test]
async fn a_consumer_is_looked_after_on_its_page() {
    let (world, token) = world().await;
    with_passwords(&world).await;
    put(&world, &token, POSITION, &json!({ "position": 2 }))
        .await
        .accepted();
    let mut anna = Browser::signed_in(&world, "anna").await;
    let list = anna.get("/consumers").await.text;
    for shown in ["billing", "Writes invoices", "/consumers/billing", "ivy"] {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    let page = anna.get("/consumers/billing").await.text;
    for act in [
        "pause-consumer",
        "reset-consumer",
        "skip-consumer",
        "remove-consumer",
    ] {
        let form = format!("/operations/{act}?consumer=billing");
        assert!(page.contains(&form), "{form}: {page}");
    }
    let form = anna
        .get("/operations/pause-consumer?consumer=billing")
        .await;
    assert!(form.text.contains("value=\"billing\""), "{}", form.text);
    world
        .run("pause-consumer", &json!({ "consumer": "billing" }))
        .await
        .accepted();
    let page = anna.get("/consumers/billing").await.text;
    assert!(
        page.contains("/operations/resume-consumer?consumer=billing"),
        "{page}"
    );

    let mut clerk = Browser::signed_in(&world, "clerk").await;
    assert_eq!(clerk.get("/consumers").await.status.as_u16(), 403);
    assert!(!clerk.get("/").await.text.contains("href=\"/consumers\""));
}

#[tokio::test]
async fn a_refused_confirmation_is_shown_until_one_is_taken() {
    let (world, token) = world().await;
    with_passwords(&world).await;
    let (end, _) = head(&world).await;
    let ahead = json!({ "position": end + 9, "hash": "0".repeat(64) });
    put(&world, &token, POSITION, &ahead)
        .await
        .problem(409, "HistoryForked");
    let one = world.get("/api/consumers/billing").await.json();
    assert_eq!(one["refused"]["rule"], "HistoryForked", "{one}");
    assert_eq!(one["position"], 0, "{one}");
    let mut browser = Browser::signed_in(&world, "anna").await;
    let page = browser.get("/consumers/billing").await.text;
    for told in [
        "Its last confirmation was refused just now",
        "<a href=\"/problems/HistoryForked\">HistoryForked</a>",
        "It has probably been restored from a backup",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let taken = json!({ "position": 2 });
    put(&world, &token, POSITION, &taken).await.accepted();
    let one = world.get("/api/consumers/billing").await.json();
    assert_eq!(one["refused"], Value::Null, "{one}");
    let page = browser.get("/consumers/billing").await.text;
    assert!(!page.contains("was refused"), "{page}");
}

#[tokio::test]
async fn forms_that_move_a_consumer_say_where_it_is() {
    let (world, token) = world().await;
    with_passwords(&world).await;
    put(&world, &token, POSITION, &json!({ "position": 3 }))
        .await
        .accepted();
    let mut browser = Browser::signed_in(&world, "anna").await;
    for (form, button, placeholder) in [
        ("reset-consumer", "Reset consumer", "It took a new snapshot"),
        ("skip-consumer", "Skip entries", "Entered there by hand"),
    ] {
        let path = format!("/operations/{form}?consumer=billing");
        let page = browser.get(&path).await.text;
        let (end, _) = head(&world).await;
        for told in [
            "billing has handled everything up to position 3.".to_owned(),
            format!("The log ends at position {end}."),
            format!("<button>{button}</button>"),
            format!("placeholder=\"{placeholder}\""),
        ] {
            assert!(page.contains(&told), "{told}: {page}");
        }
    }
    let page = browser.get("/operations/register-consumer").await.text;
    assert!(page.contains(">Start after position <"), "{page}");
    let remove = json!({ "consumer": "billing" });
    world.run("remove-consumer", &remove).await.accepted();
    let page = browser.get("/consumers/billing").await.text;
    assert!(
        page.contains("Last position") && !page.contains("<dt>Behind</dt>"),
        "{page}"
    );
    let page = browser.get("/consumers").await.text;
    assert!(
        page.contains("No program is registered as a consumer."),
        "{page}"
    );
}
