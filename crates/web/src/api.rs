//! The HTTP API: one file per group of endpoints.

pub(crate) mod batch;
pub(crate) mod body;
pub(crate) mod catalogue;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod log;
pub(crate) mod operations;
pub(crate) mod proof;
pub(crate) mod refusals;
pub(crate) mod resources;
pub(crate) mod snapshot;

use crate::ROOMS;
use crate::feeds;
use crate::openapi::endpoint::{Endpoint, EndpointGroup, OpenApiRouter, Schemas};
use axum::http::{HeaderMap, Response, header};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

/// The tag of the API description itself, and of the pages about problems.
pub(crate) const DOCUMENTATION: &str = "documentation";

/// The endpoints that belong to no subdomain.
const SHARED: &[EndpointGroup] = &[
    EndpointGroup {
        tag: "catalogue",
        meaning: "The catalogue of operations, and batches.",
        endpoints: operations_endpoints,
    },
    EndpointGroup {
        tag: "log",
        meaning: "All changes in order, and refusals.",
        endpoints: || {
            let lists = log::endpoints().merge(refusals::endpoints());
            let lists = lists.merge(proof::endpoints());
            lists.layer(compressed()).merge(events::endpoints())
        },
    },
    EndpointGroup {
        tag: "feeds",
        meaning: "Every change in pages that can be cached for ever, and snapshots to start from.",
        endpoints: || {
            let feeds = feeds::endpoints().merge(snapshot::endpoints());
            feeds.layer(compressed())
        },
    },
    EndpointGroup {
        tag: DOCUMENTATION,
        meaning: "This description, and pages about problems.",
        endpoints: || docs::endpoints().layer(compressed()),
    },
    EndpointGroup {
        tag: "health",
        meaning: "For operators of the server.",
        endpoints: health::endpoints,
    },
];

/// The catalogue, and the endpoints that run operations. A batch is answered piece by piece and
/// therefore not compressed.
fn operations_endpoints() -> OpenApiRouter {
    let (mut of_all, mut of_one) = (Schemas::default(), Schemas::default());
    let all = Endpoint::at(operations::PATH)
        .get(catalogue::list, catalogue::described_list(&mut of_all))
        .post(batch::run, batch::described());
    let one = Endpoint::at(catalogue::ONE)
        .get(catalogue::one, catalogue::described_one(&mut of_one))
        .post_described_elsewhere(operations::run);
    let one = OpenApiRouter::new().routes(one.with_schemas(of_one));
    OpenApiRouter::new()
        .routes(all.with_schemas(of_all))
        .merge(one.layer(compressed()))
}

/// All endpoints, by group.
pub(crate) fn groups() -> impl Iterator<Item = &'static EndpointGroup> {
    ROOMS.iter().map(|room| &room.api).chain(SHARED)
}

/// The API, with the description of its endpoints.
pub(crate) fn router() -> OpenApiRouter {
    let rooms = ROOMS.iter().map(|room| tagged(&room.api));
    let rooms = rooms.fold(OpenApiRouter::new(), OpenApiRouter::merge);
    let shared = SHARED.iter().map(tagged);
    shared.fold(rooms.layer(compressed()), OpenApiRouter::merge)
}

/// The endpoints of a group, with its tag.
fn tagged(group: &EndpointGroup) -> OpenApiRouter {
    let mut router = (group.endpoints)();
    let described = &mut router.get_openapi_mut().paths.paths;
    for item in described.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put];
        let operations = operations.into_iter().flatten();
        operations.for_each(|operation| operation.tags = Some(vec![group.tag.to_owned()]));
    }
    router
}

/// Adds compression to answers.
pub(crate) fn compressed() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(Changeable))
}

/// Compresses a response unless it has a strong entity tag or `no-transform` (RFC 9111, 5.2.2.6). A
/// strong tag identifies the exact bytes, and the encoder would buffer a long response.
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
