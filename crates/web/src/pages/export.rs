//! Every list as a file for a spreadsheet, like the API's answer to `Accept: text/csv`, for
//! signed-in users.

use super::visit::{Away, Visit};
use crate::api::resources::{Resource, whole_list};
use crate::api::{log, refusals};
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use axum::extract::{Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use domain::booking::Cargo;
use domain::customers::Customer;
use domain::handling::HandlingEvent;
use domain::locations::Location;
use domain::log::reader::{CargoFilter, LogFilter, VoyageFilter};
use domain::voyages::Voyage;
use form_urlencoded::Serializer;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One list.
pub(crate) const ONE: &str = "/export/{list}";

/// A list in full.
pub(crate) async fn download(
    State(site): State<Shared>,
    Path(list): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let places = Shared::clone(&site);
    let _place = places.place(&places.exports).await?;
    let visit = Visit::of(site, &parts).await?;
    let file = file(visit, &list).await?;
    Ok(marked(file).await?)
}

/// Spreadsheets read a file as UTF-8 only if it begins with a byte order mark. Programs use the
/// API, whose files have none.
async fn marked(file: Response) -> Result<Response, Problem> {
    let (mut parts, body) = file.into_parts();
    let broken = |_| Problem::from(application::Failed::Broken);
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(broken)?;
    parts.headers.remove(header::CONTENT_LENGTH);
    let marked = [BYTE_ORDER_MARK.as_bytes(), &body].concat();
    Ok(Response::from_parts(parts, marked.into()))
}

async fn file(visit: Visit, list: &str) -> Result<Response, Away> {
    match list {
        "cargoes.csv" => resource::<Cargo>(visit).await,
        "voyages.csv" => resource::<Voyage>(visit).await,
        "customers.csv" => resource::<Customer>(visit).await,
        "locations.csv" => resource::<Location>(visit).await,
        "handling-events.csv" => resource::<HandlingEvent>(visit).await,
        "log.csv" => the_log(visit).await,
        "refusals.csv" => the_refusals(visit).await,
        other => {
            let detail = format!("There is no list named {other}.");
            Err(Problem::new(&kinds::NOT_FOUND, detail).into())
        }
    }
}

async fn resource<R: Resource>(mut visit: Visit) -> Result<Response, Away> {
    let filter = R::filter(&mut visit.parameters);
    visit.parameters.finish()?;
    Ok(whole_list::<R>(&mut visit.reading, filter).await?)
}

fn log_filter(visit: &mut Visit) -> LogFilter {
    LogFilter {
        operation: visit.parameters.line("operation", 200),
        actor: visit.parameters.line("actor", 200),
        target: visit.parameters.line("target", 200),
    }
}

async fn the_log(mut visit: Visit) -> Result<Response, Away> {
    let filter = log_filter(&mut visit);
    let from = visit.parameters.position("from").unwrap_or(0);
    visit.parameters.finish()?;
    Ok(log::whole(&mut visit.reading, &filter, from).await?)
}

async fn the_refusals(mut visit: Visit) -> Result<Response, Away> {
    let filter = log_filter(&mut visit);
    visit.parameters.finish()?;
    Ok(refusals::whole(&mut visit.reading, &filter).await?)
}

/// The address of a list with a filter.
fn address(list: &str, given: Vec<(&str, Option<String>)>) -> String {
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
pub(crate) fn log_as(list: &str, filter: &LogFilter) -> String {
    address(
        list,
        vec![
            ("operation", filter.operation.clone()),
            ("actor", filter.actor.clone()),
            ("target", filter.target.clone()),
        ],
    )
}

/// The file of these cargoes.
pub(crate) fn cargoes(filter: &CargoFilter) -> String {
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    address(
        "cargoes",
        vec![
            ("customer", filter.customer.map(|id| id.to_string())),
            ("status", filter.status.clone()),
            ("origin", filter.origin.clone()),
            ("destination", filter.destination.clone()),
            ("voyage", filter.voyage.clone()),
            ("port", filter.port.clone()),
            ("transport_status", filter.transport_status.clone()),
            ("misdirected", flag(filter.misdirected)),
            ("at_risk", flag(filter.at_risk)),
        ],
    )
}

/// The file of these voyages.
pub(crate) fn voyages(filter: &VoyageFilter) -> String {
    let left = filter
        .quarter_teu_left
        .map(|quarters| quarters as f64 / 4.0);
    address(
        "voyages",
        vec![
            ("port", filter.port.clone()),
            ("departs_from", filter.departs_from.map(String::from)),
            ("departs_until", filter.departs_until.map(String::from)),
            ("arrives_from", filter.arrives_from.map(String::from)),
            ("teu_left", left.map(|left| left.to_string())),
        ],
    )
}
