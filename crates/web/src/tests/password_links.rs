//! The link by which a user sets a password: who gets it, how often it works, and what it reveals.

use super::World;
use super::visitor::{Browser, Forward, PASSWORD, with_passwords};
use axum::http::StatusCode;
use domain::ports::Clock;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const CHOSEN: &[(&str, &str)] = &[
    ("password", "words of my own"),
    ("again", "words of my own"),
];

/// The path of a new link for the clerk.
async fn issued(admin: &mut Browser<'_>) -> String {
    admin.get("/users").await;
    let issue = "/operations/issue-password-link";
    let page = admin.post(issue, &[("/user", "clerk")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let (told, rest) = page.text.split_once("class=\"told\"").expect("an answer");
    let (said, link) = rest.split_once("http://plimsoll.test").expect("a link");
    for part in [
        "Hand this link over to clerk",
        " UTC, and replaces any earlier link.",
        "readonly",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(
        !told.contains("&#34;ends&#34;") && !link.contains("&#34;ends&#34;"),
        "{link}"
    );
    let (link, _) = link.split_once('<').expect("its end");
    assert!(link.starts_with("/password-link/clerk/"), "{link}");
    link.to_owned()
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut admin = Browser::signed_in(&world, "anna").await;
    let mut before = Browser::signed_in(&world, "clerk").await;
    let link = issued(&mut admin).await;
    assert!(
        admin
            .get("/users")
            .await
            .text
            .contains("password link ends")
    );

    let mut user = Browser::new(&world);
    let page = user.get(&link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let secret = link.rsplit('/').next().expect("a secret");
    assert!(!page.text.contains(secret), "the page repeats the secret");
    for (password, again) in [("short", "short"), (PASSWORD, "another horse")] {
        let fields = [("password", password), ("again", again)];
        let answer = user.post(&link, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("class=\"error\""), "{}", answer.text);
    }
    let answer = user.post(&link, CHOSEN).await;
    assert_eq!(answer.header("location"), Some("/"), "{}", answer.text);
    assert_eq!(user.get("/account").await.status, StatusCode::OK);
    let ended = before.get("/account").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "earlier sessions end");

    let mut second = Browser::new(&world);
    second.get("/sign-in").await;
    for answer in [second.get(&link).await, second.post(&link, CHOSEN).await] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text);
    }
    let signed_in = second.sign_in("clerk", "words of my own").await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_that_does_not_work_does_not_say_why() {
    let clock = Arc::new(Forward::default());
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    with_passwords(&world).await;
    let mut admin = Browser::signed_in(&world, "anna").await;
    let replaced = issued(&mut admin).await;
    let suspended = issued(&mut admin).await;
    let reason = json!({ "user": "clerk", "reason": "Left" });
    world.system("suspend-user", &reason).await;
    let mut stranger = Browser::new(&world);
    stranger.get("/sign-in").await;
    let guess = "0".repeat(64);
    let mut pages = Vec::new();
    for link in [
        replaced,
        suspended,
        format!("/password-link/clerk/{guess}"),
        format!("/password-link/nobody/{guess}"),
        format!("/password-link/No%20body/{guess}"),
    ] {
        let page = stranger.get(&link).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{link}");
        pages.push(page.text);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");

    world
        .system("reinstate-user", &json!({ "user": "clerk" }))
        .await;
    let link = issued(&mut admin).await;
    assert_eq!(stranger.get(&link).await.status, StatusCode::OK);
    clock.0.fetch_add(24, Ordering::Relaxed);
    assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn guesses_at_links_are_limited_and_the_right_one_is_not() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut admin = Browser::signed_in(&world, "anna").await;
    let link = issued(&mut admin).await;
    let mut stranger = Browser::new(&world);
    for _ in 0..=crate::limits::SIGN_IN_TRIES {
        assert_eq!(stranger.get(&link).await.status, StatusCode::OK);
    }
    for _ in 0..crate::limits::SIGN_IN_TRIES {
        let answer = stranger.get("/password-link/clerk/guess").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let answer = stranger.get("/password-link/planner/guess").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn only_administrators_issue_links() {
    let world = World::new().await;
    with_passwords(&world).await;
    let mut clerk = Browser::signed_in(&world, "clerk").await;
    let page = clerk.get("/users").await.text;
    assert!(!page.contains("Password link"), "{page}");
    let issue = "/operations/issue-password-link";
    let answer = clerk.post(issue, &[("/user", "planner")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(!answer.text.contains("/password-link/"), "{}", answer.text);
}
