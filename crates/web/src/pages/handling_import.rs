//! Handling events from a file: what would become of its rows, and bringing them in.

use super::shell::{Shell, page};
use super::visit::{Away, Visit, file_form};
use crate::handling_import::{
    COLUMNS, Fate, Fates, Row, TEMPLATE, Tally, read, rehearse, report, run,
};
use crate::limits::IMPORT_BYTES_MAX;
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use application::Caller;
use application::policy::{self, Action};
use application::queries::QueryError;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::TokenHash;
use domain::handling::HandlingType;

/// Where a file is brought in.
pub(crate) const PATH: &str = "/handling/import";
/// A file to begin with.
pub(crate) const TEMPLATE_PATH: &str = "/handling/template.csv";

const OPERATION: &str = "register-handling-event";
/// Most rows that the page tells of one by one.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "handling_import.html")]
struct ImportPage {
    shell: Shell,
    columns: String,
    types: String,
    report: Option<Report>,
    /// Why the file could not be read at all.
    complaint: Option<String>,
}

/// What became, or would become, of the rows.
struct Report {
    is_rehearsal: bool,
    tally: Tally,
    /// The rows that are not in, and why: line and reason.
    bad: Vec<(u64, String)>,
    /// How many of those are not shown.
    more: usize,
}

impl Report {
    fn new(fates: &Fates, is_rehearsal: bool) -> Self {
        let out = fates
            .iter()
            .filter(|(_, fate)| matches!(fate, Fate::Bad(..) | Fate::Unsettled(_)));
        let count = out.clone().count();
        let bad = out.take(SHOWN).map(|(line, fate)| (*line, fate.reason()));
        Self {
            is_rehearsal,
            tally: Tally::of(fates),
            bad: bad.collect(),
            more: count.saturating_sub(SHOWN),
        }
    }
}

/// The form.
pub(crate) async fn form(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    may_run(&visit)?;
    answer(visit, StatusCode::OK, None, None)
}

fn may_run(visit: &Visit) -> Result<(), Problem> {
    let definition = application::find(OPERATION).expect("an operation");
    policy::decide(visit.reading.principal(), Action::Run(definition.about))
        .map_err(|detail| Problem::new(&kinds::POLICY, detail))
}

fn answer(
    mut visit: Visit,
    status: StatusCode,
    report: Option<Report>,
    complaint: Option<String>,
) -> Result<Response, Away> {
    let types: Vec<_> = HandlingType::ALL.iter().map(|known| known.word()).collect();
    let template = ImportPage {
        shell: visit.shell("Import handling events"),
        columns: COLUMNS.join(", "),
        types: types.join(", "),
        report,
        complaint,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// Rehearses a file, or brings it in.
pub(crate) async fn import(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let uri = request.uri().clone();
    let Some(secret) = site.gate.session(request.headers()) else {
        return Err(Away::sign_in(&uri));
    };
    let caller = Caller::Token(TokenHash::of(&secret));
    let place = site.place(&site.imports).await?;
    let (texts, file) = file_form(&site, request, IMPORT_BYTES_MAX).await?;
    let visit = Visit::by(Shared::clone(&site), &secret, &uri).await?;
    may_run(&visit)?;
    let rows = match read(&file) {
        Ok(rows) => rows,
        Err(reason) => {
            return answer(visit, StatusCode::UNPROCESSABLE_ENTITY, None, Some(reason));
        }
    };
    drop(visit);
    let has = |field: &str| texts.iter().any(|(name, _)| name == field);
    let is_rehearsal = has("dry_run");
    let fates = if is_rehearsal {
        rehearsed(Shared::clone(&site), caller, rows).await
    } else {
        let clock = site.clock.as_ref();
        Ok(run(&site.pipeline, &site.queries, clock, &caller, &rows, |_| {}).await)
    };
    drop(place);
    let fates = fates?;
    if has("report") {
        let file = "attachment; filename=\"handling-report.csv\"";
        let head = [
            (
                header::CONTENT_TYPE,
                "text/csv; charset=utf-8; header=present",
            ),
            (header::CONTENT_DISPOSITION, file),
            (header::CACHE_CONTROL, "no-store"),
        ];
        return Ok((head, report(&fates)).into_response());
    }
    let visit = Visit::by(Shared::clone(&site), &secret, &uri).await?;
    let report = Report::new(&fates, is_rehearsal);
    answer(visit, StatusCode::OK, Some(report), None)
}

/// Decides all rows of a file on a thread of its own: that takes a while, in one go.
async fn rehearsed(site: Shared, caller: Caller, rows: Vec<Row>) -> Result<Fates, QueryError> {
    let here = tokio::runtime::Handle::current();
    let decide =
        move || here.block_on(rehearse(&site.queries, site.clock.as_ref(), &caller, &rows));
    let decided = tokio::task::spawn_blocking(decide).await;
    decided.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// A file to begin with: the columns alone.
pub(crate) async fn template() -> Response {
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"handling.csv\"",
        ),
    ];
    (head, TEMPLATE).into_response()
}
