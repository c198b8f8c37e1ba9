//! `GET /api/cargoes/{tracking_id}/actions`: what the caller can do with a cargo now, and why the
//! rest is not possible.

use crate::api::resources::{Resource, named, open, page_response};
use crate::headers;
use crate::messages::{self, Exact};
use crate::openapi::endpoint::{Endpoint, OpenApiRouter, Schemas};
use crate::openapi::parts::{
    JSON, MIN_POSITION, answer, in_path, in_query, position_header, with_problems,
};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use application::booking::CargoAction;
use application::queries::{Page, Viewed};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::Rejection;
use domain::booking::Cargo;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::path::OperationBuilder;

/// The actions on one cargo.
pub(crate) const LIST: &str = "/api/cargoes/{tracking_id}/actions";

/// An operation on a cargo, and whether it is possible now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CargoAction)]
pub(crate) struct ActionBody {
    /// The operation.
    operation: &'static str,
    /// Whether the caller can run it now, with a suitable input.
    is_possible: bool,
    /// The part of the input that is known. The caller fills in the rest.
    #[schema(value_type = Object)]
    input: Map<String, Value>,
    /// Why it is not possible, whatever the rest of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    refusal: Option<RefusalReason>,
}

/// Why an operation is not possible.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusalReason {
    /// The rule, or `Policy` if the caller may not run the operation.
    rule: String,
    /// What prevents it.
    detail: String,
    /// What `detail` says, as data.
    #[schema(value_type = Object, required = false)]
    facts: Option<Map<String, Value>>,
}

impl From<&Rejection> for RefusalReason {
    fn from(rejection: &Rejection) -> Self {
        Self {
            rule: rejection.rule.to_string(),
            detail: messages::refusal(rejection, &Exact),
            facts: messages::facts(rejection),
        }
    }
}

impl From<CargoAction> for ActionBody {
    fn from(action: CargoAction) -> Self {
        Self {
            operation: action.operation.name,
            is_possible: action.refusal.is_none(),
            input: action.input,
            refusal: action.refusal.as_ref().map(RefusalReason::from),
        }
    }
}

/// The endpoint, with its description.
pub(crate) fn endpoints() -> OpenApiRouter {
    let mut schemas = Schemas::default();
    schemas.of::<RefusalReason>();
    let action = schemas.of::<ActionBody>();
    let page = schemas.page::<ActionBody>(&action);
    let found = answer("The operations.", JSON, Ref::from_schema_name(page))
        .header("Plimsoll-Position", position_header());
    let get = OperationBuilder::new()
        .operation_id(Some("list-cargo-actions"))
        .summary(Some("What the caller may do with a cargo now"))
        .description(Some(
            "Each operation on the cargo is rehearsed, and the answer says why the others are not possible. All of them are on one page. An answer may be out of date when it is used: the operation decides.",
        ))
        .parameter(in_path("tracking_id", "Its name.", Cargo::id_schema()))
        .parameter(in_query(&MIN_POSITION))
        .response("200", found);
    let get = with_problems(get, &[400, 401, 403, 404, 503]);
    let endpoint = Endpoint::at(LIST).get(list, get);
    OpenApiRouter::new().routes(endpoint.with_schemas(schemas))
}

/// The operations, in the order of a cargo's life.
pub(crate) async fn list(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = headers::caller(request.headers())?;
    let mut parameters = Parameters::of(request.uri())?;
    let min_position = parameters.position("min_position");
    parameters.finish()?;
    let cargo = named::<Cargo>(&name)?;
    let mut reading = open(&site, &caller, Cargo::READ, min_position).await?;
    let actions = reading.cargo_actions(&cargo).await?;
    let page = Page {
        items: actions.into_iter().map(ActionBody::from).collect(),
        next: None,
        position: reading.position(),
    };
    Ok(page_response(request.uri(), &page))
}
