//! One caller asks for large answers and does not read them.

use super::super::support::server::{Client, issue_token};
use super::super::support::world::{Database, World};
use super::bystander::Probe;
use super::measured::measure;
use super::queue::{batch, create_cargoes, refused_lines};
use super::sockets::{address_of, hold};
use super::{Attacked, Bounds, RECOVERED_WITHIN};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// The number of unread answers of each sort.
const UNREAD: usize = 40;
const CARGOES: usize = 40_000;
/// How long an admin's own batch and file may take.
const WORK_WITHIN: Duration = Duration::from_secs(30);
const BOUNDS: Bounds = Bounds {
    memory_mb: 500,
    system_mb: 100,
    disk_mb: 64,
};

/// The bytes of a request by a token.
fn request(line: &str, token: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n{headers}\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// How long an admin's batch of 100 lines and its list as CSV take.
async fn work(admin: &Client) -> (Duration, Duration, Vec<String>) {
    let mut broken = Vec::new();
    let began = Instant::now();
    let customer = json!({ "name": "Own", "email": "own@example.com", "country": "NL" });
    let line = json!({ "operation": "new-customer", "input": customer });
    let lines = format!("{line}\n").repeat(100);
    let status = batch(admin, lines.into_bytes()).await;
    let batch = began.elapsed();
    if status != Some(200) || batch > WORK_WITHIN {
        broken.push(format!("an admin's batch: {status:?} after {batch:?}"));
    }
    let began = Instant::now();
    let accept = [("accept", "text/csv")];
    let method = reqwest::Method::GET;
    let file = admin.send(method, "/api/cargoes", &accept, None).await;
    let status = file.ok().map(|file| file.status);
    let file = began.elapsed();
    if status != Some(200) || file > WORK_WITHIN {
        broken.push(format!("an admin's file: {status:?} after {file:?}"));
    }
    (batch, file, broken)
}

pub async fn answers() -> Attacked {
    let world = World::start(Database::sqlite(), &[]);
    let customer = world.customer().await;
    create_cargoes(&world, &customer, CARGOES).await;
    let url = world.database.url();
    let (token, hog) = (
        issue_token(&url, "bystander", "clerk"),
        issue_token(&url, "hog", "planner"),
    );
    // It may read the log, too.
    issue_token(&url, "hog", "auditor");
    let probes = vec![
        Probe::health(),
        Probe::read("reads", "/api/voyages?limit=5", &token),
        Probe::operation(&token),
    ];
    let attack = async {
        let end = Instant::now() + RECOVERED_WITHIN;
        let server = address_of(&world);
        let ndjson = "content-type: application/x-ndjson\r\n";
        let sorts = [
            request("POST /api/operations", &hog, ndjson, &refused_lines()),
            request("GET /api/log", &hog, "accept: text/csv\r\n", b""),
            request("GET /api/events?after=0", &hog, "", b""),
        ];
        let held: Vec<_> = sorts
            .iter()
            .flat_map(|sort| (0..UNREAD).map(|_| hold(server, 0, sort.clone())))
            .collect();
        sleep(Duration::from_secs(3)).await;
        let (batch, file, broken) = work(&world.admin).await;
        sleep_until(end).await;
        drop(held);
        let further = vec![
            format!("an admin's batch took {:.2} s", batch.as_secs_f64()),
            format!("its list as CSV {:.2} s", file.as_secs_f64()),
        ];
        (further, broken)
    };
    measure(&world, probes, BOUNDS, attack).await
}
