//! Feeds: every change once, whichever way a reader walks and whatever writers do meanwhile, and the
//! same bytes wherever a full page comes from.

use crate::support::server::{Client, Response, Server, issue_token};
use crate::support::world::{Database, World};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const JSON_FEED: &str = "application/feed+json";

/// A walker from page to page. It is "killed" and resumed with nothing but the address it had come to.
struct Walker {
    client: Client,
    path: String,
}

async fn get(client: &Client, path: &str, accept: &str) -> Response {
    let headers = [("accept", accept)];
    let answer = client.send(Method::GET, path, &headers, None).await;
    answer.expect("an answer")
}

/// The address that a link leads to from a page.
fn follow(from: &str, href: &str) -> String {
    let base = reqwest::Url::parse("http://server").expect("a URL");
    let target = base.join(from).and_then(|page| page.join(href));
    target.expect("a relative address").path().to_owned()
}

impl Walker {
    /// Reads a page and moves on along a link, if the page has it.
    async fn step(&mut self, rel: &str) -> (Value, bool) {
        let page = get(&self.client, &self.path, JSON_FEED).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let next = page.body["_plimsoll"]["links"][rel].as_str();
        let next = next.map(|href| follow(&self.path, href));
        let goes_on = next.is_some();
        self.path = next.unwrap_or_else(|| self.path.clone());
        (page.body, goes_on)
    }
}

/// The items of a page by their number.
fn items(page: &Value) -> Vec<(u64, Value)> {
    let items = page["items"].as_array().expect("a list").iter();
    let numbered = items.map(|item| {
        let number = item["_plimsoll"]["number"].as_u64();
        (number.expect("a number"), item.clone())
    });
    numbered.collect()
}

async fn every_change_once(database: Database) {
    let world = World::start(database, &[]);
    let url = world.database.url();
    let token = issue_token(&url, "integrator", "integrator");
    let client = Client::new(&world.server.url, &token);
    for _ in 0..45 {
        world.customer().await;
    }
    // Writers go on while one walker goes back from the newest page and another one comes forward.
    let writers = async {
        for _ in 0..40 {
            world.customer().await;
        }
    };
    let back = async {
        let path = "/feeds/customers".to_owned();
        let mut walker = Walker {
            client: client.clone(),
            path,
        };
        let mut seen = Vec::new();
        loop {
            let (page, goes_on) = walker.step("next").await;
            seen.extend(items(&page).into_iter().map(|(number, _)| number));
            if !goes_on {
                return seen;
            }
        }
    };
    let ((), back) = tokio::join!(writers, back);
    assert!(back.len() >= 45);
    let all: Vec<u64> = (1..=back.len() as u64).rev().collect();
    assert_eq!(back, all, "each once, without a gap");

    let mut forward = BTreeMap::new();
    let mut path = "/feeds/customers/pages/1".to_owned();
    loop {
        // A walker that is killed starts again with the page it was on, and knows items by number.
        for attempt in 0..2 {
            let client = client.clone();
            let mut walker = Walker {
                client,
                path: path.clone(),
            };
            let (page, goes_on) = walker.step("previous").await;
            for (number, item) in items(&page) {
                let before = forward.insert(number, item.clone());
                assert_eq!(before.is_some(), attempt == 1, "{number}");
                assert!(before.is_none_or(|before| before == item), "{number}");
            }
            if attempt == 1 {
                path = if goes_on { walker.path } else { String::new() };
            }
        }
        if path.is_empty() {
            break;
        }
    }
    let current = world.admin.all("/api/customers").await;
    assert_eq!(forward.len(), current.len());
    assert!(forward.keys().copied().eq(1..=current.len() as u64));
    let (_, newest) = forward.last_key_value().expect("there are some");
    let data = &newest["_plimsoll"]["data"];
    assert!(
        current.iter().any(|own| own["customer"] == data["id"]),
        "{data}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_once_on_sqlite() {
    every_change_once(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_once_on_mariadb() {
    every_change_once(Database::mariadb()).await;
}

/// The bytes and tags of full pages.
async fn full_pages(client: &Client) -> Vec<(Option<String>, Value)> {
    let mut pages = Vec::new();
    for accept in [
        JSON_FEED,
        "application/feed+json; profile=change",
        "application/cloudevents-batch+json",
        "application/atom+xml",
    ] {
        for path in ["/feeds/log/pages/1", "/feeds/log/pages/2"] {
            let page = get(client, path, accept).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let cached = page.header("cache-control");
            assert_eq!(cached, Some("max-age=31536000, immutable"));
            pages.push((page.header("etag").map(str::to_owned), page.body));
        }
    }
    pages
}

async fn the_same_bytes_everywhere(database: Database) {
    let world = World::start(database, &[]);
    let url = world.database.url();
    for _ in 0..40 {
        world.customer().await;
    }
    let token = issue_token(&url, "integrator", "integrator");
    let pages = full_pages(&Client::new(&world.server.url, &token)).await;
    assert!(pages.iter().all(|(tag, _)| tag.is_some()));

    // The same on another server, one that also starts later, and after more changes.
    world.customer().await;
    let other = Server::start(&url, &[]);
    assert_eq!(full_pages(&Client::new(&other.url, &token)).await, pages);
    let known = pages[0].0.clone().expect("a tag");
    let client = Client::new(&other.url, &token);
    let headers = [("accept", JSON_FEED), ("if-none-match", known.as_str())];
    let again = client.send(Method::GET, "/feeds/log/pages/1", &headers, None);
    assert_eq!(again.await.expect("an answer").status, 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_everywhere_on_sqlite() {
    the_same_bytes_everywhere(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_everywhere_on_mariadb() {
    the_same_bytes_everywhere(Database::mariadb()).await;
}

/// A log that was put back from a backup and went on differently is noticed by the item that a reader
/// had last: it is gone, or has another id. Nothing differs before the fork.
#[tokio::test(flavor = "multi_thread")]
async fn a_cut_and_a_forked_history_show_to_a_reader() {
    let database = Database::sqlite();
    let Database::Sqlite(folder) = &database else {
        unreachable!("it is a file")
    };
    let url = database.url();
    let (file, backup) = (folder.path().join("test.db"), folder.path().join("backup"));
    let clerk = issue_token(&url, "clerk", "clerk");
    let reader = issue_token(&url, "integrator", "integrator");
    let write = async |server: &Server, how_many: usize| {
        let clerk = Client::new(&server.url, &clerk);
        for _ in 0..how_many {
            let input =
                json!({ "name": "Blue Anchor", "email": "desk@example.com", "country": "NL" });
            clerk.accept("new-customer", input).await;
        }
    };
    let read = async |server: &Server, page: u64| {
        let client = Client::new(&server.url, &reader);
        let path = format!("/feeds/customers/pages/{page}");
        let page = get(&client, &path, JSON_FEED).await;
        assert_eq!(page.status, 200, "{}", page.body);
        items(&page.body)
    };
    let last_of = |items: &[(u64, Value)], number: u64| {
        let found = items.iter().find(|(own, _)| *own == number);
        found.map(|(_, item)| item["id"].clone())
    };

    let server = Server::start(&url, &[]);
    write(&server, 25).await;
    server.stop();
    std::fs::copy(&file, &backup).expect("a backup");
    let server = Server::start(&url, &[]);
    write(&server, 10).await;
    let old = read(&server, 1).await;
    let seen = last_of(&read(&server, 2).await, 35).expect("the last item");
    server.stop();
    let server = Server::start(&url, &[]);
    assert_eq!(last_of(&read(&server, 2).await, 35), Some(seen.clone()));
    server.stop();

    std::fs::copy(&backup, &file).expect("put back");
    let server = Server::start(&url, &[]);
    assert_eq!(last_of(&read(&server, 2).await, 35), None, "cut");
    write(&server, 12).await;
    let other = last_of(&read(&server, 2).await, 35).expect("an item with this number");
    assert_ne!(other, seen, "forked");
    assert_eq!(read(&server, 1).await, old);
}
