//! Cargoes travel in containers with numbers.

use super::words::{handle, refused, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    a_container_travels_on_one_cargo,
    containers_fit_the_equipment,
    a_split_divides_the_containers,
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
    stage
        .accept("clerk", "assign-containers", assign(&second, &[SECOND]))
        .await;
    assert_eq!(with_container(stage, FIRST).await, [json!(first)]);
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
