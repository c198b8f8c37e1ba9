//! Every operation can be rehearsed: the answer says what would happen, and nothing is recorded.

use super::broken_legs::cargo;
use super::changes::later;
use super::words::{known, legs, time, timetable, to_stockholm};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    what_would_happen_is_told_and_not_done,
    a_refusal_is_rehearsed_too,
];

const HEADERS: &[(&str, &str)] = &[("idempotency-key", "once")];

/// Rehearses an operation with a key, and returns the status and the body.
async fn rehearse(stage: &Stage, who: &str, operation: &str, input: &Value) -> (u16, Value) {
    let path = format!("/api/operations/{operation}?rehearse=true");
    let answer = stage.send(who, "POST", &path, HEADERS, Some(input)).await;
    (answer.status, answer.body)
}

/// How far log and refusals have come.
async fn recorded(stage: &Stage) -> (Value, usize) {
    let log = stage.get("admin", "/api/log?limit=1").await.body;
    let refusals = stage.get("admin", "/api/refusals").await.body;
    let refusals = refusals["items"].as_array().map_or(0, Vec::len);
    (log["position"].clone(), refusals)
}

async fn what_would_happen_is_told_and_not_done(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let [through, direct] = [to_stockholm(stage).await, to_stockholm(stage).await];
    let itinerary = legs(&through, "V100 HKHKG USNYC, V200 USNYC SESTO");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    let (before, position) = (known(stage, &through).await, recorded(stage).await);

    let late = later(
        "V100",
        "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-10T12",
    );
    let (status, told) = rehearse(stage, "planner", "reschedule-voyage", &late).await;
    assert_eq!((status, &told["rehearsed"]), (200, &json!(true)), "{told}");
    assert_eq!(
        told["cargoes"],
        json!([{ "cargo": through, "status": "BOOKED",
            "eta_before": time("03-16").replace('Z', ".000000Z"), "eta": null,
            "flags_before": [], "flags": ["ConnectionMissed"],
            "at_risk_before": false, "at_risk": true }])
    );
    let omit = json!({ "voyage": "V200", "location": "USNYC" });
    let (_, omitted) = rehearse(stage, "planner", "omit-call", &omit).await;
    assert_eq!(omitted["cargoes"][0]["flags"], json!(["CallOmitted"]));
    assert_eq!(omitted["outcome"]["affected_cargoes"], json!([through]));
    assert_eq!(recorded(stage).await, position);
    assert_eq!(known(stage, &through).await, before);

    // What is new has no past. Its key can still be used, for another call too.
    let book = legs(&direct, "V100 HKHKG USNYC, V200 USNYC SESTO");
    let (_, booked) = rehearse(stage, "clerk", "assign-itinerary", &book).await;
    assert_eq!(booked["cargoes"][0]["eta_before"], Value::Null);
    let path = "/api/operations/reschedule-voyage";
    let done = stage
        .send("planner", "POST", path, HEADERS, Some(&late))
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
    for part in ["outcome", "events"] {
        assert_eq!(done.body[part], told[part], "{part}");
    }
    let delivery = cargo(stage, "clerk", &through).await["delivery"].clone();
    assert_eq!(delivery["flags"], told["cargoes"][0]["flags"]);
}

async fn a_refusal_is_rehearsed_too(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let before = recorded(stage).await;
    let path = "/api/operations/cancel-voyage?rehearse=true";
    let cancel = json!({ "voyage": "V100", "reason": "Ice" });
    let stale = [("if-match", "\"7\"")];
    let answer = stage
        .send("planner", "POST", path, &stale, Some(&cancel))
        .await;
    assert_eq!((answer.status, answer.rule()), (412, "StaleVersion"));
    let unknown = json!({ "voyage": "V999", "reason": "Ice" });
    for (who, input, status, rule) in [
        ("planner", &unknown, 409, "VoyageMustBeKnown"),
        ("clerk", &cancel, 403, "Policy"),
        ("planner", &json!({ "voyage": "V100" }), 422, ""),
    ] {
        let (found, body) = rehearse(stage, who, "cancel-voyage", input).await;
        assert_eq!(found, status, "{body}");
        assert_eq!(body["rule"].as_str().unwrap_or_default(), rule);
    }
    assert_eq!(recorded(stage).await, before);
    let other = "/api/operations/cancel-voyage?rehearse=perhaps";
    let answer = stage
        .send("planner", "POST", other, &[], Some(&cancel))
        .await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}
