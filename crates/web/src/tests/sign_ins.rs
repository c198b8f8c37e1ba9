//! Signing in and out, and attacks on it.

use super::World;
use super::visitor::*;
use crate::limits::EVENTS_CHECK_INTERVAL;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

#[tokio::test]
async fn the_sign_in_needs_its_token_too() {
    let world = World::new().await;
    with_passwords(&world).await;
    let fields = [("user", "clerk"), ("password", PASSWORD)];
    let mut browser = Browser::new(&world);
    let answer = browser.post_with("/sign-in", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "without a visit");
    let mut other = Browser::new(&world);
    other.get("/sign-in").await;
    browser.get("/sign-in").await;
    browser.csrf.clone_from(&other.csrf);
    let answer = browser.post("/sign-in", &fields).await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "with another browser's token"
    );
}

#[tokio::test]
async fn a_session_is_new_with_every_sign_in_and_ends_with_the_sign_out() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::new(&world);
    // Someone planted a session of their own choice.
    browser
        .cookies
        .insert("plimsoll_session".to_owned(), "planted".to_owned());
    browser.get("/sign-in").await;
    browser.cookies.remove("plimsoll_session");
    let planted = browser.cookies.clone();
    browser.sign_in("clerk", PASSWORD).await;
    let first = browser.cookies["plimsoll_session"].clone();
    assert_ne!(first, "planted");
    assert_eq!(browser.get("/").await.status, StatusCode::OK);

    let mut thief = Browser::new(&world);
    thief.cookies = planted;
    thief
        .cookies
        .insert("plimsoll_session".to_owned(), "planted".to_owned());
    assert_eq!(thief.get("/").await.status, StatusCode::SEE_OTHER);

    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.header("location"), Some("/sign-in"));
    assert_eq!(browser.cookies["plimsoll_session"], "");
    thief
        .cookies
        .insert("plimsoll_session".to_owned(), first.clone());
    assert_eq!(
        thief.get("/").await.status,
        StatusCode::SEE_OTHER,
        "it speaks no more"
    );

    browser.get("/sign-in").await;
    browser.sign_in("clerk", PASSWORD).await;
    assert_ne!(browser.cookies["plimsoll_session"], first);
}

#[tokio::test]
async fn an_api_token_is_no_session_and_a_session_no_api_token() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let session = browser.cookies["plimsoll_session"].clone();
    let bearer = format!("Bearer {session}");
    let bearer = [("authorization", bearer.as_str())];
    for path in ["/api/cargoes", "/api/events"] {
        let answer = world.ask(Method::GET, path, &bearer, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let input = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let answer = world.run_with("new-customer", &input, &bearer).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);

    let token = ("plimsoll_session".to_owned(), world.admin.clone());
    browser.cookies.extend([token]);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_of_a_session_needs_the_token_of_the_session() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::new(&world);
    browser.get("/sign-in").await;
    let before = browser.csrf.clone();
    browser.sign_in("clerk", PASSWORD).await;
    let fields = [
        ("current", PASSWORD),
        ("password", "battery staple"),
        ("again", "battery staple"),
    ];
    for path in ["/account", "/sign-out"] {
        browser.csrf.clone_from(&before);
        let answer = browser.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    browser.get("/account").await;
    let answer = browser.post("/account", &fields).await;
    assert_eq!(answer.header("location"), Some("/account"));
}

#[tokio::test]
async fn a_key_stands_for_one_password() {
    let world = World::new().await;
    world.token("clerk", "clerk", None).await;
    let set = async |password: &str| {
        let input = json!({ "user": "clerk", "password": password });
        let key = [("idempotency-key", "k1")];
        world.run_with("set-password", &input, &key).await
    };
    let first = set("correct horse").await.accepted();
    let again = set("correct horse").await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted()["position"], first["position"]);
    let other = set("battery staple").await;
    assert_eq!(
        other.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        other.text
    );
    assert!(
        other.text.contains("/problems/key-reused"),
        "{}",
        other.text
    );
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let world = World::new().await;
    let suspend = json!({ "user": "anna", "reason": "Left" });
    let remove = json!({ "user": "anna", "role": "admin" });
    for (operation, input) in [("suspend-user", &suspend), ("remove-role", &remove)] {
        let refused = world.run(operation, input).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{operation}");
        let problem = refused.json();
        assert_eq!(problem["rule"], "OwnAccessMustStay");
        assert_eq!(problem["facts"]["user"], "anna");
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("administrator")
        );
    }
    world.token("ben", "admin", None).await;
    let suspend = json!({ "user": "ben", "reason": "Left" });
    world.run("suspend-user", &suspend).await.accepted();
    let ben = json!({ "user": "ben" });
    world.run("reinstate-user", &ben).await.accepted();
    let remove = json!({ "user": "ben", "role": "admin" });
    world.run("remove-role", &remove).await.accepted();
}

#[tokio::test]
async fn an_event_stream_ends_when_its_reader_may_read_no_more() {
    let world = World::new().await;
    for (user, operation, input) in [
        (
            "ben",
            "suspend-user",
            json!({ "user": "ben", "reason": "Left" }),
        ),
        (
            "eva",
            "remove-role",
            json!({ "user": "eva", "role": "auditor" }),
        ),
        ("kim", "revoke-token", json!({})),
    ] {
        let token = world.token(user, "auditor", None).await;
        let request = Request::builder()
            .uri("/api/events")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        let stream = world
            .router
            .clone()
            .oneshot(request.unwrap())
            .await
            .unwrap();
        assert_eq!(stream.status(), StatusCode::OK);
        let input = match operation {
            "revoke-token" => {
                let log = world
                    .get("/api/log?operation=issue-token&limit=200")
                    .await
                    .json();
                let issued = log["items"].as_array().unwrap().last().unwrap();
                json!({ "token_id": issued["outcome"]["token_id"] })
            }
            _ => input,
        };
        world.run(operation, &input).await.accepted();
        // Sooner than the next check of all streams.
        let ended = tokio::time::timeout(EVENTS_CHECK_INTERVAL / 2, stream.collect());
        let sent = ended.await.expect("the stream ends").unwrap().to_bytes();
        let sent = String::from_utf8_lossy(&sent);
        let last = format!("event: {operation}\n");
        assert!(sent.contains(&last), "{last} is not in {sent}");
    }
}

#[tokio::test]
async fn a_refusal_reveals_nothing() {
    let world = World::new().await;
    with_passwords(&world).await;
    let suspend = json!({ "user": "planner", "reason": "Left" });
    world.run("suspend-user", &suspend).await.accepted();
    world.token("machine", "clerk", None).await;
    let mut said = Vec::new();
    for (user, password) in [
        ("clerk", "wrong password"),
        ("nobody", PASSWORD),
        ("planner", PASSWORD),
        ("machine", ""),
        ("No Name!", PASSWORD),
    ] {
        let mut browser = Browser::new(&world);
        browser.get("/sign-in").await;
        let answer = browser.sign_in(user, password).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{user}");
        assert!(!browser.cookies.contains_key("plimsoll_session"));
        let start = answer.text.find("<div class=\"note\"").unwrap();
        let end = answer.text[start..].find("</div>").unwrap();
        said.push(answer.text[start..start + end].to_owned());
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
}

#[tokio::test]
async fn passwords_cannot_be_guessed_without_end() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::new(&world);
    browser.get("/sign-in").await;
    let mut statuses = Vec::new();
    for _ in 0..=crate::limits::SIGN_IN_TRIES {
        statuses.push(
            browser
                .sign_in("clerk", "wrong password")
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429));
    let answer = browser.sign_in("clerk", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(
        browser.sign_in("planner", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn strangers_lock_nobody_out_of_a_known_device() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut known = Browser::signed_in(&world, "clerk").await;
    // The right password uses up no tries.
    for _ in 0..=crate::limits::SIGN_IN_TRIES {
        known.cookies.remove("plimsoll_session");
        known.get("/sign-in").await;
        let answer = known.sign_in("clerk", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let mut stranger = Browser::new(&world);
    stranger.get("/sign-in").await;
    for _ in 0..crate::limits::SIGN_IN_TRIES {
        stranger.sign_in("clerk", "wrong password").await;
    }
    // A device that is known for another account is a stranger.
    let mut planner = Browser::signed_in(&world, "planner").await;
    for (browser, device, expected) in [
        (&mut stranger, "stranger", StatusCode::TOO_MANY_REQUESTS),
        (&mut known, "known", StatusCode::SEE_OTHER),
        (&mut planner, "planner", StatusCode::TOO_MANY_REQUESTS),
    ] {
        browser.cookies.remove("plimsoll_session");
        browser.get("/sign-in").await;
        let answer = browser.sign_in("clerk", PASSWORD).await;
        assert_eq!(answer.status, expected, "{device}");
    }
}

#[tokio::test]
async fn the_one_time_link_is_used_once() {
    let world = World::new().await;
    let link = format!("/first-run/{}", super::FIRST_RUN);
    let mut browser = Browser::new(&world);
    assert_eq!(
        browser.get("/first-run/other").await.status,
        StatusCode::NOT_FOUND
    );
    let page = browser.get(&link).await;
    assert!(page.text.contains("Welcome aboard"));
    for (password, again) in [
        ("short", "short"),
        ("password123", "password123"),
        (PASSWORD, "another horse"),
    ] {
        let fields = [("password", password), ("again", again)];
        let answer = browser.post(&link, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{password}"
        );
        assert!(answer.text.contains("class=\"error\""));
    }
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let answer = browser.post(&link, &fields).await;
    assert_eq!(answer.header("location"), Some("/"));
    let refusals = world.get("/api/refusals").await.json();
    assert_eq!(refusals["items"], serde_json::json!([]), "{refusals}");
    assert!(browser.get("/").await.text.contains("admin"));
    let mut second = Browser::new(&world);
    second.get("/sign-in").await;
    assert_eq!(second.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        second.post(&link, &fields).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        second.sign_in("admin", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_person_changes_a_password_by_knowing_the_current_one() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let mut elsewhere = Browser::signed_in(&world, "clerk").await;
    browser.get("/account").await;
    let change = |current: &'static str| {
        [
            ("current", current),
            ("password", "battery staple"),
            ("again", "battery staple"),
        ]
    };
    let answer = browser.post("/account", &change("wrong password")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser.post("/account", &change(PASSWORD)).await;
    assert_eq!(
        answer.header("location"),
        Some("/account"),
        "{}",
        answer.text
    );
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(
        elsewhere.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "ended"
    );
    elsewhere.get("/sign-in").await;
    assert_eq!(
        elsewhere.sign_in("clerk", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_simultaneous_password_changes_wins() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut one = Browser::signed_in(&world, "clerk").await;
    let mut other = Browser::signed_in(&world, "clerk").await;
    one.get("/account").await;
    other.get("/account").await;
    let change = |new: &'static str| [("current", PASSWORD), ("password", new), ("again", new)];
    let (first, second) = (change("battery staple"), change("staple battery"));
    let (one, other) = tokio::join!(
        one.post("/account", &first),
        other.post("/account", &second)
    );
    // The second has been signed out, or learns that something has changed meanwhile.
    let done = [&one, &other].map(|answer| answer.header("location") == Some("/account"));
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
}
