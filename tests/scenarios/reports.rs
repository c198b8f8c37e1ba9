//! Reports as they come in: out of order, with one completion time, and against the timetable.

use super::words::{handle, known, legs, report, schedule, time, timetable, to_stockholm};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    equal_stamps,
    reports_against_the_timetable,
];

/// The crane's computer sends everything at the end of the day, with one time and backwards.
async fn equal_stamps(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    for text in [
        "UNLOAD V100 USNYC 03-09",
        "LOAD V100 HKHKG 03-09",
        "RECEIVE HKHKG 03-09",
    ] {
        handle(stage, &id, text).await;
    }
    let ashore = "IN_PORT, at USNYC, ROUTED, next LOAD V200 USNYC, eta 03-16, on_track";
    assert_eq!(known(stage, &id).await, ashore);
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    let registered = cargo["handling"].as_array().expect("a history").iter();
    let types: Vec<_> = registered.map(|handled| handled["type"].clone()).collect();
    assert_eq!(types, ["UNLOAD", "LOAD", "RECEIVE"]);

    // Where it is does not depend on where it goes next.
    let here = json!({ "cargo": id, "origin": "USNYC" });
    stage.accept("clerk", "reroute-cargo", here).await;
    assert_eq!(known(stage, &id).await, "IN_PORT, at USNYC, MISROUTED");
}

/// The doubts that an accepted report raises.
async fn doubts(stage: &Stage, id: &str, text: &str) -> Value {
    let input = report(id, text);
    let outcome = stage
        .accept("port-agent", "register-handling-event", input)
        .await;
    outcome.get("doubts").cloned().unwrap_or(json!([]))
}

async fn reports_against_the_timetable(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    stage.at(&day("03-01"));
    assert_eq!(doubts(stage, &id, "RECEIVE HKHKG 02-27").await, json!([]));
    let sails = day("03-03").replace('Z', ".000000Z");
    let early = json!([{ "doubt": "LoadedEarly", "time": sails }]);
    assert_eq!(doubts(stage, &id, "LOAD V100 HKHKG 02-28").await, early);
    // It counts all the same.
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, eta 03-16, on_track"
    );
    let none = json!([]);
    assert_eq!(doubts(stage, &id, "LOAD V100 HKHKG 03-01").await, none);

    let left = json!({ "voyage": "V100", "location": "HKHKG", "at": time("03-03T06") });
    stage.at(&time("03-03T08"));
    stage.accept("port-agent", "report-departure", left).await;
    let gone = time("03-03T06").replace('Z', ".000000Z");
    let late = json!([{ "doubt": "LoadedAfterDeparture", "time": gone }]);
    assert_eq!(doubts(stage, &id, "LOAD V100 HKHKG 03-03T07").await, late);
    stage.at(&day("03-10"));
    let arrives = day("03-09").replace('Z', ".000000Z");
    let before = json!([{ "doubt": "UnloadedBeforeArrival", "time": arrives }]);
    assert_eq!(doubts(stage, &id, "UNLOAD V100 USNYC 03-08").await, before);
    assert_eq!(doubts(stage, &id, "UNLOAD V100 USNYC 03-09").await, none);
    let elsewhere = json!([{ "doubt": "NoSuchCall" }]);
    assert_eq!(doubts(stage, &id, "LOAD V300 USNYC 03-10").await, elsewhere);

    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    let doubted = cargo["handling"].as_array().expect("a history").iter();
    let doubted = doubted.filter(|handled| handled["doubts"].is_array());
    assert_eq!(doubted.count(), 4);
    let path = format!("/api/handling-events?cargo={id}&voyage=V300");
    let reported = stage.get("port-agent", &path).await.body["items"][0].clone();
    assert_eq!(reported["doubts"], elsewhere);
    a_cancelled_voyage_makes_no_call(stage, &id).await;
}

async fn a_cancelled_voyage_makes_no_call(stage: &Stage, id: &str) {
    let v500 = schedule("V500", "USNYC 03-20 SESTO 03-25");
    stage.accept("planner", "schedule-voyage", v500).await;
    let cancel = json!({ "voyage": "V500", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    let loaded = report(id, "LOAD V500 USNYC 03-11");
    stage.at(&day("03-11"));
    let outcome = stage
        .accept("port-agent", "register-handling-event", loaded)
        .await;
    assert_eq!(outcome["doubts"], json!([{ "doubt": "VoyageCancelled" }]));
}
