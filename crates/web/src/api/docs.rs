//! `/api/openapi.json`: the API description.

use crate::openapi;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter};
use crate::openapi::parts::{JSON, open};
use crate::state::Shared;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::OnceLock;
use utoipa::openapi::{OpenApi, Server};

/// The API description.
pub(crate) const OPENAPI: &str = "/api/openapi.json";

/// The description, with its own description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let described = open("get-openapi", "This description", JSON);
    let endpoint = Endpoint::at(OPENAPI).get(description, described);
    OpenApiRouter::new().routes(endpoint.without_schemas())
}

/// Built once, on the first request; below a path, for each request.
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
