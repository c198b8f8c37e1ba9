//! Writes what the attacks did.

use super::Attacked;
use std::fmt::Write as _;
use std::time::Duration;

/// Up to this time, how many times slower an answer is means nothing: the attackers, the bystander
/// and the server share the machine.
const FLOOR: Duration = Duration::from_millis(50);

/// What the attacks cost, what bystanders saw, and what was broken.
pub fn table(all: &[Attacked]) -> String {
    let mut text = String::from(
        "| attack | memory before, MB | at most, MB (bound) | connections at most, MB (bound) | database grew, MB (bound) | further |\n\
         |---|--:|--:|--:|--:|---|\n",
    );
    for attacked in all {
        let _ = writeln!(
            text,
            "| {} | {} | {} ({}) | {} ({}) | {} ({}) | {} |",
            short(attacked.name),
            attacked.memory_before_mb,
            attacked.memory_peak_mb,
            attacked.bounds.memory_mb,
            attacked.system_peak_mb,
            attacked.bounds.system_mb,
            attacked.disk_mb,
            attacked.bounds.disk_mb,
            attacked.further.join("; "),
        );
    }
    text.push_str(
        "\n| attack | bystander | quiet p50, p99, ms | attacked p50, p99, ms | p99 within 3 times | answers | refused | recovered after, s |\n\
         |---|---|--:|--:|---|--:|--:|--:|\n",
    );
    for attacked in all {
        for seen in &attacked.seen {
            let is_within = seen.attacked.p99 <= FLOOR.max(seen.quiet.p99 * 3);
            let _ = writeln!(
                text,
                "| {} | {} | {}, {} | {}, {} | {} | {} | {} | {:.1} |",
                short(attacked.name),
                seen.what,
                millis(seen.quiet.p50),
                millis(seen.quiet.p99),
                millis(seen.attacked.p50),
                millis(seen.attacked.p99),
                if is_within { "yes" } else { "no" },
                seen.attacked.answered,
                seen.attacked.refused,
                seen.attacked.disturbed_until.as_secs_f64(),
            );
        }
    }
    for attacked in all {
        for broken in &attacked.broken {
            let _ = writeln!(text, "\n{}: {broken}", attacked.name);
        }
    }
    text
}

fn short(name: &str) -> &str {
    name.trim_start_matches("attack: ")
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}
