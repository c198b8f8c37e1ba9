//! Clients that hold connections open and send requests as fast as they get answers.

use futures::future::join_all;
use std::cell::Cell;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the clients measured.
#[derive(Debug, Clone)]
pub struct Seen {
    pub seconds: f64,
    /// Answer times, sorted.
    pub latencies: Vec<Duration>,
}

impl Seen {
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// A quantile of the answer times in milliseconds.
    pub fn quantile(&self, q: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * q).round() as usize].as_secs_f64() * 1_000.0
    }
}

/// The bytes of a `POST`. A client library would use more CPU than the server.
pub fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The bytes of a `GET`.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// Sends these requests over this many connections. Each connection takes the next request when the
/// last one is answered. Every answer must be a 200.
pub async fn drive(url: &str, requests: &[Vec<u8>], clients: usize) -> Seen {
    let address = url.trim_start_matches("http://");
    let connecting = (0..clients).map(|_| connect(address));
    let streams = join_all(connecting).await;
    let next = Cell::new(0);
    let started = Instant::now();
    let running = streams
        .into_iter()
        .map(|stream| client(stream, requests, &next));
    let all = join_all(running).await;
    let seconds = started.elapsed().as_secs_f64();
    let mut latencies = all.concat();
    latencies.sort_unstable();
    Seen { seconds, latencies }
}

async fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).await;
    let stream = stream.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    stream
}

async fn client(mut stream: TcpStream, requests: &[Vec<u8>], next: &Cell<usize>) -> Vec<Duration> {
    let mut latencies = Vec::new();
    let mut answer = Vec::with_capacity(16_384);
    while let Some(request) = requests.get(next.replace(next.get() + 1)) {
        let sent = Instant::now();
        stream.write_all(request).await.expect("sent");
        answer.clear();
        while !is_whole(&answer) {
            let read = stream.read_buf(&mut answer).await.expect("an answer");
            assert!(read > 0, "the server hung up");
        }
        latencies.push(sent.elapsed());
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{:.1000}",
            String::from_utf8_lossy(&answer)
        );
    }
    latencies
}

/// Whether an answer with a content length has arrived completely.
fn is_whole(answer: &[u8]) -> bool {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let find = |what: &[u8]| {
        let mut windows = answer.windows(what.len());
        windows.position(|bytes| bytes.eq_ignore_ascii_case(what))
    };
    let Some(head) = find(b"\r\n\r\n") else {
        return false;
    };
    let digits = find(NAME).map(|start| &answer[start + NAME.len()..]);
    let digits = digits
        .into_iter()
        .flatten()
        .take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    answer.len() >= head + 4 + length
}
