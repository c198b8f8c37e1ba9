//! Trials of consumers: programs that follow the log, are killed at random while writers go on, and
//! resume by the position that they confirmed.

use super::load::Verdict;
use super::server::{Client, Response, issue_token};
use super::world::{Database, World};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How a consumer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From page to page of the feed of customers.
    Feed,
    /// The event stream, and each state as of its position.
    Stream,
    /// A snapshot at every start, and the stream after it.
    Snapshot,
}

/// The name under which consumers register.
const NAME: &str = "replica";
/// How often a consumer is killed.
const LIVES: usize = 8;
/// How many customers writers add at least while it lives.
const WRITES: usize = 60;

/// What a consumer keeps: the newest version and state of each customer, by id. It survives the consumer
/// as its database would. Every change is made without waiting, so a kill leaves it whole.
#[derive(Default)]
struct Replica {
    things: BTreeMap<String, (u64, Value)>,
    /// The number of changes that it has taken over.
    changes: usize,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn number(value: &Value) -> u64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.or_else(|| value.as_u64()).expect("a number")
}

impl Replica {
    /// Takes over a version. One that came before is the same again, as after a kill between a change
    /// and its confirmation. A gap is a failure.
    fn take(&mut self, id: String, version: u64, state: Value) -> Result<(), String> {
        let state = impersonal(state);
        let known = self.things.get(&id);
        let last = known.map_or(0, |(version, _)| *version);
        if version <= last {
            return Ok(());
        }
        if version != last + 1 {
            return Err(format!("{id}: version {version} came after {last}"));
        }
        self.things.insert(id, (version, state));
        self.changes += 1;
        Ok(())
    }
}

/// A state without its personal fields, which feeds and snapshots have sealed, and resources open.
fn impersonal(mut state: Value) -> Value {
    let fields = state.as_object_mut().expect("an object");
    fields.retain(|name, _| !["name", "email"].contains(&name.as_str()));
    state
}

struct Consumer<'a> {
    client: Client,
    way: Way,
    replica: &'a mut Replica,
    calls: &'a AtomicUsize,
}

fn must(answer: &Response, status: u16) -> Result<(), String> {
    match answer.status == status {
        true => Ok(()),
        false => Err(format!("{}: {}", answer.status, answer.body)),
    }
}

impl Consumer<'_> {
    async fn get(&self, path: &str, accept: &str) -> Result<Response, String> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let headers = [("accept", accept)];
        let answer = self.client.send(Method::GET, path, &headers, None).await;
        answer.map_err(|error| format!("{path}: {error}"))
    }

    async fn read(&self, path: &str) -> Result<Value, String> {
        let answer = self.get(path, "application/json").await?;
        must(&answer, 200)?;
        Ok(answer.body)
    }

    /// Confirms a position by its hash.
    async fn confirm(&self, position: u64, hash: &str) -> Result<(), String> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let confirmed = confirm(&self.client, NAME, position, Some(hash)).await;
        must(&confirmed, 200)
    }

    async fn hash_at(&self, position: u64) -> Result<String, String> {
        let entry = self.read(&format!("/api/log/{position}")).await?;
        Ok(text(&entry["hash"]))
    }

    /// Lives until it has handled everything up to a position.
    async fn live(&mut self, until: u64) -> Result<(), String> {
        let own = self.read(&format!("/api/consumers/{NAME}")).await?;
        let confirmed = number(&own["position"]);
        if confirmed >= until {
            return Ok(());
        }
        match self.way {
            Way::Feed => self.crawl(confirmed, until).await,
            Way::Stream => self.follow(confirmed, until).await,
            Way::Snapshot => {
                let position = self.snapshot(confirmed).await?;
                match position >= until {
                    true => Ok(()),
                    false => self.follow(position, until).await,
                }
            }
        }
    }

    /// Goes back from the newest page to the confirmed position, and forward again from there.
    async fn crawl(&mut self, confirmed: u64, until: u64) -> Result<(), String> {
        let newest = self
            .get("/feeds/customers", "application/feed+json")
            .await?;
        must(&newest, 200)?;
        let older = newest.body["_plimsoll"]["links"]["next"].as_str();
        let older = older.and_then(|href| href.rsplit('/').next()?.parse::<u64>().ok());
        let mut page = older.map_or(1, |older| older + 1);
        while page > 1
            && self
                .page(page)
                .await?
                .is_none_or(|(first, _)| first > confirmed)
        {
            page -= 1;
        }
        loop {
            let Some((_, events)) = self.page(page).await? else {
                // The log may end with entries that change no customer.
                let head = self.read("/api/log/head").await?;
                if number(&head["position"]) >= until {
                    return self.confirm(until, &self.hash_at(until).await?).await;
                }
                continue;
            };
            let is_full = events.len() == 20;
            let last = events.last().map(|event| number(&event["position"]));
            for event in &events {
                let data = &event["data"];
                let (id, version) = (text(&data["id"]), number(&data["version"]));
                self.replica.take(id, version, data["state"].clone())?;
            }
            if let Some(last) = last.filter(|last| *last > confirmed) {
                self.confirm(last, &self.hash_at(last).await?).await?;
            }
            match is_full {
                true => page += 1,
                false => {
                    let head = self.read("/api/log/head").await?;
                    let again = self.page(page).await?;
                    let is_same = again.is_none_or(|(_, again)| again.len() == events.len());
                    if is_same && number(&head["position"]) >= until {
                        return self.confirm(until, &self.hash_at(until).await?).await;
                    }
                }
            }
        }
    }

    /// The events of a page and the position of the first, unless it is empty or missing.
    async fn page(&self, page: u64) -> Result<Option<(u64, Vec<Value>)>, String> {
        let path = format!("/feeds/customers/pages/{page}");
        let answer = self
            .get(&path, "application/cloudevents-batch+json")
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        must(&answer, 200)?;
        let events = answer.body.as_array().cloned().unwrap_or_default();
        let first = events.first().map(|event| number(&event["position"]));
        Ok(first.map(|first| (first, events)))
    }

    /// Replaces everything by a snapshot that is not older than what was confirmed.
    async fn snapshot(&mut self, confirmed: u64) -> Result<u64, String> {
        let path = format!("/api/snapshot/customers?min_position={confirmed}");
        let answer = self.get(&path, "application/x-ndjson").await?;
        must(&answer, 200)?;
        let position = answer.header("plimsoll-position").expect("a position");
        let position = position.parse().expect("a number");
        let lines = match &answer.body {
            Value::String(lines) => lines.clone(),
            line => line.to_string(),
        };
        let lines = lines.lines().map(serde_json::from_str::<Value>);
        let things = lines.map(|line| {
            let line = line.expect("JSON");
            let version = number(&line["version"]);
            let state = impersonal(line["state"].clone());
            (text(&line["id"]), (version, state))
        });
        self.replica.things = things.collect();
        let hash = self.hash_at(position).await?;
        self.confirm(position, &hash).await?;
        Ok(position)
    }

    /// Follows the event stream.
    async fn follow(&mut self, after: u64, until: u64) -> Result<(), String> {
        let mut stream = self
            .client
            .open(&format!("/api/events?after={after}"))
            .await
            .map_err(|error| error.to_string())?;
        let mut buffer = String::new();
        let mut expected = after + 1;
        loop {
            let piece = stream.chunk().await.map_err(|error| error.to_string())?;
            let piece = piece.ok_or("the stream ended")?;
            buffer.push_str(&String::from_utf8_lossy(&piece));
            while let Some(end) = buffer.find("\n\n") {
                let event: String = buffer.drain(..end + 2).collect();
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let Some(data) = data else { continue };
                let entry: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
                let position = number(&entry["position"]);
                if position != expected {
                    return Err(format!("position {position} came instead of {expected}"));
                }
                expected += 1;
                self.entry(&entry).await?;
                self.confirm(position, &text(&entry["hash"])).await?;
                if position >= until {
                    return Ok(());
                }
            }
        }
    }

    /// Takes over what an entry changed.
    async fn entry(&mut self, entry: &Value) -> Result<(), String> {
        let position = number(&entry["position"]);
        for changed in entry["changed"].as_array().expect("a list") {
            if changed["kind"] != "customer" {
                continue;
            }
            let (id, version) = (text(&changed["name"]), number(&changed["version"]));
            let mut state = self
                .read(&format!("/api/customers/{id}?at={position}"))
                .await?;
            // The feed and the snapshot have the state as it is stored.
            let fields = state.as_object_mut().expect("an object");
            fields.remove("version");
            let own = fields.remove("customer").expect("its id");
            fields.insert("id".to_owned(), own);
            self.replica.take(id, version, state)?;
        }
        Ok(())
    }
}

/// Confirms a position, by the hash that the log has there unless another is given.
pub async fn confirm(client: &Client, name: &str, position: u64, hash: Option<&str>) -> Response {
    let hash = match hash {
        Some(hash) => json!(hash),
        None => {
            let entry = client.get(&format!("/api/log/{position}")).await;
            match entry.status {
                200 => entry.body["hash"].clone(),
                _ => json!("0".repeat(64)),
            }
        }
    };
    let body = json!({ "position": position, "hash": hash });
    let path = format!("/api/consumers/{name}/position");
    let headers = [("content-type", "application/json")];
    let body = Some(body.to_string().into_bytes());
    let answer = client.send(Method::PUT, &path, &headers, body).await;
    answer.expect("an answer")
}

/// Adds customers and changes them until it is told to stop.
async fn write(world: &World, is_over: &AtomicBool) {
    let mut written = 0;
    while written < WRITES || !is_over.load(Ordering::Relaxed) {
        let customer = world.customer().await;
        let country = ["DE", "FR", "SE", "SG"][written % 4];
        let change = json!({ "customer": customer, "name": format!("Number {written}"),
            "email": "desk@example.com", "country": country });
        world.clerk.accept("change-customer", change).await;
        written += 1;
    }
}

/// A consumer that is killed at random ends with the state of the server, and has missed no version.
pub async fn killed_consumer(database: Database, way: Way, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let token = issue_token(&world.database.url(), "integrator", "integrator");
    let client = Client::new(&world.server.url, &token);
    let register = json!({ "name": NAME, "from": 0 });
    client.accept("register-consumer", register).await;
    let (mut replica, calls) = (Replica::default(), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    let mut kills = 0;
    let lives = async {
        for _ in 0..LIVES {
            let mut consumer = Consumer {
                client: client.clone(),
                way,
                replica: &mut replica,
                calls: &calls,
            };
            let life = Duration::from_millis(chance.random_range(5..300));
            // Dropping the consumer in the middle of whatever it does is its death.
            if let Ok(ended) = tokio::time::timeout(life, consumer.live(u64::MAX)).await {
                ended?;
            }
            kills += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        Ok::<_, String>(())
    };
    let ((), lived) = tokio::join!(write(&world, &is_over), lives);
    lived?;
    let head = client.get("/api/log/head").await.body;
    let head = number(&head["position"]);
    let mut consumer = Consumer {
        client: client.clone(),
        way,
        replica: &mut replica,
        calls: &calls,
    };
    consumer.live(head).await?;
    let mut present = Replica::default();
    let mut reader = Consumer {
        client: client.clone(),
        way: Way::Snapshot,
        replica: &mut present,
        calls: &calls,
    };
    reader.snapshot(head).await?;
    if replica.things != present.things {
        return Err(format!("{way:?}: the replica is not the present"));
    }
    if way != Way::Snapshot {
        let versions: u64 = present.things.values().map(|(version, _)| version).sum();
        if replica.changes as u64 != versions {
            let taken = replica.changes;
            return Err(format!("{way:?}: {taken} changes, but {versions} versions"));
        }
    }
    Ok(Verdict {
        calls: calls.load(Ordering::Relaxed),
        unsettled: kills,
        entries: usize::try_from(head).expect("few"),
        longest: Duration::ZERO,
    })
}

/// A crawler walks the feed of the log from its newest page to the first one and then forward to the
/// end, and is killed at random while writers go on. It sees each entry once.
pub async fn killed_crawler(database: Database, seed: u64) -> Result<Verdict, String> {
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::start(database, &[]);
    let token = issue_token(&world.database.url(), "integrator", "integrator");
    let client = Client::new(&world.server.url, &token);
    for _ in 0..50 {
        world.customer().await;
    }
    let is_over = AtomicBool::new(false);
    let mut crawler = Crawler::default();
    let mut kills = 0;
    let lives = async {
        while kills < LIVES || !crawler.is_at_first_page {
            let life = Duration::from_millis(chance.random_range(5..120));
            if let Ok(ended) = tokio::time::timeout(life, crawler.walk(&client)).await {
                ended?;
            }
            kills += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        Ok::<_, String>(())
    };
    let ((), lived) = tokio::join!(write(&world, &is_over), lives);
    lived?;
    crawler.walk(&client).await?;
    let head = number(&client.get("/api/log/head").await.body["position"]);
    match crawler.seen.iter().copied().eq(1..=head) {
        true => Ok(Verdict {
            calls: crawler.calls,
            unsettled: kills,
            entries: crawler.seen.len(),
            longest: Duration::ZERO,
        }),
        false => Err(format!("saw {} of {head} entries", crawler.seen.len())),
    }
}

/// What a crawler keeps. It changes without waiting, so a kill leaves it whole.
#[derive(Default)]
struct Crawler {
    seen: BTreeSet<u64>,
    /// The next page on the way back.
    back: Option<u64>,
    is_at_first_page: bool,
    /// The page from which it goes forward.
    forward: u64,
    calls: usize,
}

impl Crawler {
    /// Walks on until the end of the log.
    async fn walk(&mut self, client: &Client) -> Result<(), String> {
        if self.forward == 0 {
            let (page, items) = self.page(client, "/feeds/log").await?;
            self.forward = page;
            self.take(&items)?;
            self.back = Some(page - 1).filter(|page| *page > 0);
            self.is_at_first_page = self.back.is_none();
        }
        while let Some(page) = self.back {
            let path = format!("/feeds/log/pages/{page}");
            let (_, items) = self.page(client, &path).await?;
            self.take(&items)?;
            self.back = Some(page - 1).filter(|page| *page > 0);
            self.is_at_first_page = self.back.is_none();
        }
        loop {
            let path = format!("/feeds/log/pages/{}", self.forward);
            let (_, items) = self.page(client, &path).await?;
            // Only the page on which it began, and one that was not full, has items seen before.
            let fresh = items.iter().copied();
            let fresh: Vec<_> = fresh.filter(|item| !self.seen.contains(item)).collect();
            self.take(&fresh)?;
            match items.len() {
                20 => self.forward += 1,
                _ if fresh.is_empty() => return Ok(()),
                _ => {}
            }
        }
    }

    fn take(&mut self, items: &[u64]) -> Result<(), String> {
        for item in items {
            if !self.seen.insert(*item) {
                return Err(format!("entry {item} came twice"));
            }
        }
        Ok(())
    }

    /// The number of a page, and the positions on it.
    async fn page(&mut self, client: &Client, path: &str) -> Result<(u64, Vec<u64>), String> {
        self.calls += 1;
        let headers = [("accept", "application/feed+json; profile=id")];
        let answer = client.send(Method::GET, path, &headers, None).await;
        let answer = answer.map_err(|error| error.to_string())?;
        must(&answer, 200)?;
        let older = answer.body["_plimsoll"]["links"]["next"].as_str();
        let older = older.and_then(|href| href.rsplit('/').next()?.parse::<u64>().ok());
        let items = answer.body["items"].as_array().expect("a list").iter();
        let items = items.map(|item| number(&item["_plimsoll"]["position"]));
        Ok((older.map_or(1, |older| older + 1), items.collect()))
    }
}
