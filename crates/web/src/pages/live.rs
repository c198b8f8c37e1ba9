//! The stream that pages follow: the same entries as `/api/events`, without names. A browser hands
//! named events only to scripts that know the names, and pages do not know all operations.

use crate::api::events::{Naming, stream};
use crate::problem::Problem;
use crate::state::Shared;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;

/// The stream.
pub(crate) const PATH: &str = "/live";

/// Follows the log for the pages of a browser.
pub(crate) async fn follow(State(site): State<Shared>, parts: Parts) -> Result<Response, Problem> {
    stream(site, &parts, Naming::Unnamed).await
}
