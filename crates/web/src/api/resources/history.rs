//! The history of one thing: its versions with what each of them changed, or one line for each
//! changed field as CSV.

use super::{ListParameters, Resource, csv_file, named, open, page_response, wants_csv};
use crate::csv::{Columns, Table};
use crate::headers;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::queries::{FieldDifference, PAGE_ITEMS_MAX, Reading, VersionView};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Value, json};

/// The columns. A version in which no field differs has a line with none.
const CSV: Columns = &[
    ("version", "/version"),
    ("position", "/position"),
    ("recorded_at", "/recorded_at"),
    ("operation", "/made_by/operation"),
    ("target", "/made_by/target"),
    ("actor", "/made_by/actor"),
    ("reason", "/made_by/reason"),
    ("caused_by", "/made_by/cause/position"),
    ("reactor", "/made_by/cause/reactor"),
    ("program", "/made_by/program"),
    ("field", "/change/field"),
    ("old", "/change/old"),
    ("new", "/change/new"),
];

/// The versions, oldest first.
pub(super) async fn show<R: Resource>(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let asked = ListParameters::of(Parameters::of(request.uri())?)?;
    if wants_csv(request.headers()) {
        site.admit(&caller).await?;
        return site
            .export(&caller, async || {
                let mut reading = open(&site, &caller, R::READ, asked.min_position).await?;
                whole_history::<R>(&mut reading, &name).await
            })
            .await;
    }
    let mut reading = open(&site, &caller, R::READ, asked.min_position).await?;
    let id = named::<R>(&name)?;
    let page = reading
        .history(&id, asked.cursor.as_deref(), asked.limit)
        .await?;
    Ok(page_response(request.uri(), &page))
}

/// All versions as CSV, regardless of the page.
async fn whole_history<R: Resource>(
    reading: &mut Reading,
    name: &str,
) -> Result<Response, Problem> {
    let id = named::<R>(name)?;
    let mut table = Table::new(CSV)?;
    let mut cursor: Option<String> = None;
    loop {
        let page = reading
            .history(&id, cursor.as_deref(), PAGE_ITEMS_MAX)
            .await?;
        for version in &page.items {
            table.fill(&lines::<R>(version))?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let is_plain = |own: &char| own.is_ascii_alphanumeric() || *own == '-';
    let name: String = name.chars().filter(is_plain).collect();
    csv_file(table, &format!("history-{name}"), reading.position())
}

/// The lines of one version.
fn lines<R: Resource>(version: &VersionView<R::View>) -> Vec<Value> {
    let line = |change: Value| {
        json!({
            "version": version.version,
            "position": version.position,
            "recorded_at": version.recorded_at,
            "made_by": version.made_by,
            "change": change,
        })
    };
    if version.changes.is_empty() {
        return vec![line(Value::Null)];
    }
    let changes = version.changes.iter();
    let told = |own: &FieldDifference| json!({ "field": own.field, "old": whole(&own.old), "new": whole(&own.new) });
    changes.map(|own| line(told(own))).collect()
}

/// A value in one cell. One with parts is JSON.
fn whole(value: &Value) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) => value.to_string().into(),
        simple => simple.clone(),
    }
}
