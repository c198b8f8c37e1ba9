//! The limit line holds under any mix of operations by many clients at once.

use crate::support::server::{Client, Server, plimsoll};
use crate::support::world::{Database, World, voyage};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const VOYAGES: [&str; 4] = ["V100", "V101", "V102", "V103"];
const CLIENTS: usize = 16;
const STEPS: usize = 60;

/// The times of a voyage, this many hours later than first planned.
fn times(hours: u32) -> Value {
    let at = |day: u32| json!(format!("2127-03-{day:02}T{hours:02}:00:00Z"));
    json!([
        { "from": "HKHKG", "to": "JPTYO", "departs": at(3), "arrives": at(5) },
        { "from": "JPTYO", "to": "USNYC", "departs": at(6), "arrives": at(9) },
    ])
}

/// A random operation that affects the load of voyages.
fn step(dice: &mut StdRng, cargoes: &[String]) -> (&'static str, Value) {
    let cargo = &cargoes[dice.random_range(0..cargoes.len())];
    let mut voyage = || VOYAGES[dice.random_range(0..VOYAGES.len())];
    let (one, other) = (voyage(), voyage());
    match dice.random_range(0..20) {
        0..6 => ("book-onto-voyage", json!({ "cargo": cargo, "voyage": one })),
        6..9 => (
            "assign-itinerary",
            json!({ "cargo": cargo, "legs": [
                { "voyage": one, "load_at": "HKHKG", "unload_at": "JPTYO" },
                { "voyage": other, "load_at": "JPTYO", "unload_at": "USNYC" },
            ] }),
        ),
        9..13 => (
            "roll-cargo",
            json!({ "cargo": cargo, "from_voyage": one, "to_voyage": other }),
        ),
        13..16 => ("release-cargo", json!({ "cargo": cargo })),
        16 => (
            "cancel-cargo",
            json!({ "cargo": cargo, "reason": "Order withdrawn" }),
        ),
        17 => (
            "reschedule-voyage",
            json!({ "voyage": one, "movements": times(dice.random_range(0..18)) }),
        ),
        _ => (
            "change-voyage-capacity",
            json!({ "voyage": one, "overbooking_percent": dice.random_range(0..30),
                "capacity": { "teu": dice.random_range(20..60), "tonnes": dice.random_range(40..200),
                    "plugs": dice.random_range(8..20) } }),
        ),
    }
}

/// Returns how many times each operation was accepted and how many times each rule refused one.
async fn mix(clients: &[Client], cargoes: &[String]) -> BTreeMap<String, usize> {
    let playing = clients.iter().enumerate().map(|(seed, client)| async move {
        let mut dice = StdRng::seed_from_u64(seed as u64);
        let mut seen = Vec::new();
        for _ in 0..STEPS {
            let (operation, input) = step(&mut dice, cargoes);
            let answer = client.run(operation, input).await;
            match answer.status {
                200 => seen.push(operation.to_owned()),
                409 => seen.push(answer.rule().to_owned()),
                _ => panic!("{operation}: {}", answer.body),
            }
        }
        seen
    });
    let mut counts = BTreeMap::new();
    for seen in join_all(playing).await.into_iter().flatten() {
        *counts.entry(seen).or_default() += 1;
    }
    counts
}

/// TEU, tonnes and plugs.
fn space(value: &Value) -> (f64, f64, f64) {
    let number = |unit: &str| value[unit].as_f64().expect("a number");
    (number("teu"), number("tonnes"), number("plugs"))
}

async fn the_line_holds(database: Database, two: bool) {
    let world = World::start(database, &[]);
    let other = two.then(|| Server::start(&world.database.url(), &[]));
    for number in VOYAGES {
        let mut input = voyage(number);
        input["capacity"] = json!({ "teu": 40, "tonnes": 120, "plugs": 15 });
        world.planner.accept("schedule-voyage", input).await;
    }
    let cargoes = world.cargoes(90, 3).await;
    for cargo in cargoes.iter().step_by(3) {
        let reefers = json!([{ "type": "22R1", "count": 2 }, { "type": "22G1", "count": 1 }]);
        let amended = json!({ "cargo": cargo, "equipment": reefers });
        world.clerk.accept("amend-cargo", amended).await;
    }
    let clients: Vec<Client> = (0..CLIENTS)
        .map(|index| match &other {
            Some(server) if index % 2 == 1 => world.admin.to(&server.url),
            _ => world.admin.clone(),
        })
        .collect();
    let counts = mix(&clients, &cargoes).await;
    for seen in [
        "book-onto-voyage",
        "assign-itinerary",
        "roll-cargo",
        "release-cargo",
        "cancel-cargo",
        "reschedule-voyage",
        "change-voyage-capacity",
        "LoadMayNotPassTheLine",
        "LimitMayNotFallBelowLoad",
    ] {
        assert!(
            counts.contains_key(seen),
            "{seen} never happened: {counts:?}"
        );
    }
    let mut booked: BTreeMap<(String, String), (f64, f64, f64)> = BTreeMap::new();
    for cargo in world.clerk.all("/api/cargoes").await {
        for leg in cargo["itinerary"].as_array().expect("legs") {
            let text = |field: &str| leg[field].as_str().expect("text").to_owned();
            let crossed: &[&str] = match (&*text("load_at"), &*text("unload_at")) {
                ("HKHKG", "USNYC") => &["HKHKG", "JPTYO"],
                ("HKHKG", _) => &["HKHKG"],
                _ => &["JPTYO"],
            };
            for from in crossed {
                let number = |field: &str| cargo[field].as_f64().expect("a number");
                let place = (text("voyage"), (*from).to_owned());
                let sum = booked.entry(place).or_default();
                *sum = (
                    sum.0 + number("size_teu"),
                    sum.1 + number("gross_weight_kg") / 1_000.0,
                    sum.2 + cargo["plugs"].as_f64().unwrap_or_default(),
                );
            }
        }
    }
    for number in VOYAGES {
        let versions = world
            .planner
            .all(&format!("/api/voyages/{number}/history"))
            .await;
        assert!(versions.len() > 10);
        for version in &versions {
            for movement in version["state"]["movements"].as_array().expect("movements") {
                let (booked, limit) = (space(&movement["booked"]), space(&movement["limit"]));
                let fits = booked.0 <= limit.0 && booked.1 <= limit.1 && booked.2 <= limit.2;
                assert!(fits, "{version}");
            }
        }
        let now = &versions[versions.len() - 1]["state"];
        for movement in now["movements"].as_array().expect("movements") {
            let from = movement["from"].as_str().expect("text").to_owned();
            let sum = booked.get(&(number.to_owned(), from)).copied();
            assert_eq!(
                space(&movement["booked"]),
                sum.unwrap_or_default(),
                "{movement}"
            );
        }
    }
    let verified = plimsoll(&["verify", "--replay", "--database", &world.database.url()]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_holds_on_sqlite() {
    the_line_holds(Database::sqlite(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_holds_on_two_servers_on_mariadb() {
    the_line_holds(Database::mariadb(), true).await;
}
