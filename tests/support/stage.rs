//! Where a scenario runs: the same requests to the same router, in this process in memory, on
//! SQLite or on MariaDB, or to the program over HTTP.

use super::described;
use super::server::{Client, Response, issue_token};
use super::world::{Database, World};
use application::memory::MemoryStore;
use application::queries::Queries;
use application::verify::{Options, verify};
use application::{Call, Caller, Headers, Limits, Pipeline, Reply};
use axum::Router;
use axum::body::Body;
use domain::Moment;
use domain::log::reader::Reader;
use domain::log::store::Store;
use domain::ports::{Chance, Clock};
use http_body_util::BodyExt;
use plimsoll::clock::{SystemChance, SystemClock};
use plimsoll::server::Connections;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// The ports that scenarios call at. The program knows them, and many more, from its first start.
const PORTS: &[&str] = &[
    "HKHKG", "JPTYO", "USNYC", "USCHI", "SESTO", "NLRTM", "DEHAM", "AUMEL", "FIHEL",
];

/// The users of every scenario. Each has the role of its name.
const USERS: &[&str] = &["clerk", "planner", "auditor", "admin", "port-agent"];

/// A clock that can be set. Until then it shows the system time.
#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        match self.0.load(Ordering::Relaxed) {
            0 => SystemClock.now(),
            micros => Moment::from_micros(micros),
        }
    }
}

/// A place where a scenario runs.
pub struct Stage {
    door: Door,
    clock: Arc<Hands>,
    /// The HTTP address, if the server is in this process.
    url: Option<String>,
    tokens: Mutex<HashMap<String, String>>,
}

enum Door {
    Inside {
        router: Router,
        pipeline: Pipeline,
        reader: Arc<dyn Reader>,
        /// What must live as long as the stage.
        _kept: Option<Database>,
    },
    Http(Box<World>),
}

impl Door {
    /// The same site behind a socket.
    async fn served(self) -> (Self, Option<String>) {
        let Self::Inside { router, .. } = &self else {
            return (self, None);
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = listener.await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let forever = std::future::pending();
        let serving = plimsoll::server::serve(
            listener,
            router.clone(),
            Arc::default(),
            Connections::default(),
            forever,
        );
        tokio::spawn(serving);
        (self, Some(format!("http://{address}")))
    }
}

impl Stage {
    pub async fn on_memory() -> Self {
        let store = MemoryStore::default();
        Self::inside(Arc::new(store.clone()), Arc::new(store), None).await
    }

    pub async fn on_sqlite() -> Self {
        Self::on(Database::sqlite()).await
    }

    pub async fn on_mariadb() -> Self {
        Self::on(Database::mariadb()).await
    }

    async fn on(database: Database) -> Self {
        let store = opened(&database).await;
        let epoch = SystemChance.id(SystemClock.now());
        store.migrate(epoch).await.expect("the tables");
        Self::inside(store.store(), store.reader(), Some(database)).await
    }

    async fn inside(
        store: Arc<dyn Store>,
        reader: Arc<dyn Reader>,
        kept: Option<Database>,
    ) -> Self {
        let hands = Arc::new(Hands::default());
        let clock: Arc<dyn Clock> = Arc::clone(&hands) as Arc<dyn Clock>;
        let limits = Limits::default();
        let program = "plimsoll test".to_owned();
        let (pipeline, sequencer) = Pipeline::new(store, Arc::clone(&clock), limits, program);
        tokio::spawn(sequencer.run());
        let site = plimsoll::state::Site::new(
            pipeline.clone(),
            Queries::new(Arc::clone(&reader), Arc::clone(&clock)),
            clock,
            Arc::default(),
            Arc::default(),
            limits.queue,
        );
        let stage = Self {
            door: Door::Inside {
                router: plimsoll::router::router(&Arc::new(site)),
                pipeline,
                reader,
                _kept: kept,
            },
            clock: hands,
            url: None,
            tokens: Mutex::default(),
        };
        let port = |code: &&str| {
            json!({ "un_locode": code, "name": code, "country": &code[..2], "latitude": 1.5,
                "longitude": 2.5, "time_zone": "UTC" })
        };
        let ports: Vec<_> = PORTS.iter().map(port).collect();
        stage
            .by_the_system("add-locations", json!({ "locations": ports }))
            .await;
        for user in USERS {
            stage
                .enrol(user, json!({ "user": user, "role": user }))
                .await;
        }
        stage
    }

    /// Over HTTP to this process, whose clock can be set.
    pub async fn over_http_with_a_clock() -> Self {
        let stage = Self::on_sqlite().await;
        let (door, url) = stage.door.served().await;
        Self { door, url, ..stage }
    }

    /// Sets the clock to a time after everything recorded so far.
    pub fn at(&self, time: &str) {
        assert!(
            !matches!(self.door, Door::Http(_)),
            "the program has its own clock"
        );
        let time: Moment = time.parse().expect("a time");
        self.clock.0.store(time.micros(), Ordering::Relaxed);
    }

    /// Over HTTP to the program.
    pub fn over_http() -> Self {
        let world = World::start(Database::sqlite(), &[]);
        let token = |user: &&str| {
            (
                user.to_string(),
                issue_token(&world.database.url(), user, user),
            )
        };
        Self {
            tokens: Mutex::new(USERS.iter().map(token).collect()),
            clock: Arc::default(),
            url: None,
            door: Door::Http(Box::new(world)),
        }
    }

    async fn by_the_system(&self, operation: &str, input: Value) -> Option<Value> {
        let Door::Inside { pipeline, .. } = &self.door else {
            return None;
        };
        let definition = application::find(operation).expect("an operation");
        let json = serde_json::to_vec(&input).expect("JSON");
        let now = self.clock.now();
        let ready = definition
            .read(&json, now, &mut SystemChance)
            .expect("the right shape");
        let caller = Caller::System("command-line");
        let call = Call::new(
            SystemChance.id(now),
            definition,
            ready,
            caller,
            Headers::default(),
        );
        match pipeline.submit(call).await {
            Reply::Accepted(accepted) => accepted.once,
            other => panic!("{operation}: {other:?}"),
        }
    }

    /// Registers a user with a role and keeps its token.
    pub async fn enrol(&self, user: &str, role: Value) {
        let secret = match &self.door {
            Door::Inside { .. } => {
                self.by_the_system("register-user", json!({ "name": user }))
                    .await;
                self.by_the_system("assign-role", role).await;
                self.by_the_system("issue-token", json!({ "user": user }))
                    .await
            }
            Door::Http(_) => {
                self.accept("admin", "register-user", json!({ "name": user }))
                    .await;
                self.accept("admin", "assign-role", role).await;
                let issued = self
                    .run("admin", "issue-token", json!({ "user": user }))
                    .await;
                Some(issued.body["once"].clone())
            }
        };
        let token = secret.expect("a secret")["token"]
            .as_str()
            .expect("text")
            .to_owned();
        self.tokens
            .lock()
            .expect("no panic")
            .insert(user.to_owned(), token);
    }

    /// Sends a request and checks the answer against the API description.
    pub async fn send(
        &self,
        who: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Response {
        let token = self.tokens.lock().expect("no panic")[who].clone();
        let mut all = headers.to_vec();
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        let bytes = body.map(|body| serde_json::to_vec(body).expect("JSON"));
        let verb: reqwest::Method = method.parse().expect("a method");
        let url = match &self.door {
            Door::Http(world) => Some(&world.server.url),
            Door::Inside { .. } => self.url.as_ref(),
        };
        let response = match (url, &self.door) {
            (Some(url), _) => {
                let client = Client::new(url, &token);
                let response = client.send(verb, path, &all, bytes).await;
                response.expect("an answer")
            }
            (None, Door::Http(_)) => unreachable!("it has an address"),
            (None, Door::Inside { router, .. }) => {
                let mut request = axum::http::Request::builder()
                    .method(verb)
                    .uri(path)
                    .header("authorization", format!("Bearer {token}"));
                for (name, value) in all {
                    request = request.header(name, value);
                }
                let request = request
                    .body(Body::from(bytes.unwrap_or_default()))
                    .expect("a request");
                let response = router.clone().oneshot(request).await.expect("an answer");
                whole(response).await
            }
        };
        described::check(method, path, &response);
        response
    }

    pub async fn get(&self, who: &str, path: &str) -> Response {
        self.send(who, "GET", path, &[], None).await
    }

    pub async fn run(&self, who: &str, operation: &str, input: Value) -> Response {
        let path = format!("/api/operations/{operation}");
        self.send(who, "POST", &path, &[], Some(&input)).await
    }

    /// Verifies the data and decides all entries again.
    pub async fn verify(&self) {
        let reader = match &self.door {
            Door::Inside { reader, .. } => Arc::clone(reader),
            Door::Http(world) => opened(&world.database).await.reader(),
        };
        let options = Options {
            replay: true,
            ..Options::default()
        };
        let report = verify(reader, options, |_, _| {}).await;
        let report = report.unwrap_or_else(|trouble| panic!("{trouble}"));
        assert_eq!(report.entries, report.replayed);
    }

    /// Runs an operation that must be accepted. Returns its outcome.
    pub async fn accept(&self, who: &str, operation: &str, input: Value) -> Value {
        let answer = self.run(who, operation, input).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        answer.body["outcome"].clone()
    }
}

async fn opened(database: &Database) -> infrastructure::Database {
    let options = infrastructure::Options::default();
    let opened = infrastructure::Database::connect(&database.url(), &options).await;
    opened.expect("the database")
}

async fn whole(response: axum::response::Response) -> Response {
    let status = response.status().as_u16();
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (
            name.to_string(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    let headers = response.headers().iter().map(text).collect();
    let bytes = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    let body = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    Response {
        status,
        headers,
        body,
    }
}
