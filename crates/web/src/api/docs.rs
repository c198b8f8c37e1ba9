//! `/api/openapi.json` and `/api/docs`: the API description and a viewer for it, both from this
//! server alone.

use crate::openapi;
use crate::problem::{Problem, kinds};
use crate::state::Shared;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::{Arc, OnceLock};
use utoipa::openapi::{OpenApi, Server};
use utoipa_swagger_ui::Config;

/// The API description.
pub(crate) const OPENAPI: &str = "/api/openapi.json";
/// The viewer, from where a redirect leads to its own folder.
pub(crate) const DOCS: &str = "/api/docs";
/// The viewer's folder.
pub(crate) const DOCS_SLASH: &str = "/api/docs/";
/// A file of the viewer.
pub(crate) const DOCS_FILE: &str = "/api/docs/{*file}";

/// The viewer sets styles of its own and shows images that it carries in itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(OPENAPI, get(description))
        .route(DOCS, get(async || Redirect::permanent(DOCS_SLASH)))
        .route(DOCS_SLASH, get(async || file("index.html")))
        .route(DOCS_FILE, get(async |Path(name): Path<String>| file(&name)))
}

/// Made once, when first asked for; beneath a path, each time.
async fn description(State(site): State<Shared>) -> Response {
    static JSON: OnceLock<Bytes> = OnceLock::new();
    let write = |description: OpenApi| -> Bytes {
        let json = description.to_json();
        json.expect("the description can be written").into()
    };
    let json = match site.gate.prefix() {
        "" => JSON.get_or_init(|| write(openapi::description())).clone(),
        prefix => {
            let mut description = openapi::description();
            description.servers = Some(vec![Server::new(prefix)]);
            write(description)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, json).into_response()
}

fn file(name: &str) -> Result<Response, Problem> {
    // From where the viewer is, so that it is found beneath any path.
    let config = Config::from("../openapi.json").validator_url("none");
    let found = utoipa_swagger_ui::serve(name, Arc::new(config));
    let found = found
        .ok()
        .flatten()
        .ok_or_else(|| Problem::new(&kinds::NOT_FOUND, "The viewer has no such file."))?;
    let mut response = Bytes::from(found.bytes.into_owned()).into_response();
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::try_from(found.content_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("max-age=3600"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    Ok(response)
}
