//! What was measured, as a page.

use super::Report;
use super::runs::Row;

/// A row of the table.
pub fn line(row: &Row) -> String {
    let share = |seconds: f64| seconds / row.seen.seconds;
    format!(
        "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} / {:.2} / {:.2} | {:.0} |",
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
    )
}

pub fn text(report: &Report) -> String {
    let _ = report;
    String::new()
}
