//! Route searches follow the log.

use super::words::{legs, refused, schedule, time, timetable, to_stockholm};
use super::{between, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    routes_follow_the_log,
    later_sailings_and_ready_dates,
    what_is_asked_of_routes_is_checked,
];

const ASKED: &str = "origin=HKHKG&destination=SESTO&arrive_by=2127-03-18T00:00:00Z&equipment=22G1:2&weight_kg=10000";

/// The routes found, each as `V100 USNYC, V200 SESTO 03-16: 110`. The last figure is the TEU left.
async fn found(stage: &Stage, asked: &str) -> Vec<String> {
    let answer = stage.get("clerk", &format!("/api/routes?{asked}")).await;
    assert_eq!(answer.status, 200, "{asked}: {}", answer.body);
    let head = stage.get("auditor", "/api/log/head").await.body;
    assert_eq!(answer.body["position"], head["position"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let items = answer.body["items"].as_array().expect("items").iter();
    let route = |route: &Value| {
        let legs = route["legs"].as_array().expect("legs").iter();
        let legs: Vec<_> = legs
            .map(|leg| format!("{} {}", text(&leg["voyage"]), text(&leg["unload_at"])))
            .collect();
        let arrives = &text(&route["arrives"])[5..10];
        format!("{} {arrives}: {}", legs.join(", "), route["free"]["teu"])
    };
    items.map(route).collect()
}

async fn routes_follow_the_log(stage: &Stage) {
    stage.at(&day("02-20"));
    assert!(found(stage, ASKED).await.is_empty(), "nothing sails yet");
    timetable(stage).await;
    let fast = "V100 JPTYO, V300 DEHAM, V400 SESTO 03-15: 110";
    let slow = "V100 USNYC, V200 SESTO 03-16: 110";
    assert_eq!(found(stage, ASKED).await, [fast, slow]);
    assert_eq!(
        found(stage, &format!("{ASKED}&transhipments_max=1")).await,
        [slow]
    );
    let late = format!("{ASKED}&depart_after=2127-03-04T00:00:00Z");
    assert!(found(stage, &late).await.is_empty());

    // A found route can be booked, and booked space is no longer free.
    let id = to_stockholm(stage).await;
    let itinerary = legs(&id, "V100 HKHKG JPTYO, V300 JPTYO DEHAM, V400 DEHAM SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    assert_eq!(
        found(stage, ASKED).await,
        [fast.replace("110", "108"), slow.replace("110", "108")]
    );
    let owner = customer(stage).await;
    let full = create(stage, between(&owner, "DEHAM", "SESTO", 108)).await;
    let book = json!({ "cargo": full, "voyage": "V400" });
    stage.accept("clerk", "book-onto-voyage", book).await;
    assert_eq!(found(stage, ASKED).await, [slow.replace("110", "108")]);
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": full }))
        .await;
    assert_eq!(found(stage, ASKED).await.len(), 2);

    let heavy = ASKED.replace("weight_kg=10000", "weight_kg=2190001");
    assert!(
        found(stage, &heavy).await.is_empty(),
        "10 t of 2200 are taken"
    );

    // Too late for the connection, and then cancelled.
    let movements = schedule(
        "V300",
        "JPTYO 03-08 NLRTM 03-11, NLRTM 03-11T12 DEHAM 03-13T19, DEHAM 03-14 AUMEL 03-18, AUMEL 03-19 JPTYO 03-21",
    );
    let late = json!({ "voyage": "V300", "movements": movements["movements"] });
    stage.accept("planner", "reschedule-voyage", late).await;
    assert_eq!(found(stage, ASKED).await, [slow.replace("110", "108")]);
    let cancel = json!({ "voyage": "V200", "reason": "Engine trouble" });
    stage.accept("planner", "cancel-voyage", cancel).await;
    assert!(found(stage, ASKED).await.is_empty());

    // Booking closes 24 hours before departure.
    let direct = schedule("V900", "HKHKG 03-05 SESTO 03-17");
    stage.accept("planner", "schedule-voyage", direct).await;
    stage.at(&day("03-04"));
    assert_eq!(found(stage, ASKED).await, ["V900 SESTO 03-17: 110"]);
    stage.at("2127-03-04T00:00:00.000001Z");
    assert!(found(stage, ASKED).await.is_empty());
    let booked = json!({ "cargo": to_stockholm(stage).await, "voyage": "V900" });
    let rule = refused(stage, "clerk", "book-onto-voyage", booked).await;
    assert_eq!(rule, "BookingClosesAtCutOff");
}

/// A transhipment next week is offered beside a direct ship today, and a cargo that is not ready yet
/// takes it.
async fn later_sailings_and_ready_dates(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let direct = schedule("V900", "HKHKG 02-25 SESTO 03-10");
    stage.accept("planner", "schedule-voyage", direct).await;
    let today = "V900 SESTO 03-10: 110";
    let fast = "V100 JPTYO, V300 DEHAM, V400 SESTO 03-15: 110";
    let slow = "V100 USNYC, V200 SESTO 03-16: 110";
    assert_eq!(found(stage, ASKED).await, [today]);
    let later = format!("{ASKED}&alternatives=1");
    assert_eq!(found(stage, &later).await, [today, fast, slow]);

    let id = to_stockholm(stage).await;
    let ready = json!({ "cargo": id, "ready_from": time("03-01") });
    stage.accept("clerk", "amend-cargo", ready).await;
    let early = json!({ "cargo": id, "voyage": "V900" });
    let rule = refused(stage, "clerk", "book-onto-voyage", early).await;
    assert_eq!(rule, "ItineraryMustSatisfySpecification");
    let itinerary = legs(&id, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let late = json!({ "cargo": id, "ready_from": time("03-04") });
    let rule = refused(stage, "clerk", "amend-cargo", late.clone()).await;
    assert_eq!(rule, "ItineraryMustSatisfySpecification");
    let never = json!({ "cargo": id, "ready_from": time("03-18") });
    let rule = refused(stage, "clerk", "amend-cargo", never).await;
    assert_eq!(rule, "ReadyDateMustPrecedeDeadline");
    let view = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    let ready_from = &view["route_specification"]["ready_from"];
    assert_eq!(ready_from.as_str().map(|time| &time[5..10]), Some("03-01"));
}

async fn what_is_asked_of_routes_is_checked(stage: &Stage) {
    stage.at(&time("02-20"));
    for (change, wrong) in [
        (("origin=HKHKG&", ""), "origin"),
        (("HKHKG", "hkhkg"), "origin"),
        (("HKHKG", "NOZZZ"), "origin"),
        (("HKHKG", "SESTO"), "destination"),
        (("&arrive_by=2127-03-18T00:00:00Z", ""), "arrive_by"),
        (("2127-03-18T00:00:00Z", "soon"), "arrive_by"),
        (("22G1:2", "22G1"), "equipment"),
        (("22G1:2", "22G1:0"), "equipment"),
        (("22G1:2", "99G1:1"), "equipment"),
        (("22G1:2", "22G1:2,"), "equipment"),
        (("weight_kg=10000", "weight_kg=-1"), "weight_kg"),
        (("weight_kg", "weight"), "weight"),
        (
            ("weight_kg=10000", "transhipments_max=10"),
            "transhipments_max",
        ),
        (("weight_kg=10000", "alternatives=6"), "alternatives"),
    ] {
        let asked = ASKED.replacen(change.0, change.1, 1);
        let answer = stage.get("clerk", &format!("/api/routes?{asked}")).await;
        assert_eq!(answer.status, 400, "{asked}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["parameter"], wrong, "{asked}");
    }
}
