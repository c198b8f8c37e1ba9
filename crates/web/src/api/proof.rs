//! `GET /api/proof`: that an entry is in the log, for those who trust one head of it.

use super::log::position;
use super::resources::{Parameter, json, open, true_at};
use crate::headers;
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, MIN_POSITION, answer, in_query, in_query_always, position_header, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::policy::Read;
use application::queries::{ConsistencyView, Proof, ProofView, ProvenHead};
use axum::extract::{Request, State};
use axum::response::Response;
use utoipa::openapi::Ref;
use utoipa::openapi::path::OperationBuilder;

/// The proof.
pub(crate) const PROOF: &str = "/api/proof";

const POSITION: Parameter = Parameter {
    name: "position",
    meaning: "The position of the entry.",
    schema: position,
};

const HEAD: Parameter = Parameter {
    name: "head",
    meaning: "The position of the head that is trusted. Without it, the present head.",
    schema: position,
};

const SINCE: Parameter = Parameter {
    name: "since",
    meaning: "The position of an earlier head: also prove that the log has kept all it had then.",
    schema: position,
};

/// What it does, in the description.
const DESCRIPTION: &str = "The leaves of the tree (RFC 9162, section 2.1) are the hashes of the \
    entries. Take SHA-256 of a zero byte and the hash, and join it with each hash of the path, from \
    the bottom up, to get the root, which the trusted head has too. The length of the path grows \
    with the logarithm of the length of the log.";

/// The proof, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    schemas.of::<ProvenHead>();
    schemas.of::<ConsistencyView>();
    let proof = schemas.of::<ProofView>();
    let found = answer("The proof.", JSON, Ref::from_schema_name(proof))
        .header("Plimsoll-Position", position_header());
    let described = OperationBuilder::new()
        .operation_id(Some("get-proof"))
        .summary(Some("A proof that an entry is in the log"))
        .description(Some(DESCRIPTION))
        .parameter(in_query_always(&POSITION))
        .parameter(in_query(&HEAD))
        .parameter(in_query(&SINCE))
        .parameter(in_query(&MIN_POSITION))
        .response("200", found);
    let described = with_problems(described, &[400, 401, 403, 404, 503]);
    OpenApiRouter::new().routes(
        Endpoint::at(PROOF)
            .get(proof_of, described)
            .with_schemas(schemas),
    )
}

async fn proof_of(State(site): State<Shared>, request: Request) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let position = parameters.required_position("position");
    let (head, since) = (parameters.position("head"), parameters.position("since"));
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let asked = Proof {
        position: position.unwrap_or_default(),
        head,
        since,
    };
    let mut reading = open(&site, &caller, Read::Log, min_position).await?;
    let mut response = json(&reading.proof(asked).await?);
    true_at(response.headers_mut(), reading.position());
    Ok(response)
}
