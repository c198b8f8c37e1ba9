//! Workloads. Each runs against a server of its own.

use super::bare::{Stretch, Taken};
use super::client::{Seen, drive, get, post};
use super::page;
use super::processes::{Used, peak_memory};
use super::server;
use super::support::mariadb::other_server;
use super::support::server::{issue_token, plimsoll};
use super::support::world::{Database, World, cargo, voyage};
use serde_json::json;
use std::cell::Cell;

/// How operations are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Batches,
    OneByOne,
    /// Without a server.
    Bare,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Batches => "batches",
            Self::OneByOne => "--batch-limit 1",
            Self::Bare => "bare loop",
        }
    }
}

/// What clients request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    Create,
    BookOnTen,
    BookOnOne,
    ReadOne,
    List,
    Empty,
}

impl Workload {
    pub const ALL: [Self; 6] = [
        Self::Create,
        Self::BookOnTen,
        Self::BookOnOne,
        Self::ReadOne,
        Self::List,
        Self::Empty,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "`create-cargo`",
            Self::BookOnTen => "`book-onto-voyage`, ten voyages",
            Self::BookOnOne => "`book-onto-voyage`, one voyage",
            Self::ReadOne => "read one cargo",
            Self::List => "list of 50 cargoes",
            Self::Empty => "empty request",
        }
    }

    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::BookOnTen | Self::BookOnOne)
    }
}

/// One measurement.
#[derive(Debug, Clone)]
pub struct Row {
    pub database: &'static str,
    pub mode: Mode,
    pub workload: Workload,
    pub clients: usize,
    pub seen: Seen,
    /// CPU time used during the run, in seconds.
    pub used: Used,
    /// The server's peak resident memory until then, in MB.
    pub memory: f64,
    /// The position of the log before and after the run.
    pub positions: (u64, u64),
}

/// A server under measurement.
pub struct Runs {
    name: &'static str,
    mode: Mode,
    world: World,
    token: String,
    scale: usize,
    /// The number of voyages scheduled so far.
    voyages: Cell<usize>,
}

impl Runs {
    pub fn start(name: &'static str, database: Database, mode: Mode, scale: usize) -> Self {
        let arguments: &[&str] = match mode {
            Mode::OneByOne => &["--batch-limit", "1"],
            _ => &[],
        };
        let world = World::start(database, arguments);
        let token = issue_token(&world.database.url(), "clerk", "clerk");
        Self {
            name,
            mode,
            world,
            token,
            scale,
            voyages: Cell::new(0),
        }
    }

    fn database_process(&self) -> Option<u32> {
        match self.world.database {
            Database::Sqlite(_) => None,
            Database::MariaDb(_) => other_server().is_none().then(|| server().pid()),
        }
    }

    fn how_many(&self, workload: Workload, clients: usize) -> usize {
        let whole = match (workload.writes(), self.mode, clients) {
            (true, Mode::Batches, 1) => 2_000,
            (true, _, 1) => 1_000,
            (true, Mode::Batches, 32) => 16_000,
            (true, Mode::Batches, _) => 30_000,
            (true, _, _) => 3_000,
            (false, _, 1) => 5_000,
            (false, _, _) => 20_000,
        };
        whole / self.scale
    }

    /// Runs one workload.
    pub async fn measure(&self, workload: Workload, clients: usize) -> Row {
        let how_many = self.how_many(workload, clients);
        let requests = self.requests(workload, how_many).await;
        let server = self.world.server.pid();
        let database = self.database_process();
        let first = self.position().await;
        let before = Used::now(server, database);
        let seen = drive(&self.world.server.url, &requests, clients).await;
        let used = Used::now(server, database).since(before);
        let row = Row {
            database: self.name,
            mode: self.mode,
            workload,
            clients,
            seen,
            used,
            memory: peak_memory(server),
            positions: (first, self.position().await),
        };
        println!("{}", page::line(&row));
        row
    }

    /// Writes the rows of a measurement again, bare, into another database.
    pub async fn bare(&self, row: &Row, other: &Database, size: usize) -> Row {
        let migrated = plimsoll(&["migrate", "--database", &other.url()]);
        assert!(migrated.status.success(), "{migrated:?}");
        let stretch = Stretch {
            operation: "book-onto-voyage",
            after: row.positions.0,
            until: row.positions.1,
        };
        let taken = Taken::from(&self.world.database.url(), &stretch, size).await;
        let server = self.world.server.pid();
        let database = self.database_process();
        let before = Used::now(server, database);
        let seen = taken.write(&other.url()).await;
        let used = Used::now(server, database).since(before);
        let bare = Row {
            mode: Mode::Bare,
            clients: size,
            seen,
            used,
            ..row.clone()
        };
        println!("{}", page::line(&bare));
        bare
    }

    async fn position(&self) -> u64 {
        let head = self.world.admin.get("/api/log/head").await;
        head.body["position"].as_u64().expect("a position")
    }

    async fn requests(&self, workload: Workload, how_many: usize) -> Vec<Vec<u8>> {
        let run = |operation: &str, body: &serde_json::Value| {
            let path = format!("/api/operations/{operation}");
            post(&path, &self.token, &body.to_string())
        };
        match workload {
            Workload::Create => {
                let customer = self.world.customer().await;
                vec![run("create-cargo", &cargo(&customer, 1)); how_many]
            }
            Workload::BookOnTen | Workload::BookOnOne => {
                let voyages = match workload {
                    Workload::BookOnTen => self.schedule(10).await,
                    _ => self.schedule(1).await,
                };
                let cargoes = self.world.cargoes(how_many, 1).await;
                let numbered = cargoes.iter().zip(voyages.iter().cycle());
                numbered
                    .map(|(cargo, voyage)| {
                        run(
                            "book-onto-voyage",
                            &json!({ "cargo": cargo, "voyage": voyage }),
                        )
                    })
                    .collect()
            }
            Workload::ReadOne => {
                let cargoes = self.world.cargoes(1_000, 1).await;
                let paths = cargoes.iter().map(|cargo| format!("/api/cargoes/{cargo}"));
                let paths: Vec<_> = paths.map(|path| get(&path, &self.token)).collect();
                paths.into_iter().cycle().take(how_many).collect()
            }
            Workload::List => vec![get("/api/cargoes?limit=50", &self.token); how_many],
            Workload::Empty => vec![get("/livez", &self.token); how_many],
        }
    }

    async fn schedule(&self, how_many: usize) -> Vec<String> {
        let mut numbers = Vec::new();
        for _ in 0..how_many {
            let number = format!("B{}", self.voyages.replace(self.voyages.get() + 1));
            let mut wide = voyage(&number);
            wide["capacity"] = json!({ "teu": 50_000, "tonnes": 1_000_000 });
            self.world.planner.accept("schedule-voyage", wide).await;
            numbers.push(number);
        }
        numbers
    }
}
