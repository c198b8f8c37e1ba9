//! Writes the results as a page.

use super::Tried;
use std::fmt::Write as _;
use std::time::Duration;

/// The template of the page.
const FRAME: &str = include_str!("page.md");

/// One line for each trial and each failure.
pub fn table(all: &[Tried]) -> String {
    let mut text = String::from(
        "| trial | rounds | failed | calls | outcome unknown at first | log entries | longest answer, s | took, s |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for tried in all {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {:.1} | {:.0} |",
            tried.name,
            tried.rounds,
            tried.failures.len(),
            tried.calls,
            tried.unsettled,
            tried.entries,
            tried.longest.as_secs_f64(),
            tried.took.as_secs_f64(),
        );
    }
    for tried in all {
        for failure in &tried.failures {
            let _ = writeln!(text, "\n{}: {failure}", tried.name);
        }
    }
    text
}

/// The whole page.
pub fn text(table: &str, attacks: &str, seed: u64, took: Duration) -> String {
    let minutes = (took.as_secs_f64() / 60.0).round();
    FRAME
        .replace("{table}", table.trim_end())
        .replace("{attacks}", attacks.trim_end())
        .replace("{seed}", &seed.to_string())
        .replace("{minutes}", &minutes.to_string())
        .replace("{program}", &plimsoll::program())
}
