//! Rolling a whole way: the later legs go with the first, or nothing changes.

use super::words::{legs, load, refused, schedule};
use super::{between, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    both_legs_are_rolled_at_once,
    a_direct_ship_replaces_both_legs,
    a_whole_way_is_rolled_or_nothing,
];

/// Ships from Hong Kong to Tokyo and on to New York, this week and next, and a direct one.
const SHIPS: [(&str, &str); 5] = [
    ("V100", "HKHKG 03-03 JPTYO 03-05"),
    ("V200", "JPTYO 03-06 USNYC 03-08"),
    ("V101", "HKHKG 03-08 JPTYO 03-10"),
    ("V201", "JPTYO 03-11 USNYC 03-13"),
    ("V500", "HKHKG 03-09 USNYC 03-12"),
];

/// A cargo on this week's ships.
async fn booked(stage: &Stage) -> String {
    stage.at(&day("02-20"));
    for (number, movements) in SHIPS {
        let plan = schedule(number, movements);
        stage.accept("planner", "schedule-voyage", plan).await;
    }
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    let itinerary = legs(&id, "V100 HKHKG JPTYO, V200 JPTYO USNYC");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    id
}

fn onto(id: &str, voyage: &str, more: &Value) -> Value {
    let mut input = json!({ "cargo": id, "from_voyage": "V100", "to_voyage": voyage });
    for (name, value) in more.as_object().expect("fields") {
        input[name] = value.clone();
    }
    input
}

/// The loads of the five ships.
async fn loads(stage: &Stage) -> Vec<f64> {
    let mut all = Vec::new();
    for (number, _) in SHIPS {
        all.extend(load(stage, number).await);
    }
    all
}

async fn both_legs_are_rolled_at_once(stage: &Stage) {
    let id = booked(stage).await;
    let alone = onto(&id, "V101", &json!({}));
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", alone).await,
        "ItineraryMustConnect"
    );
    let onward = json!([{ "voyage": "V201", "load_at": "JPTYO", "unload_at": "USNYC" }]);
    let both = onto(&id, "V101", &json!({ "onward": onward }));
    let answer = stage.run("clerk", "roll-cargo", both).await;
    let voyages: Vec<_> = answer.body["outcome"]["legs"]
        .as_array()
        .expect("legs")
        .iter()
        .map(|leg| leg["voyage"].clone())
        .collect();
    assert_eq!(voyages, ["V101", "V201"]);
    assert_eq!(loads(stage).await, [0.0, 0.0, 2.0, 2.0, 0.0]);
}

async fn a_direct_ship_replaces_both_legs(stage: &Stage) {
    let id = booked(stage).await;
    let kept = onto(&id, "V500", &json!({ "unload_at": "USNYC" }));
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", kept).await,
        "ItineraryMustConnect"
    );
    let direct = json!({ "unload_at": "USNYC", "onward": [] });
    let direct = onto(&id, "V500", &direct);
    stage.accept("clerk", "roll-cargo", direct).await;
    assert_eq!(loads(stage).await, [0.0, 0.0, 0.0, 0.0, 2.0]);
}

async fn a_whole_way_is_rolled_or_nothing(stage: &Stage) {
    let id = booked(stage).await;
    let before = loads(stage).await;
    let leg = |voyage: &str, load_at: &str, unload_at: &str| json!({ "voyage": voyage, "load_at": load_at, "unload_at": unload_at });
    for (onward, rule) in [
        (leg("V999", "JPTYO", "USNYC"), "VoyageMustBeKnown"),
        (leg("V200", "JPTYO", "USNYC"), "ItineraryMustConnect"),
        (leg("V201", "HKHKG", "USNYC"), "VoyageMustCallInOrder"),
    ] {
        let input = onto(&id, "V101", &json!({ "onward": [onward] }));
        assert_eq!(
            refused(stage, "clerk", "roll-cargo", input).await,
            rule,
            "{onward}"
        );
    }
    let line = json!({ "voyage": "V201", "capacity": { "teu": 1, "tonnes": 2000 },
        "overbooking_percent": 0 });
    stage
        .accept("planner", "change-voyage-capacity", line)
        .await;
    let onward = json!({ "onward": [leg("V201", "JPTYO", "USNYC")] });
    assert_eq!(
        refused(stage, "clerk", "roll-cargo", onto(&id, "V101", &onward)).await,
        "LoadMayNotPassTheLine"
    );
    assert_eq!(loads(stage).await, before);
}
