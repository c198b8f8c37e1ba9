//! What one caller holds keeps nobody else waiting.

use super::World;
use super::visitor::{Browser, furnished};
use crate::clock::SystemClock;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::log::Actor;
use domain::log::retention::{RefusalCounts, RefusalSort, Retention};
use domain::ports::Clock;
use serde_json::json;
use std::pin::pin;
use tower::ServiceExt;

#[tokio::test]
async fn a_file_that_is_not_read_delays_only_the_next_one_of_the_same_caller() {
    let world = World::new().await;
    let other = format!("Bearer {}", world.token("bert", "auditor", None).await);
    let own = format!("Bearer {}", world.admin);
    let csv = |bearer: &str| {
        let request = Request::get("/api/locations").header("accept", "text/csv");
        let request = request.header("authorization", bearer).body(Body::empty());
        world.router.clone().oneshot(request.unwrap())
    };
    let unread = csv(&own).await.unwrap();
    assert_eq!(unread.status(), StatusCode::OK);
    let mut next = pin!(csv(&own));
    tokio::select! {
        biased;
        _ = &mut next => panic!("the caller got a second file before the first was read"),
        answer = csv(&other) => assert_eq!(answer.unwrap().status(), StatusCode::OK),
    }
    drop(unread);
    assert_eq!(next.await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_batch_without_room_is_read_to_the_end_before_it_is_refused() {
    let world = World::new().await;
    let room = world.site.batch_bodies.available_permits();
    let held = world
        .site
        .batch_bodies
        .try_acquire_many(room.try_into().unwrap());
    let (sender, receiver) = futures::channel::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(0);
    let body = Body::from_stream(receiver);
    let headers = [("content-type", "application/x-ndjson")];
    let answer = world.ask(Method::POST, "/api/operations", &headers, body);
    let sent = async {
        let mut sender = sender;
        for _ in 0..10 {
            let piece = Ok(vec![b' '; 1 << 20]);
            futures::SinkExt::send(&mut sender, piece)
                .await
                .expect("the server reads on");
        }
    };
    let (answer, ()) = futures::join!(answer, sent);
    answer.problem(503, "overloaded");
    drop(held);
}

#[tokio::test]
async fn the_numbers_of_refusals_are_read_by_day() {
    let world = World::new().await;
    let counts = world.get("/api/refusals/counts?from=2027-03-01").await;
    assert_eq!(counts.accepted()["items"], json!([]));
    let actor: Actor = "user:anna".parse().unwrap();
    let names = ["cancel-cargo", "Policy"].map(str::to_owned);
    let [operation, rule] = names;
    let sort = RefusalSort::new(SystemClock.now(), actor, operation, rule);
    let counted = RefusalCounts::from([(sort.clone(), 12)]);
    world.store.count_refusals(&counted).await.unwrap();
    let counts = world.get("/api/refusals/counts").await;
    let item = &counts.accepted()["items"][0];
    assert_eq!(
        (&item["day"], &item["refused"]),
        (&json!(sort.day), &json!(12))
    );
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    for (page, shows) in [
        ("/log", true),
        ("/log?actor=anna&operation=cancel-cargo&only=refusals", true),
        ("/log?actor=bert", false),
        ("/log?only=entries", false),
    ] {
        let text = browser.get(page).await.text;
        assert_eq!(
            text.contains("12 more refusals today were only counted"),
            shows,
            "{page}"
        );
    }
    let wrong = world.get("/api/refusals/counts?from=yesterday").await;
    wrong.problem(400, "invalid-parameter");
}
