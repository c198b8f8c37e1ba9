//! Tests of the whole site over the in-memory store, with requests like a client's.

mod acts;
mod batch;
mod causes;
mod concerns;
mod consumers;
mod customers;
mod desk;
mod documents;
mod erased;
mod feeds;
mod handling;
mod histories;
mod life;
mod log_pages;
mod mementos;
mod omissions;
mod operations;
mod pages;
mod password_links;
mod past;
mod picked_things;
mod pickers;
mod ports;
mod quay;
mod readers;
mod reads;
mod rolls;
mod sailings;
mod sentences;
mod shares;
mod ships;
mod sign_ins;
mod simultaneous;
mod snapshots;
mod stranded;
mod tracking;
mod users;
mod visitor;

use crate::clock::{SystemChance, SystemClock};
use crate::measured::{MeasuredStore, Pulse};
use crate::metrics::Metrics;
use crate::pages::gate::Gate;
use crate::router::router;
use crate::state::Site;
use application::memory::MemoryStore;
use application::queries::Queries;
use application::{Call, Caller, Headers, Limits, Pipeline, Reply};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::log::reader::{Reader, Snapshot};
use domain::log::store::StoreError;
use domain::ports::{Chance, Clock};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// The secret of the one-time link.
const FIRST_RUN: &str = "first-run-secret";

/// A site with three locations, an administrator, and further users on request.
struct World {
    router: Router,
    pipeline: Pipeline,
    site: Arc<Site>,
    admin: String,
    store: MemoryStore,
}

/// A complete answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    /// The number of pieces in which it came.
    frames: usize,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// Asserts that this is a problem of a type with a status.
    #[track_caller]
    fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text
        );
        let json = self.json();
        assert_eq!(json["type"], format!("/problems/{kind}"), "{json}");
        assert_eq!(json["status"], status, "{json}");
        assert_eq!(json["instance"].as_str().map(str::len), Some(32), "{json}");
        for field in ["title", "detail"] {
            assert!(json[field].as_str().is_some_and(|text| !text.is_empty()));
        }
        json
    }

    /// Asserts that this is an accepted operation.
    #[track_caller]
    fn accepted(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }
}

/// A store with a single read connection. A request that opens a snapshot while it holds another one
/// fails: as many such requests as there are read connections would wait for each other.
struct OneSnapshot(MemoryStore);

#[async_trait]
impl Reader for OneSnapshot {
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let limit = Duration::from_secs(10);
        let opened = tokio::time::timeout(limit, self.0.snapshot()).await;
        opened
            .expect("waited for the only read connection: a request holds it and asks for another")
    }
}

impl World {
    async fn new() -> Self {
        Self::with(Arc::new(SystemClock)).await
    }

    /// A site with the given clock.
    async fn with(clock: Arc<dyn Clock>) -> Self {
        Self::behind(clock, Gate::new(false, Some(FIRST_RUN))).await
    }

    /// A site with the given clock and gate.
    async fn behind(clock: Arc<dyn Clock>, gate: Gate) -> Self {
        let store = MemoryStore::with_read_connections(1);
        let (metrics, pulse) = (Arc::new(Metrics::default()), Arc::new(Pulse::default()));
        let measured = MeasuredStore::new(
            Arc::new(store.clone()),
            Arc::clone(&metrics),
            Arc::clone(&pulse),
        );
        let limits = Limits::default();
        let program = "plimsoll test".to_owned();
        let (pipeline, sequencer) =
            Pipeline::new(Arc::new(measured), Arc::clone(&clock), limits, program);
        tokio::spawn(sequencer.run());
        let queries = Queries::new(Arc::new(OneSnapshot(store.clone())), Arc::clone(&clock));
        let (own, queue) = (pipeline.clone(), limits.queue);
        let site = Site::new(own, queries, clock, metrics, pulse, queue);
        let site = Arc::new(site.behind(gate));
        let mut world = Self {
            router: router(&site),
            pipeline,
            site,
            store,
            admin: String::new(),
        };
        world.admin = world.token("anna", "admin", None).await;
        let location = |code: &str, name: &str, country: &str| {
            json!({"un_locode": code, "name": name, "country": country, "latitude": 1.5,
                "longitude": 2.5, "time_zone": "Europe/Amsterdam"})
        };
        let input = json!({ "locations": [
            location("NLRTM", "Rotterdam", "NL"),
            location("DEHAM", "Hamburg", "DE"),
            location("SGSIN", "Singapore", "SG"),
        ]});
        world.system("add-locations", &input).await;
        world
    }

    /// Runs an operation as the command line does.
    async fn system(&self, operation: &str, input: &Value) -> application::Accepted {
        let definition = application::find(operation).unwrap();
        let (now, mut chance) = (SystemClock.now(), SystemChance);
        let ready = definition
            .read(input.to_string().as_bytes(), now, &mut chance)
            .unwrap_or_else(|error| panic!("{error:?}"));
        let caller = Caller::System("command-line");
        let call = Call::new(
            chance.id(now),
            definition,
            ready,
            caller,
            Headers::default(),
        );
        match self.pipeline.submit(call).await {
            Reply::Accepted(accepted) => *accepted,
            other => panic!("{operation}: {other:?}"),
        }
    }

    /// A token of a new user.
    async fn token(&self, user: &str, role: &str, customer: Option<&str>) -> String {
        self.system("register-user", &json!({ "name": user })).await;
        let mut input = json!({"user": user, "role": role});
        if let Some(customer) = customer {
            input["customer"] = json!(customer);
        }
        self.system("assign-role", &input).await;
        let issued = self.system("issue-token", &json!({ "user": user })).await;
        issued.once.unwrap()["token"].as_str().unwrap().to_owned()
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut frames) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            bytes.extend(frame.unwrap().into_data().unwrap());
            frames += 1;
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            frames,
        }
    }

    /// A request with the administrator's token.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.admin);
        let builder = Request::builder().method(method).uri(path);
        let builder = match headers.iter().any(|(name, _)| *name == "authorization") {
            true => builder,
            false => builder.header("authorization", bearer),
        };
        let builder = headers.iter().fold(builder, |builder, (name, value)| {
            builder.header(*name, *value)
        });
        self.send(builder.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    async fn run_with(&self, name: &str, input: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        let path = format!("/api/operations/{name}");
        self.ask(Method::POST, &path, &all, input.to_string()).await
    }

    async fn run(&self, name: &str, input: &Value) -> Answer {
        self.run_with(name, input, &[]).await
    }

    /// The id of a new customer.
    async fn customer(&self) -> String {
        let answer = self.run("new-customer", &new_customer("Blue Anchor")).await;
        let customer = answer.accepted()["outcome"]["customer"].clone();
        customer.as_str().unwrap().to_owned()
    }

    /// Schedules a voyage from Rotterdam by Hamburg to Singapore that carries 10 TEU.
    async fn voyage(&self, number: &str) {
        let input = json!({
            "number": number,
            "vessel": {"imo": ship(number), "name": "Emma"},
            "capacity": {"teu": 10, "tonnes": 1000},
            "overbooking_percent": 0,
            "cut_off_hours": 24,
            "movements": [
                {"from": "NLRTM", "to": "DEHAM",
                 "departs": "2199-01-01T00:00:00Z", "arrives": "2199-01-02T00:00:00Z"},
                {"from": "DEHAM", "to": "SGSIN",
                 "departs": "2199-01-03T00:00:00Z", "arrives": "2199-01-30T00:00:00Z"},
            ],
        });
        self.run("schedule-voyage", &input).await.accepted();
    }

    /// The tracking id of a new cargo with this many 22G1 containers.
    async fn cargo(&self, customer: &str, count: u32) -> String {
        let answer = self.run("create-cargo", &new_cargo(customer, count)).await;
        let cargo = answer.accepted()["outcome"]["cargo"].clone();
        cargo.as_str().unwrap().to_owned()
    }
}

fn new_customer(name: &str) -> Value {
    json!({"name": name, "email": "desk@example.com", "country": "NL"})
}

fn new_cargo(customer: &str, count: u32) -> Value {
    json!({
        "customer": customer,
        "origin": "NLRTM",
        "destination": "SGSIN",
        "arrival_deadline": "2199-02-20T00:00:00Z",
        "equipment": [{"type": "22G1", "count": count}],
        "gross_weight_kg": 20_000,
        "commodity": "Machine parts",
    })
}

/// The IMO number of the ship that sails a voyage, which sails no other.
fn ship(voyage: &str) -> String {
    if voyage == "V100" {
        return "9074729".to_owned();
    }
    let place = voyage
        .bytes()
        .fold(7, |place, byte| (place * 31 + u32::from(byte)) % 900_000);
    let digits = (100_000 + place).to_string();
    let weighted = digits.bytes().zip((2..8).rev());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", sum % 10)
}
