//! The guarantees of the interface apart from operations and lists: batches, catalogue, documents,
//! health, headers.

use crate::support::server::Response;
use crate::support::world::{Database, World, cargo, voyage};
use reqwest::Method;
use serde_json::{Value, json};

async fn send(
    world: &World,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let body = (!body.is_empty()).then(|| body.as_bytes().to_vec());
    world
        .clerk
        .send(method, path, headers, body)
        .await
        .expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_a_batch_is_decided_separately() {
    let world = World::start(Database::sqlite(), &[]);
    let customer = world.customer().await;
    let create = json!({ "operation": "create-cargo", "input": cargo(&customer, 1), "key": "one" });
    let lines = [
        create.to_string(),
        "{".to_owned(),
        json!(["create-cargo", cargo(&customer, 1)]).to_string(),
        create.to_string(),
        json!({ "operation": "no-such", "input": {} }).to_string(),
        json!({ "operation": "create-cargo", "input": {} }).to_string(),
        json!({ "operation": "create-cargo" }).to_string(),
        json!({ "operation": "schedule-voyage", "input": voyage("V1") }).to_string(),
        json!({ "operation": "create-cargo", "input": cargo(&customer, 2), "key": "one" })
            .to_string(),
        json!({ "operation": "create-cargo", "input": cargo(&customer, 2) }).to_string(),
    ];
    let results = world.batch(&lines.join("\n")).await;
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result["status"].as_u64())
        .collect();
    let expected = [200, 400, 422, 200, 404, 422, 422, 403, 422, 200].map(Some);
    assert_eq!(statuses, expected, "{results:#?}");
    assert_eq!(results[0]["position"], results[3]["position"]);
    assert_eq!(results[3]["replayed"], true);
    assert_eq!(results[5]["errors"][0]["pointer"], "/input/customer");
    let empty = world.batch("\n").await;
    assert!(
        empty.is_empty() || empty == [Value::String(String::new())],
        "{empty:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_describes_every_operation() {
    let world = World::start(Database::sqlite(), &[]);
    let all = world.clerk.get("/api/operations").await.body["items"].clone();
    let all = all.as_array().expect("items");
    assert_eq!(all.len(), application::catalogue().count());
    for operation in all {
        for field in [
            "name", "meaning", "changes", "effects", "who", "input", "outcome", "events",
        ] {
            assert!(!operation[field].is_null(), "{operation}");
        }
        assert!(
            jsonschema::validator_for(&operation["input"]).is_ok(),
            "{operation}"
        );
        let name = operation["name"].as_str().expect("text");
        let one = world.clerk.get(&format!("/api/operations/{name}")).await;
        assert_eq!(one.body, *operation);
    }
    assert_eq!(world.clerk.get("/api/operations/no-such").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_and_problem_has_a_page_and_no_page_leads_away() {
    let world = World::start(Database::sqlite(), &[]);
    let mut pages = vec![
        "/".to_owned(),
        "/problems/".to_owned(),
        "/api/docs/".to_owned(),
    ];
    pages.extend(domain::rules().map(|rule| format!("/problems/{}", rule.name)));
    for page in pages {
        let response = send(&world, Method::GET, &page, &[], "").await;
        assert_eq!(response.status, 200, "{page}");
        assert!(
            response
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("text/html")),
            "{page}"
        );
        let policy = response
            .header("content-security-policy")
            .expect("a policy");
        assert!(policy.contains("default-src 'none'"), "{page}: {policy}");
        let html = response.body.as_str().expect("a page");
        assert!(
            !html.contains("//cdn") && !html.contains("src=\"http"),
            "{page}"
        );
    }
    assert_eq!(
        send(&world, Method::GET, "/problems/NoSuchRule", &[], "")
            .await
            .status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_need_no_token() {
    let world = World::start(Database::sqlite(), &[]);
    world.customer().await;
    let nobody = crate::support::server::Client::new(&world.server.url, "");
    for path in ["/livez", "/readyz", "/metrics", "/api/openapi.json"] {
        assert_eq!(nobody.get(path).await.status, 200, "{path}");
    }
    let metrics = nobody.get("/metrics").await.body;
    let metrics = metrics.as_str().expect("text");
    for name in ["plimsoll_operations_total", "new-customer", "# TYPE"] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_give_position_trace_and_next_page() {
    let world = World::start(Database::sqlite(), &[]);
    let page = world.clerk.get("/api/locations?limit=2").await;
    let position = page.body["position"].to_string();
    assert_eq!(page.header("plimsoll-position"), Some(position.as_str()));
    let link = page.header("link").expect("a link");
    let next = link.split(['<', '>']).nth(1).expect("an address");
    let second = world.clerk.get(next).await;
    assert_eq!(second.body["items"].as_array().map(Vec::len), Some(2));
    assert_ne!(second.body["items"], page.body["items"]);

    let trace = "0af7651916cd43dd8448eb211c80319c";
    let traceparent = format!("00-{trace}-b7ad6b7169203331-01");
    let header = [("traceparent", traceparent.as_str())];
    let problem = send(&world, Method::GET, "/api/no-such", &header, "").await;
    assert_eq!(problem.body["instance"], trace);

    let zipped = send(
        &world,
        Method::GET,
        "/api/locations",
        &[("accept-encoding", "gzip")],
        "",
    )
    .await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    let tagged = [("accept-encoding", "gzip")];
    let one = send(&world, Method::GET, "/api/locations/NLRTM", &tagged, "").await;
    assert_eq!(
        one.header("content-encoding"),
        None,
        "a strong tag names these very bytes"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_may_wait_for_its_own_write() {
    let world = World::start(Database::mariadb(), &[]);
    let other = crate::support::server::Server::start(&world.database.url(), &[]);
    let there = world.clerk.to(&other.url);
    for number in 0..20 {
        let written = world
            .planner
            .run("schedule-voyage", voyage(&format!("V{number}")))
            .await;
        let path = format!("/api/voyages/V{number}?min_position={}", written.position());
        assert_eq!(there.get(&path).await.status, 200, "{path}");
    }
    let future = there.get("/api/voyages?min_position=1000000").await;
    assert_eq!(future.status, 503, "{}", future.body);
    assert!(future.header("retry-after").is_some());
}
