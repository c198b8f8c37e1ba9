//! Bytes that nobody sends on purpose, to the parsers and to the HTTP interface.

use super::support::inputs::inputs;
use super::support::load::Verdict;
use super::support::server::plimsoll;
use super::support::world::{Database, World};
use application::catalogue;
use application::queries::decode;
use domain::Moment;
use domain::access::{PasswordHash, TokenHash, UserName};
use domain::booking::{SizeType, TrackingId};
use domain::locations::{CountryCode, TimeZone, UnLocode};
use domain::log::{Actor, Hash};
use domain::voyages::{ImoNumber, VoyageNumber};
use plimsoll::clock::SystemChance;
use plimsoll::headers;
use plimsoll::reference::read_locations;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many mutated texts each parser gets in one round, and each connection.
const PARSED: usize = 20_000;
const CONNECTIONS: usize = 400;
/// The longest that a connection may wait for an answer: the limit on headers and bodies.
const ANSWER_MAX: Duration = Duration::from_secs(31);

/// Changes a text in a few places.
fn mutate(chance: &mut StdRng, text: &[u8]) -> Vec<u8> {
    const SPICE: [&[u8]; 14] = [
        b"\0",
        b"\"",
        b"\\u0000",
        b"\xff\xfe",
        b"\r\n\r\n",
        b"{",
        b"]",
        b"1e999",
        b"-0",
        b"99999999999999999999",
        "\u{202e}\u{1f6a2}".as_bytes(),
        b"null",
        b",",
        b" ",
    ];
    let mut bytes = text.to_vec();
    for _ in 0..chance.random_range(1..5) {
        let at = chance.random_range(0..=bytes.len());
        match chance.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.random_range(0..8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            3 => {
                let copy = bytes[at..].to_vec();
                bytes.extend(copy);
            }
            4 => bytes.insert(at, chance.random()),
            _ => {
                let spice = SPICE[chance.random_range(0..SPICE.len())];
                bytes.splice(at..at, spice.iter().copied());
            }
        }
    }
    bytes
}

/// What parses must be written as text that parses to the same value.
fn round_trip<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(parsed) = text.parse::<T>() {
        let written = parsed.to_string();
        assert!(
            written.parse().is_ok_and(|again: T| again == parsed),
            "{text:?} is written as {written:?}, which does not mean the same"
        );
    }
}

fn texts(text: &str) {
    round_trip::<TrackingId>(text);
    round_trip::<UnLocode>(text);
    round_trip::<CountryCode>(text);
    round_trip::<TimeZone>(text);
    round_trip::<VoyageNumber>(text);
    round_trip::<ImoNumber>(text);
    round_trip::<SizeType>(text);
    round_trip::<UserName>(text);
    round_trip::<Actor>(text);
    round_trip::<Hash>(text);
    round_trip::<Moment>(text);
    let _ = (
        text.parse::<PasswordHash>(),
        text.parse::<TokenHash>(),
        decode(text),
    );
}

fn header_values(bytes: &[u8]) {
    let Ok(value) = axum::http::HeaderValue::from_bytes(bytes) else {
        return;
    };
    let mut all = axum::http::HeaderMap::new();
    for name in [
        "authorization",
        "if-match",
        "if-none-match",
        "idempotency-key",
        "traceparent",
    ] {
        all.insert(name, value.clone());
    }
    let _ = (
        headers::caller(&all).is_ok(),
        headers::if_match(&all).is_ok(),
    );
    let _ = (
        headers::idempotency_key(&all).is_ok(),
        headers::traceparent(&all).is_some(),
    );
    let _ = headers::none_match(&all, "\"1\"");
}

/// One round at the parsers, in this process.
pub fn parsers(seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let customer = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let inputs = inputs(&customer, "23456789ABT");
    let words = [
        "23456789ABT",
        "NLRTM",
        "NL",
        "Europe/Amsterdam",
        "V100",
        "9074729",
        "22G1",
        "anna",
        "user:anna",
        "system:command-line",
        "2127-03-03T00:00:00.000001Z",
        "Bearer abc",
        "\"3\", \"4\"",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "6e65787431",
    ];
    let csv = "un_locode,name,country,latitude,longitude,time_zone\n\
               NLRTM,\"Rotterdam, port\",NL,51.9,4.5,Europe/Amsterdam\n";
    for _ in 0..PARSED {
        let word = words[chance.random_range(0..words.len())];
        let word = mutate(&mut chance, word.as_bytes());
        let (name, input) = &inputs[chance.random_range(0..inputs.len())];
        let input = mutate(&mut chance, input.to_string().as_bytes());
        let table = mutate(&mut chance, csv.as_bytes());
        let parsed = catch_unwind(AssertUnwindSafe(|| {
            texts(&String::from_utf8_lossy(&word));
            header_values(&word);
            drop(read_locations(table.as_slice()));
            let definition = catalogue().find(|definition| definition.about.name == *name);
            let definition = definition.expect("an operation");
            if !definition.is_slow {
                let now = Moment::from_micros(1_800_000_000_000_000);
                drop(definition.read(&input, now, &mut SystemChance).map(drop));
            }
        }));
        if parsed.is_err() {
            let shown =
                [&word, &input, &table].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            return Err(format!("a parser broke on one of {shown:?}"));
        }
    }
    Ok(Verdict {
        calls: PARSED,
        longest: began.elapsed(),
        ..Verdict::default()
    })
}

/// One round at the HTTP interface: no answer is 500, none takes longer than the limits, and the
/// server works afterwards.
pub async fn http(seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    let customer = world.customer().await;
    world.voyage("V100").await;
    let cargo = world.cargoes(1, 1).await.remove(0);
    let token = super::support::server::issue_token(&url, "admin", "admin");
    let mut requests = Vec::new();
    for (operation, input) in inputs(&customer, &cargo) {
        let body = input.to_string();
        let path = format!("/api/operations/{operation}");
        requests.push(request("POST", &path, &token, "application/json", &body));
    }
    let line = json!({ "operation": "release-cargo", "input": { "cargo": cargo } }).to_string();
    let lines = format!("{line}\n{line}\n");
    requests.push(request(
        "POST",
        "/api/operations",
        &token,
        "application/x-ndjson",
        &lines,
    ));
    for path in [
        "/api/cargoes?limit=5&status=BOOKED",
        "/api/voyages?port=HKHKG&departs_from=2127-01-01T00:00:00Z",
        "/api/log?from=1&limit=3",
        "/api/refusals?limit=2",
        "/api/locations?name=rot&country=NL",
        "/api/customers?name=a",
        "/api/log/head",
        "/api/openapi.json",
        "/",
        "/cargoes?status=BOOKED",
        "/sign-in",
        "/readyz",
        "/metrics",
    ] {
        requests.push(request("GET", path, &token, "text/plain", ""));
    }
    let address = world.server.url.trim_start_matches("http://").to_owned();
    let (mut longest, mut answered) = (Duration::ZERO, 0);
    for _ in 0..CONNECTIONS {
        let request = &requests[chance.random_range(0..requests.len())];
        let bytes = mutate(&mut chance, request);
        let began = Instant::now();
        let answer = tokio::time::timeout(ANSWER_MAX, send(&address, &bytes)).await;
        let shown = || String::from_utf8_lossy(&bytes).into_owned();
        let answer = answer.map_err(|_| format!("no answer within the limits to {:?}", shown()))?;
        longest = longest.max(began.elapsed());
        answered += usize::from(!answer.is_empty());
        if answer.starts_with(b"HTTP/1.1 500") {
            return Err(format!("500 for {:?}", shown()));
        }
    }
    let ready = world.admin.get("/readyz").await.status;
    let verified = plimsoll(&["verify", "--replay", "--database", &url]);
    if ready != 200 || !verified.status.success() {
        return Err(format!("afterwards readyz says {ready}; {verified:?}"));
    }
    Ok(Verdict {
        calls: answered,
        longest,
        ..Verdict::default()
    })
}

fn request(method: &str, path: &str, token: &str, media_type: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {media_type}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends bytes and closes the sending side. Returns what comes back until the server closes.
async fn send(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    // The server may answer and close before everything is sent.
    drop(stream.write_all(bytes).await);
    drop(stream.shutdown().await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    answer
}
