//! Reefer plugs, temperatures and dangerous goods.

use super::words::{legs, refused, schedule, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    plugs,
    plugs_are_stated_later,
    dangerous_goods,
    a_class_stays_while_it_is_booked,
];

/// A voyage from Hong Kong to New York by Tokyo.
fn voyage(number: &str) -> Value {
    schedule(number, "HKHKG 03-03 JPTYO 03-05, JPTYO 03-06 USNYC 03-09")
}

fn containers(size_type: &str, count: u32) -> Value {
    json!([{ "type": size_type, "count": count }])
}

/// A cargo from Hong Kong to New York.
async fn order(stage: &Stage, owner: &Value, equipment: Value, more: Value) -> String {
    let mut input = between(owner, "HKHKG", "USNYC", 1);
    input["equipment"] = equipment;
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    create(stage, input).await
}

/// The plugs that are booked on each movement, and those that it has.
async fn plugs_of(stage: &Stage, number: &str) -> Vec<(Value, Value)> {
    let path = format!("/api/voyages/{number}");
    let voyage = stage.get("planner", &path).await.body;
    let movements = voyage["movements"].as_array().expect("movements");
    let plugs = |own: &Value| {
        (
            own["booked"]["plugs"].clone(),
            own["limit"]["plugs"].clone(),
        )
    };
    movements.iter().map(plugs).collect()
}

async fn routes(stage: &Stage, more: &str) -> Vec<String> {
    let path = format!(
        "/api/routes?origin=HKHKG&destination=USNYC&arrive_by={}&{more}",
        day("03-18")
    );
    let found = stage.get("clerk", &path).await;
    assert_eq!(found.status, 200, "{}", found.body);
    let routes = found.body["items"].as_array().expect("routes").iter();
    let first = |route: &Value| route["legs"][0]["voyage"].as_str().map(str::to_owned);
    routes.filter_map(first).collect()
}

/// 10 plugs, and 10 × 45R1 booked: an eleventh is refused in plugs, though TEU and tonnes are left. A
/// dry 45G1 fits. The allowance of 10 % does not apply to plugs.
async fn plugs(stage: &Stage) {
    stage.at(&day("02-20"));
    let mut input = voyage("V100");
    input["capacity"]["plugs"] = json!(10);
    stage.accept("planner", "schedule-voyage", input).await;
    let owner = customer(stage).await;
    let cold = json!({ "set_point_celsius": -18.5 });
    let ten = order(stage, &owner, containers("45R1", 10), cold.clone()).await;
    let cargo = stage
        .get("clerk", &format!("/api/cargoes/{ten}"))
        .await
        .body;
    assert_eq!(
        (&cargo["plugs"], &cargo["set_point_celsius"]),
        (&json!(10), &json!(-18.5))
    );
    book(stage, &ten, "V100").await.expect("there are plugs");
    assert_eq!(
        plugs_of(stage, "V100").await,
        vec![(json!(10), json!(10)); 2]
    );

    let eleventh = order(stage, &owner, containers("45R1", 1), Value::Null).await;
    let answer = stage
        .run(
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": eleventh, "voyage": "V100" }),
        )
        .await;
    assert_eq!(answer.rule(), "LoadMayNotPassTheLine");
    let detail = answer.body["detail"].as_str().expect("text");
    assert!(
        detail
            .starts_with("No reefer plug is left on V100, HKHKG → JPTYO, but this cargo needs 1."),
        "{detail}"
    );
    assert_eq!(routes(stage, "equipment=45R1:1").await, [""; 0]);
    assert_eq!(routes(stage, "equipment=45G1:1").await, ["V100"]);
    let dry = order(stage, &owner, containers("45G1", 1), Value::Null).await;
    book(stage, &dry, "V100").await.expect("there is space");

    let part =
        json!({ "cargo": ten, "equipment": containers("45R1", 2), "gross_weight_kg": 2_000 });
    stage.accept("clerk", "split-cargo", part).await;
    assert_eq!(
        plugs_of(stage, "V100").await,
        vec![(json!(10), json!(10)); 2]
    );
    let amend = |equipment: Value| json!({ "cargo": dry, "equipment": equipment });
    let rule = refused(stage, "clerk", "amend-cargo", amend(containers("45R1", 1))).await;
    assert_eq!(rule, "LoadMayNotPassTheLine");
    let fewer = json!({ "cargo": ten, "equipment": containers("45R1", 7) });
    stage.accept("clerk", "amend-cargo", fewer).await;
    stage
        .accept("clerk", "amend-cargo", amend(containers("45R1", 1)))
        .await;
    assert_eq!(
        plugs_of(stage, "V100").await,
        vec![(json!(10), json!(10)); 2]
    );
}

/// A voyage that states no plugs takes any reefers. Once it states some, what is booked counts, and
/// a change that does not speak of plugs keeps them.
async fn plugs_are_stated_later(stage: &Stage) {
    stage.at(&day("02-20"));
    stage
        .accept("planner", "schedule-voyage", voyage("V100"))
        .await;
    let owner = customer(stage).await;
    let id = order(stage, &owner, containers("22R1", 4), Value::Null).await;
    book(stage, &id, "V100")
        .await
        .expect("plugs are not measured");
    assert_eq!(
        plugs_of(stage, "V100").await,
        vec![(Value::Null, Value::Null); 2]
    );
    let state = |plugs: Value| {
        json!({ "voyage": "V100", "overbooking_percent": 10,
            "capacity": { "teu": 100, "tonnes": 2_000, "plugs": plugs } })
    };
    let few = stage
        .run("planner", "change-voyage-capacity", state(json!(3)))
        .await;
    assert_eq!(few.rule(), "LimitMayNotFallBelowLoad");
    let detail = few.body["detail"].as_str().expect("text");
    assert!(
        detail.contains("would have 3 reefer plugs, but 4 are booked"),
        "{detail}"
    );
    stage
        .accept("planner", "change-voyage-capacity", state(json!(5)))
        .await;
    stage
        .accept("planner", "change-voyage-capacity", state(Value::Null))
        .await;
    assert_eq!(plugs_of(stage, "V100").await, vec![(json!(4), json!(5)); 2]);
    let two = order(stage, &owner, containers("22R1", 2), Value::Null).await;
    assert_eq!(
        book(stage, &two, "V100").await,
        Err("LoadMayNotPassTheLine".to_owned())
    );
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    assert_eq!(plugs_of(stage, "V100").await, vec![(json!(0), json!(5)); 2]);
    book(stage, &two, "V100")
        .await
        .expect("there are plugs again");
    let ship = json!({ "voyage": "V100", "vessel": { "imo": "9321483", "name": "Borealis" },
        "capacity": { "teu": 100, "tonnes": 2_000, "plugs": 1 } });
    let rule = refused(stage, "planner", "change-vessel", ship).await;
    assert_eq!(rule, "LimitMayNotFallBelowLoad");
}

/// V100 takes class 3, V101 takes none. A cargo with classes 3 and 8 goes with neither.
async fn dangerous_goods(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let change = |voyage: &str, classes: Value| {
        json!({ "voyage": voyage, "overbooking_percent": 10, "dangerous_goods_classes": classes,
            "capacity": { "teu": 100, "tonnes": 2_000 } })
    };
    stage
        .accept("planner", "schedule-voyage", voyage("V101"))
        .await;
    stage
        .accept(
            "planner",
            "change-voyage-capacity",
            change("V100", json!(["3"])),
        )
        .await;
    let owner = customer(stage).await;
    let paint = json!({ "dangerous_goods": [{ "un_number": "1263", "class": "3" }] });
    let id = order(stage, &owner, containers("22G1", 1), paint.clone()).await;
    let cargo = stage.get("clerk", &format!("/api/cargoes/{id}")).await.body;
    assert_eq!(cargo["dangerous_goods"][0]["un_number"], "UN1263");

    let none = stage
        .run(
            "clerk",
            "book-onto-voyage",
            json!({ "cargo": id, "voyage": "V101" }),
        )
        .await;
    assert_eq!(none.rule(), "VoyageMustTakeDangerousGoods");
    assert_eq!(none.body["facts"]["classes"], json!(["3"]));
    let itinerary = legs(&id, "V101 HKHKG USNYC");
    let rule = refused(stage, "clerk", "assign-itinerary", itinerary).await;
    assert_eq!(rule, "VoyageMustTakeDangerousGoods");
    assert_eq!(routes(stage, "dangerous_goods_classes=3").await, ["V100"]);
    assert_eq!(routes(stage, "dangerous_goods_classes=3,8").await, [""; 0]);
    book(stage, &id, "V100").await.expect("it takes class 3");

    let roll = json!({ "cargo": id, "from_voyage": "V100", "to_voyage": "V101" });
    let rule = refused(stage, "clerk", "roll-cargo", roll.clone()).await;
    assert_eq!(rule, "VoyageMustTakeDangerousGoods");
    let amend = |goods: Value| json!({ "cargo": id, "dangerous_goods": goods });
    let both =
        json!([{ "un_number": "UN1263", "class": "3" }, { "un_number": "UN1824", "class": "8" }]);
    let rule = refused(stage, "clerk", "amend-cargo", amend(both)).await;
    assert_eq!(rule, "VoyageMustTakeDangerousGoods");
    stage.accept("clerk", "amend-cargo", amend(json!([]))).await;
    stage.accept("clerk", "roll-cargo", roll).await;
    let list = stage.get("clerk", "/api/cargoes?dangerous=true").await.body;
    assert_eq!(list["items"], json!([]));
    for (goods, pointer) in [
        (
            json!([{ "un_number": "126", "class": "3" }]),
            "/dangerous_goods/0/un_number",
        ),
        (
            json!([{ "un_number": "UN1263", "class": "1" }]),
            "/dangerous_goods/0/class",
        ),
    ] {
        let answer = stage.run("clerk", "amend-cargo", amend(goods)).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}

/// The planner cannot withdraw a class while a cargo with it is booked. Another ship keeps the
/// classes unless it is said otherwise.
async fn a_class_stays_while_it_is_booked(stage: &Stage) {
    stage.at(&day("02-20"));
    let mut input = voyage("V100");
    input["dangerous_goods_classes"] = json!(["8", "3"]);
    stage.accept("planner", "schedule-voyage", input).await;
    let owner = customer(stage).await;
    let paint = json!({ "dangerous_goods": [{ "un_number": "UN1263", "class": "3" }] });
    let id = order(stage, &owner, containers("22G1", 1), paint).await;
    book(stage, &id, "V100").await.expect("it takes class 3");
    let ship = |classes: Value| {
        json!({ "voyage": "V100", "vessel": { "imo": "9321483", "name": "Borealis" },
            "capacity": { "teu": 100, "tonnes": 2_000 }, "dangerous_goods_classes": classes })
    };
    let rule = refused(stage, "planner", "change-vessel", ship(json!(["8"]))).await;
    assert_eq!(rule, "VoyageMustTakeDangerousGoods");
    stage
        .accept("planner", "change-vessel", ship(Value::Null))
        .await;
    let voyage = stage.get("planner", "/api/voyages/V100").await.body;
    assert_eq!(voyage["dangerous_goods_classes"], json!(["3", "8"]));
    stage
        .accept("planner", "change-vessel", ship(json!(["3"])))
        .await;
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": id }))
        .await;
    stage
        .accept("planner", "change-vessel", ship(json!([])))
        .await;
    let voyage = stage.get("planner", "/api/voyages/V100").await.body;
    assert_eq!(voyage.get("dangerous_goods_classes"), None);
}
