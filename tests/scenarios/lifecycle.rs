//! A cargo's whole life, and what is known about it at each time.

use super::words::{handle, known, legs, load, refused, report, timetable, to_stockholm, told};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::json;

super::scenarios![
    Stage::over_http_with_a_clock();
    lifecycle,
    wrong_voyage,
    two_times,
    handling_by_name,
];

async fn lifecycle(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    assert_eq!(known(stage, &id).await, "NOT_RECEIVED, NOT_ROUTED");
    let first = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", first).await;
    assert_eq!(
        known(stage, &id).await,
        "NOT_RECEIVED, ROUTED, next RECEIVE HKHKG, eta 03-16, on_track"
    );
    for (text, expected) in [
        (
            "RECEIVE HKHKG 03-01",
            "IN_PORT, at HKHKG, ROUTED, next LOAD V100 HKHKG, eta 03-16, on_track",
        ),
        (
            "LOAD V100 HKHKG 03-03",
            "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, eta 03-16, on_track",
        ),
    ] {
        handle(stage, &id, text).await;
        assert_eq!(known(stage, &id).await, expected, "{text}");
    }
    let before = stage.get("auditor", "/api/log/head").await.body;
    let nowhere = report(&id, "LOAD V404 NOZZZ 03-03");
    let rule = refused(stage, "port-agent", "register-handling-event", nowhere).await;
    assert_eq!(rule, "LocationMustBeKnown");
    assert_eq!(stage.get("auditor", "/api/log/head").await.body, before);
    let refusals = stage.get("auditor", "/api/refusals?limit=1").await.body;
    assert_eq!(refusals["items"][0]["rule"], rule);

    handle(stage, &id, "UNLOAD V100 JPTYO 03-05").await;
    assert_eq!(
        known(stage, &id).await,
        "IN_PORT, at JPTYO, ROUTED, misdirected"
    );
    let reroute = json!({ "cargo": id, "origin": "JPTYO" });
    stage.accept("clerk", "reroute-cargo", reroute).await;
    assert_eq!(
        known(stage, &id).await,
        "IN_PORT, at JPTYO, MISROUTED, misdirected"
    );
    assert_eq!(load(stage, "V200").await, [0.0, 2.0, 2.0]);
    let second = legs(&id, "V300 JPTYO DEHAM, V400 DEHAM SESTO");
    stage.accept("clerk", "assign-itinerary", second).await;
    assert_eq!(
        known(stage, &id).await,
        "IN_PORT, at JPTYO, ROUTED, next LOAD V300 JPTYO, eta 03-15, on_track"
    );
    // Space that has sailed stays booked. The rest is free again.
    assert_eq!(load(stage, "V100").await, [2.0, 0.0]);
    assert_eq!(load(stage, "V200").await, [0.0, 0.0, 0.0]);
    assert_eq!(load(stage, "V300").await, [2.0, 2.0, 0.0, 0.0]);
    for (text, expected) in [
        (
            "LOAD V300 JPTYO 03-08",
            "ONBOARD_CARRIER, at JPTYO, aboard V300, ROUTED, next UNLOAD V300 DEHAM, eta 03-15, on_track",
        ),
        (
            "UNLOAD V300 DEHAM 03-12",
            "IN_PORT, at DEHAM, ROUTED, next LOAD V400 DEHAM, eta 03-15, on_track",
        ),
        (
            "LOAD V400 DEHAM 03-14",
            "ONBOARD_CARRIER, at DEHAM, aboard V400, ROUTED, next UNLOAD V400 SESTO, eta 03-15, on_track",
        ),
        (
            "UNLOAD V400 SESTO 03-15",
            "IN_PORT, at SESTO, ROUTED, next CLAIM SESTO, eta 03-15, on_track, unloaded_at_destination",
        ),
        (
            "CUSTOMS SESTO 03-15T12",
            "IN_PORT, at SESTO, ROUTED, next CLAIM SESTO, eta 03-15, on_track, unloaded_at_destination",
        ),
        (
            "CLAIM SESTO 03-16",
            "CLAIMED, at SESTO, ROUTED, eta 03-15, on_track, unloaded_at_destination",
        ),
    ] {
        handle(stage, &id, text).await;
        assert_eq!(known(stage, &id).await, expected, "{text}");
    }
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["status"], "COMPLETED");
    for (operation, who, input) in [
        ("release-cargo", "clerk", json!({ "cargo": id })),
        (
            "cancel-cargo",
            "clerk",
            json!({ "cargo": id, "reason": "x" }),
        ),
        (
            "change-destination",
            "clerk",
            json!({ "cargo": id, "destination": "FIHEL" }),
        ),
        (
            "register-handling-event",
            "port-agent",
            report(&id, "LOAD V400 SESTO 03-16"),
        ),
    ] {
        let rule = refused(stage, who, operation, input).await;
        assert_eq!(rule, "ClaimedCargoIsFinished", "{operation}");
    }
}

async fn wrong_voyage(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    for text in [
        "RECEIVE HKHKG 03-01",
        "LOAD V100 HKHKG 03-03",
        "UNLOAD V100 USNYC 03-09",
    ] {
        handle(stage, &id, text).await;
    }
    assert!(known(stage, &id).await.contains("next LOAD V200 USNYC"));
    let loaded = handle(stage, &id, "LOAD V100 USNYC 03-09T12").await;
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at USNYC, aboard V100, ROUTED, misdirected"
    );
    for (filter, expected) in [
        ("misdirected=true", 1),
        ("misdirected=false", 0),
        ("at_risk=true", 1),
    ] {
        let found = stage
            .get("clerk", &format!("/api/cargoes?{filter}"))
            .await
            .body;
        assert_eq!(
            found["items"].as_array().map(Vec::len),
            Some(expected),
            "{filter}"
        );
    }
    let retract = json!({ "event": loaded["event"], "reason": "Another cargo" });
    stage
        .accept("port-agent", "retract-handling-event", retract.clone())
        .await;
    assert!(known(stage, &id).await.contains("next LOAD V200 USNYC"));
    let rule = refused(stage, "port-agent", "retract-handling-event", retract).await;
    assert_eq!(rule, "HandlingEventMustStand");
    // A retracted report can be registered again, as a new event.
    let again = handle(stage, &id, "LOAD V100 USNYC 03-09T12").await;
    assert_eq!(again["already_known"], false);
    assert_ne!(again["event"], loaded["event"]);
    let events = stage
        .get("port-agent", &format!("/api/handling-events?cargo={id}"))
        .await
        .body;
    let statuses = events["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|event| event["status"].clone());
    assert_eq!(statuses.filter(|status| status == "RETRACTED").count(), 1);
}

async fn two_times(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    handle(stage, &id, "RECEIVE HKHKG 03-01").await;
    // The loading is reported two days after it happened, and after the unloading.
    handle(stage, &id, "UNLOAD V100 USNYC 03-09").await;
    stage.at(&day("03-10"));
    let load = report(&id, "LOAD V100 HKHKG 03-03");
    let late = stage
        .accept("port-agent", "register-handling-event", load.clone())
        .await;
    let before = stage.get("auditor", "/api/log/head").await.body["position"].clone();
    let same = stage
        .run("port-agent", "register-handling-event", load)
        .await;
    assert_eq!(
        same.body["outcome"],
        json!({ "event": late["event"], "cargo": id, "already_known": true })
    );
    assert_eq!(same.body["events"], json!([]));
    assert_eq!(same.position(), before.as_u64().expect("a number") + 1);
    for (asked, expected) in [
        (
            "as_of=2127-03-09T12:00:00Z&happened_by=2127-03-05T00:00:00Z",
            "IN_PORT, at HKHKG",
        ),
        (
            "happened_by=2127-03-05T00:00:00Z",
            "ONBOARD_CARRIER, at HKHKG, aboard V100",
        ),
        ("happened_by=2127-02-28T00:00:00Z", "NOT_RECEIVED"),
        ("as_of=2127-03-05T00:00:00Z", "IN_PORT, at HKHKG"),
        ("as_of=2127-02-19T00:00:00Z", ""),
        ("", "IN_PORT, at USNYC"),
    ] {
        let then = stage
            .get("clerk", &format!("/api/cargoes/{id}?{asked}"))
            .await;
        if expected.is_empty() {
            assert_eq!(then.status, 404, "{asked}");
        } else {
            assert!(
                told(&then.body).starts_with(expected),
                "{asked}: {}",
                told(&then.body)
            );
        }
    }
    let elsewhere = stage
        .get(
            "clerk",
            "/api/voyages/V100?happened_by=2127-03-05T00:00:00Z",
        )
        .await;
    assert_eq!(elsewhere.status, 400, "{}", elsewhere.body);
}

async fn handling_by_name(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let cancelled = to_stockholm(stage).await;
    stage
        .accept(
            "clerk",
            "cancel-cargo",
            json!({ "cargo": cancelled, "reason": "x" }),
        )
        .await;
    stage.at(&day("03-01"));
    let register = "register-handling-event";
    let retract = "retract-handling-event";
    let nothing = json!({ "event": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "x" });
    let soon = |minutes: u32| {
        let mut input = report(&id, "RECEIVE HKHKG 03-01");
        input["completed_at"] = json!(format!("2127-03-01T00:{minutes:02}:00Z"));
        input
    };
    for (operation, input, rule) in [
        (register, report(&id, "LOAD HKHKG 03-01"), "VoyageRequired"),
        (
            register,
            report(&id, "UNLOAD HKHKG 03-01"),
            "VoyageRequired",
        ),
        (
            register,
            report(&id, "RECEIVE V100 HKHKG 03-01"),
            "VoyageProhibited",
        ),
        (
            register,
            report(&id, "CUSTOMS V100 HKHKG 03-01"),
            "VoyageProhibited",
        ),
        (
            register,
            report(&id, "CLAIM V100 HKHKG 03-01"),
            "VoyageProhibited",
        ),
        (
            register,
            report("23456789AB3", "RECEIVE HKHKG 03-01"),
            "CargoMustBeKnown",
        ),
        (
            register,
            report(&id, "RECEIVE NOZZZ 03-01"),
            "LocationMustBeKnown",
        ),
        (
            register,
            report(&id, "LOAD V404 HKHKG 03-01"),
            "VoyageMustBeKnown",
        ),
        (register, soon(6), "EventMayNotLieInTheFuture"),
        (
            register,
            report(&cancelled, "RECEIVE HKHKG 03-01"),
            "StatusMustAllow",
        ),
        (retract, nothing, "HandlingEventMustBeKnown"),
    ] {
        assert_eq!(
            refused(stage, "port-agent", operation, input.clone()).await,
            rule,
            "{input}"
        );
    }
    stage.accept("port-agent", register, soon(5)).await;
    let denied = stage.run("clerk", register, soon(5)).await;
    assert_eq!(denied.status, 403);
}
