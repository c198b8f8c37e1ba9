//! Readers that nobody here wrote read the feeds: `feedparser` and `cloudevents` of Python, and the crate
//! `feed-rs`.

use crate::support::server::{Client, issue_token, run_to_end};
use crate::support::world::{Database, World};
use reqwest::Method;
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
