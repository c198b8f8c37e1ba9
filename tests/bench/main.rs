//! The benchmark, run by `scripts/bench`. It starts a private MariaDB and release servers on it and
//! on SQLite, and drives them. In the same run it measures what the database alone and the server
//! alone can do. It only measures and asserts nothing about speed.
//!
//! `--quick` runs a tenth of it and writes nothing. `--routes` measures only the route search and
//! updates its table, `--follow` what follows the log. `--compare BINARY` runs another build beside this one and prints the ratios.
//! Otherwise it writes `docs/PERFORMANCE.md`.

#![expect(
    dead_code,
    reason = "what the tests share has more than a benchmark needs"
)]

#[path = "../support/mod.rs"]
mod support;

mod bare;
mod client;
mod compare;
mod follow;
mod page;
mod processes;
mod routes;
mod runs;

use runs::{Mode, Row, Runs, Workload};
use std::path::Path;
use std::sync::OnceLock;
use support::mariadb::{MariaDb, other_server};
use support::world::Database;

/// Numbers of clients. Each holds a connection open.
const CLIENTS: [usize; 4] = [1, 32, 128, 256];
/// Rounds of the compared runs. Ratios are the median of the rounds.
const ROUNDS: usize = 3;
/// The number of clients in the compared runs.
const COMPARED: usize = 128;

/// The page with the figures.
const PAGE: &str = "docs/PERFORMANCE.md";

/// All measurements.
struct Report {
    rows: Vec<Row>,
    rounds: Vec<Round>,
    routes: Vec<routes::Found>,
    follow: Vec<follow::Figure>,
    /// One client alone, and the bare transaction, in ms.
    alone: Vec<(&'static str, f64, f64)>,
}

/// What was measured side by side on one database.
struct Round {
    database: &'static str,
    one_by_one: Row,
    ten_voyages: Row,
    one_voyage: Row,
    bare: Row,
}

/// The private MariaDB, with its own defaults for log, buffer and I/O.
pub fn server() -> &'static MariaDb {
    static SERVER: OnceLock<MariaDb> = OnceLock::new();
    let defaults = [
        "--innodb-log-file-size=96M",
        "--innodb-buffer-pool-size=128M",
        "--innodb-use-native-aio=1",
    ];
    SERVER.get_or_init(|| MariaDb::start(&defaults))
}

fn start(name: &str) -> Database {
    match name {
        "SQLite" => Database::sqlite(),
        _ => Database::MariaDb(other_server().unwrap_or_else(|| server().fresh_database())),
    }
}

async fn table(database: &'static str, scale: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for mode in [Mode::Batches, Mode::OneByOne] {
        let runs = Runs::start(database, start(database), mode, scale);
        for workload in Workload::ALL {
            if mode == Mode::OneByOne && !workload.writes() {
                continue;
            }
            for clients in CLIENTS {
                rows.push(runs.measure(workload, clients).await);
            }
        }
    }
    rows
}

async fn round(database: &'static str, scale: usize) -> Round {
    let one_by_one = Runs::start(database, start(database), Mode::OneByOne, scale);
    let one_by_one = one_by_one.measure(Workload::BookOnTen, COMPARED).await;
    let runs = Runs::start(database, start(database), Mode::Batches, scale);
    let ten_voyages = runs.measure(Workload::BookOnTen, COMPARED).await;
    let bare = runs.bare(&ten_voyages, &start(database), COMPARED).await;
    let one_voyage = runs.measure(Workload::BookOnOne, COMPARED).await;
    Round {
        database,
        one_by_one,
        ten_voyages,
        one_voyage,
        bare,
    }
}

async fn alone(database: &'static str, scale: usize) -> (&'static str, f64, f64) {
    let runs = Runs::start(database, start(database), Mode::Batches, scale);
    let row = runs.measure(Workload::BookOnTen, 1).await;
    let bare = runs.bare(&row, &start(database), 1).await;
    (database, row.seen.quantile(0.5), bare.seen.quantile(0.5))
}

/// Replaces a table on the page of an earlier run.
fn update(begins: &str, table: &str) {
    let page = std::fs::read_to_string(PAGE).expect("the page of an earlier run");
    std::fs::write(PAGE, page::with_table(&page, begins, table)).expect("the page is written");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let scale = if is_quick { 10 } else { 1 };
    let mut arguments = std::env::args().skip_while(|argument| argument != "--compare");
    if let Some(other) = arguments.nth(1) {
        compare::compare(Path::new(&other), scale).await;
        return;
    }
    let is_asked = |option: &str| std::env::args().any(|argument| argument == option);
    if is_asked("--follow") {
        let table = follow::table(&follow::measure(scale).await);
        if !is_quick {
            update(page::FOLLOW, &table);
        }
        return;
    }
    let mut found = Vec::new();
    println!("\nfinding routes");
    for size in routes::SIZES {
        found.push(routes::measure(size / scale).await);
    }
    if is_asked("--routes") {
        update(page::ROUTES, &routes::table(&found));
        return;
    }
    println!("\nfollowing the log");
    let mut report = Report {
        routes: found,
        follow: follow::measure(scale).await,
        rows: Vec::new(),
        rounds: Vec::new(),
        alone: Vec::new(),
    };
    for number in 0..ROUNDS {
        println!("\nside by side, round {}", number + 1);
        for database in ["MariaDB", "SQLite"] {
            report.rounds.push(round(database, scale).await);
            report.alone.push(alone(database, scale).await);
        }
    }
    for database in ["MariaDB", "SQLite"] {
        println!("\n{database}");
        report.rows.extend(table(database, scale).await);
    }
    let text = page::text(&report);
    if is_quick {
        println!("\n{text}");
    } else {
        std::fs::write(PAGE, text).expect("the page is written");
    }
}
