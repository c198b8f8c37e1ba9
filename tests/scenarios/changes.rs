//! Changes during transport: timetables, destinations, voyages, commitments.

use super::words::{handle, known, legs, load, refused, schedule, time, timetable, to_stockholm};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    a_voyage_is_late_and_cancelled,
    a_destination_changes_at_sea,
    a_reroute_aboard_keeps_its_place,
    a_cargo_is_rolled,
    promises,
];

async fn a_voyage_is_late_and_cancelled(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let late = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-07 USNYC 03-10");
    let answer = stage
        .run("planner", "reschedule-voyage", late.clone())
        .await;
    assert_eq!(answer.body["outcome"]["delayed_cargoes"], json!([id]));
    assert_eq!(
        happened(&answer.body),
        ["VoyageRescheduled", "ConnectionMissed"]
    );
    assert_eq!(
        known(stage, &id).await,
        "NOT_RECEIVED, ROUTED, next RECEIVE HKHKG, ConnectionMissed"
    );
    let too_late = later(
        "V200",
        "JPTYO 03-06 USNYC 03-08, USNYC 03-12 USCHI 03-16, USCHI 03-17 SESTO 03-19",
    );
    let answer = stage.run("planner", "reschedule-voyage", too_late).await;
    assert_eq!(
        happened(&answer.body),
        ["VoyageRescheduled", "DeadlineAtRisk"]
    );
    assert_eq!(
        known(stage, &id).await,
        "NOT_RECEIVED, ROUTED, next RECEIVE HKHKG, eta 03-19, DeadlineAtRisk"
    );
    let deadline = json!({ "cargo": id, "arrival_deadline": day("03-20") });
    stage
        .accept("clerk", "change-arrival-deadline", deadline)
        .await;
    assert!(known(stage, &id).await.ends_with("eta 03-19, on_track"));

    stage.at(&time("03-03T12"));
    let typo = later("V100", "HKHKG 02-03 JPTYO 03-05, JPTYO 03-07 USNYC 03-10");
    assert_eq!(
        refused(stage, "planner", "reschedule-voyage", typo).await,
        "DepartedMovementMayNotMove"
    );
    let elsewhere = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-07 USCHI 03-10");
    assert_eq!(
        refused(stage, "planner", "reschedule-voyage", elsewhere).await,
        "RescheduleMustKeepPorts"
    );

    let cancel = json!({ "voyage": "V200", "reason": "Engine trouble" });
    let cancelled = stage
        .accept("planner", "cancel-voyage", cancel.clone())
        .await;
    assert_eq!(cancelled["affected_cargoes"], json!([id]));
    assert!(known(stage, &id).await.contains("VoyageCancelled"));
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(
        (&cargo["status"], &cargo["itinerary"][1]["voyage_cancelled"]),
        (&json!("BOOKED"), &json!(true))
    );
    let nothing = "CancelledVoyageTakesNothing";
    for (who, operation, input) in [
        ("planner", "cancel-voyage", cancel),
        ("clerk", "accept-booking", json!({ "cargo": id })),
    ] {
        assert_eq!(refused(stage, who, operation, input).await, nothing);
    }
    let other = create(stage, between(&customer(stage).await, "USNYC", "USCHI", 1)).await;
    assert_eq!(book(stage, &other, "V200").await, Err(nothing.to_owned()));
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    assert_eq!(
        load(stage, "V100").await,
        [2.0, 0.0],
        "the first has sailed"
    );
    assert_eq!(load(stage, "V200").await, [0.0, 0.0, 0.0]);
}

async fn a_destination_changes_at_sea(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage
        .accept("clerk", "assign-itinerary", itinerary.clone())
        .await;
    assert_eq!(
        refused(stage, "clerk", "assign-itinerary", itinerary).await,
        "CargoMayNotBeBookedTwice"
    );
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    for operation in ["release-cargo", "cancel-cargo", "reject-booking"] {
        let mut input = json!({ "cargo": id });
        if operation != "release-cargo" {
            input["reason"] = json!("x");
        }
        let rule = refused(stage, "clerk", operation, input).await;
        assert_eq!(rule, "LoadedCargoMayNotBeReleased", "{operation}");
    }
    // It stays on board for less time: past the cut-off of the call where it was loaded.
    let change = json!({ "cargo": id, "destination": "JPTYO" });
    stage.accept("clerk", "change-destination", change).await;
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, MISROUTED"
    );
    stage
        .accept("clerk", "assign-itinerary", legs(&id, "V100 HKHKG JPTYO"))
        .await;
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 JPTYO, eta 03-05, on_track"
    );
    assert_eq!(load(stage, "V100").await, [2.0, 0.0]);
    let elsewhere = json!({ "cargo": id, "origin": "DEHAM", "destination": "SESTO" });
    assert_eq!(
        refused(stage, "clerk", "reroute-cargo", elsewhere).await,
        "RerouteMustStartWhereCargoIs"
    );
    let onwards = json!({ "cargo": id, "origin": "JPTYO", "destination": "DEHAM" });
    stage.accept("clerk", "reroute-cargo", onwards).await;
    stage
        .accept("clerk", "assign-itinerary", legs(&id, "V300 JPTYO DEHAM"))
        .await;
    assert!(
        known(stage, &id)
            .await
            .contains("next UNLOAD V100 JPTYO, eta 03-12")
    );
}

async fn a_reroute_aboard_keeps_its_place(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let hasty = schedule(
        "V600",
        "USNYC 03-09T05 SESTO 03-12, SESTO 03-13 FIHEL 03-14",
    );
    stage.accept("planner", "schedule-voyage", hasty).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    // On board while the ship is still in port.
    handle(stage, &id, "LOAD V100 HKHKG 03-02").await;
    let reroute = json!({ "cargo": id, "origin": "USNYC" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    let hasty = legs(&id, "V600 USNYC SESTO");
    assert_eq!(
        refused(stage, "clerk", "assign-itinerary", hasty).await,
        "ItineraryMustConnect"
    );
    let onwards = legs(&id, "V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", onwards).await;
    assert!(known(stage, &id).await.contains("next UNLOAD V100 USNYC"));
    // It is on the ship until New York, whatever its itinerary is.
    assert_eq!(load(stage, "V100").await, [2.0, 2.0]);
    assert_eq!(load(stage, "V200").await, [0.0, 2.0, 2.0]);
    let on_it = stage.get("clerk", "/api/cargoes?voyage=V100").await.body;
    assert_eq!(on_it["items"][0]["cargo"], json!(id));
    stage.verify().await;

    // Changes to the ship affect it.
    stage.at(&time("03-03T12"));
    let late = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-07 USNYC 03-10");
    let answer = stage.run("planner", "reschedule-voyage", late).await;
    assert_eq!(answer.body["outcome"]["delayed_cargoes"], json!([id]));
    assert_eq!(
        happened(&answer.body),
        ["VoyageRescheduled", "ConnectionMissed"]
    );
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    let cancelled = stage.accept("planner", "cancel-voyage", cancel).await;
    assert_eq!(cancelled["affected_cargoes"], json!([id]));
    assert!(known(stage, &id).await.contains("VoyageCancelled"));
    // It was never on board: its itinerary and the space that has not departed are freed.
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    let mistake = json!({ "event": cargo["handling"][0]["event"], "reason": "Another box" });
    stage
        .accept("port-agent", "retract-handling-event", mistake)
        .await;
    let release = json!({ "cargo": id });
    stage.accept("clerk", "release-cargo", release).await;
    assert_eq!(load(stage, "V100").await, [2.0, 0.0]);
    assert_eq!(load(stage, "V200").await, [0.0, 0.0, 0.0]);
}

/// New times for a voyage.
pub fn later(number: &str, movements: &str) -> Value {
    let movements = schedule(number, movements)["movements"].clone();
    json!({ "voyage": number, "movements": movements })
}

/// The types of the events in an answer.
pub fn happened(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().expect("events");
    let types = events.iter().map(|event| event["type"].as_str());
    types.map(|name| name.expect("a type")).collect()
}

async fn a_cargo_is_rolled(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let express = "HKHKG 03-04 JPTYO 03-06, JPTYO 03-07 USNYC 03-09T18";
    for (number, movements) in [
        ("V101", express),
        ("V102", "HKHKG 03-05 USNYC 03-10"),
        ("V103", "HKHKG 03-04 SESTO 03-09"),
    ] {
        stage
            .accept("planner", "schedule-voyage", schedule(number, movements))
            .await;
    }
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let roll = |from: &str, to: &str| json!({ "cargo": id, "from_voyage": from, "to_voyage": to });
    for (from, to, rule) in [
        ("V100", "V404", "VoyageMustBeKnown"),
        ("V300", "V101", "CargoMustBeOnVoyage"),
        ("V100", "V100", "CargoMustBeOnVoyage"),
        ("V100", "V103", "VoyageMustCallInOrder"),
        ("V100", "V102", "ItineraryMustConnect"),
    ] {
        assert_eq!(
            refused(stage, "clerk", "roll-cargo", roll(from, to)).await,
            rule,
            "{from} {to}"
        );
    }
    stage
        .accept(
            "planner",
            "change-voyage-capacity",
            json!({ "voyage": "V101", "overbooking_percent": 0,
        "capacity": { "teu": 1, "tonnes": 2000 } }),
        )
        .await;
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", roll("V100", "V101")).await,
        "LoadMayNotPassTheLine"
    );
    assert_eq!(load(stage, "V100").await, [2.0, 2.0], "all or nothing");
    stage
        .accept(
            "planner",
            "change-voyage-capacity",
            json!({ "voyage": "V101", "overbooking_percent": 0,
        "capacity": { "teu": 2, "tonnes": 2000 } }),
        )
        .await;
    let rolled = stage
        .accept("clerk", "roll-cargo", roll("V100", "V101"))
        .await;
    assert_eq!(
        rolled["legs"][0]["unload_time"],
        "2127-03-09T18:00:00.000000Z"
    );
    assert_eq!(rolled["legs"][1]["voyage"], "V200");
    assert_eq!(
        (load(stage, "V100").await, load(stage, "V101").await),
        (vec![0.0, 0.0], vec![2.0, 2.0])
    );
    handle(stage, &id, "LOAD V101 HKHKG 03-04").await;
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", roll("V101", "V100")).await,
        "LoadedCargoMayNotBeReleased"
    );
}

async fn promises(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let new = async || {
        let id = create(stage, between(&owner, "HKHKG", "USNYC", 2)).await;
        book(stage, &id, "V100").await.expect("there is space");
        id
    };
    let status = async |id: &str| {
        let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
        cargo["status"].as_str().expect("text").to_owned()
    };
    let (kept, broken) = (new().await, new().await);
    let suspend = json!({ "customer": owner, "reason": "Does not pay" });
    stage
        .accept("clerk", "suspend-customer", suspend.clone())
        .await;
    let again = stage.run("clerk", "suspend-customer", suspend).await;
    assert_eq!((again.status, &again.body["events"]), (200, &json!([])));
    let accept = json!({ "cargo": kept });
    assert_eq!(
        refused(stage, "clerk", "accept-booking", accept.clone()).await,
        "CustomerMustBeActive"
    );
    let order = between(&owner, "HKHKG", "USNYC", 2);
    assert_eq!(
        refused(stage, "clerk", "create-cargo", order).await,
        "CustomerMustBeActive"
    );
    stage
        .accept("clerk", "reinstate-customer", json!({ "customer": owner }))
        .await;
    assert_eq!(
        refused(stage, "clerk", "confirm-booking", accept.clone()).await,
        "StatusMustAllow"
    );
    stage
        .accept("clerk", "accept-booking", accept.clone())
        .await;
    assert_eq!(
        refused(stage, "clerk", "release-cargo", accept.clone()).await,
        "StatusMustAllow"
    );
    stage.accept("clerk", "confirm-booking", accept).await;
    assert_eq!(status(&kept).await, "CONFIRMED");
    let reject = json!({ "cargo": broken, "reason": "No truck left" });
    stage
        .accept("clerk", "reject-booking", reject.clone())
        .await;
    assert_eq!(status(&broken).await, "REJECTED");
    assert_eq!(load(stage, "V100").await, [2.0, 2.0]);
    assert_eq!(
        refused(stage, "clerk", "reject-booking", reject).await,
        "StatusMustAllow"
    );
}
