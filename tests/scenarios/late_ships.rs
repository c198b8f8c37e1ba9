//! Ships are reported late, and what depends on them follows.

use super::changes::{happened, later};
use super::words::{handle, known, legs, load, refused, time, timetable, to_stockholm};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    late_ship,
    a_late_report_takes_back_what_was_presumed,
    a_report_counts_cargoes_that_it_does_not_change,
    a_report_of_another_ship_is_retracted,
    left_behind,
    overdue_by_the_clock,
    an_early_ship_leaves_before_the_cargo_is_ready,
];

fn call(voyage: &str, location: &str, at: &str) -> Value {
    json!({ "voyage": voyage, "location": location, "at": time(at) })
}

async fn movement(stage: &Stage, voyage: &str, index: usize) -> Value {
    let path = format!("/api/voyages/{voyage}");
    stage.get("planner", &path).await.body["movements"][index].clone()
}

/// A port agent reports the wrong ship. The report is taken back, and the ship takes bookings again.
async fn a_report_of_another_ship_is_retracted(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage
        .accept("clerk", "assign-itinerary", itinerary.clone())
        .await;
    handle(stage, &id, "RECEIVE HKHKG 02-20").await;
    let retract = |reported: &str| {
        json!({ "voyage": "V100", "location": "HKHKG", "reported": reported,
            "reason": "It was another ship" })
    };
    let none = refused(
        stage,
        "port-agent",
        "retract-call-report",
        retract("DEPARTURE"),
    )
    .await;
    assert_eq!(none, "ReportMustBeKnown");
    let arrival = refused(
        stage,
        "port-agent",
        "retract-call-report",
        retract("ARRIVAL"),
    )
    .await;
    assert_eq!(arrival, "CallMustBeKnown");

    let before = movement(stage, "V100", 0).await;
    let left = call("V100", "HKHKG", "02-20");
    stage.accept("port-agent", "report-departure", left).await;
    assert!(known(stage, &id).await.contains("LeftBehind"));
    let answer = stage.run("port-agent", "retract-call-report", retract("DEPARTURE"));
    assert_eq!(happened(&answer.await.body), ["DepartureRetracted"]);
    let after = movement(stage, "V100", 0).await;
    for name in ["departs", "arrives", "departed_at", "scheduled", "booked"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    assert!(known(stage, &id).await.ends_with("eta 03-16, on_track"));
    let anew = json!({ "cargo": id });
    stage.accept("clerk", "release-cargo", anew).await;
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    assert_eq!(load(stage, "V100").await[0], 2.0);
}

/// V100 leaves six hours late and reaches New York more than a day late, after V200 has left.
async fn late_ship(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    handle(stage, &id, "RECEIVE HKHKG 03-01").await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03T05").await;

    let left = call("V100", "HKHKG", "03-03T06");
    assert_eq!(
        refused(stage, "port-agent", "report-departure", left.clone()).await,
        "ReportMayNotLieInTheFuture"
    );
    stage.at(&time("03-03T08"));
    let answer = stage.run("port-agent", "report-departure", left).await;
    assert_eq!(happened(&answer.body), ["DepartureReported"]);
    let first = movement(stage, "V100", 0).await;
    for (name, expected) in [
        ("departs", "03-03T06"),
        ("departed_at", "03-03T06"),
        ("arrives", "03-05"),
    ] {
        assert_eq!(
            first[name],
            json!(time(expected).replace('Z', ".000000Z")),
            "{name}"
        );
    }
    let on_paper = |name: &str| first[name]["departs"].clone();
    assert_eq!(
        [on_paper("scheduled"), on_paper("expected")].map(|t| t.to_string()[1..14].to_owned()),
        ["2127-03-03T00", "2127-03-03T00"]
    );
    assert!(known(stage, &id).await.contains("eta 03-16"));

    stage.at(&day("03-04"));
    let as_planned = later(
        "V100",
        "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-10T12",
    );
    assert_eq!(
        refused(stage, "planner", "reschedule-voyage", as_planned).await,
        "DepartedMovementMayNotMove"
    );
    let mut late = later(
        "V100",
        "HKHKG 03-03T06 JPTYO 03-05, JPTYO 03-06 USNYC 03-10T12",
    );
    late["reason"] = json!("Typhoon south of Japan");
    let answer = stage.run("planner", "reschedule-voyage", late).await;
    assert_eq!(answer.body["outcome"]["delayed_cargoes"], json!([id]));
    assert_eq!(answer.body["events"][0]["reason"], "Typhoon south of Japan");
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, ConnectionMissed"
    );
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["delivery"]["at_risk"], true);

    the_connection_holds_again(stage, &id).await;
    an_arrival_is_corrected(stage).await;
}

/// V200 waits for V100.
async fn the_connection_holds_again(stage: &Stage, id: &str) {
    let held = "JPTYO 03-06 USNYC 03-08, USNYC 03-11 USCHI 03-14, USCHI 03-14T12 SESTO 03-16";
    stage
        .accept("planner", "reschedule-voyage", later("V200", held))
        .await;
    assert_eq!(
        known(stage, id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, eta 03-16, on_track"
    );
}

/// V100 reaches Tokyo too late to leave there as planned.
async fn an_arrival_is_corrected(stage: &Stage) {
    stage.at(&time("03-06T20"));
    let answer = stage
        .run(
            "port-agent",
            "report-arrival",
            call("V100", "JPTYO", "03-06T18"),
        )
        .await;
    assert_eq!(happened(&answer.body), ["ArrivalReported"]);
    let second = movement(stage, "V100", 1).await;
    assert_eq!(second["departs"], "2127-03-06T18:00:00.000000Z");
    assert_eq!(
        second["scheduled"]["departs"],
        "2127-03-06T00:00:00.000000Z"
    );
    // A typing error is corrected by another report.
    stage
        .accept(
            "port-agent",
            "report-arrival",
            call("V100", "JPTYO", "03-06T08"),
        )
        .await;
    assert_eq!(
        movement(stage, "V100", 0).await["arrived_at"],
        "2127-03-06T08:00:00.000000Z"
    );
}

/// Nobody reported that V100 left, and then it turns out that it left Hong Kong after the time at
/// which it should have left Tokyo.
async fn a_late_report_takes_back_what_was_presumed(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let [stays, released] = [to_stockholm(stage).await, to_stockholm(stage).await];
    for id in [&stays, &released] {
        let itinerary = legs(id, "V100 HKHKG USNYC, V200 USNYC SESTO");
        stage.accept("clerk", "assign-itinerary", itinerary).await;
    }
    stage.at(&time("03-06T06"));
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": released }))
        .await;
    assert_eq!(
        load(stage, "V100").await,
        [4.0, 4.0],
        "presumed to have sailed with both"
    );
    let left = call("V100", "HKHKG", "03-06T03");
    stage.accept("planner", "report-departure", left).await;
    assert_eq!(
        load(stage, "V100").await,
        [4.0, 2.0],
        "Tokyo is ahead again"
    );
    let second = movement(stage, "V100", 1).await;
    assert_eq!(second["departs"], "2127-03-08T03:00:00.000000Z");
    let twice = call("V300", "JPTYO", "03-06T03");
    assert_eq!(
        refused(stage, "planner", "report-arrival", twice).await,
        "ScheduleMustConnect"
    );
    let unknown = call("V100", "NLRTM", "03-06T03");
    assert_eq!(
        refused(stage, "planner", "report-departure", unknown.clone()).await,
        "CallMustBeKnown"
    );
    assert_eq!(
        stage.run("clerk", "report-departure", unknown).await.status,
        403
    );
}

/// A report makes a movement lie ahead again whose cargoes keep their times, and one of them is
/// released afterwards. Decided again, the load still counts it.
async fn a_report_counts_cargoes_that_it_does_not_change(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    stage.at(&time("03-06T06"));
    let reached = call("V100", "JPTYO", "03-06T06");
    stage.accept("planner", "report-arrival", reached).await;
    assert_eq!(load(stage, "V100").await, [2.0, 2.0]);
    let release = json!({ "cargo": id });
    stage.accept("clerk", "release-cargo", release).await;
}

async fn delivery(stage: &Stage, id: &str) -> Value {
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await;
    cargo.body["delivery"].clone()
}

async fn listed_at_risk(stage: &Stage, is: bool) -> Vec<Value> {
    let path = format!("/api/cargoes?at_risk={is}");
    let found = stage.get("clerk", &path).await.body;
    let items = found["items"].as_array().expect("a list").iter();
    items.map(|cargo| cargo["cargo"].clone()).collect()
}

/// The ship leaves without the cargo, and everybody sees it, until its loading is reported late.
async fn left_behind(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let accept = json!({ "cargo": id });
    stage.accept("clerk", "accept-booking", accept).await;
    handle(stage, &id, "RECEIVE HKHKG 03-01").await;
    let before = "IN_PORT, at HKHKG, ROUTED, next LOAD V100 HKHKG, eta 03-16, on_track";
    assert_eq!(known(stage, &id).await, before);
    assert_eq!(listed_at_risk(stage, true).await, [] as [Value; 0]);

    stage.at(&time("03-03T02"));
    let left = call("V100", "HKHKG", "03-03T01");
    stage.accept("port-agent", "report-departure", left).await;
    let gone = "IN_PORT, at HKHKG, ROUTED, next LOAD V100 HKHKG, LeftBehind";
    assert_eq!(known(stage, &id).await, gone);
    let behind = delivery(stage, &id).await;
    assert_eq!(behind["at_risk"], true);
    let broken = &behind["broken_legs"][0];
    assert_eq!(
        (&broken["flag"], &broken["cause"]),
        (&json!("LeftBehind"), &json!("V100"))
    );
    assert_eq!(listed_at_risk(stage, true).await, [json!(id)]);
    assert_eq!(listed_at_risk(stage, false).await, [] as [Value; 0]);
    let track = stage.get("clerk", &format!("/api/track/{id}")).await.body;
    assert_eq!(track["schedule"], "BEING_REPLANNED");
    assert_eq!(
        refused(stage, "clerk", "confirm-booking", json!({ "cargo": id })).await,
        "BookingClosesAtCutOff"
    );

    // It was aboard all the time.
    let loaded = super::words::report(&id, "LOAD V100 HKHKG 03-03");
    stage
        .accept("port-agent", "register-handling-event", loaded)
        .await;
    assert_eq!(
        known(stage, &id).await,
        "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC, eta 03-16, on_track"
    );
}

/// Nobody reports anything, and the clock alone tells what is missing.
async fn overdue_by_the_clock(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let booked_at = stage.get("auditor", "/api/log/head").await.body["position"].clone();
    for (now, flags, due) in [
        ("03-01T23", json!([]), "03-02"),
        ("03-02", json!(["NotReceived"]), "03-02"),
        // The departure is presumed.
        ("03-03T06", json!(["LeftBehind"]), "03-02"),
    ] {
        stage.at(&time(now));
        let delivery = delivery(stage, &id).await;
        assert_eq!(delivery["flags"], flags, "{now}");
        assert_eq!(
            delivery["due_at"],
            time(due).replace('Z', ".000000Z"),
            "{now}"
        );
        assert_eq!(
            listed_at_risk(stage, true).await.len(),
            flags.as_array().expect("flags").len()
        );
    }
    // The past is as it was.
    let then = format!("/api/cargoes/{id}?at={booked_at}");
    let then = stage.get("clerk", &then).await.body;
    assert_eq!(then["delivery"]["flags"], json!([]));

    // The ship waits for its cargo: the departure is expected later, and its cut-off with it.
    let waits = later(
        "V100",
        "HKHKG 03-04T12 JPTYO 03-05T12, JPTYO 03-06 USNYC 03-09",
    );
    stage.accept("planner", "reschedule-voyage", waits).await;
    assert_eq!(delivery(stage, &id).await["flags"], json!([]));
    handle(stage, &id, "RECEIVE HKHKG 03-03T07").await;
    handle(stage, &id, "LOAD V100 HKHKG 03-04T12").await;
    stage.at(&time("03-09T12"));
    assert_eq!(delivery(stage, &id).await["flags"], json!(["NotUnloaded"]));
    let track = stage.get("clerk", &format!("/api/track/{id}")).await.body;
    assert_eq!(track["schedule"], "AWAITING_REPORT");
    assert_eq!(track["next_expected"]["type"], "UNLOAD");
    // The same version, but not the same answer.
    let read = stage.get("clerk", &format!("/api/cargoes/{id}")).await;
    let tag = format!("\"{}+NotUnloaded\"", read.body["version"]);
    assert_eq!(read.header("etag"), Some(tag.as_str()));
    handle(stage, &id, "UNLOAD V100 USNYC 03-09T13").await;
    assert_eq!(listed_at_risk(stage, true).await, [] as [Value; 0]);
}

/// A ship will leave earlier, before the cargo is ready: that is told at once, and nothing is
/// promised for it any more.
async fn an_early_ship_leaves_before_the_cargo_is_ready(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = to_stockholm(stage).await;
    let ready = json!({ "cargo": id, "ready_from": time("03-02T12") });
    stage.accept("clerk", "amend-cargo", ready).await;
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;

    let early = later("V100", "HKHKG 03-02 JPTYO 03-05, JPTYO 03-06 USNYC 03-09");
    let answer = stage.run("planner", "reschedule-voyage", early).await;
    assert_eq!(
        happened(&answer.body),
        ["VoyageRescheduled", "DepartsBeforeReady"]
    );
    assert_eq!(
        known(stage, &id).await,
        "NOT_RECEIVED, ROUTED, next RECEIVE HKHKG, DepartsBeforeReady"
    );
    let at_risk = stage.get("clerk", "/api/cargoes?at_risk=true").await.body;
    assert_eq!(at_risk["items"][0]["cargo"], id);
    let accept = json!({ "cargo": id });
    let rule = refused(stage, "clerk", "accept-booking", accept.clone()).await;
    assert_eq!(rule, "ItineraryMustSatisfySpecification");

    let ready = json!({ "cargo": id, "ready_from": time("03-01") });
    stage.accept("clerk", "amend-cargo", ready).await;
    assert!(known(stage, &id).await.ends_with("eta 03-16, on_track"));
    stage.accept("clerk", "accept-booking", accept).await;
}
