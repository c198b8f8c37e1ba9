//! What others live from: feeds, the event stream, snapshots, the past, and verification. On SQLite.

use super::client::{Seen, drive, get};
use super::processes::{memory, peak_memory};
use crate::support::nginx::Nginx;
use crate::support::server::{Client, Server, binary, issue_token};
use crate::support::world::{Database, World, cargo, voyage};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// The number of cargoes whose history is read.
const CARGOES: usize = 1_000_000;
/// The customers that they belong to.
const CUSTOMERS: usize = 1_000;
/// The cargoes that are cancelled afterwards, spread over all.
const CANCELLED: usize = 1_000;
/// The versions of the cargoes whose past is read.
const VERSIONS: [usize; 3] = [10, 1_000, 100_000];
/// The entries that are verified: half of them create cargoes, half of them book them.
const VERIFIED: usize = 200_000;
/// The streams that are open at a time.
const STREAMS: usize = 1_000;
/// The entries that a client catches up with.
const CAUGHT_UP: u64 = 100_000;
/// The operations in a batch.
const BATCH: usize = 5_000;

/// A line of the table.
pub struct Figure {
    what: String,
    figure: String,
}

fn figure(what: impl Into<String>, figure: String) -> Figure {
    let what = what.into();
    println!("| {what} | {figure} |");
    Figure { what, figure }
}

/// The table for the page.
pub fn table(figures: &[Figure]) -> String {
    let lines = figures
        .iter()
        .map(|own| format!("| {} | {} |", own.what, own.figure));
    let lines: Vec<_> = lines.collect();
    format!("| following the log | |\n|---|--:|\n{}", lines.join("\n"))
}

/// Runs operations in batches. Returns their results.
async fn run(world: &World, lines: impl Iterator<Item = (&'static str, Value)>) -> Vec<Value> {
    let mut lines = lines.peekable();
    let mut results = Vec::new();
    while lines.peek().is_some() {
        let part = lines.by_ref().take(BATCH);
        let text: String = part
            .map(|(operation, input)| {
                format!("{}\n", json!({ "operation": operation, "input": input }))
            })
            .collect();
        for result in world.batch(&text).await {
            assert!(result["outcome"].is_object(), "{result}");
            results.push(result["outcome"]["cargo"].clone());
        }
    }
    results
}

/// A past to read.
struct Past {
    world: World,
    token: String,
    customers: Vec<Value>,
    /// The position after the last creation.
    created: u64,
    /// A cargo for each of [`VERSIONS`], and the positions of its first and last version.
    many: Vec<(usize, String, u64, u64)>,
}

impl Past {
    async fn make(scale: usize) -> Self {
        let world = World::start(Database::sqlite(), &[]);
        let token = issue_token(&world.database.url(), "reader", "auditor");
        let mut customers = Vec::new();
        for _ in 0..CUSTOMERS {
            customers.push(world.customer().await);
        }
        let each = customers.iter().cycle().take(CARGOES / scale);
        let cargoes = run(
            &world,
            each.map(|customer| ("create-cargo", cargo(customer, 1))),
        );
        let cargoes = cargoes.await;
        let mut past = Self {
            created: 0,
            many: Vec::new(),
            world,
            token,
            customers,
        };
        past.created = past.position().await;
        for (number, versions) in VERSIONS.into_iter().enumerate() {
            let name = cargoes[number].as_str().expect("a tracking id").to_owned();
            let first = past.position().await;
            let amended = (1..versions).map(|turn| {
                let weight = 10_000 + turn % 2;
                (
                    "amend-cargo",
                    json!({ "cargo": name, "gross_weight_kg": weight }),
                )
            });
            run(&past.world, amended).await;
            past.many
                .push((versions, name, first, past.position().await));
        }
        let cancelled = cargoes.iter().step_by(cargoes.len() / CANCELLED);
        let reason = "The shipper withdrew";
        let cancelled = cancelled
            .skip(VERSIONS.len())
            .map(|cargo| ("cancel-cargo", json!({ "cargo": cargo, "reason": reason })));
        run(&past.world, cancelled).await;
        past
    }

    async fn position(&self) -> u64 {
        let head = self.world.admin.get("/api/log/head").await;
        head.body["position"].as_u64().expect("a position")
    }

    async fn drive(&self, paths: &[String], clients: usize) -> Seen {
        let requests: Vec<_> = paths.iter().map(|path| get(path, &self.token)).collect();
        drive(&self.world.server.url, &requests, clients).await
    }
}

fn per_second(seen: &Seen) -> String {
    format!("{:.0}/s", seen.per_second())
}

fn milliseconds(seen: &Seen) -> String {
    format!(
        "{:.2} ms, p99 {:.2} ms",
        seen.quantile(0.5),
        seen.quantile(0.99)
    )
}

/// Feed pages, from the server and through nginx.
async fn feeds(past: &Past, scale: usize) -> Vec<Figure> {
    let how_many = 20_000 / scale;
    let head = vec!["/feeds/cargoes".to_owned(); how_many];
    let mut dice = StdRng::seed_from_u64(1);
    let full = (CARGOES / scale) as u64 / 20;
    let archive = |_| format!("/feeds/cargoes/pages/{}", dice.random_range(1..=full));
    let archive: Vec<_> = (0..how_many).map(archive).collect();
    let mut figures = Vec::new();
    for clients in [1, 32] {
        let seen = past.drive(&head, clients).await;
        let what = format!("newest page of a feed, {clients} clients");
        figures.push(figure(what, per_second(&seen)));
        let seen = past.drive(&archive, clients).await;
        let what = format!("full pages of a feed, {clients} clients");
        figures.push(figure(what, per_second(&seen)));
    }
    let nginx = Nginx::start(&past.world.server);
    let few = archive.iter().take(50).cycle().take(how_many);
    let few: Vec<_> = few.map(|path| get(path, &past.token)).collect();
    drive(&nginx.url, &few[..50], 1).await;
    let seen = drive(&nginx.url, &few, 32).await;
    let what = "full pages from nginx's cache, 32 clients";
    figures.push(figure(what, per_second(&seen)));
    figures
}

/// Clients that were away, by feed and by stream.
async fn catching_up(past: &Past, scale: usize) -> Vec<Figure> {
    let entries = CAUGHT_UP / scale as u64;
    let pages = (1..=entries / 20).map(|page| format!("/feeds/log/pages/{page}"));
    let pages: Vec<_> = pages.collect();
    let seen = past.drive(&pages, 1).await;
    let by_feed = seen.per_second() * 20.0;
    let began = Instant::now();
    let mut stream = follow(&past.world.server, &past.token, 0, Ipv4Addr::LOCALHOST).await;
    let mut found = Vec::new();
    let last = format!("id: {entries}\n");
    let mut buffer = vec![0; 1 << 20];
    while !String::from_utf8_lossy(&found).contains(&last) {
        let kept = found.len().saturating_sub(last.len());
        found.drain(..kept);
        let read = stream.read(&mut buffer).await.expect("the stream goes on");
        assert!(read > 0, "the stream ended");
        found.extend_from_slice(&buffer[..read]);
    }
    let by_stream = entries as f64 / began.elapsed().as_secs_f64();
    vec![
        figure(
            "catching up by feed, one client",
            format!("{by_feed:.0} entries/s"),
        ),
        figure(
            "catching up by event stream, one client",
            format!("{by_stream:.0} entries/s"),
        ),
    ]
}

/// Opens an event stream after a position from one of the addresses of this machine.
async fn follow(server: &Server, token: &str, after: u64, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("an address");
    let address = server.url.trim_start_matches("http://");
    let mut stream = socket
        .connect(address.parse().expect("an address"))
        .await
        .expect("the server listens");
    let request = format!(
        "GET /api/events?after={after} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

/// The memory of many streams that are read, after more entries than the server keeps for them.
async fn streams(past: &Past, scale: usize) -> Figure {
    let server = &past.world.server;
    let head = past.position().await;
    // No stream keeps entries of its own, so that the first one shows what all of them share.
    let mut open = Vec::new();
    let mut before = 0.0;
    for number in 0..=STREAMS / scale {
        let from = Ipv4Addr::new(127, 0, 1, u8::try_from(number % 8).expect("few") + 1);
        let stream = follow(server, &past.token, head, from).await;
        open.push(tokio::spawn(discard(stream)));
        if number == 0 {
            past.world.cargoes(BATCH, 1).await;
            before = memory(server.pid());
        }
    }
    past.world.cargoes(BATCH, 1).await;
    let each = (memory(server.pid()) - before) * 1_000.0 / (STREAMS / scale) as f64;
    for reader in open {
        reader.abort();
    }
    figure("memory of an open event stream", format!("{each:.0} KB"))
}

async fn discard(mut stream: TcpStream) {
    let mut buffer = vec![0; 65_536];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// Reads of the past: one cargo, and lists.
async fn past_reads(past: &Past, scale: usize) -> Vec<Figure> {
    let mut dice = StdRng::seed_from_u64(2);
    let mut figures = Vec::new();
    for (versions, name, first, last) in &past.many {
        let mut path = |_| {
            let at = dice.random_range(*first..=*last);
            format!("/api/cargoes/{name}?at={at}")
        };
        let paths: Vec<_> = (0..5_000 / scale).map(&mut path).collect();
        let seen = past.drive(&paths, 1).await;
        let what = format!("one cargo with {versions} versions at a past position");
        figures.push(figure(what, milliseconds(&seen)));
    }
    let customer = past.customers[7].as_str().expect("an id");
    let now = past.position().await;
    for (what, filter, at) in [
        ("50 cargoes now", String::new(), None),
        (
            "50 cargoes half way back",
            String::new(),
            Some(past.created / 2),
        ),
        (
            "50 cargoes of one customer now",
            format!("&customer={customer}"),
            None,
        ),
        (
            "50 cargoes of one customer half way back",
            format!("&customer={customer}"),
            Some(past.created / 2),
        ),
        (
            "50 cancelled cargoes now",
            "&status=CANCELLED".to_owned(),
            None,
        ),
        (
            "50 cancelled cargoes at a past position",
            "&status=CANCELLED".to_owned(),
            Some(now - 100),
        ),
    ] {
        let at = at.map_or(String::new(), |at| format!("&at={at}"));
        let path = format!("/api/cargoes?limit=50{filter}{at}");
        let seen = past.drive(&vec![path; 500 / scale], 1).await;
        figures.push(figure(what, milliseconds(&seen)));
    }
    figures
}

/// A snapshot of all cargoes, from a server that has just started.
async fn snapshot(past: &Past) -> Figure {
    let server = Server::start(&past.world.database.url(), &[]);
    let client = Client::new(&server.url, &past.token);
    client.get("/api/cargoes?limit=1").await;
    let before = peak_memory(server.pid());
    let began = Instant::now();
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "GET /api/snapshot/cargoes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\n\r\n",
        past.token
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut buffer = vec![0; 1 << 20];
    let (mut lines, mut bytes) = (0, 0);
    loop {
        let read = stream.read(&mut buffer).await.expect("an answer");
        if read == 0 {
            break;
        }
        bytes += read;
        lines += buffer[..read]
            .windows(2)
            .filter(|two| two == b"}\n")
            .count();
    }
    let took = began.elapsed().as_secs_f64();
    let more = peak_memory(server.pid()) - before;
    figure(
        "snapshot of all cargoes",
        format!(
            "{lines} rows, {:.0} MB in {took:.1} s, {more:.0} MB of memory",
            bytes as f64 / 1e6
        ),
    )
}

/// Runs the program to its end. Returns the seconds and the peak memory in MB.
fn timed(arguments: &[&str]) -> (f64, f64) {
    let began = Instant::now();
    let mut process = Command::new(binary())
        .args(arguments)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut peak = 0.0_f64;
    loop {
        if let Some(status) = process.try_wait().expect("a child") {
            assert!(status.success(), "{arguments:?}: {status}");
            return (began.elapsed().as_secs_f64(), peak);
        }
        peak = peak.max(memory(process.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn verification(scale: usize) -> Vec<Figure> {
    let world = World::start(Database::sqlite(), &[]);
    let half = VERIFIED / scale / 2;
    for number in 0..10 {
        let mut wide = voyage(&format!("B{number}"));
        wide["capacity"] = json!({ "teu": 50_000, "tonnes": 1_000_000 });
        world.planner.accept("schedule-voyage", wide).await;
    }
    let customer = world.customer().await;
    let made = (0..half).map(|_| ("create-cargo", cargo(&customer, 1)));
    let cargoes = run(&world, made).await;
    let booked = cargoes.iter().zip((0..10).cycle()).map(|(cargo, number)| {
        let voyage = format!("B{number}");
        (
            "book-onto-voyage",
            json!({ "cargo": cargo, "voyage": voyage }),
        )
    });
    run(&world, booked).await;
    let url = world.database.url();
    let head = world.admin.get("/api/log/head").await;
    let entries = head.body["position"].as_u64().expect("a position") as f64;
    let World {
        database: _kept,
        server,
        ..
    } = world;
    server.stop();
    let one = |what: &str, arguments: &[&str]| {
        let (seconds, peak) = timed(&[arguments, &["--database", &url]].concat());
        let speed = entries / seconds;
        figure(
            what,
            format!("{speed:.0} entries/s, {peak:.0} MB of memory"),
        )
    };
    vec![
        one("`verify`", &["verify"]),
        one("`verify --replay`", &["verify", "--replay"]),
    ]
}

/// Measures everything.
pub async fn measure(scale: usize) -> Vec<Figure> {
    let mut figures = verification(scale).await;
    let past = Past::make(scale).await;
    figures.extend(feeds(&past, scale).await);
    figures.extend(catching_up(&past, scale).await);
    figures.extend(past_reads(&past, scale).await);
    figures.push(snapshot(&past).await);
    figures.push(streams(&past, scale).await);
    figures
}
