//! Cargoes travel in containers with numbers.

use super::words::{handle, refused, report, timetable, told};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    a_container_travels_on_one_cargo,
    containers_fit_the_equipment,
    a_split_divides_the_containers,
    a_cargo_moves_with_its_last_container,
    a_report_names_a_cargo_or_a_container,
];

const FIRST: &str = "CSQU3054383";
const SECOND: &str = "MSCU1000001";
const THIRD: &str = "MSCU1000017";

fn assign(cargo: &str, numbers: &[&str]) -> Value {
    let containers = numbers.iter().map(|number| json!({ "number": number }));
    json!({ "cargo": cargo, "containers": containers.collect::<Value>() })
}

async fn numbers(stage: &Stage, cargo: &str) -> Vec<String> {
    let cargo = stage.get("clerk", &format!("/api/cargoes/{cargo}")).await;
    let containers = cargo.body["containers"].as_array().cloned();
    let containers = containers.unwrap_or_default().into_iter();
    let numbers = containers.map(|own| own["number"].as_str().expect("text").to_owned());
    numbers.collect()
}

async fn with_container(stage: &Stage, number: &str) -> Vec<Value> {
    let path = format!("/api/cargoes?container={number}");
    let found = stage.get("clerk", &path).await.body;
    let items = found["items"].as_array().expect("items").iter();
    items.map(|item| item["cargo"].clone()).collect()
}

async fn a_container_travels_on_one_cargo(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let first = create(stage, between(&owner, "HKHKG", "USNYC", 1)).await;
    let second = create(stage, between(&owner, "HKHKG", "USNYC", 1)).await;
    let wrong = stage
        .run(
            "clerk",
            "assign-containers",
            assign(&first, &["CSQU3054384"]),
        )
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    stage
        .accept("port-agent", "assign-containers", assign(&first, &[FIRST]))
        .await;
    assert_eq!(with_container(stage, FIRST).await, [json!(first)]);
    let taken = refused(
        stage,
        "clerk",
        "assign-containers",
        assign(&second, &[FIRST]),
    )
    .await;
    assert_eq!(taken, "ContainerMayNotTravelTwice");
    // Once the first is claimed, the container is free again.
    book(stage, &first, "V100").await.expect("there is space");
    for report in [
        "RECEIVE HKHKG 03-01",
        "LOAD V100 HKHKG 03-03",
        "UNLOAD V100 USNYC 03-09",
        "CLAIM USNYC 03-10",
    ] {
        handle(stage, &first, report).await;
    }
    stage
        .accept("clerk", "assign-containers", assign(&second, &[FIRST]))
        .await;
    assert_eq!(with_container(stage, FIRST).await.len(), 2);
    let claimed = stage.get("clerk", &format!("/api/cargoes/{first}")).await;
    let claim = &claimed.body["handling"][3]["event"];
    let retract = json!({ "event": claim, "reason": "Not collected yet" });
    let refused = refused(
        stage,
        "port-agent",
        "retract-handling-event",
        retract.clone(),
    );
    assert_eq!(refused.await, "ContainerMayNotTravelTwice");
    stage
        .accept("clerk", "assign-containers", assign(&second, &[SECOND]))
        .await;
    assert_eq!(with_container(stage, FIRST).await, [json!(first)]);
    stage
        .accept("port-agent", "retract-handling-event", retract)
        .await;
}

async fn containers_fit_the_equipment(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    let run = async |input: Value| refused(stage, "clerk", "assign-containers", input).await;
    assert_eq!(
        run(assign(&id, &[FIRST, SECOND, THIRD])).await,
        "ContainersMustFitEquipment"
    );
    assert_eq!(
        run(assign(&id, &[FIRST, FIRST])).await,
        "ContainerMayNotTravelTwice"
    );
    let mut tall = assign(&id, &[FIRST]);
    tall["containers"][0]["type"] = json!("45G1");
    assert_eq!(run(tall).await, "ContainersMustFitEquipment");
    let both = assign(&id, &[FIRST, SECOND]);
    stage.accept("clerk", "assign-containers", both).await;
    let fewer = json!({ "cargo": id, "equipment": [{ "type": "22G1", "count": 1 }] });
    assert_eq!(
        refused(stage, "clerk", "amend-cargo", fewer).await,
        "ContainersMustFitEquipment"
    );
}

async fn a_split_divides_the_containers(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 4)).await;
    let all = assign(&id, &[FIRST, SECOND, THIRD]);
    stage.accept("clerk", "assign-containers", all).await;
    let split = |containers: Value| {
        json!({ "cargo": id, "equipment": [{ "type": "22G1", "count": 1 }],
            "gross_weight_kg": 1_000, "containers": containers })
    };
    for containers in [json!(["MSCU1000022"]), json!([FIRST, SECOND])] {
        let rule = refused(stage, "clerk", "split-cargo", split(containers)).await;
        assert_eq!(rule, "ContainersMustFitEquipment");
    }
    let named = stage
        .accept("clerk", "split-cargo", split(json!([FIRST])))
        .await;
    let child = named["child"].as_str().expect("a tracking id");
    assert_eq!(numbers(stage, child).await, [FIRST]);
    assert_eq!(numbers(stage, &id).await, [SECOND, THIRD]);
    assert_eq!(with_container(stage, FIRST).await, [json!(child)]);
    // Three containers are left, two of them with numbers: the next one has none.
    let unnamed = stage
        .accept("clerk", "split-cargo", split(Value::Null))
        .await;
    let child = unnamed["child"].as_str().expect("a tracking id");
    assert_eq!(numbers(stage, child).await, [""; 0]);
    let last = stage
        .accept("clerk", "split-cargo", split(Value::Null))
        .await;
    let child = last["child"].as_str().expect("a tracking id");
    assert_eq!(numbers(stage, child).await, [THIRD]);
    assert_eq!(numbers(stage, &id).await, [SECOND]);
}

/// `LOAD V100 HKHKG 03-03` about a container.
async fn handle_container(stage: &Stage, container: &str, text: &str) -> Value {
    let mut input = report(container, text);
    input["container"] = input["cargo"].take();
    input.as_object_mut().expect("an object").remove("cargo");
    stage.at(input["completed_at"].as_str().expect("text"));
    stage
        .accept("port-agent", "register-handling-event", input)
        .await
}

async fn a_cargo_moves_with_its_last_container(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    let both = assign(&id, &[FIRST, SECOND]);
    stage.accept("clerk", "assign-containers", both).await;
    book(stage, &id, "V100").await.expect("there is space");
    let state = async |cargo: &str| {
        let found = stage.get("clerk", &format!("/api/cargoes/{cargo}")).await;
        told(&found.body)
    };
    handle_container(stage, FIRST, "RECEIVE HKHKG 03-01").await;
    let expected = "NOT_RECEIVED, ROUTED, next RECEIVE HKHKG, eta 03-09";
    assert!(
        state(&id).await.starts_with(expected),
        "{}",
        state(&id).await
    );
    let reported = handle_container(stage, SECOND, "RECEIVE HKHKG 03-01").await;
    assert_eq!(reported["cargo"], json!(id));
    assert_eq!(reported["already_known"], json!(false));
    let again = handle_container(stage, SECOND, "RECEIVE HKHKG 03-01").await;
    assert_eq!(again["already_known"], json!(true));
    handle_container(stage, FIRST, "LOAD V100 HKHKG 03-03").await;
    let departed = json!({ "voyage": "V100", "location": "HKHKG", "at": day("03-03") });
    stage.at(&day("03-04"));
    stage
        .accept("port-agent", "report-departure", departed)
        .await;
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["delivery"]["flags"], json!(["LeftBehind"]));
    // Half of it is at sea, so it cannot move as a whole.
    let release = json!({ "cargo": id });
    let rule = refused(stage, "clerk", "release-cargo", release).await;
    assert_eq!(rule, "StatusMustAllow");
    let split = json!({
        "cargo": id, "equipment": [{ "type": "22G1", "count": 1 }], "gross_weight_kg": 1_000,
    });
    let split = stage.accept("clerk", "split-cargo", split).await;
    let child = split["child"].as_str().expect("a tracking id");
    assert_eq!(numbers(stage, child).await, [SECOND]);
    let aboard = "ONBOARD_CARRIER, at HKHKG, aboard V100, ROUTED, next UNLOAD V100 USNYC";
    assert!(state(&id).await.starts_with(aboard), "{}", state(&id).await);
    assert!(state(child).await.starts_with("IN_PORT, at HKHKG"));
    let release = json!({ "cargo": child });
    stage.accept("clerk", "release-cargo", release).await;
    stage.verify().await;
}

async fn a_report_names_a_cargo_or_a_container(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 1)).await;
    stage.at(&day("03-02"));
    let base = json!({ "type": "RECEIVE", "location": "HKHKG", "completed_at": day("03-01") });
    for (cargo, container, status) in [
        (None, None, 422),
        (Some(id.as_str()), Some(FIRST), 409),
        (None, Some("CSQU3054384"), 422),
        (None, Some(FIRST), 409),
        (Some(id.as_str()), None, 200),
    ] {
        let mut input = base.clone();
        if let Some(cargo) = cargo {
            input["cargo"] = json!(cargo);
        }
        if let Some(container) = container {
            input["container"] = json!(container);
        }
        let answer = stage
            .run("port-agent", "register-handling-event", input)
            .await;
        assert_eq!(
            answer.status, status,
            "{cargo:?} {container:?}: {}",
            answer.body
        );
        if status == 409 {
            let rule = if cargo.is_some() {
                "ContainersMustFitEquipment"
            } else {
                "ContainerMustBeKnown"
            };
            assert_eq!(answer.rule(), rule);
        }
    }
}
