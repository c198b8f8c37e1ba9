//! The outermost layer, which every request passes. It measures, limits the time, assigns the trace,
//! and writes every error as a problem document, wherever it came from.
//!
//! `tower-http` catches the panics of handlers. Its other layers do less than is promised here: its
//! time limit starts with the request, not with the last piece of an upload; its request id is a
//! header of its own, not the W3C trace; and its log line knows neither.

use crate::headers::{prefers, wants_coding};
use crate::limits::{OPERATION_TIMEOUT, READ_TIMEOUT};
use crate::outside::{lead_headers, lead_page};
use crate::pages::problems::wrong;
use crate::problem::{PROBLEM_JSON, Problem, kinds};
use crate::server::refuse_early;
use crate::state::Shared;
use crate::trace::Trace;
use application::Failed;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use mediatype::media_type;
use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

/// When the last piece of a request arrived.
#[derive(Clone)]
struct Progress(Arc<Mutex<Instant>>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Progress {
    fn last(&self) -> Instant {
        *self.0.lock().expect("no holder of this lock panics")
    }

    fn go_on(&self) {
        *self.0.lock().expect("no holder of this lock panics") = Instant::now();
    }

    /// The answer, if it comes within a limit after the last piece of its request. A long upload
    /// does not count as a slow answer.
    async fn answer<T>(&self, limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
        let mut answer = std::pin::pin!(answer);
        loop {
            let until = self.last() + limit;
            match tokio::time::timeout_at(until, &mut answer).await {
                Ok(answer) => return Some(answer),
                Err(_) if self.last() + limit > until => {}
                Err(_) => return None,
            }
        }
    }
}

/// The layer.
pub async fn edge(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let trace = Trace::of(request.headers());
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(trace);
    negotiate_coding(&mut parts.headers);
    let page_asked = is_for_people(&parts).then(|| parts.clone());
    let depends = !parts.uri.path().starts_with("/api/");
    if let Some(problem) = refuse_early(&parts) {
        return finish(&site, problem.into_response(), trace, page_asked.as_ref()).await;
    }
    let progress = Progress::default();
    let seen = progress.clone();
    let body = body.map_frame(move |frame| {
        seen.go_on();
        frame
    });
    let request = Request::from_parts(parts, Body::new(body));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let writes = request.method() == Method::POST;
    let span = tracing::debug_span!(
        "request",
        %trace,
        method = %request.method(),
        path = path_of(&request, route),
    );
    let limit = if writes {
        OPERATION_TIMEOUT
    } else {
        READ_TIMEOUT
    };
    let answer = progress.answer(limit, next.run(request));
    let response = match answer.instrument(span).await {
        Some(response) => response,
        None if writes => Problem::from(Failed::OutcomeUnknown).into_response(),
        None => Problem::new(&kinds::UNAVAILABLE, "The answer took too long.")
            .retry()
            .into_response(),
    };
    let mut response = finish(&site, response, trace, page_asked.as_ref()).await;
    if depends && !response.status().is_success() {
        // A problem is a page or a document.
        let accept = HeaderValue::from_static("accept");
        response.headers_mut().append(header::VARY, accept);
    }
    let (status, took) = (response.status(), began.elapsed());
    tracing::debug!(%trace, route, status = status.as_u16(), ?took, "answered");
    site.metrics.request(route, status, took);
    response
}

/// Decides the content coding. A caller that accepts neither gzip nor plain text gets plain text, as
/// RFC 9110, section 12.5, permits: the compression would apply the operation and then answer 406.
fn negotiate_coding(headers: &mut HeaderMap) {
    let coding = if wants_coding(headers, "gzip") {
        "gzip"
    } else {
        "identity"
    };
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
}

/// The answer of a handler that panicked.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::from(Failed::Broken)
        .because("a handler panicked")
        .into_response()
}

/// Whether a browser asks for a page. Problems are then shown as one.
fn is_for_people(request: &Parts) -> bool {
    let (page, document) = (media_type!(TEXT / HTML), media_type!(APPLICATION / JSON));
    prefers(&request.headers, &page, &document) && !request.uri.path().starts_with("/api/")
}

/// Writes a problem's body and the headers of all answers.
async fn finish(
    site: &Shared,
    mut response: Response,
    trace: Trace,
    page_asked: Option<&Parts>,
) -> Response {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let problem = response.extensions_mut().remove::<Problem>();
        if let Some(problem) = problem.or_else(|| foreign(&response)) {
            log(&problem, trace);
            let trace = trace.to_string();
            response = if let Some(parts) = page_asked {
                let page = wrong(site, parts, &problem, &trace).await;
                let mut page = lead_page(page, site.gate.prefix()).await;
                for (name, value) in problem.headers() {
                    page.headers_mut().append(name, value.clone());
                }
                page
            } else {
                problem.render(&trace, site.gate.prefix())
            };
        }
    }
    let headers = response.headers_mut();
    lead_headers(headers, site.gate.prefix());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::REFERRER_POLICY)
        // With `no-referrer`, browsers would not send the origin of our own forms either.
        .or_insert(HeaderValue::from_static("same-origin"));
    if site.gate.is_secure() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    headers
        .entry(header::X_FRAME_OPTIONS)
        .or_insert(HeaderValue::from_static("DENY"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}

/// The path of a request as logs may show it: without the secret of a link.
fn path_of<'r>(request: &'r Request, route: Option<&'r str>) -> &'r str {
    match route {
        Some(route) if route.contains("{secret}") => route,
        _ => request.uri().path(),
    }
}

/// The problem for an error that did not come from our handlers.
fn foreign(response: &Response) -> Option<Problem> {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let is_ours = |value: &HeaderValue| {
        let own = [PROBLEM_JSON.as_bytes(), b"text/html"];
        own.iter().any(|own| value.as_bytes().starts_with(own))
    };
    if media_type.is_some_and(is_ours) {
        return None;
    }
    Some(match response.status() {
        StatusCode::NOT_FOUND => Problem::new(&kinds::NOT_FOUND, "Nothing is at this address."),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            &kinds::METHOD_NOT_ALLOWED,
            "This address does not support the method.",
        ),
        status if status.is_client_error() => Problem::new(
            &kinds::MALFORMED_REQUEST,
            "The address or a header of the request cannot be read.",
        ),
        status => Problem::from(Failed::Broken).because(format!("an answer of status {status}")),
    })
}

/// Logs each error here, once, with its cause. Errors caused by the caller are not logged.
pub(crate) fn log(problem: &Problem, trace: Trace) {
    let status = problem.status();
    if status.is_server_error() {
        let cause = problem.cause().unwrap_or("none");
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%trace, status = status.as_u16(), cause, "a request failed");
        } else {
            tracing::warn!(%trace, status = status.as_u16(), cause, "a request could not be served");
        }
    }
}
