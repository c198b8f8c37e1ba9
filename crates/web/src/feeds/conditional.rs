//! The answer with a page: its headers, and 304 for a reader who has it already.

use super::VARY;
use super::accept::{Format, Profile, Wanted};
use super::items::Page;
use crate::api::resources::bytes_etag;
use crate::headers::{modified_since, none_match};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Moment;
use std::time::{Duration, SystemTime};

/// Full pages never change (RFC 8246). Without `public`, a shared cache stores them only if it is
/// configured to, and then it has to check the credentials of each reader itself.
const FOR_EVER: HeaderValue = HeaderValue::from_static("max-age=31536000, immutable");
/// Others change with the next entry.
const SHORT: HeaderValue = HeaderValue::from_static("max-age=1");

/// A page that may still change states when it was last modified once it is this old: until then,
/// another item could be recorded within the same second.
const SETTLED_MICROS: i64 = 10_000_000;

/// The answer to a conditional request (RFC 9110, section 13).
pub(super) fn respond(
    request: &HeaderMap,
    page: &Page,
    wanted: Wanted,
    body: Vec<u8>,
    now: Moment,
) -> Response {
    let tag = bytes_etag(&body);
    let is_settled = |at: &Moment| page.is_full() || at.plus_micros(SETTLED_MICROS) < now;
    let modified = page.updated.filter(is_settled);
    let modified = modified.map(|at| {
        let seconds = at.to_chrono().timestamp().unsigned_abs();
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    });
    let is_known = match request.contains_key(header::IF_NONE_MATCH) {
        true => tag.to_str().is_ok_and(|tag| none_match(request, tag)),
        false => modified.is_some_and(|modified| modified_since(request) >= Some(modified)),
    };
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, media_type(wanted))], body).into_response(),
    };
    let headers = response.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).expect("it is ASCII");
    headers.insert(header::ETAG, tag);
    headers.insert(header::VARY, VARY);
    headers.insert(
        header::CACHE_CONTROL,
        if page.is_full() { FOR_EVER } else { SHORT },
    );
    if let Some(modified) = modified {
        let date = httpdate::fmt_http_date(modified);
        headers.insert(header::LAST_MODIFIED, value(date));
    }
    let links = page.links().into_iter();
    let links = links.map(|(rel, href)| format!("<{href}>; rel=\"{rel}\""));
    let links = links.collect::<Vec<_>>().join(", ");
    headers.insert(header::LINK, value(links));
    response
}

fn media_type(Wanted { format, profile }: Wanted) -> String {
    let own = format.media_type();
    let charset = match format {
        Format::Atom => "; charset=utf-8",
        Format::JsonFeed | Format::CloudEvents => "",
    };
    match profile {
        Profile::Snapshot => format!("{own}{charset}"),
        other => format!("{own}{charset}; profile={}", other.word()),
    }
}
