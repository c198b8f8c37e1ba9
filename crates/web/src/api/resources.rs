//! Reads named resources: lists, single resources with their past, and their histories. All kinds
//! share this. Differences are in the kind's own file.

mod described;
pub(crate) mod history;
mod mementos;

pub(crate) use crate::openapi::parts::Parameter;

use super::operations::etag;
use crate::csv::{Columns, Table, sent};
use crate::headers;
use crate::limits::{CURSOR_CHARS_MAX, MIN_POSITION_PAUSE, MIN_POSITION_TIMEOUT};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::parameters::{Parameters, with_cursor};
use crate::problem::{POSITION, Problem, kinds};
use crate::state::{Shared, Site};
use application::Caller;
use application::policy::Read;
use application::queries::{
    At, Found, Neighbours, PAGE_ITEMS_MAX, Page, Reading, Viewed, When, WhenListed,
};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use described::Described;
use domain::Names;
use mediatype::media_type;
use mementos::Original;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// A kind with addresses of its own.
pub(crate) trait Resource: Viewed {
    /// The name of a resource in an address.
    type Id: Names<Self> + Send + Sync;
    /// The address of the list.
    const LIST: &'static str;
    /// The address of one resource.
    const ONE: &'static str;
    /// The address of a resource's history.
    const HISTORY: &'static str;
    /// The address that leads to a resource's state at a time.
    const TIMEGATE: &'static str;
    /// The address of the list of a resource's past states.
    const TIMEMAP: &'static str;
    /// The words for one and for many.
    const WORDS: (&'static str, &'static str);
    /// The filter parameters of the list.
    const FILTERS: &'static [Parameter];
    /// The columns of the list as CSV.
    const CSV: Columns;
    /// The columns for customers.
    const CSV_FOR_CUSTOMERS: Columns = Self::CSV;
    /// Whether `happened_by` is supported.
    const HAPPENED: bool = false;

    /// Parses a name. The error describes its form.
    fn read_id(text: &str) -> Result<Self::Id, String>;
    /// Parses the filter of a list.
    fn filter(parameters: &mut Parameters) -> Self::Filter;
    /// The schema of a name.
    fn id_schema() -> RefOr<Schema>;
}

/// The endpoints of a kind.
pub(crate) fn endpoints<R: Resource<View: ToSchema>>() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let described = Described::of::<R>(&mut schemas);
    OpenApiRouter::new()
        .routes(
            Endpoint::at(R::LIST)
                .get(list::<R>, described.list)
                .with_schemas(schemas),
        )
        .routes(
            Endpoint::at(R::ONE)
                .get(one::<R>, described.one)
                .without_schemas(),
        )
        .routes(
            Endpoint::at(R::HISTORY)
                .get(history::show::<R>, described.history)
                .without_schemas(),
        )
        .routes(
            Endpoint::at(R::TIMEGATE)
                .get(mementos::time_gate::<R>, described.time_gate)
                .without_schemas(),
        )
        .routes(
            Endpoint::at(R::TIMEMAP)
                .get(mementos::time_map::<R>, described.time_map)
                .without_schemas(),
        )
}

async fn list<R: Resource>(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let filter = R::filter(&mut parameters);
    let when = WhenListed {
        at: parameters.at(),
        changed_after: parameters.position("changed_after"),
    };
    let asked = ListParameters::of(parameters)?;
    if wants_csv(request.headers()) {
        site.admit(&caller).await?;
        return site
            .export(&caller, async || {
                let mut reading = open(&site, &caller, R::READ, asked.min_position).await?;
                whole_list::<R>(&mut reading, filter, when).await
            })
            .await;
    }
    let mut reading = open(&site, &caller, R::READ, asked.min_position).await?;
    let found = reading
        .list_when::<R>(filter, when, asked.cursor.as_deref(), asked.limit)
        .await?;
    let mut response = page_response(request.uri(), &found.page);
    true_at(response.headers_mut(), reading.position());
    if found.provisional {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    Ok(response)
}

/// The header by which a list is JSON or CSV.
const ACCEPT: HeaderValue = HeaderValue::from_static("accept");

/// For answers that may be others when they are asked for again.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Whether the client asks for CSV rather than JSON: `Accept: text/csv`.
pub(crate) fn wants_csv(headers: &HeaderMap) -> bool {
    headers::prefers(
        headers,
        &media_type!(TEXT / CSV),
        &media_type!(APPLICATION / JSON),
    )
}

/// The whole list as CSV, as of one position, regardless of the page.
pub(crate) async fn whole_list<R: Resource>(
    reading: &mut Reading,
    filter: R::Filter,
    when: WhenListed,
) -> Result<Response, Problem> {
    let mut table = Table::new(match reading.is_for_customer() {
        true => R::CSV_FOR_CUSTOMERS,
        false => R::CSV,
    })?;
    let mut cursor: Option<String> = None;
    loop {
        let found = reading
            .list_when::<R>(filter.clone(), when, cursor.as_deref(), PAGE_ITEMS_MAX)
            .await?;
        table.fill(&found.page.items)?;
        cursor = found.page.next;
        if cursor.is_none() {
            return csv_file(table, R::WORDS.1, found.page.position);
        }
    }
}

/// A list as a download.
pub(crate) fn csv_file(table: Table, name: &str, position: u64) -> Result<Response, Problem> {
    let file = format!("attachment; filename=\"plimsoll-{name}-{position}.csv\"");
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, file),
    ];
    let mut response = (head, sent(table.finish()?)).into_response();
    response.headers_mut().insert(header::VARY, ACCEPT);
    true_at(response.headers_mut(), position);
    Ok(response)
}

async fn one<R: Resource>(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let mut when = When {
        at: parameters.at(),
        happened_by: R::HAPPENED
            .then(|| parameters.moment("happened_by"))
            .flatten(),
    };
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let is_original = when == When::default();
    let second = match is_original {
        true => mementos::asked(request.headers())?,
        // The address names a point already.
        false => None,
    };
    let mut reading = open(&site, &caller, R::READ, min_position).await?;
    let id = named::<R>(&name)?;
    let mut around = None;
    if second.is_some() {
        let found = reading.memento(&id, second).await?;
        when.at = Some(At::Position(found.own.position));
        around = Some(found);
    }
    let (tag, shown, version, is_provisional) = {
        let found = reading.one(&id, when).await?;
        let (tag, shown) = (tag_of::<R>(&found, when), json(&found.view));
        (tag, shown, found.version, found.provisional)
    };
    let may_see_past = version.filter(|_| when.happened_by.is_none());
    let is_settled = when.at.is_some() && (!is_provisional || reading.is_for_customer());
    if let (None, Some(version), true) = (around, may_see_past, is_settled) {
        around = Some(reading.memento_of(&id, version).await?);
    }
    let is_known = tag
        .to_str()
        .is_ok_and(|tag| headers::none_match(request.headers(), tag));
    let unmodified = |around: Neighbours| {
        !R::KIND.is_personal()
            && mementos::is_unmodified(request.headers(), &around.own, is_original)
    };
    let mut response = if is_known || around.is_some_and(unmodified) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        shown
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    true_at(headers, reading.position());
    if is_provisional {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    let original = Original::of(&site, &request, "");
    if is_original && may_see_past.is_some() {
        original.mark_present(headers);
    }
    if let Some(around) = around {
        original.mark_memento(headers, &around);
        if is_original {
            let address = HeaderValue::try_from(original.memento(&around.own));
            headers.extend(address.ok().map(|own| (header::CONTENT_LOCATION, own)));
        }
    }
    Ok(response)
}

/// The entity tag of a state.
fn tag_of<R: Resource>(found: &Found<R::View>, when: When) -> HeaderValue {
    // An erasure changes what past versions show.
    let may_change = R::KIND.is_personal() && when.at.is_some();
    let version = found.version.filter(|_| !may_change);
    match (version, &when.happened_by) {
        (Some(version), None) => match R::by_the_clock(&found.view) {
            None => etag(version),
            Some(word) => HeaderValue::try_from(format!("\"{version}+{word}\""))
                .expect("a number and a word are ASCII"),
        },
        // The version alone does not say what had happened by which time.
        (Some(version), Some(time)) => HeaderValue::try_from(format!("\"{version}-{time}\""))
            .expect("a number and a time are ASCII"),
        (None, _) => content_etag(&found.view),
    }
}

/// The parameters of every list.
pub(crate) struct ListParameters {
    pub(crate) limit: u64,
    pub(crate) cursor: Option<String>,
    pub(crate) min_position: Option<u64>,
}

impl ListParameters {
    /// Reads these and refuses the rest.
    pub(crate) fn of(mut parameters: Parameters) -> Result<Self, Problem> {
        let asked = Self {
            limit: parameters.limit(),
            cursor: parameters.line("cursor", CURSOR_CHARS_MAX),
            min_position: parameters.position("min_position"),
        };
        parameters.finish()?;
        Ok(asked)
    }
}

/// Parses a name from an address. An impossible name gets the same answer as an unknown one.
pub(crate) fn named<R: Resource>(name: &str) -> Result<R::Id, Problem> {
    R::read_id(name).map_err(|complaint| impossible(R::WORDS.0, name, &complaint))
}

/// The answer to an address with an impossible name of a thing.
pub(crate) fn impossible(thing: &str, name: &str, complaint: &str) -> Problem {
    let shown: String = name.chars().take(100).collect();
    let detail = format!("There is no {thing} {shown}: it {complaint}.");
    Problem::new(&kinds::NOT_FOUND, detail)
}

/// Opens a snapshot for this caller that is not older than a position. Waits a little for it.
pub(crate) async fn open(
    site: &Site,
    caller: &Caller,
    read: Read,
    min_position: Option<u64>,
) -> Result<Reading, Problem> {
    let began = Instant::now();
    loop {
        let reading = site.queries.open(caller, read).await?;
        let position = reading.position();
        let Some(wanted) = min_position.filter(|wanted| *wanted > position) else {
            return Ok(reading);
        };
        if began.elapsed() >= MIN_POSITION_TIMEOUT {
            let detail = format!(
                "Position {wanted} is not visible yet. The newest visible position is {position}."
            );
            return Err(Problem::new(&kinds::NOT_YET_VISIBLE, detail)
                .header(POSITION, HeaderValue::from(position))
                .retry());
        }
        drop(reading);
        tokio::time::sleep(MIN_POSITION_PAUSE).await;
    }
}

/// An entity tag of the content shown, for readers who may not learn how often it has changed.
pub(crate) fn content_etag(view: &impl Serialize) -> HeaderValue {
    bytes_etag(&serde_json::to_vec(view).expect("a view can be written"))
}

/// A strong entity tag of these bytes.
pub(crate) fn bytes_etag(bytes: &[u8]) -> HeaderValue {
    let digest = hex::encode(&Sha256::digest(bytes)[..16]);
    HeaderValue::try_from(format!("\"{digest}\"")).expect("digits in quotes are a header value")
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("a view can be written");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// States the position at which an answer is true.
pub(crate) fn true_at(headers: &mut HeaderMap, position: u64) {
    headers.insert(POSITION, HeaderValue::from(position));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
}

/// A page, with a link to the next.
pub(crate) fn page_response<T: Serialize>(uri: &Uri, page: &Page<T>) -> Response {
    let mut response = json(page);
    let headers = response.headers_mut();
    headers.insert(header::VARY, ACCEPT);
    true_at(headers, page.position);
    if let Some(cursor) = &page.next {
        let link = format!("<{}>; rel=\"next\"", with_cursor(uri, cursor));
        if let Ok(link) = HeaderValue::try_from(link) {
            headers.insert(header::LINK, link);
        }
    }
    response
}
