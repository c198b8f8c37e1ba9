//! `GET /api/track/{tracking_id}`: where a cargo is, for anyone who knows its tracking ID or
//! one of its containers.

use crate::api::resources::{content_etag, impossible, json};
use crate::headers;
use crate::limits::{TRACKING_INTERVAL, TRACKING_KEPT_SECONDS, TRACKINGS};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, answer, etag_header, header as described_header, in_header, in_path, text, with_problems,
};
use crate::pages::visit::sender;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::booking::{TrackView, TrackedBy};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, ResponseBuilder};

/// One cargo.
pub(crate) const ONE: &str = "/api/track/{tracking_id}";

/// The endpoint, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    let view = schemas.of::<TrackView>();
    let kept = "How long the answer may be cached.";
    let found = answer("Where it is.", JSON, Ref::from_schema_name(view))
        .header("ETag", etag_header())
        .header("Cache-Control", described_header(kept, text()));
    let same = ResponseBuilder::new()
        .description("It matches the entity tag in If-None-Match.")
        .header("ETag", etag_header());
    let minute = 60 / TRACKING_INTERVAL.as_secs();
    let get = OperationBuilder::new()
        .operation_id(Some("track-cargo"))
        .summary(Some("Where a cargo is, for anyone with its tracking ID or a container number"))
        .description(Some(format!(
            "Needs no token and shows nothing commercial. Each address gets a burst of {TRACKINGS} requests, then {minute} a minute. A container number finds the cargo that travels in it or, if none does, the last one that did. The answer is then about that container, and says nothing about the numbers of the others. A malformed name gets 404 like an unknown one, with the reason."
        )))
        .security(SecurityRequirement::default())
        .parameter(in_path("tracking_id", "The tracking ID of the cargo, or the number of a container it travels in.", text()))
        .parameter(in_header(
            "If-None-Match",
            "Entity tags of versions the client already has.",
            text(),
        ))
        .response("200", found)
        .response("304", same);
    let get = with_problems(get, &[400, 404, 429, 503]);
    let endpoint = Endpoint::at(ONE).get(one, get);
    OpenApiRouter::new().routes(endpoint.with_schemas(schemas))
}

/// Parses a tracking ID or a container number. An impossible one gets the same answer as an unknown
/// one.
fn tracked_by(name: &str) -> Result<TrackedBy, Problem> {
    TrackedBy::typed(name)
        .and_then(|known| match known.as_str() == name {
            true => Ok(known),
            false => Err(format!("must be written {}", known.as_str())),
        })
        .map_err(|complaint| impossible("cargo", name, &complaint))
}

/// Counts the request before reading the id, so that all requests cost the same. Callers cannot
/// wait for a position here, because strangers must not hold requests open.
pub(crate) async fn one(
    State(site): State<Shared>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let address = sender(&site, &parts);
    let counted = site.gate.may_track(address);
    counted.map_err(Problem::too_many_requests)?;
    Parameters::of(&parts.uri)?.finish()?;
    let cargo = tracked_by(&name)?;
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
    // The answer is the same for everyone, so shared caches may keep it.
    let kept = format!("public, max-age={TRACKING_KEPT_SECONDS}");
    let kept = HeaderValue::try_from(kept).expect("words and a number are ASCII");
    headers.insert(header::CACHE_CONTROL, kept);
    Ok(response)
}
