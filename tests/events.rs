//! The event stream: every entry once, in order, whichever server commits it, even after an
//! interruption.

use crate::support::server::{Client, Server, issue_token};
use crate::support::world::{Database, World, voyage};
use application::follow::TAIL_KEPT;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// An open stream, read event by event.
struct Stream {
    socket: TcpStream,
    text: String,
}

#[derive(Debug)]
struct Event {
    id: u64,
    /// Pages get events without a name.
    name: Option<String>,
    data: Value,
}

impl Stream {
    async fn open(server: &str, token: &str, path: &str, last: Option<u64>) -> Self {
        let address = server.trim_start_matches("http://");
        let socket = TcpStream::connect(address).await.expect("it listens");
        Self::open_on(socket, token, path, last).await
    }

    async fn open_on(mut socket: TcpStream, token: &str, path: &str, last: Option<u64>) -> Self {
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{last}\r\n"
        );
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut stream = Self {
            socket,
            text: String::new(),
        };
        while !stream.text.contains("\r\n\r\n") {
            assert!(stream.more().await, "{}", stream.text);
        }
        stream
    }

    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 65_536];
        let read = tokio::time::timeout(Duration::from_secs(30), self.socket.read(&mut buffer));
        let length = read
            .await
            .expect("something within half a minute")
            .unwrap_or(0);
        self.text
            .push_str(&String::from_utf8_lossy(&buffer[..length]));
        length > 0
    }

    fn status(&self) -> &str {
        &self.text[9..12]
    }

    /// The next event, or `None` when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(start) = self.text.find("id: ").or_else(|| self.text.find("event: "))
                && let Some(length) = self.text[start..].find("\n\n")
            {
                let block: String = self.text[start..start + length].to_owned();
                self.text.drain(..start + length + 2);
                let find = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                let field =
                    |name: &str| find(name).unwrap_or_else(|| panic!("{name} is not in {block}"));
                return Some(Event {
                    id: field("id: ").parse().expect("a position"),
                    name: find("event: ").map(str::to_owned),
                    data: serde_json::from_str(field("data: ")).expect("JSON"),
                });
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn take(&mut self, how_many: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < how_many {
            events.push(self.next().await.expect("the stream goes on"));
        }
        events
    }
}

async fn every_entry_once(database: Database, two: bool) {
    let world = World::start(database, &[]);
    let url = world.database.url();
    let other = two.then(|| Server::start(&url, &[]));
    let there = other
        .as_ref()
        .map_or(&world.server.url, |server| &server.url);
    let token = issue_token(&url, "auditor", "auditor");
    let head = world.admin.get("/api/log/head").await.body["position"]
        .as_u64()
        .expect("a position");

    // One stream starts at the first entry, one now. Writes go through both servers.
    let mut all = Stream::open(&world.server.url, &token, "/api/events", Some(0)).await;
    let mut now = Stream::open(there, &token, "/api/events", None).await;
    let mut voyages = Stream::open(there, &token, "/api/events?kind=voyage", None).await;
    for number in 0..30 {
        let planner = match number % 2 {
            0 => world.planner.clone(),
            _ => world.planner.to(there),
        };
        planner
            .accept("schedule-voyage", voyage(&format!("V{number}")))
            .await;
        world.customer().await;
    }
    let seen = all.take(usize::try_from(head).expect("few") + 60).await;
    for (index, event) in seen.iter().enumerate() {
        assert_eq!(event.id, index as u64 + 1);
        assert_eq!(event.data["position"], event.id);
        let name = event.name.as_deref();
        assert_eq!(event.data["operation"].as_str(), name);
    }
    let seen = now.take(60).await;
    assert_eq!(seen[0].id, head + 1);
    assert!(seen.windows(2).all(|pair| pair[0].id + 1 == pair[1].id));
    let seen = voyages.take(30).await;
    assert!(
        seen.iter()
            .all(|event| event.name.as_deref() == Some("schedule-voyage"))
    );
    let changed = seen[7].data["changed"].as_array().expect("a list");
    assert!(changed.iter().any(|own| own["name"] == "V7"), "{changed:?}");

    // Filters are combined. A thing that changed again is seen again.
    let path = format!("/api/events?after={head}&thing=voyage:V7&operation=cancel-voyage");
    let mut one = Stream::open(there, &token, &path, None).await;
    let cancel = serde_json::json!({ "voyage": "V7", "reason": "Ice" });
    world.planner.accept("cancel-voyage", cancel).await;
    let event = one.next().await.expect("an event");
    assert_eq!(event.name.as_deref(), Some("cancel-voyage"));
    let path = format!("/api/events?after={head}&thing=voyage:V7");
    let mut both = Stream::open(there, &token, &path, None).await;
    let names = both.take(2).await.into_iter().map(|event| event.name);
    let names: Vec<_> = names.flatten().collect();
    assert_eq!(names, ["schedule-voyage", "cancel-voyage"]);

    // A page gets the same entries without names, as it cannot know all operations.
    let mut page = Stream::open(there, &token, &format!("/live?after={head}"), None).await;
    let seen = page.take(2).await;
    assert!(seen.iter().all(|event| event.name.is_none()));
    assert_eq!([seen[0].id, seen[1].id], [head + 1, head + 2]);

    // A client that was away continues where it was, on any server.
    let mut back = Stream::open(there, &token, "/api/events", Some(head + 10)).await;
    assert_eq!(back.next().await.expect("an event").id, head + 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_once_on_sqlite() {
    every_entry_once(Database::sqlite(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_once_on_two_servers_on_mariadb() {
    every_entry_once(Database::mariadb(), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_readers_of_the_log_may_follow_it() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    let agent = issue_token(&url, "agent", "port-agent");
    let open = async |token: &str, last| {
        let stream = Stream::open(&world.server.url, token, "/api/events", last).await;
        stream.status().to_owned()
    };
    assert_eq!(open(&agent, None).await, "403");
    assert_eq!(open("nobody", None).await, "401");
    let auditor = issue_token(&url, "auditor", "auditor");
    assert_eq!(open(&auditor, Some(999_999)).await, "400");
    let bad = Client::new(&world.server.url, &auditor)
        .get("/api/events?kind=ship")
        .await;
    assert_eq!(bad.status, 400);
    let bad = Client::new(&world.server.url, &auditor)
        .get("/api/events?thing=V7")
        .await;
    assert_eq!(bad.status, 400);
}

/// What a reader has not read is not kept for it beyond a bound. It is told so, and loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_disconnected_with_a_hint_and_continues() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    let auditor = issue_token(&url, "auditor", "auditor");
    let head = world.admin.get("/api/log/head").await.position();
    let address = world.server.url.trim_start_matches("http://");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let socket = socket.connect(address.parse().expect("an address")).await;
    let socket = socket.expect("it listens");
    let mut slow = Stream::open_on(socket, &auditor, "/api/events", None).await;

    // More than the server keeps, while nothing is read. The customer is one entry more.
    let written = TAIL_KEPT as u64 + 2_000;
    world
        .cargoes(usize::try_from(written - 1).expect("few"), 1)
        .await;
    let mut seen = Vec::new();
    while let Some(event) = slow.next().await {
        seen.push(event.id);
    }
    assert!((seen.len() as u64) < written, "all {written} were buffered");
    assert!(
        slow.text.contains("Connect again with Last-Event-ID"),
        "{}",
        slow.text
    );

    let last = seen.last().copied().unwrap_or(head);
    let mut back = Stream::open(&world.server.url, &auditor, "/api/events", Some(last)).await;
    while seen.len() as u64 != written {
        seen.push(back.next().await.expect("the stream goes on").id);
    }
    assert!(seen.into_iter().eq(head + 1..=head + written));
}

/// A stream ends with its token, and does not keep a server from stopping.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_and_with_the_server() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    let issued = world
        .admin
        .run("issue-token", serde_json::json!({ "user": "clerk" }))
        .await;
    let token = issued.body["once"]["token"].as_str().expect("text");
    let mut revoked = Stream::open(&world.server.url, token, "/api/events", None).await;
    world
        .admin
        .accept("revoke-token", issued.body["outcome"].clone())
        .await;
    assert_eq!(
        revoked
            .next()
            .await
            .expect("the revocation itself")
            .name
            .as_deref(),
        Some("revoke-token")
    );
    assert!(revoked.next().await.is_none());

    let auditor = issue_token(&url, "auditor", "auditor");
    let mut kept = Stream::open(&world.server.url, &auditor, "/api/events", None).await;
    assert!(world.server.stop().success());
    assert!(kept.next().await.is_none());
}
