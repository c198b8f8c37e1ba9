//! How a thing came to be: its versions, with what each of them changed and who did it.

use super::World;
use super::visitor::{Browser, furnished};
use axum::http::Method;
use serde_json::{Value, json};

/// The fields that a version changed, with their old and new values.
fn changes(version: &Value) -> Vec<(&str, &Value, &Value)> {
    let changes = version["changes"].as_array().unwrap().iter();
    changes
        .map(|own| (own["field"].as_str().unwrap(), &own["old"], &own["new"]))
        .collect()
}

async fn history(world: &World, path: &str) -> Vec<Value> {
    let page = world.get(path).await.accepted();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_version_says_what_it_changed_and_who_did_it() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let path = format!("/api/cargoes/{}/history", names.cargo);
    let cancel = json!({ "cargo": names.cargo, "reason": "The customer's order fell through" });
    world.run("cancel-cargo", &cancel).await.accepted();
    let versions = history(&world, &path).await;
    let operations: Vec<_> = versions
        .iter()
        .map(|own| own["made_by"]["operation"].as_str().unwrap())
        .collect();
    assert_eq!(
        operations,
        ["create-cargo", "book-onto-voyage", "cancel-cargo"]
    );
    let first = changes(&versions[0]);
    assert!(first.iter().all(|(_, old, _)| old.is_null()), "{first:?}");
    assert!(first.contains(&("/status", &Value::Null, &json!("REQUESTED"))));
    let booked = changes(&versions[1]);
    assert!(booked.contains(&("/status", &json!("REQUESTED"), &json!("BOOKED"))));
    let leg = booked.iter().find(|(field, ..)| *field == "/itinerary/0");
    assert_eq!(leg.unwrap().2["voyage"], "V100");
    let fields: Vec<_> = booked.iter().map(|(field, ..)| *field).collect();
    assert!(!fields.contains(&"/version") && !fields.contains(&"/commodity"));
    let maker = &versions[2]["made_by"];
    assert_eq!(maker["actor"], "user:anna");
    assert_eq!(maker["reason"], cancel["reason"]);
    assert_eq!(maker["target"], format!("cargo:{}", names.cargo));
    assert!(maker["program"].as_str().unwrap().contains(" rules "));
}

#[tokio::test]
async fn a_page_of_versions_begins_with_the_difference_from_the_page_before() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let path = format!("/api/cargoes/{}/history", names.cargo);
    let whole = history(&world, &path).await;
    let first = world.get(&format!("{path}?limit=1")).await.accepted();
    let cursor = first["next"].as_str().unwrap();
    let rest = history(&world, &format!("{path}?limit=1&cursor={cursor}")).await;
    assert_eq!(rest, whole[1..]);
}

#[tokio::test]
async fn what_happens_to_a_voyage_is_part_of_the_history_of_its_cargoes() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let input = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &input).await.accepted();
    let path = format!("/api/cargoes/{}/history", names.cargo);
    let versions = history(&world, &path).await;
    let last = versions.last().unwrap();
    assert_eq!(last["made_by"]["operation"], "cancel-voyage");
    assert_eq!(last["made_by"]["target"], "voyage:V100");
    assert_eq!(last["made_by"]["reason"], "Engine trouble");
    let cancelled = "/itinerary/0/voyage_cancelled";
    assert!(changes(last).contains(&(cancelled, &Value::Null, &json!(true))));
}

#[tokio::test]
async fn readers_without_the_log_learn_less_about_who_did_it() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let own = world
        .token("shipper", "customer", Some(names.customer.as_str()))
        .await;
    let own = format!("Bearer {own}");
    let amend = json!({ "cargo": names.cargo, "commodity": "Pumps" });
    let headers = [
        ("authorization", own.as_str()),
        ("content-type", "application/json"),
    ];
    let path = "/api/operations/amend-cargo";
    let changed = world
        .ask(Method::POST, path, &headers, amend.to_string())
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let input = json!({ "voyage": "V100", "reason": "Engine trouble" });
    world.run("cancel-voyage", &input).await.accepted();
    let path = format!("/api/cargoes/{}/history", names.cargo);
    let seen = world.ask(Method::GET, &path, &headers, "").await.accepted();
    let makers: Vec<_> = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["made_by"].clone())
        .collect();
    let target = format!("cargo:{}", names.cargo);
    assert_eq!(
        makers,
        [
            json!({ "operation": "create-cargo", "target": target }),
            json!({ "operation": "book-onto-voyage", "target": target }),
            json!({ "operation": "amend-cargo", "target": target, "actor": "user:shipper" }),
            json!({ "operation": "cancel-voyage" }),
        ]
    );
}

#[tokio::test]
async fn a_history_comes_as_csv_with_a_line_for_each_changed_field() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cancel = json!({ "cargo": names.cargo, "reason": "=cmd" });
    world.run("cancel-cargo", &cancel).await.accepted();
    let path = format!("/api/cargoes/{}/history", names.cargo);
    let csv = [("accept", "text/csv")];
    let answer = world.ask(Method::GET, &path, &csv, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut lines = answer.text.split("\r\n");
    assert_eq!(
        lines.next().unwrap(),
        "version,position,recorded_at,operation,target,actor,reason,caused_by,reactor,program,field,old,new"
    );
    let versions = history(&world, &path).await;
    let count: usize = versions.iter().map(|own| changes(own).len()).sum();
    assert_eq!(lines.clone().filter(|line| !line.is_empty()).count(), count);
    let status = lines
        .clone()
        .find(|line| line.contains(",/status,BOOKED,CANCELLED"));
    assert!(status.unwrap().contains(",'=cmd,"), "{status:?}");
    let unknown = world
        .ask(Method::GET, "/api/cargoes/23456789AB3/history", &csv, "")
        .await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_page_tells_each_change_in_words() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let input = json!({ "voyage": "V100", "reason": "Engine <trouble>" });
    world.run("cancel-voyage", &input).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser.get(&format!("/cargoes/{}", names.cargo)).await.text;
    let address = format!("/history/cargo/{}", names.cargo);
    assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
    let page = browser.get(&address).await.text;
    for told in [
        "Cancel voyage",
        "<a href=\"/voyages/V100\">voyage V100</a>",
        "“Engine &#60;trouble&#62;”",
        "was <del>V100 Rotterdam (NLRTM) → Singapore (SGSIN)</del>, now <ins>V100 Rotterdam (NLRTM) → Singapore (SGSIN) (voyage cancelled)</ins>",
        "<dt>Status</dt><dd>was <del>requested</del>, now <ins>booked</ins>",
        "<dt>Customer</dt><dd><ins>Blue Anchor</ins>",
        "<dt>V100 arrives in Singapore (SGSIN)</dt><dd><ins>30 Jan 2199, 01:00 UTC+1</ins>",
        "<dt>Goods</dt><dd><ins>Machine parts</ins>",
        ">anna <time",
        "rules ",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // All versions are of one program, which is told once.
    assert_eq!(page.matches("rules ").count(), 1, "{page}");
    let file = format!("/export/history.csv?kind=cargo&name={}", names.cargo);
    let escaped = file.replace('&', "&#38;");
    assert!(page.contains(&format!("href=\"{escaped}\"")), "{page}");
    let file = browser.get(&file).await;
    assert!(
        file.text.contains(",Status,requested,booked"),
        "{}",
        file.text
    );
    for (path, told) in [
        ("/history/ship/V100", "There is no kind ship"),
        (
            "/history/user/anna",
            "There is no user anna: it has no history",
        ),
        ("/history/cargo/23456789AB3", "23456789AB3"),
        ("/export/history.csv?kind=cargo", "name="),
        (
            "/export/history.csv?kind=user&name=anna",
            "kind= and name= must name",
        ),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains(told), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_long_history_comes_in_pages() {
    let world = World::new().await;
    furnished(&world).await;
    for percent in 1..25 {
        let input = json!({ "voyage": "V100", "overbooking_percent": percent,
            "capacity": { "teu": 10, "tonnes": 1000 } });
        world.run("change-voyage-capacity", &input).await;
    }
    let mut browser = Browser::signed_in(&world, "agent").await;
    let (mut path, mut seen) = ("/history/voyage/V100".to_owned(), Vec::new());
    loop {
        let page = browser.get(&path).await.text;
        assert!(
            !page.contains("rules ") && !page.contains("href=\"/log/"),
            "{page}"
        );
        let own = page.split("id=\"v").skip(1);
        seen.extend(own.map(|own| own.split('"').next().unwrap().parse::<u64>().unwrap()));
        let older = page
            .split("href=\"")
            .find(|own| own.contains("rel=\"next\""));
        let Some(older) = older else { break };
        path = older.split('"').next().unwrap().to_owned();
    }
    let count = seen.len() as u64;
    assert!(count > 20, "{seen:?}");
    assert_eq!(seen, (1..=count).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn retracted_reports_are_part_of_the_history_of_their_cargo() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let reported = json!({ "cargo": names.cargo, "type": "RECEIVE", "location": "NLRTM",
        "completed_at": "2026-01-01T00:00:00Z" });
    let answer = world
        .run("register-handling-event", &reported)
        .await
        .accepted();
    let event = answer["outcome"]["event"].as_str().unwrap().to_owned();
    let input = json!({ "event": event, "reason": "Wrong box" });
    world.run("retract-handling-event", &input).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let page = browser
        .get(&format!("/history/cargo/{}", names.cargo))
        .await
        .text;
    for told in [
        "Retract handling event",
        "“Wrong box”",
        "<dt>Handling reports</dt><dd>was <del>1</del>, now none",
        "<dt>Last handling</dt><dd><ins>receive in Rotterdam (NLRTM), 1 Jan 2026, 01:00 UTC+1</ins>",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = browser
        .get(&format!("/history/handling/{event}"))
        .await
        .text;
    assert!(
        page.contains("<dt>Status</dt><dd>was <del>registered</del>, now <ins>retracted</ins>"),
        "{page}"
    );
}

#[tokio::test]
async fn the_reason_of_an_operation_is_told_once() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let cancel = json!({ "cargo": names.cargo, "reason": "Order withdrawn" });
    world.run("cancel-cargo", &cancel).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let path = format!("/history/cargo/{}", names.cargo);
    let page = browser.get(&path).await.text;
    assert_eq!(page.matches("Order withdrawn").count(), 1, "{page}");
}

/// A reason that no sentence repeats stands on the line of the log, on the page of the entry and in the
/// file. A reason that the sentence has stands there once.
#[tokio::test]
async fn the_log_gives_reasons() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let accept = json!({ "cargo": names.cargo, "reason": "Agreed by telephone" });
    world.run("accept-booking", &accept).await.accepted();
    let cancel = json!({ "cargo": names.cargo, "reason": "Order withdrawn" });
    let cancelled = world.run("cancel-cargo", &cancel).await.accepted();
    let mut browser = Browser::signed_in(&world, "clerk").await;
    let log = browser.get("/log").await.text;
    assert!(
        log.contains("<p class=\"reason\">“Agreed by telephone”</p>"),
        "{log}"
    );
    assert_eq!(log.matches("Order withdrawn").count(), 1, "{log}");
    let accepted = cancelled["position"].as_u64().unwrap() - 1;
    let entry = browser.get(&format!("/log/{accepted}")).await.text;
    assert!(
        entry.contains("<dt>Reason</dt><dd>Agreed by telephone</dd>"),
        "{entry}"
    );
    let file = browser.get("/export/log.csv").await.text;
    let mut lines = file.lines();
    assert!(lines.next().unwrap().ends_with(",reason"), "{file}");
    assert!(
        lines.any(|line| line.ends_with(",Agreed by telephone")),
        "{file}"
    );
}
