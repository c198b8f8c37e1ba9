//! A browser that reaches the server through a proxy that changes `Host`, below a path.

use super::browser::{TURN, choose_password, new_cargo, new_customer, schedule, sign_in};
use crate::support::browser::{Browser, Kind, NAME};
use crate::support::server::Server;
use crate::support::world::Database;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

/// The path of the whole site.
const PREFIX: &str = "/booking";

/// A request as it is forwarded to the server. Its `Host` is the server's own address.
async fn pass_on(backend: &str, is_stripped: bool, request: Request) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let Some(rest) = path.strip_prefix(PREFIX) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let url = match (is_stripped, rest.starts_with('/')) {
        (true, true) => format!("{backend}{rest}"),
        (true, false) => format!("{backend}/{rest}"),
        (false, _) => format!("{backend}{path}"),
    };
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let request = client.build().expect("a client").request(parts.method, url);
    let answer = request.headers(headers).body(body).send().await;
    let Ok(answer) = answer else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove(header::CONNECTION);
    let mut response = Body::from_stream(answer.bytes_stream()).into_response();
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// A server on an empty database behind a proxy, and the path of its one-time link.
async fn behind_a_proxy(database: &Database, is_stripped: bool) -> (Server, String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let public = format!("http://{NAME}:{port}{PREFIX}");
    let arguments = ["--public-url", &public, "--trusted-proxy", "127.0.0.0/8"];
    let server = Server::start(&database.url(), &arguments);
    let backend = server.url.clone();
    let proxy = Router::new()
        .fallback(async move |request: Request| pass_on(&backend, is_stripped, request).await);
    tokio::spawn(async move { axum::serve(listener, proxy).await });
    let said = server.must_say("/first-run/");
    let mut words = said.split_whitespace();
    let link = words.find_map(|word| word.strip_prefix(&public));
    let link = link.expect("a link beneath the public URL").to_owned();
    (server, format!("http://127.0.0.1:{port}{PREFIX}"), link)
}

/// From the one-time link to a booking. No request leaves the path.
async fn books_beneath_a_path(scripts: bool, is_stripped: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (_server, url, link) = behind_a_proxy(&database, is_stripped).await;
    // On a plain connection to a name, browsers send only Origin.
    let phone = true;
    let browser = Browser::start(&url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    new_customer(&browser, "Blue Anchor Trading").await;
    schedule(&browser).await;
    new_cargo(&browser, "2").await;
    browser.must_say("By week of departure").await;
    browser.press("Book").await;
    browser.must_say("booked").await;
    browser.open("/nothing-here").await;
    browser.must_say("Nothing is at this address").await;
    browser.open("/voyages").await;
    browser.press("V100").await;
    browser.must_say("Machine parts").await;
    browser.open("/api/docs").await;
    browser.must_say("Errors are problem details").await;
    browser.press("booking").await;
    browser.press("issue-token").await;
    browser.must_say("Issues an API token for a user").await;
    browser.must_be_clean().await;
    browser.sign_out().await;
    browser.must_say("Sign in").await;
    browser.open("/voyages/V100").await;
    assert_eq!(browser.path().await, "/sign-in?to=%2Fvoyages%2FV100");
    sign_in(&browser).await;
    browser.must_say("Machine parts").await;
    assert_eq!(browser.path().await, "/voyages/V100");
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cargo_is_booked_below_a_path() {
    books_beneath_a_path(true, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cargo_is_booked_below_a_path_without_scripts() {
    books_beneath_a_path(false, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_may_strip_the_path() {
    books_beneath_a_path(true, true).await;
}

/// What programs get below a path.
#[tokio::test(flavor = "multi_thread")]
async fn api_addresses_include_the_path() {
    let database = Database::sqlite();
    let (server, url, _) = behind_a_proxy(&database, false).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let get = async |path: &str| {
        let answer = client.get(format!("{url}{path}")).send().await;
        answer.expect("an answer")
    };
    let problem = get("/api/nothing").await.text().await.expect("text");
    assert!(
        problem.contains("\"/booking/problems/not-found\""),
        "{problem}"
    );
    let described = get("/api/openapi.json").await.text().await.expect("text");
    let described: serde_json::Value = serde_json::from_str(&described).expect("JSON");
    assert_eq!(described["servers"][0]["url"], PREFIX);
    let viewer = get("/api/docs").await;
    assert_eq!(viewer.headers()[header::LOCATION], "/booking/api/docs/");
    // The server also answers at its root, for health checks.
    let live = client.get(format!("{}/livez", server.url)).send().await;
    assert_eq!(live.expect("an answer").status(), StatusCode::OK);

    let foreign = client
        .post(format!("{url}/sign-in"))
        .header("origin", "http://elsewhere.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("user=admin&password=x")
        .send();
    let foreign = foreign.await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let told = foreign.text().await.expect("text");
    assert!(
        told.contains(
            "The form came from http://elsewhere.test, but this site is at http://harbour.test"
        ),
        "{told}"
    );
}
