//! A customer sends large inputs that are refused.

use super::super::On;
use super::super::support::server::{Client, issue_token, plimsoll};
use super::super::support::world::World;
use super::bystander::Probe;
use super::measured::measure;
use super::{Attacked, Bounds};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the customer sends.
const SENDING: Duration = Duration::from_secs(10);
/// The number of requests sent at a time.
const AT_ONCE: usize = 8;
/// The largest page of refusals.
const PAGE_BYTES_MAX: usize = 1 << 20;
/// 1,000 refusals of 4 KiB, their index, the changes of the bystander, and the log of SQLite.
const BOUNDS: Bounds = Bounds {
    memory_mb: 400,
    system_mb: 100,
    disk_mb: 32,
};

/// A token of somebody who acts for a customer.
pub fn customers_token(world: &World, user: &str, customer: &Value) -> String {
    let customer = customer.as_str().expect("an id");
    let url = world.database.url();
    let output = plimsoll(&[
        "token",
        "issue",
        "--user",
        user,
        "--role",
        "customer",
        "--customer",
        customer,
        "--database",
        &url,
    ]);
    let token = String::from_utf8(output.stdout).expect("text");
    token.trim().to_owned()
}

/// A valid input of 160 KB.
fn locations() -> Value {
    let name = "x".repeat(200);
    let all = (0..500).map(|_| {
        json!({ "un_locode": "XXAAA", "name": name, "country": "NL", "latitude": 1.5,
                "longitude": 2, "time_zone": "UTC" })
    });
    json!({ "locations": all.collect::<Vec<_>>() })
}

async fn send(customer: Client, input: Value, until: Instant) -> usize {
    let mut sent = 0;
    while Instant::now() < until {
        let answer = customer.try_run("add-locations", &input, &[]).await;
        sent += usize::from(answer.is_ok_and(|answer| matches!(answer.status, 400..=499)));
    }
    sent
}

pub async fn refused(on: On) -> Attacked {
    let world = World::start(on.database(), &[]);
    let token = issue_token(&world.database.url(), "bystander", "clerk");
    let customer = world.customer().await;
    let customer = Client::new(
        &world.server.url,
        &customers_token(&world, "buyer", &customer),
    );
    let probes = vec![
        Probe::health(),
        Probe::read("reads", "/api/voyages?limit=5", &token),
        Probe::operation(&token),
    ];
    let attack = async {
        let until = Instant::now() + SENDING;
        let forbidden = locations();
        let mut misshapen = forbidden.clone();
        misshapen["locations"][499]["latitude"] = json!("north");
        let senders = (0..AT_ONCE).map(|number| {
            let input = if number % 2 == 0 {
                forbidden.clone()
            } else {
                misshapen.clone()
            };
            tokio::spawn(send(customer.clone(), input, until))
        });
        let mut refused = 0;
        for sender in senders.collect::<Vec<_>>() {
            refused += sender.await.expect("a sender does not panic");
        }
        sleep(Duration::from_secs(3)).await;
        let page = world.admin.get("/api/refusals?limit=200").await;
        let bytes = page.body.to_string().len();
        let further = vec![
            format!("{refused} requests refused"),
            format!("a page of 200 refusals has {} KB", bytes >> 10),
        ];
        let mut broken = Vec::new();
        if bytes > PAGE_BYTES_MAX {
            broken.push(format!("a page of refusals has {bytes} bytes"));
        }
        (further, broken)
    };
    measure(&world, probes, BOUNDS, attack).await
}
