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
];

fn call(voyage: &str, location: &str, at: &str) -> Value {
    json!({ "voyage": voyage, "location": location, "at": time(at) })
}

async fn movement(stage: &Stage, voyage: &str, index: usize) -> Value {
    let path = format!("/api/voyages/{voyage}");
    stage.get("planner", &path).await.body["movements"][index].clone()
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
