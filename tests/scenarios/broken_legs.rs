//! A broken leg ahead: there is no ETA, the cause is named, and the cargo is re-planned.

use super::changes::{happened, later};
use super::words::{handle, known, legs, load, refused, report, schedule, time, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    nothing_is_promised_with_a_broken_leg,
    two_missed_connections_are_mended,
    a_cargo_on_a_cancelled_voyage_is_released,
    a_misrouted_cargo_is_not_promised,
    what_was_never_in_port_is_not_claimed,
    what_has_arrived_is_late_no_more,
];

pub async fn cargo(stage: &Stage, who: &str, id: &str) -> Value {
    stage.get(who, &format!("/api/cargoes/{id}")).await.body
}

async fn status(stage: &Stage, id: &str) -> String {
    let status = &cargo(stage, "clerk", id).await["status"];
    status.as_str().expect("text").to_owned()
}

async fn run(stage: &Stage, operation: &str, id: &str) {
    let input = json!({ "cargo": id });
    stage.accept("clerk", operation, input).await;
}

async fn nothing_is_promised_with_a_broken_leg(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let id = create(stage, between(&owner, "HKHKG", "SESTO", 2)).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let role = json!({ "user": "shipper", "role": "customer", "customer": owner });
    stage.enrol("shipper", role).await;
    let late = later("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-07 USNYC 03-10");
    stage.accept("planner", "reschedule-voyage", late).await;
    let missed = json!([{ "flag": "ConnectionMissed", "leg": 1, "voyage": "V200",
        "location": "USNYC", "cause": "V100" }]);
    for who in ["clerk", "shipper"] {
        let delivery = &cargo(stage, who, &id).await["delivery"];
        assert_eq!(delivery["broken_legs"], missed, "{who}");
        assert_eq!(
            (
                &delivery["eta"],
                &delivery["on_track"],
                &delivery["at_risk"]
            ),
            (&Value::Null, &json!(false), &json!(true)),
            "{who}"
        );
    }
    let cancel = json!({ "voyage": "V200", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    let delivery = cargo(stage, "shipper", &id).await["delivery"].clone();
    let cancelled = json!({ "flag": "VoyageCancelled", "leg": 1, "voyage": "V200",
        "location": "USNYC", "cause": "V200" });
    assert_eq!(delivery["broken_legs"], json!([cancelled, missed[0]]));
    assert_eq!(
        delivery["flags"],
        json!(["VoyageCancelled", "ConnectionMissed"])
    );
}

async fn two_missed_connections_are_mended(stage: &Stage) {
    stage.at(&day("02-20"));
    for (number, movements) in [
        ("V100", "HKHKG 03-03 JPTYO 03-05"),
        ("V200", "JPTYO 03-06 USNYC 03-08"),
        ("V300", "USNYC 03-09 SESTO 03-12"),
        ("V201", "JPTYO 03-10 USNYC 03-12"),
        ("V301", "USNYC 03-13 SESTO 03-16"),
    ] {
        let plan = schedule(number, movements);
        stage.accept("planner", "schedule-voyage", plan).await;
    }
    let id = create(stage, between(&customer(stage).await, "HKHKG", "SESTO", 2)).await;
    let itinerary = legs(&id, "V100 HKHKG JPTYO, V200 JPTYO USNYC, V300 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    run(stage, "accept-booking", &id).await;
    for (number, movements) in [
        ("V100", "HKHKG 03-03 JPTYO 03-06T12"),
        ("V200", "JPTYO 03-06T13 USNYC 03-09"),
    ] {
        let late = later(number, movements);
        let answer = stage.run("planner", "reschedule-voyage", late).await;
        // The second cargo is reported too.
        assert_eq!(
            happened(&answer.body),
            ["VoyageRescheduled", "ConnectionMissed"],
            "{number}"
        );
    }
    let anew = legs(&id, "V100 HKHKG JPTYO, V201 JPTYO USNYC, V301 USNYC SESTO");
    let replaced = stage.run("clerk", "assign-itinerary", anew.clone()).await;
    assert_eq!(happened(&replaced.body), ["ItineraryReplaced"]);
    assert_eq!(status(stage, &id).await, "ACCEPTED");
    assert!(known(stage, &id).await.ends_with("eta 03-16, on_track"));
    let loads = async |voyages: [&str; 5]| {
        let mut all = Vec::new();
        for voyage in voyages {
            all.extend(load(stage, voyage).await);
        }
        all
    };
    let voyages = ["V100", "V200", "V300", "V201", "V301"];
    assert_eq!(loads(voyages).await, [2.0, 0.0, 0.0, 2.0, 2.0]);
    assert_eq!(
        refused(stage, "clerk", "assign-itinerary", anew).await,
        "CargoMayNotBeBookedTwice"
    );
    // Space that has sailed is not booked again, but the rest still can be.
    handle(stage, &id, "RECEIVE HKHKG 03-01").await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    let later_still = later("V201", "JPTYO 03-10 USNYC 03-13");
    stage
        .accept("planner", "reschedule-voyage", later_still)
        .await;
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 JPTYO, ConnectionMissed"
    );
    let last = schedule("V302", "USNYC 03-14 SESTO 03-17");
    stage.accept("planner", "schedule-voyage", last).await;
    let onwards = legs(&id, "V100 HKHKG JPTYO, V201 JPTYO USNYC, V302 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", onwards).await;
    assert!(known(stage, &id).await.ends_with("eta 03-17, on_track"));
    assert_eq!(loads(voyages).await, [2.0, 0.0, 0.0, 2.0, 0.0]);
}

async fn a_cargo_on_a_cancelled_voyage_is_released(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let mut cargoes = Vec::new();
    for promises in [
        &[][..],
        &["accept-booking"],
        &["accept-booking", "confirm-booking"],
    ] {
        let id = create(stage, between(&owner, "HKHKG", "USNYC", 2)).await;
        book(stage, &id, "V100").await.expect("there is space");
        for operation in promises {
            run(stage, operation, &id).await;
        }
        cargoes.push(id);
    }
    for id in &cargoes[1..] {
        let rule = refused(stage, "clerk", "release-cargo", json!({ "cargo": id })).await;
        assert_eq!(rule, "StatusMustAllow");
    }
    let cancel = json!({ "voyage": "V100", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    for id in &cargoes {
        run(stage, "release-cargo", id).await;
        assert_eq!(status(stage, id).await, "REQUESTED");
    }
    assert_eq!(load(stage, "V100").await, [0.0, 0.0]);
}

async fn a_misrouted_cargo_is_not_promised(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    for (accepted, operation) in [(false, "accept-booking"), (true, "confirm-booking")] {
        let id = create(stage, between(&owner, "HKHKG", "USNYC", 2)).await;
        book(stage, &id, "V100").await.expect("there is space");
        if accepted {
            run(stage, "accept-booking", &id).await;
        }
        let change = json!({ "cargo": id, "destination": "JPTYO" });
        stage.accept("clerk", "change-destination", change).await;
        let input = json!({ "cargo": id });
        assert_eq!(
            refused(stage, "clerk", operation, input.clone()).await,
            "StatusMustAllow"
        );
        let itinerary = legs(&id, "V100 HKHKG JPTYO");
        stage.accept("clerk", "assign-itinerary", itinerary).await;
        stage.accept("clerk", operation, input).await;
    }
}

async fn what_was_never_in_port_is_not_claimed(stage: &Stage) {
    stage.at(&time("03-10"));
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    let mut long_ago = report(&id, "CLAIM USNYC 03-09");
    long_ago["completed_at"] = json!("1970-01-01T00:00:00Z");
    assert_eq!(
        refused(stage, "port-agent", "register-handling-event", long_ago).await,
        "StatusMustAllow"
    );
    assert_eq!(status(stage, &id).await, "REQUESTED");
    // What the carrier has, it can hand back, booked or not.
    let received = handle(stage, &id, "RECEIVE HKHKG 03-11").await;
    handle(stage, &id, "CLAIM HKHKG 03-12").await;
    assert_eq!(status(stage, &id).await, "COMPLETED");
    let retract = json!({ "event": received["event"], "reason": "Another box" });
    assert_eq!(
        refused(stage, "port-agent", "retract-handling-event", retract).await,
        "StatusMustAllow"
    );
}

async fn what_has_arrived_is_late_no_more(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let (arrives, waits) = (
        create(stage, between(&owner, "HKHKG", "USNYC", 2)).await,
        create(stage, between(&owner, "HKHKG", "USNYC", 2)).await,
    );
    for id in [&arrives, &waits] {
        book(stage, id, "V100").await.expect("there is space");
    }
    for id in [&arrives, &waits] {
        handle(stage, id, "LOAD V100 HKHKG 03-03").await;
    }
    handle(stage, &arrives, "UNLOAD V100 USNYC 03-09").await;
    let late = later(
        "V100",
        "HKHKG 03-03 JPTYO 03-05, JPTYO 03-08T06 USNYC 03-19",
    );
    let answer = stage.run("planner", "reschedule-voyage", late).await;
    assert_eq!(
        answer.body["outcome"]["delayed_cargoes"],
        json!([waits]),
        "{}",
        answer.body
    );
    assert_eq!(
        happened(&answer.body),
        ["VoyageRescheduled", "DeadlineAtRisk"]
    );
    assert_eq!(
        cargo(stage, "clerk", &arrives).await["delivery"]["flags"],
        json!([])
    );
    // Reports count, not the timetable.
    assert!(known(stage, &arrives).await.contains("eta 03-09, on_track"));
    let tracked = stage.get("clerk", &format!("/api/track/{arrives}")).await;
    assert_eq!(tracked.body["schedule"], "ON_SCHEDULE");
    assert!(known(stage, &waits).await.contains("DeadlineAtRisk"));
}
