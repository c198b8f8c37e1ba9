//! `GET /api/track/{tracking_id}`: where a cargo is, for whoever knows its tracking id.

use crate::api::resources::{content_etag, json, named};
use crate::headers;
use crate::limits::TRACKING_KEPT_SECONDS;
use crate::pages::visit::sender;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::booking::Cargo;

/// Where a cargo is.
pub(crate) const ONE: &str = "/api/track/{tracking_id}";

/// Counts before it reads the id, so that all questions cost the same. There is no waiting for a
/// position here: strangers do not get to hold requests open.
pub(crate) async fn one(
    State(site): State<Shared>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let address = sender(&site, &parts);
    let counted = site.gate.may_track(address);
    counted.map_err(Problem::too_many_requests)?;
    Parameters::of(&parts.uri)?.finish()?;
    let cargo = named::<Cargo>(&name)?;
    let tracked = site.queries.track(&cargo).await?;
    let tag = content_etag(&tracked.view);
    let fresh = tag
        .to_str()
        .is_ok_and(|tag| headers::none_match(&parts.headers, tag));
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(&tracked.view)
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    // It is the same for all who ask, so that caches on the way may answer as well.
    let kept = format!("public, max-age={TRACKING_KEPT_SECONDS}");
    let kept = HeaderValue::try_from(kept).expect("words and a number are ASCII");
    headers.insert(header::CACHE_CONTROL, kept);
    Ok(response)
}
