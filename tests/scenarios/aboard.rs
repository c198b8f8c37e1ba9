//! Where a cargo physically is: the space that it holds, and the calls that reports mean.

use super::words::{handle, known, legs, load, refused, report, schedule, time, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    who_stays_aboard_holds_its_space_all_the_way,
    a_roll_onto_a_later_call_holds_the_way_there,
    the_calls_are_those_that_connect_with_where_it_is,
    the_port_may_leave_the_unload_out,
    what_was_received_comes_to_another_port_by_land,
    a_cancelled_voyage_brings_nothing_anywhere,
    legs_in_a_row_on_one_voyage_are_one_stay,
    the_approach_goes_with_its_load,
];

/// A ship that calls at HKHKG and JPTYO twice, with space for one container.
async fn round_trip(stage: &Stage) {
    let mut ship = schedule(
        "V100",
        "HKHKG 03-03 JPTYO 03-04, JPTYO 03-05 HKHKG 03-06, HKHKG 03-07 JPTYO 03-08, JPTYO 03-09 SESTO 03-12",
    );
    ship["capacity"]["teu"] = json!(1);
    ship["overbooking_percent"] = json!(0);
    stage.accept("planner", "schedule-voyage", ship).await;
}

/// The times of the only leg.
fn timed(cargo: &str, leg: &str, load: &str, unload: &str) -> Value {
    let mut itinerary = legs(cargo, leg);
    itinerary["legs"][0]["load_time"] = json!(time(load));
    itinerary["legs"][0]["unload_time"] = json!(time(unload));
    itinerary
}

async fn who_stays_aboard_holds_its_space_all_the_way(stage: &Stage) {
    stage.at(&day("02-20"));
    round_trip(stage).await;
    let owner = customer(stage).await;
    let stays = create(stage, between(&owner, "HKHKG", "SESTO", 1)).await;
    let other = create(stage, between(&owner, "JPTYO", "HKHKG", 1)).await;
    handle(stage, &stays, "LOAD V100 HKHKG 03-02").await;
    let reroute = json!({ "cargo": stays, "origin": "JPTYO" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    let onwards = timed(&stays, "V100 JPTYO SESTO", "03-09", "03-12");
    stage.accept("clerk", "assign-itinerary", onwards).await;
    assert_eq!(load(stage, "V100").await, [1.0; 4]);
    assert_eq!(
        book(stage, &other, "V100").await,
        Err("LoadMayNotPassTheLine".to_owned())
    );
    assert_eq!(load(stage, "V100").await, [1.0; 4]);
    // Unloaded at the first call by mistake, and loaded again: it is back on its itinerary.
    handle(stage, &stays, "UNLOAD V100 JPTYO 03-04").await;
    assert_eq!(
        known(stage, &stays).await,
        "IN_PORT, at JPTYO, ROUTED, next LOAD V100 JPTYO, eta 03-12, on_track"
    );
    let cancel = json!({ "cargo": stays, "reason": "Sold" });
    stage.accept("clerk", "cancel-cargo", cancel).await;
    assert_eq!(load(stage, "V100").await, [1.0, 0.0, 0.0, 0.0]);
}

async fn a_roll_onto_a_later_call_holds_the_way_there(stage: &Stage) {
    stage.at(&day("02-20"));
    round_trip(stage).await;
    let other = schedule("V200", "JPTYO 03-06 SESTO 03-10");
    stage.accept("planner", "schedule-voyage", other).await;
    let owner = customer(stage).await;
    let id = create(stage, between(&owner, "HKHKG", "SESTO", 1)).await;
    let itinerary = legs(&id, "V100 HKHKG JPTYO, V200 JPTYO SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    assert_eq!(load(stage, "V100").await, [1.0, 0.0, 0.0, 0.0]);
    let roll = json!({ "cargo": id, "from_voyage": "V200", "to_voyage": "V100",
        "load_time": time("03-09") });
    stage.accept("clerk", "roll-cargo", roll).await;
    assert_eq!(load(stage, "V100").await, [1.0; 4]);
    assert_eq!(load(stage, "V200").await, [0.0]);
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    assert_eq!(load(stage, "V100").await, [0.0; 4]);
}

async fn the_calls_are_those_that_connect_with_where_it_is(stage: &Stage) {
    stage.at(&day("02-20"));
    round_trip(stage).await;
    let owner = customer(stage).await;
    let id = create(stage, between(&owner, "JPTYO", "SESTO", 1)).await;
    book(stage, &id, "V100").await.expect("there is space");
    let load_time = async || {
        let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
        cargo["itinerary"][0]["load_time"].as_str().expect("a time")[5..10].to_owned()
    };
    assert_eq!(load_time().await, "03-05");
    // To a later call of the same voyage.
    let roll = |times: Value| {
        let mut input = json!({ "cargo": id, "from_voyage": "V100", "to_voyage": "V100" });
        input["load_time"] = times;
        input
    };
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", roll(Value::Null)).await,
        "CargoMustBeOnVoyage"
    );
    let later = roll(json!(time("03-09")));
    stage.accept("clerk", "roll-cargo", later).await;
    assert_eq!(load_time().await, "03-09");
    assert_eq!(load(stage, "V100").await, [0.0, 0.0, 0.0, 1.0]);
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    // It arrives in port after the first call has sailed, because the port reported ahead of time.
    stage.at(&time("02-21"));
    handle(stage, &id, "UNLOAD V100 JPTYO 03-04").await;
    stage.at(&time("03-04T01"));
    book(stage, &id, "V100").await.expect("there is space");
    assert_eq!(load_time().await, "03-09", "booking closed a day ahead");
}

async fn the_port_may_leave_the_unload_out(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "DEHAM", 2)).await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    let reroute = json!({ "cargo": id, "origin": "JPTYO" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    let onwards = legs(&id, "V300 JPTYO DEHAM");
    stage.accept("clerk", "assign-itinerary", onwards).await;
    handle(stage, &id, "RECEIVE JPTYO 03-05").await;
    assert_eq!(
        known(stage, &id).await,
        "IN_PORT, at JPTYO, ROUTED, next LOAD V300 JPTYO, eta 03-12, on_track"
    );
}

async fn what_was_received_comes_to_another_port_by_land(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let id = create(stage, between(&owner, "JPTYO", "USNYC", 2)).await;
    // Received inland, it is booked from one port and then from another.
    handle(stage, &id, "RECEIVE SESTO 02-21").await;
    book(stage, &id, "V200").await.expect("it comes by land");
    let cancel = json!({ "voyage": "V200", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    let instead = legs(&id, "V100 JPTYO USNYC");
    stage.accept("clerk", "assign-itinerary", instead).await;
    assert_eq!(load(stage, "V100").await, [0.0, 2.0]);
    // A discharged cargo is where it was discharged.
    let off = create(stage, between(&owner, "JPTYO", "USNYC", 2)).await;
    handle(stage, &off, "UNLOAD V300 DEHAM 02-22").await;
    assert_eq!(
        book(stage, &off, "V100").await,
        Err("ItineraryMustConnect".to_owned())
    );
}

async fn a_cancelled_voyage_brings_nothing_anywhere(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "SESTO", 2)).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    stage.at(&time("03-03T12"));
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    // It is on the way to the first port and does not continue to the second.
    let reroute = |origin: &str| json!({ "cargo": id, "origin": origin });
    assert_eq!(
        refused(stage, "clerk", "reroute-cargo", reroute("USNYC")).await,
        "CancelledVoyageTakesNothing"
    );
    stage
        .accept("clerk", "reroute-cargo", reroute("JPTYO"))
        .await;
}

async fn legs_in_a_row_on_one_voyage_are_one_stay(stage: &Stage) {
    stage.at(&day("02-20"));
    let ship = schedule(
        "V100",
        "HKHKG 03-03 JPTYO 03-05, JPTYO 03-05T01 USNYC 03-09",
    );
    stage.accept("planner", "schedule-voyage", ship).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    assert_eq!(
        refused(
            stage,
            "clerk",
            "assign-itinerary",
            legs(&id, "V100 HKHKG JPTYO, V100 JPTYO JPTYO, V100 JPTYO USNYC")
        )
        .await,
        "VoyageMustCallInOrder"
    );
    let itinerary = legs(&id, "V100 HKHKG JPTYO, V100 JPTYO USNYC");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    assert_eq!(load(stage, "V100").await, [2.0, 2.0]);
    handle(stage, &id, "RECEIVE HKHKG 03-01").await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    // Nobody unloads it in between.
    let aboard = "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, eta 03-09, on_track";
    assert_eq!(known(stage, &id).await, aboard);
    handle(stage, &id, "UNLOAD V100 USNYC 03-09").await;
    assert!(known(stage, &id).await.contains("next CLAIM USNYC"));
}

async fn the_approach_goes_with_its_load(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "DEHAM", 2)).await;
    let input = report(&id, "LOAD V100 HKHKG 02-20");
    let loaded = stage
        .accept("port-agent", "register-handling-event", input)
        .await;
    let reroute = json!({ "cargo": id, "origin": "JPTYO" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    let onwards = legs(&id, "V300 JPTYO DEHAM");
    stage.accept("clerk", "assign-itinerary", onwards).await;
    assert_eq!(load(stage, "V100").await, [2.0, 0.0]);
    let retract = json!({ "event": loaded["event"], "reason": "Another box" });
    stage
        .accept("port-agent", "retract-handling-event", retract)
        .await;
    assert_eq!(load(stage, "V100").await, [0.0, 0.0]);
    assert_eq!(load(stage, "V300").await, [2.0, 2.0, 0.0, 0.0]);
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["approach"], Value::Null);
}
