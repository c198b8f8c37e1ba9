//! A load of clients that create, book, roll, accept and load cargoes until they are stopped, and
//! the verdict on what they saw.

use super::checker::{Logged, check};
use super::recorder::{Recorder, log};
use super::server::{Client, Response, issue_token, plimsoll};
use super::world::{World, cargo};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The user of the load. Only the load uses this name, so every entry of it comes from the load.
const USER: &str = "load";
/// The longest that an answer may take: the server's limit plus a margin.
const ANSWER_MAX: Duration = Duration::from_secs(61);

/// The servers, each with its current address.
pub type Servers = Arc<Vec<Mutex<Client>>>;

/// Running clients.
pub struct Load {
    recorder: Recorder,
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
    /// Whether the log is complete.
    is_over: Arc<AtomicBool>,
    follower: JoinHandle<Vec<Logged>>,
    servers: Servers,
}

/// The result of a round.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verdict {
    pub calls: usize,
    pub entries: usize,
    pub unsettled: usize,
    pub longest: Duration,
}

impl Load {
    /// Starts clients on a world. Each retries with the same key, on any available server, until
    /// its call is settled. Meanwhile a follower reads the log.
    pub async fn start(world: &World, others: &[&str], clients: usize, seed: u64) -> Self {
        let customer = world.customer().await;
        // One of them is soon full, so calls are refused for lack of space.
        for (number, teu) in [("WIDE", 50_000), ("NARROW", 60)] {
            let mut voyage = super::world::voyage(number);
            voyage["capacity"] = json!({ "teu": teu, "tonnes": 1_000_000 });
            world.planner.accept("schedule-voyage", voyage).await;
        }
        let url = world.database.url();
        let token = tokio::task::spawn_blocking(move || issue_token(&url, USER, "clerk"));
        let client = Client::new(&world.server.url, &token.await.expect("a token"));
        let handles = json!({ "user": USER, "role": "port-agent" });
        world.admin.accept("assign-role", handles).await;
        let mut servers = vec![Mutex::new(client.clone())];
        servers.extend(others.iter().map(|url| Mutex::new(client.to(url))));
        let servers: Servers = Arc::new(servers);
        let (recorder, stop) = (Recorder::default(), Arc::new(AtomicBool::new(false)));
        let clients = (0..clients).map(|number| {
            let desk = Desk {
                number,
                chance: StdRng::seed_from_u64(seed ^ (number as u64) << 32),
                customer: customer.clone(),
                recorder: recorder.clone(),
                servers: Arc::clone(&servers),
                tries: AtomicUsize::new(number),
            };
            tokio::spawn(desk.work(Arc::clone(&stop)))
        });
        let clients = clients.collect();
        let is_over = Arc::new(AtomicBool::new(false));
        let follower = follow(
            world.admin.clone(),
            Arc::clone(&servers),
            Arc::clone(&is_over),
        );
        Self {
            recorder,
            is_over,
            clients,
            follower: tokio::spawn(follower),
            stop,
            servers,
        }
    }

    /// A server has been restarted at another address.
    pub fn moved(&self, server: usize, url: &str) {
        let mut client = self.servers[server].lock().expect("no panic");
        *client = client.to(url);
    }

    /// Stops the clients after their last calls are settled, and judges what they and the follower
    /// saw with the history checker and `verify --replay`.
    pub async fn judge(self, admin: &Client, url: &str) -> Result<Verdict, String> {
        self.stop.store(true, Ordering::Relaxed);
        for client in join_all(self.clients).await {
            client.map_err(|error| format!("a client gave up: {error}"))?;
        }
        let entries = log(admin).await;
        self.is_over.store(true, Ordering::Relaxed);
        let followed = tokio::time::timeout(ANSWER_MAX, self.follower).await;
        let followed = followed.map_err(|_| "G10: the follower does not get to the end")?;
        let followed = followed.map_err(|error| format!("the follower gave up: {error}"))?;
        let calls = self.recorder.calls();
        check(&calls, &entries, &format!("user:{USER}"))?;
        if entries != followed {
            return Err("G10: the follower saw another log".to_owned());
        }
        let took = calls.iter().map(|call| call.answered - call.sent);
        let longest = Duration::from_nanos(took.max().unwrap_or(0));
        if longest > ANSWER_MAX {
            return Err(format!("a call took {longest:?}"));
        }
        let url = url.to_owned();
        let verified = tokio::task::spawn_blocking(move || {
            plimsoll(&["verify", "--replay", "--database", &url])
        });
        let verified = verified.await.expect("verify runs");
        if !verified.status.success() {
            let said = [verified.stdout, verified.stderr].concat();
            return Err(String::from_utf8_lossy(&said).into_owned());
        }
        let unsettled = calls.iter().filter(|call| !call.answer.is_settled());
        Ok(Verdict {
            unsettled: unsettled.count(),
            calls: calls.len(),
            entries: entries.len(),
            longest,
        })
    }
}

/// How a call must end. A roll may find no space.
enum Ends {
    Accepted,
    Refused,
    Either,
}

/// One client.
struct Desk {
    number: usize,
    chance: StdRng,
    customer: Value,
    recorder: Recorder,
    servers: Servers,
    tries: AtomicUsize,
}

impl Desk {
    async fn work(mut self, stop: Arc<AtomicBool>) {
        for round in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let key = format!("{}-{round}", self.number);
            let input = cargo(&self.customer, 1);
            let made = self.settle("create-cargo", &input, &key, &key).await;
            assert_eq!(made.status, 200, "{}", made.body);
            if self.chance.random_bool(0.7) {
                let made = made.body["outcome"]["cargo"].as_str().expect("its id");
                let voyage = if self.chance.random_bool(0.3) {
                    "NARROW"
                } else {
                    "WIDE"
                };
                let input = json!({ "cargo": made, "voyage": voyage });
                let key = format!("{key}-book");
                if self.tries_to("book-onto-voyage", &input, made, &key).await {
                    self.go_on(made, voyage, &key).await;
                }
            }
        }
    }

    /// What to do with a booked cargo: roll it, accept and load it, or neither.
    async fn go_on(&mut self, cargo: &str, voyage: &str, key: &str) {
        let other = if voyage == "WIDE" { "NARROW" } else { "WIDE" };
        let report = |kind: &str, voyage: Option<&str>| {
            let mut report = json!({ "cargo": cargo, "type": kind, "location": "HKHKG",
                "completed_at": "2026-01-01T00:00:00Z" });
            if let Some(voyage) = voyage {
                report["voyage"] = json!(voyage);
            }
            ("register-handling-event", report, Ends::Accepted)
        };
        let own = || json!({ "cargo": cargo });
        let rolled = json!({ "cargo": cargo, "from_voyage": voyage, "to_voyage": other });
        let steps = match self.chance.random_range(0..4) {
            0 => vec![
                ("roll-cargo", rolled, Ends::Either),
                ("release-cargo", own(), Ends::Accepted),
            ],
            1 => vec![
                ("accept-booking", own(), Ends::Accepted),
                report("RECEIVE", None),
                report("LOAD", Some(voyage)),
                // It is on board, and accepted.
                ("release-cargo", own(), Ends::Refused),
            ],
            _ => Vec::new(),
        };
        for (place, (operation, input, ends)) in steps.into_iter().enumerate() {
            let key = format!("{key}-{place}");
            let is_accepted = self.tries_to(operation, &input, cargo, &key).await;
            let is_expected = match ends {
                Ends::Accepted => is_accepted,
                Ends::Refused => !is_accepted,
                Ends::Either => true,
            };
            assert!(is_expected, "{operation} of {cargo}: {is_accepted}");
        }
    }

    /// Whether it is accepted. A rule may refuse it.
    async fn tries_to(&self, operation: &str, input: &Value, target: &str, key: &str) -> bool {
        let answer = self.settle(operation, input, target, key).await;
        assert!(matches!(answer.status, 200 | 409), "{}", answer.body);
        answer.status == 200
    }

    /// Each try goes to the next server.
    async fn settle(&self, operation: &str, input: &Value, target: &str, key: &str) -> Response {
        let next = || {
            let server = self.tries.fetch_add(1, Ordering::Relaxed) % self.servers.len();
            self.servers[server].lock().expect("no panic").clone()
        };
        self.recorder
            .settle(next, operation, input, target, key)
            .await
    }
}

/// Reads the log from the beginning as it grows, whatever happens to the servers, until it is
/// complete.
async fn follow(admin: Client, servers: Servers, is_over: Arc<AtomicBool>) -> Vec<Logged> {
    let mut seen: Vec<Logged> = Vec::new();
    for tries in 0.. {
        let is_last = is_over.load(Ordering::Relaxed);
        let here = servers[tries % servers.len()]
            .lock()
            .expect("no panic")
            .clone();
        let path = format!("/api/log?from={}&limit=200", seen.len() + 1);
        let asked = admin.to(here.url());
        let asked = asked.send(reqwest::Method::GET, &path, &[], None);
        if let Ok(Ok(page)) = tokio::time::timeout(Duration::from_secs(5), asked).await
            && page.status == 200
        {
            let items = page.body["items"].as_array().expect("items");
            seen.extend(items.iter().map(super::recorder::logged));
            if items.is_empty() && is_last {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    seen
}
