//! `/livez`, `/readyz` and `/metrics`, for operators of the server.

use crate::ROOMS;
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter};
use crate::openapi::parts::{open, with_problems};
use crate::problem::{Problem, kinds};
use crate::state::{Shared, Site};
use application::Caller;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Whether the process is alive.
pub(crate) const LIVE: &str = "/livez";
/// Whether it can serve requests.
pub(crate) const READY: &str = "/readyz";
/// The counters.
pub(crate) const METRICS: &str = "/metrics";

/// All of them.
pub(crate) const PATHS: [&str; 3] = [LIVE, READY, METRICS];

/// The endpoints for operators, with their descriptions.
pub(crate) fn endpoints() -> OpenApiRouter {
    let is_alive = open("get-livez", "Whether the process is alive", "text/plain");
    let is_ready = open("get-readyz", "Whether the server can serve", "text/plain");
    let counted = open("get-metrics", "Metrics for Prometheus", "text/plain");
    OpenApiRouter::new()
        .routes(Endpoint::at(LIVE).get(live, is_alive).without_schemas())
        .routes(
            Endpoint::at(READY)
                .get(ready, with_problems(is_ready, &[503]))
                .without_schemas(),
        )
        .routes(
            Endpoint::at(METRICS)
                .get(metrics, with_problems(counted, &[401]))
                .without_schemas(),
        )
}

const PING_TIMEOUT: Duration = Duration::from_secs(3);
const TEXT: (header::HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
const FRESH: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// Alive: it answers.
pub(crate) async fn live() -> Response {
    ([TEXT, FRESH], "alive\n").into_response()
}

/// Ready: the database answers, no write transaction hangs, and none was refused recently.
pub(crate) async fn ready(State(site): State<Shared>) -> Result<Response, Problem> {
    let not_ready = |detail: &str| Problem::new(&kinds::NOT_READY, detail).retry();
    match tokio::time::timeout(PING_TIMEOUT, site.queries.position()).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Err(not_ready("The database does not answer.").because_of(&error)),
        Err(_) => return Err(not_ready("The database does not answer in time.")),
    }
    if site.pulse.is_stuck() {
        return Err(not_ready("A write transaction has been open for too long."));
    }
    if site.pulse.is_refused() {
        return Err(not_ready("The database accepts no changes at the moment."));
    }
    Ok(([TEXT, FRESH], "ready\n").into_response())
}

/// Whether a caller may see the counters.
fn may_see_metrics(site: &Site, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(own) = site.gate.metrics_token() else {
        return Ok(());
    };
    // Compare hashes, so that the time does not reveal the token.
    match headers::caller(headers)? {
        Caller::Token(hash) if hash == *own => Ok(()),
        _ => {
            let detail = "The token is not the one of --metrics-token.";
            Err(Problem::unauthenticated(detail, headers::INVALID_TOKEN))
        }
    }
}

/// The counters, for everybody or, with `--metrics-token`, for holders of that token.
pub(crate) async fn metrics(
    State(site): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    may_see_metrics(&site, &headers)?;
    let mut text = site.metrics.render(site.pipeline.waiting());
    for measures in ROOMS.iter().flat_map(|room| room.measures) {
        match tokio::time::timeout(PING_TIMEOUT, measures(&site.queries)).await {
            Ok(Ok(measured)) => text.push_str(&measured),
            Ok(Err(error)) => tracing::warn!(%error, "failed to read metrics from the database"),
            Err(_) => tracing::warn!("metrics could not be read from the database in time"),
        }
    }
    let media_type = (
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    );
    Ok(([media_type, FRESH], text).into_response())
}
