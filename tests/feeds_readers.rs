//! Readers that nobody here wrote read the feeds: `feedparser` and `cloudevents` of Python, and the crate
//! `feed-rs`.

use crate::support::server::{Client, issue_token, run_to_end};
use crate::support::world::{Database, World};
use reqwest::Method;
use serde_json::json;
use std::path::Path;
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn foreign_readers_read_the_feeds() {
    let world = World::start(Database::sqlite(), &[]);
    for _ in 0..45 {
        world.customer().await;
    }
    let token = issue_token(&world.database.url(), "integrator", "integrator");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = run_to_end(
        Command::new(root.join("target/readers/bin/python"))
            .arg(root.join("tests/readers/read.py"))
            .args([&world.server.url, &token]),
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    assert_eq!(said.trim(), "45 items on 3 pages, 20 events");

    let client = Client::new(&world.server.url, &token);
    for (accept, kind) in [
        ("application/atom+xml", feed_rs::model::FeedType::Atom),
        ("application/feed+json", feed_rs::model::FeedType::JSON),
    ] {
        let headers = [("accept", accept)];
        let path = "/feeds/customers/pages/1";
        let page = client.send(Method::GET, path, &headers, None).await;
        let body = page.expect("an answer").body;
        let text = body
            .as_str()
            .map_or_else(|| body.to_string(), str::to_owned);
        let feed = feed_rs::parser::parse(text.as_bytes()).expect("a feed");
        assert_eq!(feed.feed_type, kind);
        assert_eq!(feed.entries.len(), 20);
        let first = &feed.entries[0];
        assert!(first.id.starts_with("urn:uuid:") && first.published.is_some());
        assert_eq!(first.authors[0].name.as_deref(), Some("user:clerk"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_client_finds_mementos() {
    let world = World::start(Database::sqlite(), &[]);
    world.voyage("V100").await;
    for teu in [5, 6, 7, 8] {
        let input = json!({
            "voyage": "V100", "capacity": { "teu": teu, "tonnes": 1000 }, "overbooking_percent": 0,
        });
        world.planner.accept("change-voyage-capacity", input).await;
    }
    let token = issue_token(&world.database.url(), "auditor", "auditor");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let server = &world.server.url;
    let address = "/api/voyages/V100";
    let output = run_to_end(
        Command::new(root.join("target/readers/bin/python"))
            .arg(root.join("tests/readers/mementos.py"))
            .args([server, &token, address]),
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    assert_eq!(said.trim(), "5 mementos");

    // curl asks for what is newer than a memento, and gets it only if it is.
    let client = Client::new(server, &token);
    let history = client.get(&format!("{address}/history")).await.body;
    let position = &history["items"][1]["position"];
    for (time, status) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", "200"),
        ("Tue, 01 Jan 2199 00:00:00 GMT", "304"),
    ] {
        let output = run_to_end(
            Command::new("curl")
                .args([
                    "-sS",
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}",
                    "--time-cond",
                    time,
                ])
                .args(["-H", &format!("Authorization: Bearer {token}")])
                .arg(format!("{server}{address}?at={position}")),
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, status, "{time}");
    }
}
