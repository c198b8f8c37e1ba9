//! Reading the past.

use super::visitor::{Browser, with_passwords};
use super::{Answer, World};
use axum::http::Method;
use serde_json::{Value, json};

/// The position of the last entry.
async fn head(world: &World) -> u64 {
    let head = world.get("/api/log/head").await.json();
    head["position"].as_u64().expect("a position")
}

fn names(answer: &Answer, field: &str) -> Vec<String> {
    let items = answer.accepted()["items"].clone();
    let items = items.as_array().expect("a list").iter();
    items
        .map(|item| item[field].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn lists_can_be_read_as_they_were() {
    let world = World::new().await;
    world.voyage("V100").await;
    let customer = world.customer().await;
    let first = world.cargo(&customer, 1).await;
    let second = world.cargo(&customer, 1).await;
    let before = head(&world).await;
    let time = world.get("/api/log/head").await.json()["recorded_at"].clone();
    let booking = json!({ "cargo": first, "voyage": "V100" });
    world.run("book-onto-voyage", &booking).await.accepted();
    let third = world.cargo(&customer, 1).await;
    let after = head(&world).await;
    for (query, expected) in [
        (String::new(), vec![&third, &second, &first]),
        (format!("at={before}"), vec![&second, &first]),
        (
            format!("as_of={}", time.as_str().unwrap()),
            vec![&second, &first],
        ),
        (format!("at={before}&status=BOOKED"), vec![]),
        (format!("at={after}&status=BOOKED"), vec![&first]),
        (format!("at={before}&voyage=V100"), vec![]),
        (format!("at={}", before - 1), vec![&first]),
        (format!("changed_after={before}"), vec![&third, &first]),
        (
            format!("changed_after={before}&at={}", before + 1),
            vec![&first],
        ),
        (format!("changed_after={before}&at={before}"), vec![]),
        (format!("at=0&customer={customer}"), vec![]),
    ] {
        let answer = world.get(&format!("/api/cargoes?{query}")).await;
        assert_eq!(
            names(&answer, "cargo").iter().collect::<Vec<_>>(),
            expected,
            "{query}"
        );
    }
    let past = world.get(&format!("/api/cargoes?at={before}")).await;
    assert_eq!(past.accepted()["position"], before);
    assert_eq!(
        past.header("plimsoll-position"),
        Some(after.to_string().as_str())
    );
    assert_eq!(past.header("cache-control"), Some("private, no-cache"));
    let ahead = world.get("/api/cargoes?at=1000000").await;
    assert_eq!(names(&ahead, "cargo").len(), 3);
    assert_eq!(ahead.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn pages_of_a_past_list_follow_one_another() {
    let world = World::new().await;
    let customer = world.customer().await;
    for _ in 0..5 {
        world.cargo(&customer, 1).await;
    }
    let before = head(&world).await;
    let whole = world.get("/api/cargoes").await;
    world.cargo(&customer, 1).await;
    let mut path = format!("/api/cargoes?limit=2&at={before}");
    let mut items = Vec::new();
    loop {
        let answer = world.get(&path).await;
        items.extend(names(&answer, "cargo"));
        let Some(link) = answer.header("link") else {
            break;
        };
        let link = link
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = link.expect("a link").to_owned();
    }
    assert_eq!(items, names(&whole, "cargo"));
    let headers = [("accept", "text/csv")];
    let address = format!("/api/cargoes?at={before}");
    let sheet = world.ask(Method::GET, &address, &headers, "").await;
    assert_eq!(sheet.text.lines().count(), 6, "{}", sheet.text);
    let file = format!("plimsoll-cargoes-{before}.csv");
    assert!(
        sheet
            .header("content-disposition")
            .is_some_and(|name| name.contains(&file))
    );
}

#[tokio::test]
async fn a_customer_reads_its_own_past_only() {
    let world = World::new().await;
    world.voyage("V100").await;
    let (own, other) = (world.customer().await, world.customer().await);
    let mine = world.cargo(&own, 1).await;
    world.cargo(&other, 1).await;
    let token = world.token("cora", "customer", Some(&own)).await;
    let before = head(&world).await;
    world.cargo(&own, 1).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let get = async |path: String| world.ask(Method::GET, &path, &headers, "").await;
    let list = get(format!("/api/cargoes?at={before}")).await;
    assert_eq!(names(&list, "cargo"), [mine]);
    // How far the log has come is not for customers.
    assert_eq!(list.header("cache-control"), Some("no-store"));
    assert_ne!(list.accepted()["position"], Value::from(before));
    // By filters of free space they could tell what others booked, and when.
    get(format!("/api/voyages?at={before}&teu_left=90"))
        .await
        .problem(403, "Policy");
    get("/api/voyages?changed_after=1".to_owned())
        .await
        .problem(403, "Policy");
    get("/api/cargoes?changed_after=1".to_owned())
        .await
        .accepted();
}

#[tokio::test]
async fn pages_show_lists_as_they_were() {
    let world = World::new().await;
    with_passwords(&world).await;
    world.voyage("V100").await;
    let customer = world.customer().await;
    let first = world.cargo(&customer, 1).await;
    let time = world.get("/api/log/head").await.json()["recorded_at"].clone();
    let time = time.as_str().unwrap().to_owned();
    let booking = json!({ "cargo": first, "voyage": "V100" });
    world.run("book-onto-voyage", &booking).await.accepted();
    let second = world.cargo(&customer, 1).await;
    world.voyage("V200").await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    let now = browser.get("/cargoes").await.text;
    assert!(now.contains(&first) && now.contains(&second), "{now}");
    assert!(
        !now.contains("The list as of") && now.contains(">New cargo</a>"),
        "{now}"
    );
    let then = browser.get(&format!("/cargoes?as_of={time}")).await.text;
    assert!(then.contains(&first) && !then.contains(&second), "{then}");
    assert!(
        then.contains("The list as of") && then.contains("pill requested"),
        "{then}"
    );
    assert!(
        !then.contains(">New cargo</a>") && !then.contains("data-live"),
        "{then}"
    );
    let link = then
        .split("href=\"/cargoes/")
        .find(|own| own.starts_with(&first));
    let link = link.unwrap().split('"').next().unwrap().to_owned();
    let page = browser.get(&format!("/cargoes/{link}")).await.text;
    assert!(
        page.contains("State after log entry") && page.contains("pill requested"),
        "{page}"
    );
    let file = format!("/export/cargoes.csv?as_of={}", time.replace(':', "%3A"));
    assert!(then.contains(&file), "{then}");
    let file = browser.get(&file).await.text;
    assert!(file.contains(&first) && !file.contains(&second), "{file}");
    let then = browser
        .get(&format!("/voyages?as_of={time}&show=all"))
        .await
        .text;
    assert!(then.contains("V100") && !then.contains("V200"), "{then}");
    assert!(!then.contains(">Schedule a voyage</a>"), "{then}");
    for list in ["/cargoes", "/voyages", "/customers"] {
        let page = browser
            .get(&format!("{list}?as_of=2020-01-01T10:00"))
            .await
            .text;
        assert!(
            page.contains("The list as of 1 Jan 2020, 10:00:00 UTC"),
            "{page}"
        );
        assert!(!page.contains("<table"), "{page}");
        let page = browser.get(&format!("{list}?as_of=yesterday")).await.text;
        assert!(page.contains("“As of” is not a time"), "{page}");
        let page = browser
            .get(&format!("{list}?as_of=2199-01-01T10:00"))
            .await
            .text;
        assert!(page.contains("“As of” is in the future"), "{page}");
    }
    let page = browser
        .get(&format!("/cargoes?as_of={time}&trouble=misrouted"))
        .await
        .text;
    assert!(
        page.contains("“As of” does not go with this trouble"),
        "{page}"
    );
}
