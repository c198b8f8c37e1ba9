//! The campaign, run by `scripts/campaign`. It kills, freezes, cuts off and fills up servers and
//! databases and sends them garbage, round after round under load. The history checker and `verify
//! --replay` judge every round. At the end it writes `docs/RELIABILITY.md`.
//!
//!     scripts/campaign [--seed SEED] [--scale PERCENT] [--only TRIAL] [--round SEED]
//!     scripts/campaign --binary PATH [--only ATTACK]
//!
//! `--seed` is the seed of the first round (default 1). `--scale` runs this percentage of the
//! rounds. `--only` runs the trials whose name contains the text. `--round` runs a single round of
//! those, by its seed. Only a full run writes the page. `--binary` runs only the attacks, against
//! another build, and reports broken bounds without failing.

#![expect(
    dead_code,
    reason = "what the tests share has more than a campaign needs"
)]

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod clocks;
mod description;
mod disk;
mod fuzz;
mod page;

use clap::Parser;
use std::time::{Duration, Instant};
use support::consumers::{self, Way};
use support::load::Verdict;
use support::mariadb::MariaDb;
use support::trials;
use support::world::Database;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 100)]
    scale: u64,
    #[arg(long, default_value = "")]
    only: String,
    #[arg(long)]
    round: Option<u64>,
    #[arg(long)]
    binary: Option<std::path::PathBuf>,
}

/// The trials, the number of rounds in a full run, and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trial {
    KilledServer(On),
    KilledDatabase,
    FrozenServer(On),
    SeveralServers(On),
    BadConnections,
    KilledConsumer(Way, On),
    KilledCrawler(On),
    FullDisk(On),
    JumpingClocks(On),
    Parsers,
    Http,
    Description,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Sqlite,
    MariaDb,
}

impl On {
    fn database(self) -> Database {
        match self {
            Self::Sqlite => Database::sqlite(),
            Self::MariaDb => Database::mariadb(),
        }
    }
}

use On::{MariaDb as OnMariaDb, Sqlite as OnSqlite};

const TRIALS: [(Trial, &str, u64); 20] = [
    (Trial::KilledServer(OnSqlite), "server killed, SQLite", 100),
    (
        Trial::KilledServer(OnMariaDb),
        "server killed, MariaDB",
        100,
    ),
    (Trial::KilledDatabase, "MariaDB killed", 50),
    (
        Trial::FrozenServer(OnSqlite),
        "one of two servers frozen, SQLite",
        10,
    ),
    (
        Trial::FrozenServer(OnMariaDb),
        "one of two servers frozen, MariaDB",
        10,
    ),
    (
        Trial::SeveralServers(OnSqlite),
        "three servers, killed and frozen, SQLite",
        20,
    ),
    (
        Trial::SeveralServers(OnMariaDb),
        "three servers, killed and frozen, MariaDB",
        20,
    ),
    (
        Trial::BadConnections,
        "connections cut and slow, MariaDB",
        30,
    ),
    (
        Trial::KilledConsumer(Way::Feed, OnSqlite),
        "consumer of the feed killed, SQLite",
        100,
    ),
    (
        Trial::KilledConsumer(Way::Stream, OnSqlite),
        "consumer of the stream killed, SQLite",
        100,
    ),
    (
        Trial::KilledConsumer(Way::Stream, OnMariaDb),
        "consumer of the stream killed, MariaDB",
        50,
    ),
    (
        Trial::KilledConsumer(Way::Snapshot, OnSqlite),
        "consumer killed that starts from snapshots, SQLite",
        100,
    ),
    (
        Trial::KilledCrawler(OnSqlite),
        "crawler of the feed of the log killed, SQLite",
        100,
    ),
    (Trial::FullDisk(OnSqlite), "disk full, SQLite", 5),
    (Trial::FullDisk(OnMariaDb), "disk full, MariaDB", 5),
    (Trial::JumpingClocks(OnSqlite), "clocks jump, SQLite", 10),
    (Trial::JumpingClocks(OnMariaDb), "clocks jump, MariaDB", 10),
    (Trial::Parsers, "mutated texts at the parsers", 10),
    (Trial::Http, "mutated requests at the HTTP interface", 20),
    (Trial::Description, "answers and the API description", 1),
];

impl Trial {
    /// Whether some calls must go unanswered at first.
    fn disturbs(self) -> bool {
        matches!(
            self,
            Self::KilledServer(_)
                | Self::KilledDatabase
                | Self::SeveralServers(_)
                | Self::BadConnections
                | Self::KilledConsumer(..)
                | Self::KilledCrawler(_)
        )
    }

    /// How many calls a round must have made to count.
    fn calls_min(self) -> usize {
        match self {
            // Two for each life: a snapshot and a stream, or some pages of the feed.
            Self::KilledConsumer(Way::Snapshot, _) | Self::KilledCrawler(_) => 16,
            _ => CALLS_MIN,
        }
    }

    async fn round(self, seed: u64, killed: &mut Option<MariaDb>) -> Result<Verdict, String> {
        match self {
            Self::KilledServer(on) => trials::killed_server(on.database(), seed).await,
            Self::KilledDatabase => {
                let database = killed.get_or_insert_with(|| MariaDb::start(&[]));
                trials::killed_database(database, seed).await
            }
            Self::FrozenServer(on) => trials::frozen_server(on.database(), seed).await,
            Self::SeveralServers(on) => trials::several_servers(on.database(), seed).await,
            Self::BadConnections => trials::bad_connections(seed).await,
            Self::KilledConsumer(way, on) => {
                consumers::killed_consumer(on.database(), way, seed).await
            }
            Self::KilledCrawler(on) => consumers::killed_crawler(on.database(), seed).await,
            Self::FullDisk(on) => disk::full_disk(on == On::Sqlite, seed).await,
            Self::JumpingClocks(on) => clocks::jumping_clocks(on.database(), seed).await,
            Self::Parsers => fuzz::parsers(seed),
            Self::Http => fuzz::http(seed).await,
            Self::Description => description::is_true(seed).await,
        }
    }
}

/// Fewer calls than this are not a load.
const CALLS_MIN: usize = 50;

/// Runs all rounds of one trial.
struct Tried {
    name: &'static str,
    rounds: u64,
    calls: usize,
    unsettled: usize,
    entries: usize,
    longest: Duration,
    failures: Vec<String>,
    took: Duration,
}

async fn run(trial: Trial, name: &'static str, seeds: std::ops::Range<u64>) -> Tried {
    let began = Instant::now();
    let mut tried = Tried {
        name,
        rounds: seeds.end - seeds.start,
        calls: 0,
        unsettled: 0,
        entries: 0,
        longest: Duration::ZERO,
        failures: Vec::new(),
        took: Duration::ZERO,
    };
    let mut killed = None;
    for seed in seeds {
        match trial.round(seed, &mut killed).await {
            Ok(verdict) if verdict.calls < trial.calls_min() => {
                let few = format!("seed {seed}: only {} calls", verdict.calls);
                println!("{name}, {few}");
                tried.failures.push(few);
            }
            Ok(verdict) => {
                println!("{name}, seed {seed}: {verdict:?}");
                tried.calls += verdict.calls;
                tried.unsettled += verdict.unsettled;
                tried.entries += verdict.entries;
                tried.longest = tried.longest.max(verdict.longest);
            }
            Err(reason) => {
                println!(
                    "{name}, seed {seed}: FAILED: {reason}\n\
                     again: scripts/campaign --only '{name}' --round {seed}"
                );
                tried.failures.push(format!("seed {seed}: {reason}"));
            }
        }
    }
    // A trial that disturbs nothing proves nothing.
    if trial.disturbs() && tried.rounds >= 10 && tried.unsettled == 0 {
        tried.failures.push("nothing was disturbed".to_owned());
    }
    tried.took = began.elapsed();
    tried
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    if let Some(other) = &arguments.binary {
        let attacked = attacks::run(&arguments.only, Some(other)).await;
        println!("\n{}", attacks::table(&attacked));
        return std::process::ExitCode::SUCCESS;
    }
    let is_full = arguments.scale >= 100 && arguments.only.is_empty();
    let began = Instant::now();
    let mut all = Vec::new();
    for (trial, name, rounds) in TRIALS {
        if !name.contains(&arguments.only) {
            continue;
        }
        let seeds = match arguments.round {
            Some(seed) => seed..seed + 1,
            None => arguments.seed..arguments.seed + (rounds * arguments.scale).div_ceil(100),
        };
        all.push(run(trial, name, seeds).await);
    }
    let attacked = attacks::run(&arguments.only, None).await;
    let (table, attacks) = (page::table(&all), attacks::table(&attacked));
    println!("\n{table}\n{attacks}");
    if is_full && arguments.round.is_none() {
        let text = page::text(&table, &attacks, arguments.seed, began.elapsed());
        std::fs::write("docs/RELIABILITY.md", text).expect("docs/RELIABILITY.md is written");
    }
    let failed = all.iter().any(|tried| !tried.failures.is_empty())
        || attacked.iter().any(|attacked| !attacked.broken.is_empty());
    std::process::ExitCode::from(u8::from(failed))
}
