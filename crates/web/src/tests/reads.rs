//! Reading.

use super::visitor::{Browser, Forward, with_passwords};
use super::{World, new_customer};
use axum::http::Method;
use domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new().await;
    for number in ["V1", "V2", "V3"] {
        world.voyage(number).await;
    }
    let customer = world.customer().await;
    for _ in 0..3 {
        world.cargo(&customer, 1).await;
    }
    for list in [
        "/api/voyages?port=SGSIN&",
        "/api/cargoes?origin=NLRTM&",
        "/api/locations?",
        "/api/log?from=2&operation=schedule-voyage&",
        "/api/voyages/V1/history?",
    ] {
        let whole = world.get(list).await.accepted();
        let mut items = Vec::new();
        let mut path = format!("{list}limit=1");
        loop {
            let answer = world.get(&path).await;
            let page = answer.accepted();
            assert_eq!(
                answer.header("plimsoll-position"),
                Some(page["position"].to_string()).as_deref()
            );
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            let link = answer.header("link");
            assert_eq!(link.is_some(), page["next"].is_string());
            let Some(link) = link else { break };
            let link = link
                .strip_prefix('<')
                .unwrap()
                .strip_suffix(">; rel=\"next\"")
                .unwrap();
            assert!(link.contains(page["next"].as_str().unwrap()));
            path = link.to_owned();
        }
        assert_eq!(Value::Array(items), whole["items"], "{list}");
    }
}

#[tokio::test]
async fn filters_narrow() {
    let world = World::new().await;
    let (one, other) = (world.customer().await, world.customer().await);
    world.cargo(&one, 1).await;
    world.voyage("V100").await;
    for (path, count) in [
        (format!("/api/cargoes?customer={one}"), 1),
        (format!("/api/cargoes?customer={other}"), 0),
        ("/api/cargoes?status=REQUESTED".to_owned(), 1),
        ("/api/cargoes?status=BOOKED".to_owned(), 0),
        (
            "/api/voyages?departs_from=2199-01-02T00:00:00Z".to_owned(),
            0,
        ),
        ("/api/locations?country=NL".to_owned(), 1),
        ("/api/locations?name=rotter".to_owned(), 1),
        ("/api/customers?name=anchor".to_owned(), 2),
        (
            "/api/log?actor=system:command-line&operation=add-locations".to_owned(),
            1,
        ),
        ("/api/log?target=voyage:V100".to_owned(), 1),
        ("/api/refusals?actor=user:nobody".to_owned(), 0),
    ] {
        let items = world.get(&path).await.accepted()["items"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(items, count, "{path}");
    }
}

#[tokio::test]
async fn unchanged_answers_are_not_sent_again() {
    let world = World::new().await;
    world.voyage("V100").await;
    let ask = async |tag: &str| {
        let headers = [("if-none-match", tag)];
        world
            .ask(Method::GET, "/api/voyages/V100", &headers, "")
            .await
    };
    for (tag, status) in [("\"1\"", 304), ("W/\"1\"", 304), ("*", 304), ("\"2\"", 200)] {
        let answer = ask(tag).await;
        assert_eq!(answer.status, status, "{tag}");
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        assert_eq!(answer.text.is_empty(), status == 304);
    }
}

#[tokio::test]
async fn the_past_can_be_read() {
    let world = World::new().await;
    world.voyage("V100").await;
    let before = world.get("/api/log/head").await.json();
    let input = json!({"voyage": "V100", "capacity": {"teu": 20, "tonnes": 1000}, "overbooking_percent": 0});
    world.run("change-voyage-capacity", &input).await.accepted();
    let (position, time) = (&before["position"], before["recorded_at"].as_str().unwrap());
    for (query, teu, provisional) in [
        (String::new(), 20, false),
        (format!("?at={position}"), 10, false),
        (format!("?as_of={time}"), 10, false),
        // As sent by a caller who does not escape the plus sign.
        (format!("?as_of={}", time.replace('Z', "+00:00")), 10, false),
        ("?at=1000000".to_owned(), 20, true),
        ("?as_of=2199-01-01T00:00:00Z".to_owned(), 20, true),
    ] {
        let answer = world.get(&format!("/api/voyages/V100{query}")).await;
        assert_eq!(answer.accepted()["capacity"]["teu"], teu, "{query}");
        let expected = if provisional {
            "no-store"
        } else {
            "private, no-cache"
        };
        assert_eq!(answer.header("cache-control"), Some(expected), "{query}");
    }
    world
        .get("/api/voyages/V100?at=1")
        .await
        .problem(404, "not-found");
    let history = world.get("/api/voyages/V100/history").await.accepted();
    assert_eq!(history["items"][1]["state"]["capacity"]["teu"], 20);
    assert_eq!(history["items"][0]["position"], *position);
}

#[tokio::test]
async fn impossible_names_are_unknown() {
    let world = World::new().await;
    for path in [
        "/api/cargoes/23456789ABC",
        "/api/cargoes/%00",
        "/api/voyages/v-1",
        "/api/voyages/V404",
        "/api/customers/1",
        "/api/customers/01a20b17-6a7a-7185-801c-42c087b27b04",
        "/api/locations/nlrtm",
        "/api/locations/NLAMS/history",
        "/api/log/0",
        "/api/log/01",
        "/api/log/1000",
        "/api/log/99999999999999999999",
        "/api/operations/nope",
        "/api/nothing",
        "/problems/nothing",
        "/api/docs/nothing.js",
        "/nothing",
    ] {
        world.get(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn query_strings_that_cannot_be_read() {
    let world = World::new().await;
    world.voyage("V100").await;
    let long = format!("/api/locations?name={}", "x".repeat(5_000));
    world.get(&long).await.problem(414, "address-too-long");
    for (path, parameter) in [
        ("/api/cargoes?colour=red", "colour"),
        ("/api/refusals/counts?from=", "from"),
        ("/api/cargoes?limit=201", "limit"),
        ("/api/cargoes?limit=0", "limit"),
        ("/api/cargoes?limit=x", "limit"),
        ("/api/cargoes?customer=1", "customer"),
        ("/api/cargoes?status=booked", "status"),
        ("/api/cargoes?origin=x", "origin"),
        ("/api/cargoes?voyage=x", "voyage"),
        ("/api/cargoes?cursor=zz", "cursor"),
        ("/api/cargoes?cursor=ff", "cursor"),
        ("/api/voyages?departs_from=now", "departs_from"),
        ("/api/voyages?cursor=616263", "cursor"),
        ("/api/locations?cursor=616263", "cursor"),
        ("/api/voyages/V100?at=1&as_of=2027-01-01T00:00:00Z", "as_of"),
        ("/api/voyages/V100?at=x", "at"),
        ("/api/voyages/V100?limit=1", "limit"),
        ("/api/voyages/V100/history?cursor=6161", "cursor"),
        ("/api/locations?country=XX", "country"),
        ("/api/locations?name=%00", "name"),
        ("/api/log?from=-1", "from"),
        ("/api/log?actor=anna", "actor"),
        ("/api/log?cursor=6161", "cursor"),
        ("/api/refusals?cursor=6161", "cursor"),
        ("/api/log/head?x=1", "x"),
        ("/api/operations?x=1", "x"),
    ] {
        let problem = world.get(path).await.problem(400, "invalid-parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}");
    }
}

#[tokio::test]
async fn a_position_is_waited_for() {
    let world = World::new().await;
    let head = world.get("/api/log/head").await.json()["position"]
        .as_u64()
        .unwrap();
    let path = format!("/api/customers?min_position={}", head + 1);
    let input = new_customer("A");
    let (read, _) = futures::join!(world.get(&path), world.run("new-customer", &input));
    assert_eq!(read.accepted()["position"], head + 1);
    tokio::time::pause();
    let path = "/api/customers?min_position=1000000";
    // The clock of the wait is real, so let the paused one skip only the pauses between checks.
    let late = world.get(path).await;
    late.problem(503, "not-yet-visible");
    assert!(late.header("retry-after").is_some());
}

#[tokio::test]
async fn a_customer_sees_only_its_own() {
    let world = World::new().await;
    let (own, other) = (world.customer().await, world.customer().await);
    let (mine, theirs) = (world.cargo(&own, 1).await, world.cargo(&other, 1).await);
    let token = world.token("cora", "customer", Some(&own)).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let get = async |path: &str| world.ask(Method::GET, path, &headers, "").await;
    let list = get("/api/cargoes").await.accepted();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["cargo"], mine);
    get(&format!("/api/cargoes/{mine}")).await.accepted();
    get(&format!("/api/cargoes/{theirs}"))
        .await
        .problem(404, "not-found");
    get(&format!("/api/cargoes/{theirs}/history"))
        .await
        .problem(404, "not-found");
    get(&format!("/api/customers/{other}"))
        .await
        .problem(404, "not-found");
    for path in ["/api/log", "/api/log/head", "/api/log/1", "/api/refusals"] {
        get(path).await.problem(403, "Policy");
    }
    get("/api/operations").await.accepted();
}

#[tokio::test]
async fn the_catalogue_lists_everything() {
    let world = World::new().await;
    let list = world.get("/api/operations").await.accepted();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), application::catalogue().count());
    let one = world.get("/api/operations/add-locations").await.accepted();
    assert!(items.contains(&one));
    assert_eq!(one["who"]["roles"], json!(["admin", "planner"]));
    assert_eq!(one["who"]["system"], true);
    assert_eq!(one["rules"][0]["name"], "LocationMustBeUnique");
    let item = &one["input"]["properties"]["locations"]["items"];
    assert!(
        item["properties"]["un_locode"]["pattern"].is_string(),
        "{one}"
    );
    assert!(!list.to_string().contains("$ref"), "schemas stand alone");
}

/// The log can be narrowed to a stretch of time, together with its other filters, page by page.
#[tokio::test]
async fn the_log_can_be_filtered_by_time() {
    let clock = Arc::new(Forward::default());
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let mut times = Vec::new();
    for number in ["V1", "V2", "V3"] {
        clock.0.fetch_add(24, Ordering::Relaxed);
        world.voyage(number).await;
        world
            .run("accept-booking", &json!({ "cargo": "23456789AB3" }))
            .await;
        times.push(
            world.get("/api/log/head").await.json()["recorded_at"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let targets = async |query: String| -> Vec<Value> {
        let page = world
            .get(&format!("/api/log?operation=schedule-voyage&{query}"))
            .await
            .accepted();
        assert!(page["next"].is_null() || query.contains("limit"), "{page}");
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| own["target"].clone())
            .collect()
    };
    let [first, second, third] = [0, 1, 2].map(|index: usize| times[index].clone());
    for (query, expected) in [
        (
            format!("recorded_from={second}"),
            &["voyage:V2", "voyage:V3"][..],
        ),
        (format!("recorded_until={second}"), &["voyage:V1"]),
        (
            format!("recorded_from={second}&recorded_until={third}"),
            &["voyage:V2"],
        ),
        (
            format!("recorded_from={first}&recorded_until={third}&limit=1"),
            &["voyage:V1"],
        ),
        (format!("recorded_from={third}&recorded_until={first}"), &[]),
        ("recorded_from=2199-01-01T00:00:00Z".to_owned(), &[]),
    ] {
        assert_eq!(targets(query.clone()).await, expected, "{query}");
    }
    let refused = world
        .get(&format!(
            "/api/refusals?recorded_from={second}&recorded_until={third}"
        ))
        .await
        .accepted();
    assert_eq!(refused["items"].as_array().unwrap().len(), 1, "{refused}");
    let fault = world.get("/api/log?recorded_from=today").await;
    assert!(fault.problem(400, "invalid-parameter")["errors"][0]["parameter"] == "recorded_from");

    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let day = &second[..10];
    let page = browser
        .get(&format!(
            "/log?from={day}&until={day}&operation=schedule-voyage"
        ))
        .await
        .text;
    assert!(
        page.contains("voyage V2") && !page.contains("voyage V1") && !page.contains("voyage V3"),
        "{page}"
    );
    assert!(page.contains(&format!("value=\"{day}\"")), "{page}");
    let page = browser
        .get(&format!("/log?from={day}&until={day}&only=refusals"))
        .await
        .text;
    assert_eq!(page.matches("class=\"refusal\"").count(), 1, "{page}");
    let file = page
        .split("href=\"")
        .find(|own| own.starts_with("/export/refusals.csv"))
        .unwrap();
    let file = file.split('"').next().unwrap().replace("&#38;", "&");
    let file = browser.get(&file).await.text;
    assert_eq!(file.trim_end().lines().count(), 2, "{file}");
    let page = browser.get("/log?from=yesterday").await.text;
    assert!(page.contains("“From” is not a date"), "{page}");
}
