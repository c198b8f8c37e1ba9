//! Cargoes are amended and split, and the space on their voyages follows.

use super::words::{handle, known, legs, load, refused, time, timetable};
use super::{between, book, create, customer};
use crate::support::stage::Stage;
use crate::support::world::day;
use serde_json::{Value, json};

super::scenarios![
    Stage::over_http_with_a_clock();
    amend_at_the_line,
    amend_after_the_cut_off,
    split,
    split_after_it_was_received,
    a_customer_amends_its_own_until_acceptance,
    cargoes_are_found_by_reference,
];

fn containers(count: u32) -> Value {
    json!([{ "type": "22G1", "count": count }])
}

async fn cargo(stage: &Stage, id: &str) -> Value {
    stage.get("clerk", &format!("/api/cargoes/{id}")).await.body
}

/// One TEU is left on V100, limit 110 TEU. A cargo of 2 TEU cannot become one of 4, and frees a TEU
/// when it becomes one of 1.
async fn amend_at_the_line(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let mut big = between(&owner, "HKHKG", "USNYC", 107);
    big["gross_weight_kg"] = json!(107_000);
    let big = create(stage, big).await;
    book(stage, &big, "V100").await.expect("there is space");
    let id = create(stage, between(&owner, "HKHKG", "USNYC", 2)).await;
    book(stage, &id, "V100").await.expect("there is space");
    assert_eq!(load(stage, "V100").await, [109.0, 109.0]);
    let before = cargo(stage, &id).await;

    let amend = |count| json!({ "cargo": id, "equipment": containers(count) });
    let refusal = stage.run("clerk", "amend-cargo", amend(4)).await;
    assert_eq!(refusal.rule(), "LoadMayNotPassTheLine");
    let detail = refusal.body["detail"].as_str().expect("text");
    assert!(
        detail.starts_with("Only 1 TEU and 2083 t are left on V100"),
        "{detail}"
    );
    assert!(detail.contains("would take 2 TEU and 0 t more"), "{detail}");
    assert_eq!(cargo(stage, &id).await, before, "nothing has changed");
    assert_eq!(load(stage, "V100").await, [109.0, 109.0]);

    stage.accept("clerk", "amend-cargo", amend(3)).await;
    assert_eq!(load(stage, "V100").await, [110.0, 110.0]);
    stage.accept("clerk", "amend-cargo", amend(1)).await;
    assert_eq!(load(stage, "V100").await, [108.0, 108.0]);
    let heavy = json!({ "cargo": id, "gross_weight_kg": 30_000 });
    stage.accept("clerk", "amend-cargo", heavy).await;
    let after = cargo(stage, &id).await;
    assert_eq!(
        (&after["gross_weight_kg"], &after["equipment"][0]["count"]),
        (&json!(30_000), &json!(1)),
        "what is not given stays"
    );
    assert_eq!(after["delivery"], before["delivery"]);
}

/// After the cut-off a weight can be corrected, but no container added. Once it is loaded, neither
/// changes.
async fn amend_after_the_cut_off(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let id = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 2)).await;
    book(stage, &id, "V100").await.expect("there is space");
    stage.at(&time("03-02T12"));
    let more = json!({ "cargo": id, "equipment": containers(3) });
    let closed = refused(stage, "clerk", "amend-cargo", more.clone()).await;
    assert_eq!(closed, "BookingClosesAtCutOff");
    let weighed = json!({ "cargo": id, "gross_weight_kg": 11_500 });
    stage.accept("clerk", "amend-cargo", weighed).await;
    handle(stage, &id, "LOAD V100 HKHKG 03-03").await;
    for input in [more, json!({ "cargo": id, "gross_weight_kg": 9_000 })] {
        let fixed = refused(stage, "clerk", "amend-cargo", input).await;
        assert_eq!(fixed, "StatusMustAllow");
    }
    let words = json!({ "cargo": id, "commodity": "Spare parts", "reference": "PO 4711" });
    stage.accept("clerk", "amend-cargo", words).await;
    let amended = cargo(stage, &id).await;
    assert_eq!(amended["commodity"], "Spare parts");
    assert_eq!(amended["reference"], "PO 4711");
}

/// 5 × 22G1 are booked and one is split off: the load is unchanged, both are routed, and the part
/// is rolled alone.
async fn split(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let mut order = between(&customer(stage).await, "HKHKG", "USNYC", 5);
    order["reference"] = json!("PO 4711");
    let parent = create(stage, order).await;
    let direct = super::words::schedule("V101", "HKHKG 03-04 JPTYO 03-06, JPTYO 03-07 USNYC 03-12");
    stage.accept("planner", "schedule-voyage", direct).await;
    book(stage, &parent, "V100").await.expect("there is space");
    let v100 = stage.get("planner", "/api/voyages/V100").await.body;

    let part = |count, kg: u64| json!({ "cargo": parent, "equipment": containers(count), "gross_weight_kg": kg });
    for (count, kg) in [(5, 1_000), (6, 1_000), (1, 10_000)] {
        let rule = refused(stage, "clerk", "split-cargo", part(count, kg)).await;
        assert_eq!(rule, "SplitMustLeaveBoth", "{count} with {kg} kg");
    }
    let outcome = stage.accept("clerk", "split-cargo", part(1, 2_001)).await;
    let child = outcome["child"].as_str().expect("a tracking id").to_owned();
    assert_eq!(
        (&outcome["size_teu"], &outcome["child_size_teu"]),
        (&json!(4), &json!(1))
    );
    let same = stage.get("planner", "/api/voyages/V100").await.body;
    assert_eq!(same, v100, "no voyage has changed");
    let (kept, split) = (cargo(stage, &parent).await, cargo(stage, &child).await);
    assert_eq!(kept["split_into"], json!([child]));
    assert_eq!(split["split_from"], json!(parent));
    assert_eq!(kept["gross_weight_kg"], 7_999);
    assert_eq!(split["gross_weight_kg"], 2_001);
    for same in [
        "customer",
        "status",
        "itinerary",
        "commodity",
        "reference",
        "delivery",
    ] {
        assert_eq!(kept[same], split[same], "{same}");
    }
    let on_it = stage.get("clerk", "/api/cargoes?voyage=V100").await.body;
    assert_eq!(on_it["items"].as_array().map(Vec::len), Some(2));

    let roll = json!({ "cargo": child, "from_voyage": "V100", "to_voyage": "V101" });
    stage.accept("clerk", "roll-cargo", roll).await;
    assert_eq!(load(stage, "V100").await, [4.0, 4.0]);
    assert_eq!(load(stage, "V101").await, [1.0, 1.0]);
    stage
        .accept("clerk", "release-cargo", json!({ "cargo": parent }))
        .await;
    assert_eq!(load(stage, "V100").await, [0.0, 0.0]);
}

/// What was received is received in both parts, each with its own report.
async fn split_after_it_was_received(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let parent = create(stage, between(&customer(stage).await, "HKHKG", "USNYC", 3)).await;
    let itinerary = legs(&parent, "V100 HKHKG USNYC");
    stage.accept("clerk", "assign-itinerary", itinerary).await;
    handle(stage, &parent, "RECEIVE HKHKG 03-01").await;
    let part = json!({ "cargo": parent, "equipment": containers(1), "gross_weight_kg": 3_000 });
    let outcome = stage.accept("clerk", "split-cargo", part.clone()).await;
    let child = outcome["child"].as_str().expect("a tracking id").to_owned();
    let waits = "IN_PORT, at HKHKG, ROUTED, next LOAD V100 HKHKG, eta 03-09, on_track";
    assert_eq!(known(stage, &parent).await, waits);
    assert_eq!(known(stage, &child).await, waits);
    let reports = format!("/api/handling-events?cargo={child}");
    let reports = stage.get("clerk", &reports).await.body;
    assert_eq!(reports["items"].as_array().map(Vec::len), Some(1));

    // Only the parent was there after all.
    let mistake = json!({ "event": reports["items"][0]["event"], "reason": "Still on the truck" });
    stage
        .accept("port-agent", "retract-handling-event", mistake)
        .await;
    assert!(known(stage, &child).await.starts_with("NOT_RECEIVED"));
    assert_eq!(known(stage, &parent).await, waits);
    handle(stage, &parent, "LOAD V100 HKHKG 03-03").await;
    let loaded = refused(stage, "clerk", "split-cargo", part).await;
    assert_eq!(loaded, "StatusMustAllow");
}

async fn a_customer_amends_its_own_until_acceptance(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let (own, other) = (customer(stage).await, customer(stage).await);
    let role = json!({ "user": "shipper", "role": "customer", "customer": own });
    stage.enrol("shipper", role).await;
    let id = create(stage, between(&own, "HKHKG", "USNYC", 2)).await;
    let foreign = create(stage, between(&other, "HKHKG", "USNYC", 2)).await;
    book(stage, &id, "V100").await.expect("there is space");
    let amend = |id: &str, count| json!({ "cargo": id, "equipment": containers(count) });
    stage.accept("shipper", "amend-cargo", amend(&id, 3)).await;
    assert_eq!(load(stage, "V100").await, [3.0, 3.0]);
    // 107 TEU are left. A customer sees ten at a time, as in the timetable.
    let refusal = stage.run("shipper", "amend-cargo", amend(&id, 200)).await;
    assert_eq!(refusal.rule(), "LoadMayNotPassTheLine");
    assert_eq!(refusal.body["facts"]["left"]["teu"], 100.0);
    assert_eq!(refusal.body["facts"]["case"], "RoundedForMore");
    let unknown = refused(stage, "shipper", "amend-cargo", amend(&foreign, 3)).await;
    assert_eq!(unknown, "CargoMustBeKnown");
    stage
        .accept("clerk", "accept-booking", json!({ "cargo": id }))
        .await;
    let late = refused(stage, "shipper", "amend-cargo", amend(&id, 1)).await;
    assert_eq!(late, "StatusMustAllow");
    stage.accept("clerk", "amend-cargo", amend(&id, 1)).await;
    let part = json!({ "cargo": id, "equipment": containers(1), "gross_weight_kg": 1 });
    let answer = stage.run("shipper", "split-cargo", part).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
}

async fn cargoes_are_found_by_reference(stage: &Stage) {
    stage.at(&day("02-20"));
    timetable(stage).await;
    let owner = customer(stage).await;
    let mut named = between(&owner, "HKHKG", "USNYC", 1);
    named["reference"] = json!("Größe 4711/A");
    let named = create(stage, named).await;
    let other = create(stage, between(&owner, "HKHKG", "USNYC", 1)).await;
    let find = async |text: &str| {
        let path = format!("/api/cargoes?reference={text}");
        let found = stage.get("clerk", &path).await.body;
        let items = found["items"].as_array().expect("items").clone();
        let ids = items.iter().map(|item| item["cargo"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(find("grosse%204711").await, [json!(named)]);
    assert_eq!(find("PO").await, [""; 0].map(Value::from));
    let amend = json!({ "cargo": other, "reference": "PO 1" });
    stage.accept("clerk", "amend-cargo", amend).await;
    assert_eq!(find("po").await, [json!(other)]);
}
