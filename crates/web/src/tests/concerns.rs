//! What holds for every request.

use super::World;
use super::visitor::{Browser, PASSWORD, with_passwords};
use crate::clock::SystemClock;
use crate::pages::gate::Gate;
use axum::http::{Method, StatusCode};
use std::sync::Arc;

const READS: &[&str] = &[
    "/api/operations",
    "/api/operations/new-customer",
    "/api/cargoes",
    "/api/cargoes/23456789ABC",
    "/api/cargoes/23456789ABC/history",
    "/api/voyages",
    "/api/voyages/V1",
    "/api/voyages/V1/history",
    "/api/customers",
    "/api/customers/01a20b17-6a7a-7185-801c-42c087b27b04",
    "/api/customers/01a20b17-6a7a-7185-801c-42c087b27b04/history",
    "/api/locations",
    "/api/locations/NLRTM",
    "/api/locations/NLRTM/history",
    "/api/log",
    "/api/log/head",
    "/api/log/1",
    "/api/refusals",
];

#[tokio::test]
async fn every_read_needs_a_token() {
    let world = World::new().await;
    for path in READS {
        for authorization in ["", "Bearer x"] {
            let headers = [("authorization", authorization)];
            let answer = world.ask(Method::GET, path, &headers, "").await;
            answer.problem(401, "unauthenticated");
            assert!(answer.header("www-authenticate").is_some());
        }
    }
}

#[tokio::test]
async fn public_pages_need_no_sign_in() {
    let world = World::new().await;
    for path in [
        "/sign-in",
        "/track",
        "/livez",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/api/docs/",
        "/problems",
        "/problems/",
        "/problems/StaleVersion",
    ] {
        let answer = world
            .ask(Method::GET, path, &[("authorization", "")], "")
            .await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("same-origin"),
            "{path}"
        );
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    let answer = world.get("/api/docs").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (308, Some("/api/docs/"))
    );
}

#[tokio::test]
async fn methods_that_do_not_apply() {
    let world = World::new().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/cargoes", "GET"),
        (Method::PUT, "/api/operations/new-customer", "POST"),
        (Method::POST, "/livez", "GET"),
        (Method::PATCH, "/api/log/1", "GET"),
    ] {
        let answer = world.ask(method, path, &[], "").await;
        answer.problem(405, "method-not-allowed");
        assert!(answer.header("allow").unwrap().contains(allowed), "{path}");
    }
}

#[tokio::test]
async fn the_trace_of_the_caller_is_kept() {
    let world = World::new().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = world
        .ask(Method::GET, "/api/nothing", &[("traceparent", trace)], "")
        .await;
    let problem = answer.problem(404, "not-found");
    assert_eq!(problem["instance"], "0af7651916cd43dd8448eb211c80319c");
    let one = world.get("/api/nothing").await.json()["instance"].clone();
    let other = world.get("/api/nothing").await.json()["instance"].clone();
    assert_ne!(one, other);
}

#[tokio::test]
async fn only_answers_without_a_strong_tag_are_compressed() {
    let world = World::new().await;
    for n in 0..5 {
        world.voyage(&format!("V{n}")).await;
    }
    let gzip = [("accept-encoding", "gzip")];
    let list = world.ask(Method::GET, "/api/voyages", &gzip, "").await;
    assert_eq!(list.header("content-encoding"), Some("gzip"));
    let one = world.ask(Method::GET, "/api/voyages/V1", &gzip, "").await;
    assert_eq!(one.header("content-encoding"), None);
}

#[tokio::test]
async fn accepted_codings_never_change_what_is_answered() {
    let world = World::new().await;
    for n in 0..5 {
        world.voyage(&format!("V{n}")).await;
    }
    for (accepted, expected) in [
        ("GZIP;Q=0.3, identity;q=0.2", Some("gzip")),
        ("gzip;q=0.1, *;q=0.2", None),
        ("*;q=0, gzip", Some("gzip")),
        ("identity;q=0", None),
        ("*;q=0", None),
    ] {
        let headers = [("accept-encoding", accepted)];
        let list = world.ask(Method::GET, "/api/voyages", &headers, "").await;
        assert_eq!(list.status, StatusCode::OK, "{accepted}");
        assert_eq!(list.header("content-encoding"), expected, "{accepted}");
        let vary = list.headers.get_all("vary").iter();
        let mut vary = vary.filter_map(|value| value.to_str().ok());
        assert!(vary.any(|value| value.eq_ignore_ascii_case("accept-encoding")));
        let missing = world
            .ask(Method::GET, "/api/voyages/V9", &headers, "")
            .await;
        missing.problem(404, "not-found");
        let input = r#"{"name":"A","email":"a@example.com","country":"NL"}"#;
        let headers = [headers[0], ("content-type", "application/json")];
        let path = "/api/operations/new-customer";
        let applied = world.ask(Method::POST, path, &headers, input).await;
        assert_eq!(applied.status, StatusCode::OK, "{accepted}");
    }
}

#[tokio::test]
async fn heads_are_answered_without_a_body() {
    let world = World::new().await;
    let answer = world
        .ask(Method::HEAD, "/api/locations/NLRTM", &[], "")
        .await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn requests_are_counted() {
    let world = World::new().await;
    world.get("/api/nothing").await;
    world.get("/api/locations/NLRTM").await;
    world.customer().await;
    let metrics = world.get("/metrics").await.text;
    for line in [
        "plimsoll_http_requests_total{route=\"unmatched\",status=\"404\"} 1",
        "plimsoll_http_requests_total{route=\"/api/locations/{un_locode}\",status=\"200\"} 1",
        "plimsoll_operations_total{operation=\"new-customer\",result=\"accepted\"} 1",
        "plimsoll_queue_waiting 0",
    ] {
        assert!(
            metrics.lines().any(|own| own == line),
            "{line} is not in\n{metrics}"
        );
    }
}

#[tokio::test]
async fn operations_that_pages_run_are_counted() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut admin = Browser::signed_in(&world, "anna").await;
    admin.get("/users").await;
    let issue = "/operations/issue-password-link";
    let page = admin.post(issue, &[("/user", "clerk")]).await.text;
    let (_, link) = page.split_once("http://plimsoll.test").expect("a link");
    let end = link.find(['"', '<']).expect("its end");
    let mut clerk = Browser::new(&world);
    clerk.get(&link[..end]).await;
    let chosen = [("password", PASSWORD), ("again", PASSWORD)];
    clerk.post(&link[..end], &chosen).await;
    let metrics = world.get("/metrics").await.text;
    for (operation, times) in [
        ("sign-in", 2),
        ("issue-password-link", 1),
        ("redeem-password-link", 1),
    ] {
        let line = format!(
            "plimsoll_operations_total{{operation=\"{operation}\",result=\"accepted\"}} {times}"
        );
        assert!(
            metrics.lines().any(|own| own == line),
            "{line} is not in\n{metrics}"
        );
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_a_problem_without_details() {
    let world = World::new().await;
    let broken = || async {
        assert!(std::hint::black_box(false), "a secret");
    };
    let router = axum::Router::new()
        .route("/api/broken", axum::routing::get(broken))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(
            crate::edge::panicked,
        ))
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&world.site),
            crate::edge::edge,
        ));
    let world = World { router, ..world };
    let answer = world.get("/api/broken").await;
    answer.problem(500, "broken");
    assert!(!answer.text.contains("secret"), "{}", answer.text);
}

#[tokio::test]
async fn metrics_may_need_a_token_of_their_own() {
    let world = World::new().await;
    let open = world.ask(Method::GET, "/metrics", &[("authorization", "")], "");
    assert_eq!(open.await.status, StatusCode::OK);
    let gate = Gate::default().with_metrics_token(Some("sixteen-or-more-characters"));
    let world = World::behind(Arc::new(SystemClock), gate).await;
    let admin = format!("Bearer {}", world.admin);
    for authorization in ["", "Bearer x", admin.as_str()] {
        let headers = [("authorization", authorization)];
        let answer = world.ask(Method::GET, "/metrics", &headers, "").await;
        answer.problem(401, "unauthenticated");
        assert!(answer.header("www-authenticate").is_some());
    }
    let headers = [("authorization", "Bearer sixteen-or-more-characters")];
    let answer = world.ask(Method::GET, "/metrics", &headers, "").await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_site_with_https_is_never_left_for_http() {
    for (url, expected) in [
        ("https://booking.example.com", Some("max-age=31536000")),
        ("http://booking.example.com", None),
    ] {
        let gate = Gate::default().reached_at(url.parse().unwrap());
        let world = World::behind(Arc::new(SystemClock), gate).await;
        for path in ["/sign-in", "/api/cargoes", "/nothing"] {
            let answer = world.get(path).await;
            let told = answer.header("strict-transport-security");
            assert_eq!(told, expected, "{url} {path}");
        }
    }
}

#[tokio::test]
async fn a_body_is_of_one_media_type_in_utf_8() {
    let world = World::new().await;
    let path = "/api/operations/register-user";
    let json = ("content-type", "application/json");
    for (headers, status) in [
        (&[json][..], 200),
        (
            &[("content-type", "application/json; charset=\"UTF-8\"")],
            200,
        ),
        (&[json, json], 400),
        (&[json, ("content-type", "text/plain")], 400),
        (&[("content-type", "application/json;charset=utf-16")], 415),
        (&[("content-type", "application/json; Charset=latin1")], 415),
    ] {
        let input = format!(r#"{{"name":"u{}"}}"#, headers[0].1.len());
        let answer = world.ask(Method::POST, path, headers, input).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{headers:?} {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn answers_say_that_they_depend_on_what_is_accepted() {
    let world = World::new().await;
    for (path, accept, media_type) in [
        ("/api/cargoes", "text/csv", "text/csv"),
        (
            "/api/cargoes",
            "text/csv;q=0.5, application/json",
            "application/json",
        ),
        ("/api/log", "application/json", "application/json"),
        ("/api/refusals", "Text/CSV;q=0.9, */*;q=0.8", "text/csv"),
        ("/nothing", "text/html", "text/html"),
        (
            "/nothing",
            "text/html;q=0.1, application/json",
            "application/problem+json",
        ),
    ] {
        let answer = world
            .ask(Method::GET, path, &[("accept", accept)], "")
            .await;
        let found = answer.header("content-type").unwrap();
        assert!(found.starts_with(media_type), "{path} {accept}: {found}");
        let mut vary = answer.headers.get_all("vary").iter();
        assert!(vary.any(|value| value == "accept"), "{path} {accept}");
    }
}
