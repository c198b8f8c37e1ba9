//! Another build of the server beside this one: the same workloads on both, alternately, in one run.

use super::page::median;
use super::runs::{Mode, Runs, Workload};
use super::start;
use crate::support::server::start_from;
use std::path::Path;

/// What is compared, with its number of clients.
const COMPARED: [(Workload, usize); 6] = [
    (Workload::Create, 128),
    (Workload::BookOnTen, 128),
    (Workload::BookOnOne, 128),
    (Workload::BookOnTen, 1),
    (Workload::ReadOne, 32),
    (Workload::List, 32),
];
/// Rounds on each database. An even number, so that each build comes first equally often.
const ROUNDS: usize = 4;

/// Requests per second and p99 in ms, of one workload.
#[derive(Clone, Copy)]
struct Figures {
    per_second: f64,
    p99: f64,
}

async fn run(database: &'static str, binary: Option<&Path>, scale: usize) -> Vec<Figures> {
    start_from(binary);
    let runs = Runs::start(database, start(database), Mode::Batches, scale);
    let mut seen = Vec::new();
    for (workload, clients) in COMPARED {
        let row = runs.measure(workload, clients).await;
        seen.push(Figures {
            per_second: row.seen.per_second(),
            p99: row.seen.quantile(0.99),
        });
    }
    seen
}

/// Compares the server with another build of it, and prints the ratios.
pub async fn compare(other: &Path, scale: usize) {
    let mut lines = String::new();
    for database in ["MariaDB", "SQLite"] {
        let mut pairs = Vec::new();
        for round in 0..ROUNDS {
            println!("\n{database}, round {}", round + 1);
            let is_other_first = round % 2 == 0;
            let (before, now) = if is_other_first {
                let before = run(database, Some(other), scale).await;
                (before, run(database, None, scale).await)
            } else {
                let now = run(database, None, scale).await;
                (run(database, Some(other), scale).await, now)
            };
            pairs.push((before, now));
        }
        for (number, (workload, clients)) in COMPARED.iter().enumerate() {
            let of = |ratio: fn(Figures, Figures) -> f64| {
                median(
                    pairs
                        .iter()
                        .map(|(before, now)| ratio(before[number], now[number])),
                )
            };
            let name = workload.name();
            let speed = of(|before, now| now.per_second / before.per_second);
            let tail = of(|before, now| now.p99 / before.p99);
            lines += &format!("| {database} | {name} | {clients} | {speed:.2} | {tail:.2} |\n");
        }
    }
    println!(
        "\nThis build to {}, medians of {ROUNDS} rounds\n",
        other.display()
    );
    println!(
        "| database | what | clients | requests per second | p99 |\n|---|---|--:|--:|--:|\n{lines}"
    );
}
