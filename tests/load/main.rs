//! A load of bookings: how fast batches are beside one transaction an operation.
//!
//! `scripts/load` runs it. It starts a private MariaDB and the release server on it, twice in
//! turn, and prints operations per second and their ratio. It measures; it asserts nothing.

#![expect(dead_code, reason = "what the tests share has more than a load needs")]

#[path = "../support/mod.rs"]
mod support;

use futures::future::join_all;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::mariadb::MariaDb;
use support::server::issue_token;
use support::world::{Database, World, voyage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const VOYAGES: usize = 10;

/// One run: clients that book cargoes made beforehand, and what they saw.
struct Run {
    per_second: f64,
    /// Answer times in milliseconds, sorted.
    latencies: Vec<f64>,
}

impl Run {
    fn quantile(&self, q: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * q) as usize]
    }
}

/// Books `operations` cargoes with `clients` connections held open, on a server of its own.
async fn run(database: Database, arguments: &[&str], clients: usize, operations: usize) -> Run {
    let world = World::start(database, arguments);
    for number in 0..VOYAGES {
        let mut wide = voyage(&format!("V{number}"));
        wide["capacity"] = json!({ "teu": 50_000, "tonnes": 1_000_000 });
        world.planner.accept("schedule-voyage", wide).await;
    }
    let cargoes = world.cargoes(operations, 1).await;
    let address = world.server.url.trim_start_matches("http://").to_owned();
    let token = issue_token(&world.database.url(), "clerk", "clerk");
    let requests: Vec<Vec<u8>> = cargoes
        .iter()
        .enumerate()
        .map(|(index, cargo)| {
            let body =
                json!({ "cargo": cargo, "voyage": format!("V{}", index % VOYAGES) }).to_string();
            request(&token, &body)
        })
        .collect();
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let all = join_all((0..clients).map(|_| client(&address, &requests, &next))).await;
    let seconds = started.elapsed().as_secs_f64();
    let mut latencies = all.concat();
    latencies.sort_by(f64::total_cmp);
    Run {
        per_second: operations as f64 / seconds,
        latencies,
    }
}

/// The bytes of a request; a client library would use more of the machine than the server does.
fn request(token: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /api/operations/book-onto-voyage HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn client(address: &str, requests: &[Vec<u8>], next: &AtomicUsize) -> Vec<f64> {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    let mut latencies = Vec::new();
    let mut answer = Vec::with_capacity(4096);
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let sent = Instant::now();
        stream.write_all(request).await.expect("sent");
        answer.clear();
        while !is_whole(&answer) {
            let read = stream.read_buf(&mut answer).await.expect("an answer");
            assert!(read > 0, "the server hung up");
        }
        latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    latencies
}

/// Whether an answer with a content length has arrived to its end.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    answer.len() >= head + 4 + length.unwrap_or(0)
}

#[tokio::main]
async fn main() {
    let clients = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(128);
    println!("book-onto-voyage on {VOYAGES} voyages, {clients} clients");
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let database = || Database::MariaDb(MariaDb::shared().fresh_database());
        let one = run(database(), &["--batch-limit", "1"], clients, 4_000).await;
        let batched = run(database(), &[], clients, 40_000).await;
        for (name, run) in [("batches of 1", &one), ("batches", &batched)] {
            println!(
                "{name:>13}: {:>6.0} operations/s, p50 {:.1} ms, p99 {:.1} ms",
                run.per_second,
                run.quantile(0.5),
                run.quantile(0.99)
            );
        }
        ratios.push(batched.per_second / one.per_second);
        println!("        ratio: {:.1}", batched.per_second / one.per_second);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio: {:.1}", ratios[1]);
}
