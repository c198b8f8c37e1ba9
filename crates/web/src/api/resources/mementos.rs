//! Mementos of single resources (RFC 7089): negotiation by `Accept-Datetime`, the time gate, the time
//! map, and the links between them.

use super::{Resource, bytes_etag, named, open, true_at};
use crate::headers;
use crate::parameters::Parameters;
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use application::queries::{MEMENTOS_MAX, Memento, Neighbours, TimeMap};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Moment;
use std::time::{Duration, SystemTime};

const ACCEPT_DATETIME: HeaderName = HeaderName::from_static("accept-datetime");
const MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");
/// The header by which an original resource is its present or its past.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept-datetime");
/// The media type of time maps (RFC 6690).
const LINK_FORMAT: &str = "application/link-format";
/// Full days repeat after this many years, with the days of the week.
const YEARS_REPEAT: u32 = 400;

/// The second that a request asks for.
///
/// # Errors
///
/// The header occurs twice or is not a date of HTTP.
pub(super) fn asked(headers: &HeaderMap) -> Result<Option<Moment>, Problem> {
    let Some(value) = headers::single(headers, &ACCEPT_DATETIME, "Accept-Datetime")? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(value).ok();
    text.and_then(second).map(Some).ok_or_else(|| {
        let detail = "must be a time like Tue, 11 Sep 2001 20:35:00 GMT";
        Problem::parameter(&kinds::MALFORMED_REQUEST, "Accept-Datetime", detail)
    })
}

/// Parses a date of HTTP in its usual form, with the right day of the week. Times before 1970 count as
/// its beginning.
fn second(text: &str) -> Option<Moment> {
    if !text.is_ascii() || text.len() != 29 {
        return None;
    }
    let year: u32 = text[12..16].parse().ok()?;
    let is_early = year < 1970;
    let text = match is_early {
        true => {
            let later = year + YEARS_REPEAT * (1970 - year).div_ceil(YEARS_REPEAT);
            format!("{}{later:04}{}", &text[..12], &text[16..])
        }
        false => text.to_owned(),
    };
    let time = httpdate::parse_http_date(&text).ok()?;
    if httpdate::fmt_http_date(time) != text {
        return None;
    }
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let micros = i64::try_from(since.as_micros()).ok()?;
    Some(Moment::from_micros(if is_early { 0 } else { micros }))
}

fn system_time(time: Moment) -> SystemTime {
    let seconds = time.to_chrono().timestamp().unsigned_abs();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A time as HTTP writes it, in whole seconds.
fn date(time: Moment) -> String {
    httpdate::fmt_http_date(system_time(time))
}

/// The address of an original resource, and those that belong to it.
pub(super) struct Original(String);

impl Original {
    /// From a request to the resource or, with what the path ends with, to one of the others.
    pub(super) fn of(site: &Site, request: &Request, ending: &str) -> Self {
        let path = request.uri().path();
        let path = path.strip_suffix(ending).unwrap_or(path);
        Self(site.gate.whole_address(path, request.headers()))
    }

    pub(super) fn memento(&self, memento: &Memento) -> String {
        format!("{}?at={}", self.0, memento.position)
    }

    fn time_map(&self, page: u64) -> String {
        match page {
            1 => format!("{}/timemap", self.0),
            _ => format!("{}/timemap?page={page}", self.0),
        }
    }

    /// The links to the resource and its time gate.
    fn links_to_itself(&self) -> Vec<String> {
        vec![
            format!("<{}>; rel=\"original\"", self.0),
            format!("<{}/timegate>; rel=\"timegate\"", self.0),
        ]
    }

    /// The links that all addresses of a resource have.
    fn links(&self) -> Vec<String> {
        let mut links = self.links_to_itself();
        links.push(format!(
            "<{}>; rel=\"timemap\"; type=\"{LINK_FORMAT}\"",
            self.time_map(1)
        ));
        links
    }

    /// A link to a memento.
    fn link(&self, memento: &Memento, relations: &str) -> String {
        let (address, time) = (self.memento(memento), date(memento.recorded_at));
        format!("<{address}>; rel=\"{relations}\"; datetime=\"{time}\"")
    }

    /// The links with a memento and its neighbours, each once.
    fn links_around(&self, around: &Neighbours) -> Vec<String> {
        let named = [
            ("first", Some(around.first)),
            ("prev", around.prev),
            ("", Some(around.own)),
            ("next", around.next),
            ("last", Some(around.last)),
        ];
        let mut links = self.links();
        let mut seen = Vec::new();
        for memento in named.iter().filter_map(|(_, memento)| *memento) {
            if seen.contains(&memento.version) {
                continue;
            }
            seen.push(memento.version);
            let own = named.iter().filter(|(_, other)| *other == Some(memento));
            let own = own.map(|(relation, _)| *relation).chain(["memento"]);
            let relations: Vec<_> = own.filter(|relation| !relation.is_empty()).collect();
            links.push(self.link(&memento, &relations.join(" ")));
        }
        links
    }

    /// Marks an answer with the present state.
    pub(super) fn mark_present(&self, headers: &mut HeaderMap) {
        headers.insert(header::VARY, VARY);
        headers.insert(header::LINK, value(self.links().join(", ")));
    }

    /// Marks an answer as a memento.
    pub(super) fn mark_memento(&self, headers: &mut HeaderMap, around: &Neighbours) {
        headers.insert(MEMENTO_DATETIME, value(date(around.own.recorded_at)));
        headers.insert(header::LAST_MODIFIED, value(date(around.own.recorded_at)));
        headers.insert(header::LINK, value(self.links_around(around).join(", ")));
    }
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("addresses and dates are ASCII")
}

/// Whether the client has a memento already, by `If-Modified-Since`. A memento never changes, but on the
/// original resource a later time may be that of another memento.
pub(super) fn is_unmodified(headers: &HeaderMap, memento: &Memento, is_original: bool) -> bool {
    let recorded_at = system_time(memento.recorded_at);
    let is_known = |since: SystemTime| match is_original {
        true => since == recorded_at,
        false => since >= recorded_at,
    };
    !headers.contains_key(header::IF_NONE_MATCH)
        && headers::modified_since(headers).is_some_and(is_known)
}

/// The time gate: leads to the memento that `Accept-Datetime` names, or to the last one.
pub(super) async fn time_gate<R: Resource>(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    Parameters::of(request.uri())?.finish()?;
    let second = asked(request.headers())?;
    let mut reading = open(&site, &caller, R::READ, None).await?;
    let id = named::<R>(&name)?;
    let around = reading.memento(&id, second).await?;
    let original = Original::of(&site, &request, "/timegate");
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    true_at(headers, reading.position());
    headers.insert(header::LOCATION, value(original.memento(&around.own)));
    headers.insert(header::VARY, VARY);
    headers.insert(
        header::LINK,
        value(original.links_around(&around).join(", ")),
    );
    Ok(response)
}

/// The time map: a page of the mementos, oldest first.
pub(super) async fn time_map<R: Resource>(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let page = parameters
        .number("page", 1, u64::from(u32::MAX))
        .unwrap_or(1);
    parameters.finish()?;
    let mut reading = open(&site, &caller, R::READ, None).await?;
    let id = named::<R>(&name)?;
    let found = reading.time_map(&id, page).await?;
    let original = Original::of(&site, &request, "/timemap");
    let body = written(&original, page, &found)?;
    let tag = bytes_etag(body.as_bytes());
    let is_known = headers::none_match(request.headers(), tag.to_str().unwrap_or_default());
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, LINK_FORMAT)], body).into_response(),
    };
    response.headers_mut().insert(header::ETAG, tag);
    true_at(response.headers_mut(), reading.position());
    Ok(response)
}

/// A page of the time map in link format.
fn written(original: &Original, page: u64, found: &TimeMap) -> Result<String, Problem> {
    let (Some(first), Some(last)) = (found.mementos.first(), found.mementos.last()) else {
        let pages = found.total.div_ceil(MEMENTOS_MAX);
        let detail = format!("must be 1 to {pages}, the number of pages");
        return Err(Problem::parameter(
            &kinds::INVALID_PARAMETER,
            "page",
            detail,
        ));
    };
    let part = |page, relation, (first, last): (&Memento, &Memento)| {
        let (from, until) = (date(first.recorded_at), date(last.recorded_at));
        format!(
            "<{}>; rel=\"{relation}\"; type=\"{LINK_FORMAT}\"; from=\"{from}\"; until=\"{until}\"",
            original.time_map(page)
        )
    };
    let mut lines = original.links_to_itself();
    lines.push(part(page, "self", (first, last)));
    let others = [
        (page.wrapping_sub(1), found.before),
        (page + 1, found.after),
    ];
    for (page, ends) in others {
        let ends = ends.as_ref();
        lines.extend(ends.map(|(first, last)| part(page, "timemap", (first, last))));
    }
    for memento in &found.mementos {
        let relations = match memento.version {
            1 if found.total == 1 => "first last memento",
            1 => "first memento",
            version if version == found.total => "last memento",
            _ => "memento",
        };
        lines.push(original.link(memento, relations));
    }
    Ok(lines.join(",\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_http() {
        let day = 86_400_000_000;
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Fri, 02 Jan 1970 00:00:00 GMT", Some(day)),
            ("Tue, 11 Sep 2001 20:35:00 GMT", Some(1_000_240_500_000_000)),
            // Before the beginning of all logs.
            ("Wed, 31 Dec 1969 23:59:59 GMT", Some(0)),
            ("Fri, 01 Jan 1500 00:00:00 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777_000_000)),
            // The wrong day of the week.
            ("Mon, 06 Nov 1994 08:49:37 GMT", None),
            // Obsolete forms, other zones, and what is no date.
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 06 Nov 1994 08:49:37 UTC", None),
            ("Sun, 06 Nov 1994 08:49:37 +00", None),
            ("Sun, 31 Feb 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("1994-11-06T08:49:37Z", None),
            ("now", None),
            ("", None),
        ] {
            assert_eq!(second(text).map(Moment::micros), expected, "{text}");
        }
    }
}
