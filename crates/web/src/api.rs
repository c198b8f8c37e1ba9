//! The HTTP API: one file per group of endpoints.

pub(crate) mod batch;
pub(crate) mod body;
pub(crate) mod catalogue;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod log;
pub(crate) mod operations;
pub(crate) mod refusals;
pub(crate) mod resources;

use crate::booking::api::{routes, track};
use crate::state::Shared;
use axum::Router;
use axum::http::{HeaderMap, Response, header};
use axum::routing::get;
use domain::booking::Cargo;
use domain::customers::Customer;
use domain::handling::HandlingEvent;
use domain::locations::Location;
use domain::voyages::Voyage;
use resources::Resource;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

/// Every route of the API, as metrics and its description know it.
pub(crate) const ROUTES: &[&str] = &[
    operations::PATH,
    catalogue::ONE,
    Cargo::LIST,
    Cargo::ONE,
    Cargo::HISTORY,
    Voyage::LIST,
    Voyage::ONE,
    Voyage::HISTORY,
    HandlingEvent::LIST,
    HandlingEvent::ONE,
    HandlingEvent::HISTORY,
    Customer::LIST,
    Customer::ONE,
    Customer::HISTORY,
    Location::LIST,
    Location::ONE,
    Location::HISTORY,
    routes::LIST,
    log::LIST,
    log::HEAD,
    log::ONE,
    refusals::LIST,
    track::ONE,
    events::PATH,
    docs::OPENAPI,
    health::LIVE,
    health::READY,
    health::METRICS,
];

/// The API.
pub(crate) fn routes() -> Router<Shared> {
    let reads = Router::new()
        .route(catalogue::ONE, get(catalogue::one).post(operations::run))
        .merge(resources::routes::<Cargo>())
        .merge(resources::routes::<Voyage>())
        .merge(resources::routes::<HandlingEvent>())
        .merge(resources::routes::<Customer>())
        .merge(resources::routes::<Location>())
        .route(routes::LIST, get(routes::find))
        .route(log::LIST, get(log::list))
        .route(log::HEAD, get(log::head))
        .route(log::ONE, get(log::one))
        .route(refusals::LIST, get(refusals::list))
        .route(track::ONE, get(track::one))
        .merge(docs::routes())
        .layer(compressed());
    Router::new()
        .route(operations::PATH, get(catalogue::list).post(batch::run))
        .merge(reads)
        .route(events::PATH, get(events::follow))
        .route(health::LIVE, get(health::live))
        .route(health::READY, get(health::ready))
        .route(health::METRICS, get(health::metrics))
}

/// What compresses answers.
pub(crate) fn compressed() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(Changeable))
}

/// Compresses only what has no strong entity tag, which names these very bytes, and does not ask
/// to be left as it is (`no-transform`, RFC 9111, 5.2.2.6): the encoder would hold back what a
/// long answer says as it goes.
#[derive(Clone, Copy)]
struct Changeable;

impl Predicate for Changeable {
    fn should_compress<B>(&self, response: &Response<B>) -> bool
    where
        B: axum::body::HttpBody,
    {
        let headers = response.headers();
        let kept = headers
            .get(header::CACHE_CONTROL)
            .and_then(|given| given.to_str().ok())
            .is_some_and(|given| given.contains("no-transform"));
        !kept && !has_strong_tag(headers)
    }
}

fn has_strong_tag(headers: &HeaderMap) -> bool {
    headers
        .get(header::ETAG)
        .is_some_and(|tag| tag.as_bytes().starts_with(b"\""))
}
