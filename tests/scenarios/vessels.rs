//! Vessels are registered once, and none is in two places.

use super::changes::happened;
use super::words::refused;
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    a_vessel_is_registered_once,
    voyages_of_a_vessel_follow_each_other,
    a_late_ship_is_a_fact,
];

const EMMA: &str = "9074729";
const OLGA: &str = "9321483";
const RULE: &str = "VesselMayNotBeInTwoPlaces";

/// A voyage of a ship from Rotterdam to Hamburg.
fn voyage(number: &str, imo: &str, departs: &str, arrives: &str) -> Value {
    let name = if imo == EMMA { "Emma" } else { "Olga" };
    json!({
        "number": number, "vessel": { "imo": imo, "name": name },
        "capacity": { "teu": 100, "tonnes": 2000 }, "overbooking_percent": 10,
        "cut_off_hours": 24, "movements": [times(departs, arrives)],
    })
}

fn times(departs: &str, arrives: &str) -> Value {
    json!({ "from": "NLRTM", "to": "DEHAM", "departs": day(departs), "arrives": day(arrives) })
}

fn reschedule(number: &str, departs: &str, arrives: &str) -> Value {
    json!({ "voyage": number, "movements": [times(departs, arrives)] })
}

async fn schedule(stage: &Stage, input: Value) -> Value {
    stage.run("planner", "schedule-voyage", input).await.body
}

async fn vessel(stage: &Stage, imo: &str) -> Value {
    stage
        .get("clerk", &format!("/api/vessels/{imo}"))
        .await
        .body
}

async fn a_vessel_is_registered_once(stage: &Stage) {
    stage.at(&day("02-20"));
    let emma = json!({ "imo": EMMA, "name": "Emma", "capacity": { "teu": 90, "tonnes": 1800, "plugs": 40 } });
    let run = |input: &Value| stage.run("planner", "register-vessel", input.clone());
    assert_eq!(happened(&run(&emma).await.body), ["VesselRegistered"]);
    assert_eq!(happened(&run(&emma).await.body), [""; 0]);
    // A known ship keeps its particulars.
    let scheduled = schedule(stage, voyage("V1", EMMA, "03-03", "03-05")).await;
    assert_eq!(happened(&scheduled), ["VoyageScheduled"]);
    let known = vessel(stage, EMMA).await;
    assert_eq!(known["capacity"]["teu"], 90, "{known}");
    assert_eq!(
        (&known["capacity"]["plugs"], &known["version"]),
        (&json!(40), &json!(1))
    );
    // An unknown one is registered on the way, with the capacity of the voyage.
    let scheduled = schedule(stage, voyage("V2", OLGA, "03-03", "03-05")).await;
    assert_eq!(
        happened(&scheduled),
        ["VoyageScheduled", "VesselRegistered"]
    );
    let known = vessel(stage, OLGA).await;
    assert_eq!(
        (&known["name"], &known["capacity"]["teu"]),
        (&json!("Olga"), &json!(100))
    );
    assert!(known["capacity"].get("plugs").is_none(), "{known}");

    // One number has one name, until the ship is renamed.
    let mut renamed = voyage("V3", EMMA, "04-03", "04-05");
    renamed["vessel"]["name"] = json!("Emma Two");
    assert_eq!(
        refused(stage, "planner", "schedule-voyage", renamed.clone()).await,
        RULE
    );
    let correction = json!({ "imo": EMMA, "name": "Emma Two", "reason": "Sold",
        "capacity": { "teu": 90, "tonnes": 1800 } });
    assert_eq!(happened(&run(&correction).await.body), ["VesselCorrected"]);
    assert_eq!(vessel(stage, EMMA).await["capacity"]["plugs"], 40);
    schedule(stage, renamed).await;
    let ahead = stage.get("clerk", "/api/voyages/V1").await.body;
    assert_eq!(ahead["vessel"]["name"], "Emma Two", "{ahead}");
    assert_eq!(ahead["version"], 2);

    for (path, expected) in [
        ("/api/vessels", &[EMMA, OLGA][..]),
        ("/api/vessels?name=olg", &[OLGA]),
        ("/api/vessels?name=9074", &[EMMA]),
        ("/api/vessels?imo=93", &[OLGA]),
        ("/api/vessels?name=nobody", &[]),
    ] {
        let found = stage.get("clerk", path).await.body;
        let items = found["items"].as_array().expect("a list").iter();
        let found: Vec<_> = items
            .map(|own| own["imo"].as_str().expect("text"))
            .collect();
        assert_eq!(found, expected, "{path}");
    }
    let of_emma = stage
        .get("clerk", &format!("/api/voyages?imo={EMMA}"))
        .await
        .body;
    assert_eq!(
        of_emma["items"].as_array().map(Vec::len),
        Some(2),
        "{of_emma}"
    );
}

async fn voyages_of_a_vessel_follow_each_other(stage: &Stage) {
    stage.at(&day("02-20"));
    schedule(stage, voyage("V1", EMMA, "03-03", "03-05")).await;
    let answer = stage
        .run(
            "planner",
            "schedule-voyage",
            voyage("V2", EMMA, "03-04", "03-08"),
        )
        .await;
    assert_eq!(
        (answer.status, answer.body["rule"].as_str()),
        (409, Some(RULE)),
        "{}",
        answer.body
    );
    for (fact, expected) in [
        ("voyage", json!("V2")),
        ("other", json!("V1")),
        ("vessel", json!("Emma")),
        ("from", json!("NLRTM")),
        ("departs", json!("2127-03-03T00:00:00.000000Z")),
        ("to", json!("DEHAM")),
        ("arrives", json!("2127-03-05T00:00:00.000000Z")),
    ] {
        assert_eq!(
            answer.body["facts"][fact], expected,
            "{fact}: {}",
            answer.body
        );
    }
    // It leaves when it arrives, and another ship is free.
    schedule(stage, voyage("V2", EMMA, "03-05", "03-08")).await;
    schedule(stage, voyage("V3", OLGA, "03-04", "03-06")).await;
    assert_eq!(
        refused(
            stage,
            "planner",
            "reschedule-voyage",
            reschedule("V2", "03-04", "03-08")
        )
        .await,
        RULE
    );
    let change = |imo: &str| {
        let mut change = voyage("", imo, "03-03", "03-05");
        change
            .as_object_mut()
            .expect("an object")
            .retain(|name, _| name == "vessel" || name == "capacity");
        change["voyage"] = json!("V3");
        change
    };
    assert_eq!(
        refused(stage, "planner", "change-vessel", change(EMMA)).await,
        RULE
    );
    // Its own ship may be given again, with another capacity.
    stage.accept("planner", "change-vessel", change(OLGA)).await;
    stage
        .accept(
            "planner",
            "reschedule-voyage",
            reschedule("V3", "03-09", "03-11"),
        )
        .await;
    stage.accept("planner", "change-vessel", change(EMMA)).await;
    // A cancelled voyage takes no time.
    assert_eq!(
        refused(
            stage,
            "planner",
            "schedule-voyage",
            voyage("V4", EMMA, "03-10", "03-12")
        )
        .await,
        RULE
    );
    let cancel = json!({ "voyage": "V3", "reason": "Ice" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    schedule(stage, voyage("V4", EMMA, "03-10", "03-12")).await;
    assert_eq!(stage.get("clerk", "/api/voyages/V4").await.status, 200);
}

/// A ship under way is late for its next voyage. Refusing to say so would make the record lie.
async fn a_late_ship_is_a_fact(stage: &Stage) {
    stage.at(&day("02-20"));
    schedule(stage, voyage("V1", EMMA, "03-03", "03-05")).await;
    schedule(stage, voyage("V2", EMMA, "03-06", "03-08")).await;
    assert_eq!(
        refused(
            stage,
            "planner",
            "reschedule-voyage",
            reschedule("V1", "03-03", "03-07")
        )
        .await,
        RULE
    );
    stage.at(&day("03-04"));
    let report = json!({ "voyage": "V1", "location": "NLRTM", "at": day("03-03") });
    stage.accept("planner", "report-departure", report).await;
    stage
        .accept(
            "planner",
            "reschedule-voyage",
            reschedule("V1", "03-03", "03-07"),
        )
        .await;
    // The next voyage may move, but not to overlap for longer.
    assert_eq!(
        refused(
            stage,
            "planner",
            "reschedule-voyage",
            reschedule("V2", "03-05", "03-08")
        )
        .await,
        RULE
    );
    stage
        .accept(
            "planner",
            "reschedule-voyage",
            reschedule("V2", "03-06", "03-09"),
        )
        .await;
    stage
        .accept(
            "planner",
            "reschedule-voyage",
            reschedule("V2", "03-07", "03-09"),
        )
        .await;
    assert_eq!(
        refused(
            stage,
            "planner",
            "reschedule-voyage",
            reschedule("V2", "03-06", "03-09")
        )
        .await,
        RULE
    );
    stage.at(&day("03-08"));
    let report = json!({ "voyage": "V1", "location": "DEHAM", "at": "2127-03-07T12:00:00Z" });
    stage.accept("planner", "report-arrival", report).await;
}
