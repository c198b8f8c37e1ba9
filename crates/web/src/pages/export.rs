//! Every list as a file for a spreadsheet, like the API's answer to `Accept: text/csv`, for
//! signed-in users.

use super::gate::Gate;
use super::history_file;
use super::thing::kind_on_pages;
use super::visit::{Away, Visit};
use crate::ROOMS;
use crate::api::resources::{Resource, whole_list};
use crate::api::{log, refusals};
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use application::queries::{Period, WhenListed};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::log::reader::LogFilter;
use form_urlencoded::Serializer;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One list.
pub(crate) const ONE: &str = "/export/{list}";

/// A list in full.
pub(crate) async fn download(
    State(site): State<Shared>,
    Path(list): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let Some(secret) = site.gate.session(&parts.headers) else {
        return Err(Away::sign_in(&parts.uri));
    };
    // A stranger waits for no place.
    drop(Visit::by(Shared::clone(&site), &secret, &parts.uri).await?);
    let caller = Gate::holder(&secret);
    let here = Shared::clone(&site);
    site.export(&caller, async || {
        let visit = Visit::of(here, &parts).await?;
        file(visit, &list).await.map(marked)
    })
    .await
}

/// Spreadsheets read a file as UTF-8 only if it begins with a byte order mark. Programs use the
/// API, whose files have none.
fn marked(file: Response) -> Response {
    let (parts, body) = file.into_parts();
    let mark = stream::once(async { Ok(Bytes::from_static(BYTE_ORDER_MARK.as_bytes())) });
    let body = Body::from_stream(mark.chain(body.into_data_stream()));
    Response::from_parts(parts, body)
}

/// A list that can be exported as a file.
pub(crate) struct Export {
    /// Its name, without `.csv`.
    pub(crate) name: &'static str,
    pub(crate) download: fn(Visit) -> BoxFuture<'static, Result<Response, Away>>,
}

impl Export {
    /// The list of a kind.
    pub(crate) const fn of<R: Resource>() -> Self {
        Self {
            name: R::WORDS.1,
            download: |visit| resource::<R>(visit).boxed(),
        }
    }
}

/// Lists that belong to no subdomain.
const SHARED: &[Export] = &[
    Export {
        name: "log",
        download: |visit| the_log(visit).boxed(),
    },
    Export {
        name: "history",
        download: |visit| the_history(visit).boxed(),
    },
    Export {
        name: "refusals",
        download: |visit| the_refusals(visit).boxed(),
    },
];

async fn file(visit: Visit, list: &str) -> Result<Response, Away> {
    let mut all = ROOMS.iter().flat_map(|room| room.exports).chain(SHARED);
    let Some(export) = all.find(|export| list.strip_suffix(".csv") == Some(export.name)) else {
        let detail = format!("There is no list named {list}.");
        return Err(Problem::new(&kinds::NOT_FOUND, detail).into());
    };
    (export.download)(visit).await
}

async fn resource<R: Resource>(mut visit: Visit) -> Result<Response, Away> {
    let filter = R::filter(&mut visit.parameters);
    let when = WhenListed {
        at: visit.parameters.at(),
        changed_after: None,
    };
    visit.parameters.finish()?;
    Ok(whole_list::<R>(&mut visit.reading, filter, when).await?)
}

fn log_filter(visit: &mut Visit) -> (LogFilter, Period) {
    let filter = LogFilter {
        operation: visit.parameters.line("operation", 200),
        actor: visit.parameters.line("actor", 200),
        target: visit.parameters.line("target", 200),
    };
    (filter, log::recorded(&mut visit.parameters))
}

async fn the_log(mut visit: Visit) -> Result<Response, Away> {
    let (filter, period) = log_filter(&mut visit);
    let from = visit.parameters.position("from").unwrap_or(0);
    visit.parameters.finish()?;
    Ok(log::whole(&mut visit.reading, &filter, from, period).await?)
}

async fn the_refusals(mut visit: Visit) -> Result<Response, Away> {
    let (filter, period) = log_filter(&mut visit);
    visit.parameters.finish()?;
    Ok(refusals::whole(&mut visit.reading, &filter, period).await?)
}

/// The history of the thing with this `kind` and `name`.
async fn the_history(mut visit: Visit) -> Result<Response, Away> {
    let mut given = |what| visit.parameters.line(what, 200).unwrap_or_default();
    let [kind, name] = ["kind", "name"].map(&mut given);
    std::mem::take(&mut visit.parameters).finish()?;
    if let Some(kind) = kind_on_pages(&kind)
        && let Some(file) = history_file::file(&mut visit, kind, &name).await?
    {
        return Ok(file);
    }
    let detail = "kind= and name= must name a thing with a history, for example kind=cargo&name=23456789AB3.";
    Err(Problem::new(&kinds::NOT_FOUND, detail).into())
}

/// The address of a list with a filter.
pub(crate) fn address(list: &str, given: Vec<(&str, Option<String>)>) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in given {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/export/{list}.csv{mark}{query}")
}

/// The files of these entries or refusals: `log` and `refusals`.
pub(crate) fn log_as(list: &str, filter: &LogFilter, period: Period) -> String {
    address(
        list,
        vec![
            ("operation", filter.operation.clone()),
            ("actor", filter.actor.clone()),
            ("target", filter.target.clone()),
            ("recorded_from", period.from.map(String::from)),
            ("recorded_until", period.until.map(String::from)),
        ],
    )
}
