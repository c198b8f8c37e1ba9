//! The history of a thing as a file for a spreadsheet, in the words of its page.

use super::history::{Row, rows};
use super::thing::KindOnPages;
use super::visit::{Away, Visit};
use crate::api::resources::csv_file;
use crate::csv::{Columns, Table};
use application::queries::PAGE_ITEMS_MAX;
use axum::response::Response;
use serde_json::{Value, json};

/// The columns. A version in which nothing shown changed has a line without a change.
const COLUMNS: Columns = &[
    ("Version", "/version"),
    ("Entry", "/entry"),
    ("Time", "/time"),
    ("Operation", "/operation"),
    ("About", "/about"),
    ("By", "/by"),
    ("Reason", "/reason"),
    ("Caused by entry", "/cause"),
    ("Reactor", "/reactor"),
    ("Program", "/program"),
    ("What", "/what"),
    ("Before", "/before"),
    ("After", "/after"),
];

/// The file, latest version first, for kinds that have a history.
pub(super) async fn file(
    visit: &mut Visit,
    kind: &dyn KindOnPages,
    name: &str,
) -> Result<Option<Response>, Away> {
    let mut table = Table::new(COLUMNS)?;
    let mut before = None;
    loop {
        let found = kind.versions(&mut visit.reading, name, before, PAGE_ITEMS_MAX);
        let Some((versions, more)) = found.await? else {
            return Ok(None);
        };
        before = versions.last().map(|own| own.version);
        for row in rows(visit, versions, kind, name).await? {
            table.fill(&lines(&row))?;
        }
        if !more {
            break;
        }
    }
    let is_plain = |own: &char| own.is_ascii_alphanumeric() || *own == '-';
    let name: String = name.chars().filter(is_plain).collect();
    let position = visit.reading.position();
    Ok(Some(csv_file(table, &format!("history-{name}"), position)?))
}

/// The lines of one version: one for each change.
fn lines(row: &Row) -> Vec<Value> {
    let cause = row.cause.as_ref();
    let line = |what: &str, before: &str, after: &str| {
        json!({
            "version": row.version,
            "entry": row.entry,
            "time": row.time,
            "operation": row.title,
            "about": row.about.as_ref().map(|(name, _)| name),
            "by": row.actor,
            "reason": row.reason,
            "cause": cause.map(|(entry, _)| entry),
            "reactor": cause.map(|(_, reactor)| reactor),
            "program": row.program,
            "what": what,
            "before": before,
            "after": after,
        })
    };
    if row.changes.is_empty() {
        return vec![line("", "", "")];
    }
    let changes = row.changes.iter();
    changes
        .map(|own| line(&own.name, &own.before, &own.after))
        .collect()
}
