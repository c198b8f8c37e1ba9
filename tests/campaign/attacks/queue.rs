//! One caller fills the queue with batches, or the read connections with long lists.

use super::super::On;
use super::super::support::server::{Client, issue_token};
use super::super::support::world::{World, cargo};
use super::bystander::Probe;
use super::measured::measure;
use super::refusals::customers_token;
use super::{Attacked, Bounds, LOG_MB};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The number of batches at a time, and of their lines.
const BATCHES: usize = 6;
const LINES: usize = 10_000;
/// The number of lists at a time, and how long they are asked for.
const LISTS: usize = 16;
const LISTING: Duration = Duration::from_secs(20);
/// The cargoes of the customer who asks for lists.
const CARGOES: usize = 20_000;
/// For how long new batches are sent.
const BATCHING: Duration = Duration::from_secs(15);
/// How long the bystander goes on after the attack.
const AFTER: Duration = Duration::from_secs(1);
const BATCH_BOUNDS: Bounds = Bounds {
    memory_mb: 400,
    system_mb: 100,
    disk_mb: 48,
};
const LIST_BOUNDS: Bounds = Bounds {
    memory_mb: 500,
    system_mb: 100,
    disk_mb: LOG_MB + 32,
};

/// Sends NDJSON lines and reads the answer. Returns its status.
pub async fn batch(client: &Client, lines: Vec<u8>) -> Option<u16> {
    let media_type = [("content-type", "application/x-ndjson")];
    let method = reqwest::Method::POST;
    let answer = client.send(method, "/api/operations", &media_type, Some(lines));
    Some(answer.await.ok()?.status)
}

/// Lines that are refused, since there is no such cargo.
pub fn refused_lines() -> Vec<u8> {
    let input = json!({ "cargo": "2GHEMN72ZXZ", "reason": "x" });
    let line = json!({ "operation": "cancel-cargo", "input": input });
    format!("{line}\n").repeat(LINES).into_bytes()
}

pub async fn batches(on: On) -> Attacked {
    let world = World::start(on.database(), &[]);
    let token = issue_token(&world.database.url(), "bystander", "clerk");
    let probes = vec![
        Probe::health(),
        Probe::operation(&token),
        Probe::read("reads", "/api/voyages?limit=5", &token),
    ];
    let attack = async {
        let until = Instant::now() + BATCHING;
        let senders = (0..BATCHES).map(|_| async {
            let (mut run, mut refused) = (0, 0);
            while Instant::now() < until {
                match batch(&world.planner, refused_lines()).await {
                    Some(200) => run += 1,
                    _ => refused += 1,
                }
            }
            (run, refused)
        });
        let ended = join_all(senders).await;
        let run: usize = ended.iter().map(|(run, _)| run).sum();
        let refused: usize = ended.iter().map(|(_, refused)| refused).sum();
        let further = format!("{run} batches were run, {refused} refused");
        sleep(AFTER).await;
        (vec![further], Vec::new())
    };
    measure(&world, probes, BATCH_BOUNDS, attack).await
}

/// Creates cargoes of a customer.
pub async fn create_cargoes(world: &World, customer: &Value, how_many: usize) -> String {
    let input = cargo(customer, 1);
    let line = json!({ "operation": "create-cargo", "input": input });
    let mut first = None;
    for begun in (0..how_many).step_by(LINES) {
        let lines = format!("{line}\n").repeat(LINES.min(how_many - begun));
        let results = world.batch(&lines).await;
        let cargo = results[0]["outcome"]["cargo"].as_str();
        let cargo = cargo.expect("a cargo").to_owned();
        first.get_or_insert(cargo);
    }
    first.expect("some are created")
}

/// Reads these lists again and again. Returns how many were answered.
async fn list(token: String, lists: Vec<String>, until: Instant) -> usize {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.build().expect("a client");
    let mut answered = 0;
    for list in lists.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let answer = client.get(list).bearer_auth(&token).send().await;
        if let Ok(answer) = answer {
            let is_success = answer.status().is_success();
            answered += usize::from(answer.bytes().await.is_ok() && is_success);
        }
    }
    answered
}

pub async fn lists(on: On) -> Attacked {
    let world = World::start(on.database(), &[]);
    let (busy, quiet) = (world.customer().await, world.customer().await);
    let one = create_cargoes(&world, &busy, CARGOES).await;
    let other = create_cargoes(&world, &quiet, 10).await;
    for day in 0..100 {
        let day = format!("2127-04-{:02}T00:00:00Z", 1 + day % 28);
        let input = json!({ "cargo": one, "arrival_deadline": day });
        world.clerk.run("change-arrival-deadline", input).await;
    }
    let url = &world.server.url;
    let hog = customers_token(&world, "busy", &busy);
    let token = customers_token(&world, "quiet", &quiet);
    let probes = vec![
        Probe::health(),
        Probe::read("one cargo", &format!("/api/cargoes/{other}"), &token),
        Probe::read("a short list", "/api/cargoes?limit=10", &token),
        Probe::operation(&issue_token(&world.database.url(), "bystander", "clerk")),
    ];
    let attack = async {
        let until = Instant::now() + LISTING;
        let lists: Vec<_> = [
            "cargoes?limit=200".to_owned(),
            "cargoes?limit=200&at_risk=true".to_owned(),
            "cargoes?limit=200&misdirected=true".to_owned(),
            "cargoes?limit=200&voyage=V999".to_owned(),
            "cargoes?limit=200&port=SGSIN".to_owned(),
            format!("cargoes/{one}/history?limit=200"),
        ]
        .iter()
        .map(|list| format!("{url}/api/{list}"))
        .collect();
        let all = (0..LISTS).map(|_| tokio::spawn(list(hog.clone(), lists.clone(), until)));
        let mut answered = 0;
        for one in all.collect::<Vec<_>>() {
            answered += one.await.expect("a reader does not panic");
        }
        sleep(AFTER).await;
        (vec![format!("{answered} lists read")], Vec::new())
    };
    measure(&world, probes, LIST_BOUNDS, attack).await
}
