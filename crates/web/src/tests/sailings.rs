//! What pages say about a voyage: whether it takes bookings, its calls and its cargoes in trouble.

use super::ships::{in_hours, sailing};
use super::visitor::{Browser, furnished};
use super::{World, new_cargo, ship};
use serde_json::{Value, json};

/// A voyage from Rotterdam to Hamburg and, if `onward`, to Singapore. It departs after some hours.
fn planned(number: &str, hours: i64, onward: bool) -> Value {
    let at = |after: i64| in_hours(hours + after);
    let mut movements = vec![
        json!({ "from": "NLRTM", "to": "DEHAM", "departs": at(0), "arrives": at(50) }),
        json!({ "from": "DEHAM", "to": "SGSIN", "departs": at(60), "arrives": at(400) }),
    ];
    movements.truncate(if onward { 2 } else { 1 });
    json!({
        "number": number, "vessel": { "imo": ship(number), "name": "Ida" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": movements,
    })
}

/// Runs an operation, and returns what the page of the voyage says about it.
async fn said(world: &World, browser: &mut Browser<'_>, what: &str, input: &Value) -> String {
    let position = world.run(what, input).await.accepted()["position"].clone();
    let number = input["number"].as_str().or(input["voyage"].as_str());
    let path = format!("/voyages/{}?done={position}", number.unwrap());
    browser.get(&path).await.text
}

#[tokio::test]
async fn a_new_voyage_is_open_for_booking_only_before_its_cut_off() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "anna").await;
    for (number, hours, onward, expected) in [
        (
            "OPEN",
            30,
            true,
            "from Rotterdam (NLRTM) to Singapore (SGSIN) is open for booking.",
        ),
        (
            "SOON",
            10,
            false,
            "It takes no bookings, because its cut-off has passed.",
        ),
        (
            "GONE",
            -10,
            false,
            "It takes no bookings, because its departure lies in the past.",
        ),
        (
            "LATER",
            -10,
            true,
            "has closed, but later departures are open for booking.",
        ),
    ] {
        let input = planned(number, hours, onward);
        let page = said(&world, &mut browser, "schedule-voyage", &input).await;
        assert!(page.contains(expected), "{number}: {page}");
        let is_open = expected.ends_with("is open for booking.");
        assert_eq!(page.contains("is open for booking."), is_open, "{number}");
    }
}

#[tokio::test]
async fn buttons_that_cannot_work_are_left_out() {
    let world = World::new().await;
    furnished(&world).await;
    let mut browser = Browser::signed_in(&world, "planner").await;
    let gone = planned("GONE", -30, false);
    for input in [planned("SHORT", 30, false), planned("LONG", 30, true), gone] {
        world.run("schedule-voyage", &input).await.accepted();
    }
    let left = json!({ "voyage": "GONE", "location": "NLRTM", "at": in_hours(-30) });
    world.run("report-departure", &left).await.accepted();
    let arrived = json!({ "voyage": "GONE", "location": "DEHAM", "at": in_hours(-1) });
    world.run("report-arrival", &arrived).await.accepted();
    for (number, expected) in [
        ("SHORT", [false, true, true]),
        ("LONG", [true, true, true]),
        ("GONE", [false, false, false]),
    ] {
        let page = browser.get(&format!("/voyages/{number}")).await.text;
        let found = ["omit-call", "reschedule-voyage", "cancel-voyage"]
            .map(|own| page.contains(&format!("/operations/{own}?voyage={number}\"")));
        assert_eq!(found, expected, "{number}: {page}");
    }
}

#[tokio::test]
async fn the_route_leaves_out_an_omitted_call() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    world
        .run("schedule-voyage", &planned("LONG", 30, true))
        .await
        .accepted();
    let mut browser = Browser::signed_in(&world, "planner").await;
    let whole = "Rotterdam → Hamburg → Singapore <small>3 calls</small>";
    let page = browser.get("/voyages/LONG").await.text;
    assert!(page.contains(whole), "{page}");
    let omit = json!({ "voyage": "LONG", "location": "DEHAM", "reason": "Strike" });
    world.run("omit-call", &omit).await.accepted();
    let page = browser.get("/voyages/LONG").await.text;
    assert!(
        page.contains("Rotterdam → Singapore <small>2 calls</small>"),
        "{page}"
    );
}

/// A cargo that the ship leaves behind does not arrive later: it has no arrival any more.
#[tokio::test]
async fn only_cargoes_that_still_arrive_arrive_later() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let voyage = planned("LONG", 60, true);
    world.run("schedule-voyage", &voyage).await.accepted();
    let mut unready = new_cargo(&names.customer, 1);
    unready["ready_from"] = json!(in_hours(48));
    for input in [unready, new_cargo(&names.customer, 1)] {
        let created = world.run("create-cargo", &input).await;
        let cargo = created.accepted()["outcome"]["cargo"].clone();
        let book = json!({ "cargo": cargo, "voyage": "LONG" });
        world.run("book-onto-voyage", &book).await.accepted();
    }
    let mut movements = voyage["movements"].clone();
    movements[0]["departs"] = json!(in_hours(40));
    movements[1]["arrives"] = json!(in_hours(480));
    let input = json!({ "voyage": "LONG", "movements": movements });
    let mut browser = Browser::signed_in(&world, "anna").await;
    let page = said(&world, &mut browser, "reschedule-voyage", &input).await;
    let expected = "1 cargo will arrive later; the ship now leaves before 1 cargo is ready.";
    assert!(page.contains(expected), "{page}");
    let link = "<a href=\"/cargoes?trouble=at_risk&amp;voyage=LONG\">1 cargo needs attention</a>. 1 needs another way: ";
    assert!(page.contains(link), "{page}");
}
