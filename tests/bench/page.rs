//! What was measured, as a page.

use super::runs::{Mode, Row, Workload};
use super::{Report, Round};
use std::fmt::Write as _;

/// What the figures stand between.
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

/// What holds a figure back, by where the processors' time went.
fn bound(row: &Row) -> &'static str {
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let used = row.used;
    let busy = (used.server + used.database + used.client) / row.seen.seconds;
    let is_embedded = row.database == "SQLite";
    if busy > 0.85 * cores {
        let largest = used.server.max(used.database).max(used.client);
        return match largest {
            _ if largest == used.server => "processors, the server most",
            _ if largest == used.database => "processors, the database most",
            _ => "processors, the client most",
        };
    }
    match row.mode {
        _ if !row.workload.writes() => "turns of one connection",
        Mode::Bare => "the database's one thread for the connection",
        Mode::OneByOne => "round trips and a commit for each operation",
        Mode::Batches if row.clients == 1 => "round trips and a commit for each operation",
        Mode::Batches if is_embedded => "server and SQLite in turn, one after the other",
        Mode::Batches => "server and database in turn, one after the other",
    }
}

const HEAD: &str = "| what | how | clients | a second | p50, ms | p99, ms | p99.9, ms | \
    processors: server / database / client | server's peak, MB | bound by |\n\
    |---|---|--:|--:|--:|--:|--:|---|--:|---|\n";

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One target: what it is, what was seen, whether that will do.
fn target(text: &mut String, what: &str, seen: f64, limit: f64, at_least: bool) {
    let is_met = if at_least {
        seen >= limit
    } else {
        seen <= limit
    };
    let (sign, verdict) = (
        if at_least { "at least" } else { "at most" },
        if is_met { "met" } else { "**missed**" },
    );
    let _ = writeln!(text, "| {what} | {sign} {limit} | {seen:.2} | {verdict} |");
}

fn targets(report: &Report) -> String {
    let mut text = String::from("| target | limit | seen | |\n|---|--:|--:|---|\n");
    let of = |database: &'static str| report.rounds.iter().filter(move |r| r.database == database);
    let ratio = |database, of_round: fn(&Round) -> f64| median(of(database).map(of_round));
    let speed = |row: &Row| row.seen.per_second();
    for database in ["MariaDB", "SQLite"] {
        let batching = ratio(database, |r| {
            r.ten_voyages.seen.per_second() / r.one_by_one.seen.per_second()
        });
        target(
            &mut text,
            &format!("{database}: batches to `--batch-limit 1`"),
            batching,
            10.0,
            true,
        );
        let bulk = ratio(database, |r| {
            r.ten_voyages.seen.per_second() / r.bare.seen.per_second()
        });
        target(
            &mut text,
            &format!("{database}: batches to the bare loop"),
            bulk,
            0.4,
            true,
        );
        let spread = ratio(database, |r| {
            r.ten_voyages.seen.quantile(0.99) / r.ten_voyages.seen.quantile(0.5)
        });
        target(
            &mut text,
            &format!("{database}: p99 to p50"),
            spread,
            12.0,
            false,
        );
        let contended = ratio(database, |r| {
            r.one_voyage.seen.quantile(0.99) / r.ten_voyages.seen.quantile(0.99)
        });
        target(
            &mut text,
            &format!("{database}: p99 on one voyage to p99 on ten (1 and a tenth for noise)"),
            contended,
            1.1,
            false,
        );
        let alone = report.alone.iter().filter(|alone| alone.0 == database);
        let alone = median(alone.map(|(_, server, bare)| server / bare));
        target(
            &mut text,
            &format!("{database}: one client alone, p50 to a bare transaction's"),
            alone,
            2.0,
            false,
        );
    }
    let pairs = of("SQLite").zip(of("MariaDB"));
    let embedded = median(pairs.map(|(s, m)| speed(&s.ten_voyages) / speed(&m.ten_voyages)));
    target(&mut text, "SQLite to MariaDB", embedded, 1.0, true);
    let peak = report.rows.iter().map(|row| row.memory).fold(0.0, f64::max);
    target(
        &mut text,
        "server's peak memory in all runs, MB",
        peak,
        256.0,
        false,
    );
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
            let is_limit = row.workload == Workload::Empty;
            let line = line(row);
            let _ = writeln!(
                text,
                "{}",
                if is_limit {
                    line.replace("batches", "limit")
                } else {
                    line
                }
            );
        }
    }
    text
}

/// The whole page.
pub fn text(report: &Report) -> String {
    FRAME
        .replace("{targets}", targets(report).trim())
        .replace("{side by side}", side_by_side(report).trim())
        .replace("{all}", all(report).trim())
        .replace("{program}", &plimsoll::program())
}
