//! Feeds, as their readers see them.

use super::{Answer, World};
use axum::http::Method;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::collections::BTreeMap;

const JSON_FEED: (&str, &str) = ("accept", "application/feed+json");

async fn read(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    world.ask(Method::GET, path, headers, "").await
}

/// A world with this many customers, each changed by one operation.
async fn with_customers(count: usize) -> World {
    let world = World::new().await;
    for _ in 0..count {
        world.customer().await;
    }
    world
}

fn numbers(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().expect("a feed").iter();
    let numbers = items.map(|item| item["_plimsoll"]["number"].as_u64().expect("a number"));
    numbers.collect()
}

/// The address that a link leads to from a page.
fn follow(from: &str, href: &str) -> String {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[tokio::test]
async fn a_walker_sees_every_change_once_in_both_directions() {
    let world = with_customers(41).await;
    let mut path = "/feeds/customers".to_owned();
    let (mut seen, mut oldest) = (Vec::new(), path.clone());
    loop {
        let page = read(&world, &path, &[JSON_FEED]).await.accepted();
        seen.extend(numbers(&page));
        oldest.clone_from(&path);
        let Some(older) = page["next_url"].as_str() else {
            break;
        };
        path = follow(&path, older);
    }
    assert_eq!(seen, (1..=41).rev().collect::<Vec<_>>());
    assert_eq!(oldest, "/feeds/customers/pages/1");

    let mut forward = BTreeMap::new();
    loop {
        let page = read(&world, &oldest, &[JSON_FEED]).await.accepted();
        for item in page["items"].as_array().expect("a feed") {
            let data = &item["_plimsoll"]["data"];
            assert_eq!(data["state"]["country"], "NL");
            // Feeds carry what is stored. It can be erased although the page never changes.
            assert!(data["state"]["name"]["sealed"].is_string(), "{data}");
            let position = data["position"].as_u64().expect("a position");
            assert_eq!(forward.insert(position, item["id"].clone()), None);
        }
        let Some(newer) = page["_plimsoll"]["links"]["previous"].as_str() else {
            break;
        };
        oldest = follow(&oldest, newer);
    }
    assert_eq!(forward.len(), 41);
}

#[tokio::test]
async fn a_full_page_never_changes_and_the_newest_does() {
    let world = with_customers(39).await;
    let first = "/feeds/customers/pages/1";
    let before = read(&world, first, &[]).await;
    assert_eq!(
        before.header("content-type"),
        Some("application/atom+xml; charset=utf-8")
    );
    assert_eq!(
        before.header("cache-control"),
        Some("max-age=31536000, immutable")
    );
    assert_eq!(before.header("vary"), Some("accept"));
    let newest = read(&world, "/feeds/customers", &[]).await;
    assert_eq!(newest.header("cache-control"), Some("max-age=1"));
    assert!(!newest.text.contains("fh:archive") && before.text.contains("<fh:archive"));

    world.customer().await;
    let after = read(&world, first, &[]).await;
    assert_eq!(after.text, before.text);
    let tag = after.header("etag").expect("a tag").to_owned();
    assert_eq!(before.header("etag"), Some(tag.as_str()));
    let changed = read(&world, "/feeds/customers", &[]).await;
    assert_ne!(changed.header("etag"), newest.header("etag"));
    // The second page is full now, and the third is empty.
    let empty = read(&world, "/feeds/customers/pages/3", &[JSON_FEED])
        .await
        .accepted();
    assert!(numbers(&empty).is_empty());
    assert_eq!(empty["_plimsoll"]["archive"], false);

    let known = read(&world, first, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    let modified = after.header("last-modified").expect("a date").to_owned();
    let since = read(&world, first, &[("if-modified-since", &modified)]).await;
    assert_eq!(since.status.as_u16(), 304);
    let both = [
        ("if-none-match", "\"other\""),
        ("if-modified-since", &modified),
    ];
    assert_eq!(read(&world, first, &both).await.status.as_u16(), 200);
    let never = [("if-modified-since", "Mon, 01 Jan 2024 00:00:00 GMT")];
    assert_eq!(read(&world, first, &never).await.status.as_u16(), 200);
    // Another change may be recorded within the second of the last one.
    assert_eq!(changed.header("last-modified"), None);
}

#[tokio::test]
async fn profiles_say_more_or_less() {
    let world = with_customers(1).await;
    for (profile, members) in [
        ("id", &[][..]),
        ("snapshot", &["state"]),
        ("change", &["state", "input", "events", "outcome"]),
    ] {
        let accept = format!("application/cloudevents-batch+json; profile={profile}");
        let answer = read(&world, "/feeds/customers", &[("accept", &accept)]).await;
        let batch = answer.accepted();
        let event = &batch[0];
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], "plimsoll.new-customer");
        assert_eq!(event["sequence"], "1");
        for member in ["state", "input", "events", "outcome"] {
            let has = !event["data"][member].is_null();
            assert_eq!(has, members.contains(&member), "{profile}: {member}");
        }
    }
    let log = read(&world, "/feeds/log", &[JSON_FEED]).await.accepted();
    let entry = &log["items"][0]["_plimsoll"]["data"];
    assert_eq!(entry["operation"], "new-customer");
    let same = world
        .get(&format!("/api/log/{}", entry["position"]))
        .await
        .accepted();
    assert_eq!(entry["hash"], same["hash"]);
    assert_eq!(
        log["items"][0]["id"],
        format!("urn:uuid:{}", same["id"].as_str().expect("an id"))
    );
}

#[tokio::test]
async fn feeds_are_for_those_who_may_read_the_kind() {
    let world = with_customers(1).await;
    let customer = world.customer().await;
    let own = world.token("carla", "customer", Some(&customer)).await;
    let agent = world.token("ben", "port-agent", None).await;
    let change = "application/atom+xml; profile=change";
    for (token, path, accept, status) in [
        (&world.admin, "/feeds/cargoes", "*/*", 200),
        (&agent, "/feeds/cargoes", "*/*", 200),
        (&agent, "/feeds/cargoes", change, 403),
        (&agent, "/feeds/log", "*/*", 403),
        (&own, "/feeds/cargoes", "*/*", 403),
        (&own, "/feeds/voyages", "*/*", 403),
        (&own, "/feeds/log", "*/*", 403),
    ] {
        let basic = BASE64_STANDARD.encode(format!("reader:{token}"));
        for authorization in [format!("Bearer {token}"), format!("Basic {basic}")] {
            let headers = [
                ("authorization", authorization.as_str()),
                ("accept", accept),
            ];
            let answer = read(&world, path, &headers).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {accept}");
            let access = read(&world, &format!("{path}/access"), &headers).await;
            let expected = if status == 200 { 204 } else { status };
            assert_eq!(access.status.as_u16(), expected, "{path} {accept}");
        }
    }
    let strangers = ["Bearer x", "Basic eDp5", "Basic !", "Basic", "Digest x"];
    for authorization in strangers {
        let headers = [("authorization", authorization)];
        let answer = read(&world, "/feeds/log", &headers).await;
        assert_eq!(answer.status.as_u16(), 401, "{authorization}");
        let challenges = answer.headers.get_all("www-authenticate").iter();
        let challenges: Vec<_> = challenges
            .map(|value| value.to_str().expect("ASCII"))
            .collect();
        assert!(challenges[0].starts_with("Bearer ") && challenges[1].starts_with("Basic "));
    }
    for path in [
        "/feeds/tokens",
        "/feeds/users",
        "/feeds/customers/pages/0",
        "/feeds/customers/pages/01",
        "/feeds/customers/pages/2",
        "/feeds/customers/pages/18446744073709551615",
        "/feeds/log/pages/x",
    ] {
        read(&world, path, &[]).await.problem(404, "not-found");
    }
    assert_eq!(
        read(&world, "/feeds/log?x=1", &[]).await.status.as_u16(),
        400
    );
}
