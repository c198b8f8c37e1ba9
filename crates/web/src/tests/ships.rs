//! Ships that leave and arrive, as port agents report them on the page of a voyage.

use super::World;
use super::visitor::{Browser, furnished};
use crate::clock::SystemClock;
use axum::http::StatusCode;
use domain::Moment;
use domain::locations::TimeZone;
use domain::ports::Clock;
use serde_json::json;

const HOUR_MICROS: i64 = 3_600_000_000;

/// This many hours from the last whole hour on.
fn in_hours(hours: i64) -> Moment {
    let now = SystemClock.now().micros();
    Moment::from_micros(now / HOUR_MICROS * HOUR_MICROS).plus_hours(hours)
}

/// A time as a person at the quay of the test ports reads it.
fn typed(time: Moment) -> String {
    let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
    zone.shows(time).format("%Y-%m-%dT%H:%M").to_string()
}

async fn sailing(world: &World, number: &str) {
    let voyage = json!({
        "number": number, "vessel": { "imo": "9074729", "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 0,
        "cut_off_hours": 24, "movements": [
            { "from": "NLRTM", "to": "SGSIN", "departs": in_hours(-5), "arrives": in_hours(30) },
            { "from": "SGSIN", "to": "NLRTM", "departs": in_hours(40), "arrives": in_hours(90) },
        ],
    });
    world.run("schedule-voyage", &voyage).await.accepted();
}

#[tokio::test]
async fn a_port_agent_reports_that_a_ship_left_by_the_clock_of_the_port() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let mut browser = Browser::signed_in(&world, "agent").await;
    let page = browser.get("/voyages/ROUND").await.text;
    let form = "/operations/report-departure?voyage=ROUND&#38;location=NLRTM&#38;call=1";
    assert!(page.contains(form), "{page}");
    let later = "/operations/report-departure?voyage=ROUND&#38;location=SGSIN";
    assert!(!page.contains(later), "the ship has not been there: {page}");
    let form = browser.get(&form.replace("&#38;", "&")).await.text;
    assert!(form.contains("In the local time of the port."), "{form}");

    let left = typed(in_hours(-4));
    let fields = [
        ("/voyage", "ROUND"),
        ("/location", "NLRTM"),
        ("/call", "1"),
        ("/at", left.as_str()),
    ];
    let answer = browser.post("/operations/report-departure", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(answer.header("location").unwrap()).await.text;
    assert!(page.contains("ROUND left Rotterdam (NLRTM) on"), "{page}");
    assert!(page.contains("1 h later than last known"), "{page}");
    assert!(page.contains(">left</span>"), "{page}");
    assert!(page.contains("scheduled "), "{page}");
    let voyage = world.get("/api/voyages/ROUND").await.json();
    let movement = &voyage["movements"][0];
    assert_eq!(movement["departed_at"], json!(in_hours(-4)));
    assert_eq!(movement["departs"], json!(in_hours(-4)));
    assert_eq!(movement["scheduled"]["departs"], json!(in_hours(-5)));

    let soon = typed(in_hours(6));
    let fields = [
        ("/voyage", "ROUND"),
        ("/location", "Singapore"),
        ("/at", soon.as_str()),
    ];
    let answer = browser.post("/operations/report-arrival", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("is still ahead."), "{}", answer.text);
    assert!(
        answer.text.contains(&format!("value=\"{soon}\"")),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_call_at_a_port_that_is_called_at_twice_must_be_named() {
    let world = World::new().await;
    furnished(&world).await;
    sailing(&world, "ROUND").await;
    let report =
        |call| json!({ "voyage": "ROUND", "location": "SGSIN", "at": in_hours(-1), "call": call });
    let answer = world.run("report-arrival", &report(4)).await;
    answer.problem(409, "CallMustBeKnown");
    let twice = json!({ "voyage": "ROUND", "location": "DEHAM", "at": in_hours(-1) });
    world
        .run("report-arrival", &twice)
        .await
        .problem(409, "CallMustBeKnown");
    world.run("report-arrival", &report(2)).await.accepted();
    let again = world.run("report-arrival", &report(2)).await;
    again.accepted();
}
