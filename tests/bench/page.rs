//! Writes the measurements as a page.

use super::runs::{Mode, Row};
use super::{Report, Round};
use std::fmt::Write as _;

/// The template of the page.
const FRAME: &str = include_str!("page.md");

/// A row of the table.
pub fn line(row: &Row) -> String {
    let share = |seconds: f64| seconds / row.seen.seconds;
    format!(
        "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} / {:.2} / {:.2} | {:.0} | {} |",
        row.workload.name(),
        row.mode.name(),
        row.clients,
        row.seen.per_second(),
        row.seen.quantile(0.5),
        row.seen.quantile(0.99),
        row.seen.quantile(0.999),
        share(row.used.server),
        share(row.used.database),
        share(row.used.client),
        row.memory,
        bound(row),
    )
}

/// What limits a figure, judging by where the CPU time went.
fn bound(row: &Row) -> &'static str {
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let used = row.used;
    let busy = (used.server + used.database + used.client) / row.seen.seconds;
    let is_embedded = row.database == "SQLite";
    if busy > 0.85 * cores {
        let largest = used.server.max(used.database).max(used.client);
        return match largest {
            _ if largest == used.server => "CPU, mostly the server",
            _ if largest == used.database => "CPU, mostly the database",
            _ => "CPU, mostly the client",
        };
    }
    match row.mode {
        _ if !row.workload.writes() && row.clients == 1 => "round trips on one connection",
        _ if !row.workload.writes() => "the clients, on one thread",
        Mode::Bare => "the database's thread for the connection",
        Mode::OneByOne => "round trips and a commit for each operation",
        Mode::Batches if row.clients == 1 => "round trips and a commit for each operation",
        Mode::Batches if is_embedded => "server and SQLite take turns",
        Mode::Batches => "server and database take turns",
    }
}

const HEAD: &str = "| what | how | clients | per second | p50, ms | p99, ms | p99.9, ms | \
    cores: server / database / client | server's peak, MB | bound by |\n\
    |---|---|--:|--:|--:|--:|--:|---|--:|---|\n";

/// The middle one of some values, the upper one of two.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A limit that a ratio should keep.
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

use Limit::{AtLeast, AtMost};

impl Limit {
    fn line(&self, what: &str, seen: f64) -> String {
        let (text, is_met) = match self {
            AtLeast(limit) => (format!("at least {limit}"), seen >= *limit),
            AtMost(limit) => (format!("at most {limit}"), seen <= *limit),
        };
        let verdict = if is_met { "met" } else { "**missed**" };
        format!("| {what} | {text} | {seen:.2} | {verdict} |\n")
    }
}

type Ratio = fn(&Round) -> f64;

/// The ratios compared in each round on MariaDB.
const COMPARED: [(&str, Limit, Ratio); 4] = [
    (
        "batches to `--batch-limit 1`, bookings per second",
        AtLeast(10.0),
        |r| r.ten_voyages.seen.per_second() / r.one_by_one.seen.per_second(),
    ),
    (
        "batches to the bare loop, bookings per second",
        AtLeast(0.4),
        |r| r.ten_voyages.seen.per_second() / r.bare.seen.per_second(),
    ),
    ("p99 to p50", AtMost(12.0), |r| {
        r.ten_voyages.seen.quantile(0.99) / r.ten_voyages.seen.quantile(0.5)
    }),
    (
        "p99 on one voyage to p99 on ten (a tenth allowed for noise)",
        AtMost(1.1),
        |r| r.one_voyage.seen.quantile(0.99) / r.ten_voyages.seen.quantile(0.99),
    ),
];

fn targets(report: &Report) -> String {
    let mut text = String::from("| target, 128 clients | limit | seen | |\n|---|--:|--:|---|\n");
    let of = |database: &'static str| report.rounds.iter().filter(move |r| r.database == database);
    for (what, limit, ratio) in &COMPARED {
        text += &limit.line(
            &format!("MariaDB: {what}"),
            median(of("MariaDB").map(ratio)),
        );
    }
    let speed = |round: &Round| round.ten_voyages.seen.per_second();
    let pairs = of("SQLite").zip(of("MariaDB"));
    let embedded = median(pairs.map(|(sqlite, mariadb)| speed(sqlite) / speed(mariadb)));
    text += &AtLeast(1.0).line("SQLite to MariaDB, bookings per second", embedded);
    for database in ["MariaDB", "SQLite"] {
        let alone = report.alone.iter().filter(|alone| alone.0 == database);
        let alone = median(alone.map(|(_, server, bare)| server / bare));
        let what = format!("{database}: one client alone, p50 to that of a bare transaction");
        text += &AtMost(2.0).line(&what, alone);
    }
    let peak = report.rows.iter().map(|row| row.memory).fold(0.0, f64::max);
    text += &AtMost(256.0).line("the server's peak memory in all runs, MB", peak);
    text
}

fn side_by_side(report: &Report) -> String {
    let mut text = String::new();
    for database in ["MariaDB", "SQLite"] {
        let _ = write!(text, "\n### {database}\n\n{HEAD}");
        for round in report
            .rounds
            .iter()
            .filter(|round| round.database == database)
        {
            for row in [
                &round.one_by_one,
                &round.ten_voyages,
                &round.one_voyage,
                &round.bare,
            ] {
                let _ = writeln!(text, "{}", line(row));
            }
        }
    }
    text
}

fn all(report: &Report) -> String {
    let mut text = String::new();
    for database in ["MariaDB", "SQLite"] {
        let _ = write!(text, "\n### {database}\n\n{HEAD}");
        let rows = report.rows.iter().filter(|row| row.database == database);
        for row in rows {
            let _ = writeln!(text, "{}", line(row));
        }
    }
    text
}

/// How the table of the route search begins.
pub const ROUTES: &str = "| movements |";
/// How the table of what follows the log begins.
pub const FOLLOW: &str = "| following the log |";

/// The page of an earlier run with a new table in place of the one that begins so.
pub fn with_table(page: &str, begins: &str, table: &str) -> String {
    let Some(begin) = page.find(begins) else {
        return page.to_owned();
    };
    let length = page[begin..].find("\n\n").unwrap_or(page.len() - begin);
    format!("{}{table}{}", &page[..begin], &page[begin + length..])
}

/// The whole page.
pub fn text(report: &Report) -> String {
    FRAME
        .replace("{routes}", &super::routes::table(&report.routes))
        .replace("{follow}", &super::follow::table(&report.follow))
        .replace("{targets}", targets(report).trim())
        .replace("{side by side}", side_by_side(report).trim())
        .replace("{all}", all(report).trim())
        .replace("{program}", &plimsoll::program())
}
