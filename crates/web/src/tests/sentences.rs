//! What pages say about an act: what was done, to what, and what follows.

use super::visitor::{Browser, Forward, furnished, in_days};
use super::{World, ship};
use domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Runs an operation as a user and reads what a page says about it afterwards.
async fn said(world: &World, user: &str, operation: &str, input: &Value) -> String {
    let issued = world.system("issue-token", &json!({ "user": user })).await;
    let token = issued.once.unwrap()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let done = world
        .run_with(operation, input, &[("authorization", &bearer)])
        .await;
    let position = done.accepted()["position"].clone();
    let mut browser = Browser::signed_in(world, user).await;
    let page = browser.get(&format!("/account?done={position}")).await.text;
    let (_, said) = page
        .split_once("role=\"status\"><strong>")
        .expect("a sentence");
    let (said, _) = said.split_once("</strong>").expect("its end");
    said.to_owned()
}

/// A voyage via some ports, with a day between its calls.
fn voyage(number: &str, calls: &[(&str, i64, i64)]) -> Value {
    let movements = calls.windows(2).map(|pair| {
        let ((from, _, departs), (to, arrives, _)) = (pair[0], pair[1]);
        json!({ "from": from, "to": to, "departs": in_days(departs), "arrives": in_days(arrives) })
    });
    json!({
        "number": number, "vessel": { "imo": ship(number), "name": "Emma" },
        "capacity": { "teu": 10, "tonnes": 1000 }, "overbooking_percent": 10,
        "cut_off_hours": 24, "movements": movements.collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn a_reschedule_lists_late_cargoes_and_missed_connections() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let first = voyage("FIRST", &[("NLRTM", 0, 10), ("DEHAM", 12, 0)]);
    let second = voyage("SECOND", &[("DEHAM", 0, 14), ("SGSIN", 30, 0)]);
    for voyage in [&first, &second] {
        world.run("schedule-voyage", voyage).await.accepted();
    }
    let legs = json!([
        { "voyage": "FIRST", "load_at": "NLRTM", "unload_at": "DEHAM" },
        { "voyage": "SECOND", "load_at": "DEHAM", "unload_at": "SGSIN" },
    ]);
    for _ in 0..2 {
        let cargo = world.cargo(&names.customer, 1).await;
        let assign = json!({ "cargo": cargo, "legs": legs });
        world.run("assign-itinerary", &assign).await.accepted();
    }
    let mut near = super::new_cargo(&names.customer, 1);
    near["destination"] = json!("DEHAM");
    near["arrival_deadline"] = json!(in_days(13));
    let near = world.run("create-cargo", &near).await.accepted()["outcome"]["cargo"].clone();
    let book = json!({ "cargo": near, "voyage": "FIRST" });
    world.run("book-onto-voyage", &book).await.accepted();

    let keeps = json!({ "voyage": "FIRST", "movements": first["movements"], "cut_off_hours": 48 });
    let sentence = said(&world, "planner", "reschedule-voyage", &keeps).await;
    assert_eq!(
        sentence,
        "FIRST keeps its times; its cut-off is now 48 h before departure instead of 24 h."
    );
    let late = voyage("FIRST", &[("NLRTM", 0, 26), ("DEHAM", 28, 0)]);
    let late = json!({ "voyage": "FIRST", "movements": late["movements"] });
    let sentence = said(&world, "planner", "reschedule-voyage", &late).await;
    assert!(
        sentence.starts_with("FIRST now leaves Rotterdam (NLRTM) on "),
        "{sentence}"
    );
    for part in [
        ", 16 days later",
        "will arrive later",
        "2 cargoes now miss a connection",
        "1 cargo now misses its deadline",
    ] {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    let less = voyage("SECOND", &[("DEHAM", 0, 14), ("SGSIN", 30, 0)]);
    let less = json!({ "voyage": "SECOND", "movements": less["movements"] });
    let sentence = said(&world, "planner", "reschedule-voyage", &less).await;
    assert!(!sentence.contains("connection"), "{sentence}");
}

#[tokio::test]
async fn a_change_of_capacity_shows_the_input_and_the_new_limit() {
    let world = World::new().await;
    furnished(&world).await;
    let mut input = json!({
        "voyage": "V100", "capacity": { "teu": 20, "tonnes": 2000 }, "overbooking_percent": 10,
    });
    let sentence = said(&world, "planner", "change-voyage-capacity", &input).await;
    assert_eq!(
        sentence.replace('\u{202f}', " "),
        "V100 now has a capacity of 20 TEU and 2 000 t and takes up to 22 TEU and 2 200 t, \
         with 10 % overbooking."
    );
    input["overbooking_percent"] = json!(0);
    let sentence = said(&world, "planner", "change-voyage-capacity", &input).await;
    assert_eq!(
        sentence.replace('\u{202f}', " "),
        "V100 now has a capacity of 20 TEU and 2 000 t."
    );
}

#[tokio::test]
async fn sailed_space_is_not_reported_as_freed() {
    let clock = Arc::new(Forward::default());
    let world = World::with(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let names = furnished(&world).await;
    for voyage in [
        voyage("SAILED", &[("NLRTM", 0, 2), ("DEHAM", 4, 0)]),
        voyage("AHEAD", &[("DEHAM", 0, 10), ("SGSIN", 30, 0)]),
    ] {
        world.run("schedule-voyage", &voyage).await.accepted();
    }
    let cargo = world.cargo(&names.customer, 1).await;
    let waiting = world.cargo(&names.customer, 1).await;
    let legs = json!({ "cargo": cargo, "legs": [
        { "voyage": "SAILED", "load_at": "NLRTM", "unload_at": "DEHAM" },
        { "voyage": "AHEAD", "load_at": "DEHAM", "unload_at": "SGSIN" },
    ]});
    world.run("assign-itinerary", &legs).await.accepted();
    clock.0.store(5 * 24, Ordering::Relaxed);
    let release = json!({ "cargo": cargo });
    let sentence = said(&world, "clerk", "release-cargo", &release).await;
    assert!(sentence.contains(" freed on AHEAD."), "{sentence}");
    assert!(!sentence.contains("SAILED"), "{sentence}");
    let cancel = json!({ "cargo": waiting, "reason": "Sold" });
    let sentence = said(&world, "clerk", "cancel-cargo", &cancel).await;
    assert!(sentence.contains("it had no space booked"), "{sentence}");
}

#[tokio::test]
async fn an_act_that_changes_nothing_says_so() {
    let world = World::new().await;
    let names = furnished(&world).await;
    let customer = json!({ "customer": names.customer });
    for (user, operation, input, expected) in [
        (
            "anna",
            "reinstate-user",
            json!({ "user": "anna" }),
            "anna is active already",
        ),
        (
            "anna",
            "assign-role",
            json!({ "user": "clerk", "role": "clerk" }),
            "clerk has the role clerk already",
        ),
        (
            "anna",
            "remove-role",
            json!({ "user": "clerk", "role": "planner" }),
            "clerk does not have the role planner",
        ),
        (
            "clerk",
            "reinstate-customer",
            customer,
            "Blue Anchor is active already",
        ),
    ] {
        let sentence = said(&world, user, operation, &input).await;
        assert_eq!(sentence, format!("Nothing to change: {expected}."));
    }
}
