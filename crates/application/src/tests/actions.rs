//! What can be done with a cargo is what its operations accept.

use super::world::{World, moment};
use crate::booking::CargoAction;
use crate::caller::Caller;
use crate::queries::{Queries, Viewed};
use domain::access::TokenHash;
use domain::booking::Cargo;
use futures::executor::block_on;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a caller may do with a cargo.
fn actions(world: &World, cargo: &Value, who: &str) -> Vec<CargoAction> {
    let queries = Queries::new(Arc::new(world.store.clone()), world.clock.clone());
    let caller = world.caller(who);
    let cargo = cargo.as_str().expect("text").parse().expect("an id");
    let mut reading = block_on(queries.open(&caller, Cargo::READ)).expect("permitted");
    block_on(reading.cargo_actions(&cargo)).expect("memory")
}

fn possible(world: &World, cargo: &Value, who: &str) -> Vec<&'static str> {
    let actions = actions(world, cargo, who).into_iter();
    let possible = actions.filter(|action| action.refusal.is_none());
    possible.map(|action| action.operation.name).collect()
}

fn report(world: &World, cargo: &Value, what: &str) {
    let words: Vec<_> = what.split(' ').collect();
    let [kind, location, day, ref voyage @ ..] = words[..] else {
        panic!("{what}");
    };
    let mut input = json!({ "cargo": cargo, "type": kind, "location": location,
        "completed_at": moment(day) });
    if let Some(voyage) = voyage.first() {
        input["voyage"] = json!(voyage);
    }
    world.accept("register-handling-event", input, "port-agent");
}

const ALWAYS: [&str; 4] = [
    "amend-cargo",
    "assign-containers",
    "change-destination",
    "change-arrival-deadline",
];

#[test]
fn each_stage_has_its_actions() {
    let world = World::new();
    world.voyage("V100");
    let customer = world.customer();
    let cargo = world.cargo(&customer, 2);
    let with_always = |more: &[&'static str]| -> Vec<&'static str> {
        let order = [
            "assign-itinerary",
            "accept-booking",
            "confirm-booking",
            "amend-cargo",
            "split-cargo",
            "assign-containers",
            "roll-cargo",
            "reroute-cargo",
            ALWAYS[2],
            ALWAYS[3],
            "reject-booking",
            "release-cargo",
            "cancel-cargo",
        ];
        let is_there = |name: &&str| more.contains(name) || ALWAYS.contains(name);
        order.into_iter().filter(is_there).collect()
    };
    let must_be = |stage: &str, expected: &[&'static str]| {
        let found = possible(&world, &cargo, "clerk");
        assert_eq!(found, with_always(expected), "{stage}");
    };
    must_be(
        "requested",
        &[
            "assign-itinerary",
            "split-cargo",
            "reject-booking",
            "cancel-cargo",
        ],
    );
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    must_be(
        "booked",
        &[
            "accept-booking",
            "split-cargo",
            "roll-cargo",
            "reject-booking",
            "release-cargo",
            "cancel-cargo",
        ],
    );
    world.accept("accept-booking", json!({ "cargo": cargo }), "clerk");
    must_be(
        "accepted",
        &[
            "confirm-booking",
            "split-cargo",
            "roll-cargo",
            "reject-booking",
            "cancel-cargo",
        ],
    );
    world.at("03-04");
    report(&world, &cargo, "RECEIVE HKHKG 03-01");
    report(&world, &cargo, "LOAD HKHKG 03-03 V100");
    must_be("aboard", &["confirm-booking", "reroute-cargo"]);
    world.at("03-06");
    report(&world, &cargo, "UNLOAD JPTYO 03-05 V100");
    must_be(
        "unloaded on its way",
        &[
            "confirm-booking",
            "reroute-cargo",
            "reject-booking",
            "cancel-cargo",
        ],
    );
    let cancel = json!({ "cargo": cargo, "reason": "Order withdrawn" });
    world.accept("cancel-cargo", cancel, "clerk");
    assert_eq!(
        possible(&world, &cargo, "clerk"),
        [""; 0],
        "nothing is left to do"
    );
}

#[test]
fn what_is_known_of_an_input_is_offered() {
    let world = World::new();
    world.voyage("V100");
    let cargo = world.cargo(&world.customer(), 2);
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    let input = |who: &str, name: &str| {
        let actions = actions(&world, &cargo, who);
        let action = actions.into_iter().find(|own| own.operation.name == name);
        Value::from(action.expect("it is listed").input)
    };
    let roll = json!({ "cargo": cargo, "from_voyage": "V100" });
    assert_eq!(input("clerk", "roll-cargo"), roll);
    let receive = json!({ "cargo": cargo, "type": "RECEIVE", "location": "HKHKG" });
    assert_eq!(input("port-agent", "register-handling-event"), receive);
}

#[test]
fn the_reason_is_the_one_that_the_operation_gives() {
    let world = World::new();
    world.voyage("V100");
    let cargo = world.cargo(&world.customer(), 2);
    let input = |name: &str| match name {
        "reject-booking" | "cancel-cargo" => json!({ "cargo": cargo, "reason": "-" }),
        _ => json!({ "cargo": cargo }),
    };
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    for who in ["clerk", "port-agent"] {
        for action in actions(&world, &cargo, who) {
            let name = action.operation.name;
            let alone = [
                "accept-booking",
                "confirm-booking",
                "reject-booking",
                "release-cargo",
                "cancel-cargo",
            ];
            let Some(refusal) = action.refusal.filter(|_| alone.contains(&name)) else {
                continue;
            };
            let refused = world.refuse(name, input(name), who);
            assert_eq!(refused.rejection, refusal, "{name} by {who}");
        }
    }
}

#[test]
fn strangers_learn_nothing() {
    let world = World::new();
    let cargo = world.cargo(&world.customer(), 1);
    let queries = Queries::new(Arc::new(world.store.clone()), world.clock.clone());
    let stranger = Caller::Token(TokenHash::of("nobody's"));
    assert!(block_on(queries.open(&stranger, Cargo::READ)).is_err());
    let other = json!({ "name": "Red Anchor", "email": "red@example.com", "country": "NL" });
    let other = world.accept("new-customer", other, "clerk");
    let other: Value = serde_json::from_str(&other.outcome).expect("JSON");
    let role = json!({ "user": "red", "role": "customer", "customer": other["customer"] });
    world.enrol("red", role);
    let caller = world.caller("red");
    let mut reading = block_on(queries.open(&caller, Cargo::READ)).expect("permitted");
    let id = cargo.as_str().expect("text").parse().expect("an id");
    assert!(block_on(reading.cargo_actions(&id)).is_err());
}

#[test]
fn a_cargo_on_its_last_leg_can_still_be_rerouted() {
    let world = World::new();
    world.voyage("V100");
    let cargo = world.cargo(&world.customer(), 2);
    let book = json!({ "cargo": cargo, "voyage": "V100" });
    world.accept("book-onto-voyage", book, "clerk");
    world.at("03-07");
    report(&world, &cargo, "RECEIVE HKHKG 03-01");
    report(&world, &cargo, "LOAD HKHKG 03-03 V100");
    let may_be_rerouted = || possible(&world, &cargo, "clerk").contains(&"reroute-cargo");
    assert!(
        may_be_rerouted(),
        "from the last call, to another destination"
    );
    report(&world, &cargo, "UNLOAD USNYC 03-07 V100");
    assert!(may_be_rerouted(), "from where it has arrived");
    let onwards = json!({ "cargo": cargo, "origin": "USNYC", "destination": "SESTO" });
    world.accept("reroute-cargo", onwards, "clerk");
}
