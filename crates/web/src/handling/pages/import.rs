//! Importing handling events from a file, and rehearsing it.

use crate::edge;
use crate::handling::import::{COLUMNS, Fates, Row, TEMPLATE, Tally, read, rehearse, report, run};
use crate::limits::IMPORT_BYTES_MAX;
use crate::pages::shell::{Shell, framed, page, render};
use crate::pages::visit::{Away, Visit, file_form};
use crate::pages::words;
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use crate::trace::Trace;
use application::Operation;
use application::handling::RegisterHandlingEvent;
use application::queries::QueryError;
use application::{Caller, Failed};
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::access::TokenHash;
use domain::handling::HandlingType;
use futures::{FutureExt, StreamExt, stream};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// The address of the import.
pub(crate) const PATH: &str = "/handling/import";
/// The template file.
pub(crate) const TEMPLATE_PATH: &str = "/handling/template.csv";

const OPERATION: &str = RegisterHandlingEvent::ABOUT.name;
/// The maximum number of rows shown one by one.
const SHOWN: usize = 500;

/// Where the page is split while the rows are processed.
const HERE: &str = "<!-- report -->";

#[derive(Template)]
#[template(path = "handling/import.html")]
struct ImportPage {
    shell: Shell,
    columns: String,
    types: String,
    report: Option<Report>,
    /// Why there is no report.
    complaint: Option<Complaint>,
}

struct Complaint {
    title: &'static str,
    text: String,
}

impl ImportPage {
    fn new(mut visit: Visit) -> Result<Self, Problem> {
        let types: Vec<_> = HandlingType::ALL.iter().map(|known| known.word()).collect();
        let shell = visit.shell("Import handling events");
        visit.parameters.finish()?;
        Ok(Self {
            shell,
            columns: COLUMNS.join(", "),
            types: types.join(", "),
            report: None,
            complaint: None,
        })
    }
}

/// The result of the rows, actual or rehearsed.
struct Report {
    is_rehearsal: bool,
    tally: Tally,
    /// The rows with something to say: line and reason.
    told: Vec<(u64, String)>,
    /// The number of those that are not shown.
    more: usize,
}

impl Report {
    fn new(fates: &Fates, is_rehearsal: bool) -> Self {
        let told = fates.iter().map(|(line, fate)| (*line, fate.reason()));
        let told = told.filter(|(_, reason)| !reason.is_empty());
        let count = told.clone().count();
        let told = told.take(SHOWN);
        Self {
            is_rehearsal,
            tally: Tally::of(fates),
            told: told.collect(),
            more: count.saturating_sub(SHOWN),
        }
    }
}

/// The form.
pub(crate) async fn form(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    may_run(&visit)?;
    Ok(page(StatusCode::OK, &ImportPage::new(visit)?))
}

fn may_run(visit: &Visit) -> Result<(), Problem> {
    let definition = application::find(OPERATION).expect("an operation");
    visit.reading.permit_to_run(definition.about)?;
    Ok(())
}

/// Rehearses or imports a file.
pub(crate) async fn import(
    State(site): State<Shared>,
    Extension(trace): Extension<Trace>,
    request: Request,
) -> Result<Response, Away> {
    let uri = request.uri().clone();
    let Some(secret) = site.gate.session(request.headers()) else {
        return Err(Away::sign_in(&uri).with_file());
    };
    let visit = Visit::by(Shared::clone(&site), &secret, &uri).await;
    let visit = visit.map_err(Away::with_file)?;
    may_run(&visit)?;
    // No snapshot is held, and no other upload waits, while a file arrives slowly.
    drop(visit);
    let caller = Caller::Session(TokenHash::of(&secret));
    let _own = site.share(&site.shares.uploads, &caller).await?;
    let _upload = site.place(&site.uploads).await?;
    let (texts, file) = file_form(&site, request, IMPORT_BYTES_MAX).await?;
    let place = site.place(&site.imports).await?;
    let visit = Visit::by(Shared::clone(&site), &secret, &uri).await?;
    may_run(&visit)?;
    let mut shown = ImportPage::new(visit)?;
    let rows = match read(&file) {
        Ok(rows) => rows,
        Err(reason) => {
            shown.complaint = Some(Complaint {
                title: "The file could not be read.",
                text: format!("{reason}. Nothing was changed."),
            });
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let has = |field: &str| texts.iter().any(|(name, _)| name == field);
    let work = Work {
        site,
        caller,
        rows,
        is_rehearsal: has("dry_run"),
        trace,
        _place: place,
    };
    if has("report") {
        return Ok(as_csv(work.begun(|_| {})));
    }
    Ok(as_it_goes(shown, work))
}

/// The rows of a file, and what to do with them.
struct Work {
    site: Shared,
    caller: Caller,
    rows: Vec<Row>,
    is_rehearsal: bool,
    trace: Trace,
    _place: OwnedSemaphorePermit,
}

impl Work {
    /// Starts the work. Returns the results of the rows, and reports progress from time to time.
    /// Once started, it runs to its end even if nobody waits for it.
    fn begun(
        self,
        tell: impl FnMut(usize) + Send + 'static,
    ) -> impl Future<Output = Result<Fates, Problem>> + Send + 'static {
        let (is_rehearsal, trace) = (self.is_rehearsal, self.trace);
        let done = tokio::spawn(async move {
            let done = match AssertUnwindSafe(self.done(tell)).catch_unwind().await {
                Ok(done) => done.map_err(Problem::from),
                Err(_) => Err(Problem::new(&kinds::BROKEN, broken(is_rehearsal))
                    .because("the import of a file panicked")),
            };
            done.inspect_err(|problem| edge::log(problem, trace))
        });
        async {
            done.await
                .unwrap_or_else(|ended| Err(Problem::from(Failed::Broken).because_of(&ended)))
        }
    }

    async fn done(self, tell: impl FnMut(usize)) -> Result<Fates, QueryError> {
        let Self {
            site, caller, rows, ..
        } = self;
        if self.is_rehearsal {
            return rehearsed(site, caller, rows).await;
        }
        let clock = site.clock.as_ref();
        run(&site.pipeline, &site.queries, clock, &caller, &rows, tell).await
    }
}

/// The message for a file on which the program failed.
fn broken(is_rehearsal: bool) -> &'static str {
    match is_rehearsal {
        true => "The import failed. Nothing was changed.",
        false => {
            "The import failed. Some rows may have been imported. Import the file again: those rows are skipped."
        }
    }
}

/// Streams the page while the rows are processed: first its head, then a new progress bar after each
/// batch of rows (only the latest is visible), and finally the report.
fn as_it_goes(mut shown: ImportPage, work: Work) -> Response {
    let (said, heard) = mpsc::unbounded_channel::<String>();
    let (all, is_rehearsal) = (work.rows.len(), work.is_rehearsal);
    let say = move |html: String| drop(said.send(html));
    say(halves(&shown).0);
    say(bar(None, all));
    let done = work.begun(move |done| say(bar(Some(done), all)));
    let last = async move {
        match done.await {
            Ok(fates) => shown.report = Some(Report::new(&fates, is_rehearsal)),
            Err(problem) => {
                shown.complaint = Some(Complaint {
                    title: "The result of the rows is unknown.",
                    text: problem.detail().to_owned(),
                });
            }
        }
        halves(&shown).1
    };
    // The work has sent everything when it closes its end of the channel.
    let heard = stream::unfold(heard, |mut heard| async {
        heard.recv().await.map(|html| (html, heard))
    });
    let told = heard.chain(stream::once(last)).map(Ok::<_, Infallible>);
    let mut response = framed(Html(Body::from_stream(told)).into_response());
    let kept = HeaderValue::from_static("no-store, no-transform");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response
}

/// The page before and after the progress bars.
fn halves(shown: &ImportPage) -> (String, String) {
    let html = render(shown);
    let (before, after) = html.split_once(HERE).expect("the template has the place");
    (before.to_owned(), after.to_owned())
}

/// The number of finished rows, and the total once it is known.
fn bar(done: Option<usize>, all: usize) -> String {
    let count = |rows: usize| words::count(rows as u64);
    let rows = if all == 1 { "row" } else { "rows" };
    let (value, words) = match done {
        None => (String::new(), format!("{} {rows}", count(all))),
        Some(done) => (
            format!(" max=\"{all}\" value=\"{done}\""),
            format!("{} of {} {rows}", count(done), count(all)),
        ),
    };
    format!("<p class=\"progress\"><progress{value}></progress> {words}</p>")
}

/// Sends the CSV report after the last row is processed. A failure aborts the download.
fn as_csv(done: impl Future<Output = Result<Fates, Problem>> + Send + 'static) -> Response {
    let file = "attachment; filename=\"handling-report.csv\"";
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (header::CONTENT_DISPOSITION, file),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let written = async {
        let fates = done.await.map_err(|problem| problem.detail().to_owned())?;
        Ok::<_, String>(report(&fates))
    };
    (head, Body::from_stream(stream::once(written))).into_response()
}

/// Rehearses all rows of a file on a thread of its own, because it takes a while without pausing.
async fn rehearsed(site: Shared, caller: Caller, rows: Vec<Row>) -> Result<Fates, QueryError> {
    let here = tokio::runtime::Handle::current();
    let decide =
        move || here.block_on(rehearse(&site.queries, site.clock.as_ref(), &caller, &rows));
    let decided = tokio::task::spawn_blocking(decide).await;
    decided.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// The template file: only the columns.
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
