//! The whole site: the API, the pages, and the layers that every request passes.

use crate::edge::{edge, panicked};
use crate::outside::lead;
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use crate::{api, pages};
use axum::Router;
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;

/// The whole site.
pub fn router(site: &Shared) -> Router {
    let (endpoints, described) = api::router().split_for_parts();
    let (pages, paths) = pages::router();
    let names = described.paths.paths.into_keys();
    let names = names.chain(paths.into_iter().map(str::to_owned));
    site.metrics.routes(names);
    Router::new()
        .merge(endpoints)
        .merge(
            pages
                .layer(from_fn_with_state(Shared::clone(site), lead))
                .layer(api::compressed()),
        )
        .fallback(nothing_here)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Shared::clone(site), edge))
        .with_state(Shared::clone(site))
}

async fn nothing_here() -> Problem {
    Problem::new(&kinds::NOT_FOUND, "Nothing is at this address.")
}
