//! Wrong entries and late news are corrected.

use super::changes::later;
use super::words::{handle, legs, load, refused, schedule, time, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::json;

super::scenarios![
    Stage::over_http_with_a_clock();
    learnt_late,
    a_slip_of_the_year,
    what_lies_ahead_again_passes_no_line,
];

/// V100 was due to leave on 3 March, and nobody reported otherwise.
async fn learnt_late(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let new = async || create(stage, between(&owner, "HKHKG", "JPTYO", 2)).await;
    let (early, given_back) = (new().await, new().await);
    for cargo in [&early, &given_back] {
        book(stage, cargo, "V100").await.expect("there is space");
    }
    stage.at(&time("03-03T03"));
    let late = new().await;
    assert_eq!(
        book(stage, &late, "V100").await,
        Err("BookingClosesAtCutOff".to_owned())
    );
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": given_back }))
        .await;
    assert_eq!(load(stage, "V100").await, [4.0, 0.0], "it sailed with both");

    let next_day = later(
        "V100",
        "HKHKG 03-04T06 JPTYO 03-06, JPTYO 03-07 USNYC 03-10",
    );
    stage.accept("planner", "reschedule-voyage", next_day).await;
    assert_eq!(load(stage, "V100").await, [2.0, 0.0], "only one is left");
    book(stage, &late, "V100").await.expect("it is still open");
    assert_eq!(load(stage, "V100").await, [4.0, 0.0]);
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": early }))
        .await;
    assert_eq!(load(stage, "V100").await, [2.0, 0.0]);
    stage.at(&time("03-03T07"));
    assert_eq!(
        book(stage, &early, "V100").await,
        Err("BookingClosesAtCutOff".to_owned())
    );
}

/// A planner types 2117 instead of 2127.
async fn a_slip_of_the_year(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    book(stage, &id, "V100").await.expect("there is space");
    for operation in ["accept-booking", "confirm-booking"] {
        stage
            .accept("clerk", operation, json!({ "cargo": id }))
            .await;
    }
    let mut slip = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-09");
    slip["movements"][0]["departs"] = json!("2117-03-03T00:00:00Z");
    assert_eq!(
        refused(stage, "planner", "reschedule-voyage", slip).await,
        "DepartedMovementMayNotMove"
    );
    // A day that has just passed is accepted and can be corrected too.
    let wrong = later(
        "V100",
        "HKHKG 02-19T01 JPTYO 03-05, JPTYO 03-06 USNYC 03-09",
    );
    stage.accept("planner", "reschedule-voyage", wrong).await;
    let right = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-09");
    stage.accept("planner", "reschedule-voyage", right).await;
    assert_eq!(load(stage, "V100").await, [2.0, 2.0]);
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["delivery"]["on_track"], true);
    assert_eq!(
        cargo["itinerary"][0]["load_time"],
        "2127-03-03T00:00:00.000000Z"
    );
}

/// A cargo continues on a full ship that was presumed to have sailed, from a port it had passed.
async fn what_lies_ahead_again_passes_no_line(stage: &Stage) {
    stage.at(&day("02-20"));
    let mut small = schedule("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-09");
    small["capacity"]["teu"] = json!(2);
    small["overbooking_percent"] = json!(0);
    stage.accept("planner", "schedule-voyage", small).await;
    let other = schedule("V200", "JPTYO 03-20 USNYC 03-30");
    stage.accept("planner", "schedule-voyage", other).await;
    let owner = customer(stage).await;
    let booked = create(stage, between(&owner, "HKHKG", "JPTYO", 2)).await;
    book(stage, &booked, "V100").await.expect("there is space");
    let mut order = between(&owner, "HKHKG", "USNYC", 2);
    order["arrival_deadline"] = json!(day("04-20"));
    let astray = create(stage, order).await;
    handle(stage, &astray, "LOAD V100 HKHKG 03-03").await;
    stage.at(&time("03-03T03"));
    let reroute = json!({ "cargo": astray, "origin": "JPTYO" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    stage
        .accept(
            "clerk",
            "assign-itinerary",
            legs(&astray, "V200 JPTYO USNYC"),
        )
        .await;
    assert_eq!(load(stage, "V100").await, [2.0, 0.0], "as it sailed");
    let late = later("V100", "HKHKG 03-04 JPTYO 03-06, JPTYO 03-07 USNYC 03-10");
    assert_eq!(
        refused(stage, "planner", "reschedule-voyage", late.clone()).await,
        "LoadMayNotPassTheLine"
    );
    let larger = json!({ "voyage": "V100", "capacity": { "teu": 4, "tonnes": 2000 }, "overbooking_percent": 0 });
    stage
        .accept("planner", "change-voyage-capacity", larger)
        .await;
    stage.accept("planner", "reschedule-voyage", late).await;
    assert_eq!(load(stage, "V100").await, [4.0, 0.0]);
}
