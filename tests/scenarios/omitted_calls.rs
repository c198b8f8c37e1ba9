//! A ship omits a call: the cargoes that need it are re-planned, and the others go on.

use super::broken_legs::cargo;
use super::changes::happened;
use super::words::{handle, known, legs, load, refused, timetable};
use super::{between, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    omitted_call,
    a_call_is_made_after_all,
];

async fn booked(stage: &Stage, from: &str, to: &str, way: &str) -> String {
    let mut input = between(&customer(stage).await, from, to, 2);
    input["arrival_deadline"] = json!(day("03-30"));
    let id = create(stage, input).await;
    stage
        .accept("clerk", "assign-itinerary", legs(&id, way))
        .await;
    id
}

fn omit(change: Option<&str>) -> Value {
    json!({ "voyage": "V300", "location": "DEHAM", "reason": "Strike", "change": change })
}

async fn routes(stage: &Stage, from: &str, to: &str) -> Vec<String> {
    let path = format!(
        "/api/routes?origin={from}&destination={to}&arrive_by={}&equipment=22G1:2",
        day("03-30")
    );
    let found = stage.get("clerk", &path).await.body;
    let items = found["items"]
        .as_array()
        .unwrap_or_else(|| panic!("{found}"));
    let routes = items.iter().map(|route| {
        let legs = route["legs"].as_array().expect("legs").iter();
        let legs = legs.map(|leg| {
            let words = ["voyage", "load_at", "unload_at"].map(|name| &leg[name]);
            words.map(|word| word.as_str().expect("text")).join(" ")
        });
        legs.collect::<Vec<_>>().join(", ")
    });
    routes.collect()
}

/// V300 omits DEHAM, from where and to where cargo is booked, and past which cargo goes on.
async fn omitted_call(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let past = booked(stage, "JPTYO", "AUMEL", "V300 JPTYO AUMEL").await;
    let off = "V300 JPTYO DEHAM, V400 DEHAM SESTO";
    let off = booked(stage, "JPTYO", "SESTO", off).await;
    let on = booked(stage, "DEHAM", "AUMEL", "V300 DEHAM AUMEL").await;
    let run = |name, id: &String| stage.accept("clerk", name, json!({ "cargo": id }));
    run("accept-booking", &on).await;
    assert_eq!(load(stage, "V300").await, [4.0, 4.0, 4.0, 0.0]);
    let shortest = "V300 JPTYO DEHAM, V400 DEHAM SESTO";
    assert_eq!(
        routes(stage, "JPTYO", "SESTO").await,
        [shortest, "V200 JPTYO SESTO"]
    );

    let answer = stage.run("planner", "omit-call", omit(None)).await;
    assert_eq!(happened(&answer.body), ["CallOmitted"]);
    let affected = answer.body["outcome"]["affected_cargoes"].clone();
    assert!(
        [json!([off, on]), json!([on, off])].contains(&affected),
        "{affected}"
    );
    let broken = |leg: u32, voyage: &str| {
        json!([{ "flag": "CallOmitted", "leg": leg, "voyage": voyage,
            "location": "DEHAM", "cause": "V300" }])
    };
    for (id, expected) in [(&off, broken(0, "V300")), (&on, broken(0, "V300"))] {
        let delivery = cargo(stage, "clerk", id).await["delivery"].clone();
        assert_eq!(delivery["broken_legs"], expected);
        assert_eq!(delivery["flags"], json!(["CallOmitted"]));
        assert_eq!(
            (
                &delivery["eta"],
                &delivery["on_track"],
                &delivery["at_risk"]
            ),
            (&Value::Null, &json!(false), &json!(true))
        );
    }
    assert_eq!(
        known(stage, &past).await,
        "NOT_RECEIVED, ROUTED, next RECEIVE JPTYO, eta 03-18, on_track"
    );
    let movements = &stage.get("planner", "/api/voyages/V300").await.body["movements"];
    let marks = [
        &movements[0]["to_omitted"],
        &movements[1]["to_omitted"],
        &movements[2]["from_omitted"],
        &movements[2]["to_omitted"],
    ];
    assert_eq!(
        marks,
        [&Value::Null, &json!(true), &json!(true), &Value::Null]
    );
    // The space stays with the cargoes, and routes do without the call.
    assert_eq!(load(stage, "V300").await, [4.0, 4.0, 4.0, 0.0]);
    assert_eq!(routes(stage, "JPTYO", "SESTO").await, ["V200 JPTYO SESTO"]);
    nothing_goes_there(stage, &off, &on).await;

    // What has lost its call is released, also after it was accepted, and the rest sails on.
    run("release-cargo", &on).await;
    run("release-cargo", &off).await;
    assert_eq!(load(stage, "V300").await, [2.0, 2.0, 2.0, 0.0]);
    handle(stage, &past, "LOAD V300 JPTYO 03-08").await;
    assert_eq!(
        known(stage, &past).await,
        "ONBOARD_CARRIER, at JPTYO, aboard V300, ROUTED, next UNLOAD V300 AUMEL, eta 03-18, on_track"
    );
}

async fn nothing_goes_there(stage: &Stage, off: &str, on: &str) {
    let new = create(stage, between(&customer(stage).await, "JPTYO", "DEHAM", 1)).await;
    let report = json!({ "voyage": "V300", "location": "DEHAM", "at": day("02-19") });
    for (who, operation, input) in [
        (
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": new, "voyage": "V300" }),
        ),
        ("clerk", "accept-booking", json!({ "cargo": off })),
        ("clerk", "confirm-booking", json!({ "cargo": on })),
        ("port-agent", "report-arrival", report.clone()),
        ("port-agent", "report-departure", report),
        ("planner", "omit-call", omit(None)),
    ] {
        let rule = refused(stage, who, operation, input).await;
        assert_eq!(rule, "OmittedCallTakesNothing", "{operation}");
    }
}

async fn a_call_is_made_after_all(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let on = booked(stage, "DEHAM", "AUMEL", "V300 DEHAM AUMEL").await;
    let before = known(stage, &on).await;
    stage.accept("planner", "omit-call", omit(None)).await;
    assert!(known(stage, &on).await.contains("CallOmitted"));
    let answer = stage
        .run("planner", "omit-call", omit(Some("RESTORE")))
        .await;
    assert_eq!(happened(&answer.body), ["CallRestored"]);
    assert_eq!(known(stage, &on).await, before);
    let rule = refused(stage, "planner", "omit-call", omit(Some("RESTORE"))).await;
    assert_eq!(rule, "OmittedCallTakesNothing");
}
