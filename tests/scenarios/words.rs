//! Short notations for the timetable of the acceptance scenarios, for reports, and for deliveries.

use super::{between, create, customer};
use crate::support::stage::Stage;
use crate::support::world::{day, voyage};
use serde_json::{Value, json};

/// A voyage of the acceptance scenarios, from `JPTYO 03-08 NLRTM 03-11, NLRTM 03-11T12 DEHAM
/// 03-12`.
pub fn schedule(number: &str, movements: &str) -> Value {
    let movements = movements.split(", ").map(|movement| {
        let words: Vec<&str> = movement.split(' ').collect();
        let [from, departs, to, arrives] = words[..] else {
            panic!("{movement}");
        };
        json!({ "from": from, "to": to, "departs": time(departs), "arrives": time(arrives) })
    });
    let mut input = voyage(number);
    input["movements"] = movements.collect();
    input
}

/// `03-11` or `03-11T12`, in 2127.
pub fn time(text: &str) -> String {
    match text.split_once('T') {
        Some((day, hour)) => format!("2127-{day}T{hour}:00:00Z"),
        None => day(text),
    }
}

/// The timetable of the acceptance scenarios.
pub async fn timetable(stage: &Stage) {
    for (number, movements) in [
        ("V100", "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-09"),
        (
            "V200",
            "JPTYO 03-06 USNYC 03-08, USNYC 03-10 USCHI 03-14, USCHI 03-14T12 SESTO 03-16",
        ),
        (
            "V300",
            "JPTYO 03-08 NLRTM 03-11, NLRTM 03-11T12 DEHAM 03-12, DEHAM 03-14 AUMEL 03-18, AUMEL 03-19 JPTYO 03-21",
        ),
        (
            "V400",
            "DEHAM 03-14 SESTO 03-15, SESTO 03-15T12 FIHEL 03-16, FIHEL 03-20 DEHAM 03-22",
        ),
    ] {
        stage
            .accept("planner", "schedule-voyage", schedule(number, movements))
            .await;
    }
}

/// The input of a cargo from `HKHKG` to `SESTO` by 03-18, 2 × 22G1 and 10 t.
pub async fn to_stockholm(stage: &Stage) -> String {
    create(stage, between(&customer(stage).await, "HKHKG", "SESTO", 2)).await
}

/// An itinerary from `V100 HKHKG USNYC, V200 USNYC SESTO`.
pub fn legs(cargo: &str, legs: &str) -> Value {
    let legs = legs.split(", ").map(|leg| {
        let words: Vec<&str> = leg.split(' ').collect();
        let [voyage, load_at, unload_at] = words[..] else {
            panic!("{leg}");
        };
        json!({ "voyage": voyage, "load_at": load_at, "unload_at": unload_at })
    });
    json!({ "cargo": cargo, "legs": legs.collect::<Vec<_>>() })
}

/// A report from `LOAD V100 HKHKG 03-03`.
pub fn report(cargo: &str, text: &str) -> Value {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        [done, voyage, location, at] => json!({ "cargo": cargo, "type": done, "voyage": voyage,
            "location": location, "completed_at": time(at) }),
        [done, location, at] => json!({ "cargo": cargo, "type": done, "location": location,
            "completed_at": time(at) }),
        _ => panic!("{text}"),
    }
}

/// Registers a report as the port agent, with the clock at its time.
pub async fn handle(stage: &Stage, cargo: &str, text: &str) -> Value {
    let input = report(cargo, text);
    stage.at(input["completed_at"].as_str().expect("text"));
    stage
        .accept("port-agent", "register-handling-event", input)
        .await
}

/// The delivery of a cargo in one line.
pub fn told(cargo: &Value) -> String {
    let delivery = &cargo["delivery"];
    let mut words = vec![
        delivery["transport_status"]
            .as_str()
            .expect("text")
            .to_owned(),
    ];
    let mut say = |prefix: &str, value: &Value| {
        if let Some(text) = value.as_str() {
            words.push(format!("{prefix}{text}"));
        }
    };
    say("at ", &delivery["last_known_location"]);
    say("aboard ", &delivery["current_voyage"]);
    say("", &delivery["routing_status"]);
    let next = &delivery["next_expected"];
    if !next.is_null() {
        let step = [&next["type"], &next["voyage"], &next["location"]];
        let step: Vec<_> = step.iter().filter_map(|word| word.as_str()).collect();
        say("next ", &json!(step.join(" ")));
    }
    say(
        "eta ",
        &delivery["eta"]
            .as_str()
            .map_or(Value::Null, |eta| json!(&eta[5..10])),
    );
    for flag in delivery["flags"].as_array().expect("flags") {
        say("", flag);
    }
    for word in ["misdirected", "on_track", "unloaded_at_destination"] {
        if delivery[word] == true {
            words.push(word.to_owned());
        }
    }
    words.join(", ")
}

pub async fn known(stage: &Stage, cargo: &str) -> String {
    told(
        &stage
            .get("clerk", &format!("/api/cargoes/{cargo}"))
            .await
            .body,
    )
}

/// The load of each movement of a voyage, in TEU.
pub async fn load(stage: &Stage, voyage: &str) -> Vec<f64> {
    let voyage = stage
        .get("planner", &format!("/api/voyages/{voyage}"))
        .await
        .body;
    let movements = voyage["movements"].as_array().expect("movements");
    movements
        .iter()
        .map(|movement| movement["booked"]["teu"].as_f64().expect("a number"))
        .collect()
}

pub async fn refused(stage: &Stage, who: &str, operation: &str, input: Value) -> String {
    let answer = stage.run(who, operation, input).await;
    assert_eq!(answer.status, 409, "{operation}: {}", answer.body);
    answer.rule().to_owned()
}
