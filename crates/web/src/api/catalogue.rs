//! `GET /api/operations`: all operations, with their descriptions.

use super::operations::unknown;
use super::resources::json;
use crate::headers;
use crate::openapi::endpoint::Schemas;
use crate::openapi::parts::{JSON, answer, in_path, text, with_problems};
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::{Shared, Site};
use application::schema::inline;
use application::{About, Definition, catalogue, find};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::EventName;
use domain::access::Role;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::path::OperationBuilder;

/// One operation.
pub(crate) const ONE: &str = "/api/operations/{name}";

/// All operations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueView {
    /// The operations, by subdomain.
    items: Vec<OperationView>,
}

/// The description of an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperationView {
    /// The name: a verb and a noun, unique in the system.
    name: &'static str,
    /// The version of the input and its meaning.
    version: u32,
    /// The subdomain.
    subdomain: &'static str,
    /// The meaning, in the words of the business.
    meaning: &'static str,
    /// What changes.
    changes: &'static str,
    /// What else happens as a result.
    effects: &'static str,
    /// Who may run it.
    who: WhoView,
    /// The events it can cause.
    #[schema(value_type = Vec<String>)]
    events: &'static [EventName],
    /// The rules that can refuse it.
    rules: Vec<RuleView>,
    /// The JSON schema of the input.
    #[schema(value_type = Object)]
    input: Value,
    /// The JSON schema of the outcome.
    #[schema(value_type = Object)]
    outcome: Value,
}

/// Who may run an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhoView {
    /// Users with one of these roles. A customer may run it only for its own cargo.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// Whether the system itself may, from the command line or in reaction to an event.
    system: bool,
    /// Whether only the owner of the target may, and administrators.
    owner_only: bool,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleView {
    /// The name, which is a sentence.
    name: &'static str,
    /// What the rule requires.
    meaning: &'static str,
    /// The page about the rule.
    page: String,
}

/// The roles that may run an operation, administrators first.
pub(crate) fn roles(about: &About) -> Vec<Role> {
    let others = about.who.roles.iter().copied();
    std::iter::once(Role::Admin)
        .chain(others.filter(|role| *role != Role::Admin))
        .collect()
}

/// The JSON schema of an operation's input, without references.
pub(crate) fn input_schema(definition: &Definition) -> Value {
    inline(value(&(definition.input_schema)()), &schemas(definition))
}

/// The schemas that an operation's schemas refer to, by name.
fn schemas(definition: &Definition) -> BTreeMap<String, Value> {
    let mut named = Vec::new();
    (definition.schemas)(&mut named);
    let named = named.into_iter();
    named.map(|(name, schema)| (name, value(&schema))).collect()
}

impl OperationView {
    /// Describes an operation, with links to its rules below a path.
    fn new(definition: &Definition, prefix: &str) -> Self {
        let about = definition.about;
        Self {
            name: about.name,
            version: about.version,
            subdomain: about.subdomain,
            meaning: about.meaning,
            changes: about.changes,
            effects: about.effects,
            who: WhoView {
                roles: roles(about),
                system: about.who.system,
                owner_only: about.who.owner_only,
            },
            events: about.events,
            rules: about
                .rules
                .iter()
                .map(|rule| RuleView {
                    name: rule.name,
                    meaning: rule.meaning.trim(),
                    page: format!("{prefix}/problems/{}", rule.name),
                })
                .collect(),
            input: input_schema(definition),
            outcome: inline(value(&(definition.outcome_schema)()), &schemas(definition)),
        }
    }
}

fn value(schema: &impl Serialize) -> Value {
    serde_json::to_value(schema).expect("a schema can be written")
}

async fn admit(site: &Site, request: Request) -> Result<(), Problem> {
    let (parts, _) = request.into_parts();
    site.authenticate(&headers::caller(&parts.headers)?).await?;
    Parameters::of(&parts.uri)?.finish()
}

fn cached(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    response
}

/// All of them.
pub(crate) async fn list(
    State(site): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    admit(&site, request).await?;
    let prefix = site.gate.prefix();
    let items = catalogue().map(|own| OperationView::new(own, prefix));
    let items = items.collect();
    Ok(cached(json(&CatalogueView { items })))
}

/// One of them.
pub(crate) async fn one(
    State(site): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    admit(&site, request).await?;
    let definition = find(&name).ok_or_else(|| unknown(&name))?;
    Ok(cached(json(&OperationView::new(
        definition,
        site.gate.prefix(),
    ))))
}

/// The API description of the catalogue.
pub(crate) fn described_list(schemas: &mut Schemas) -> OperationBuilder {
    let schema = schemas.of::<CatalogueView>();
    let operation = OperationBuilder::new()
        .operation_id(Some("list-operations"))
        .summary(Some("All operations"))
        .response(
            "200",
            answer("The catalogue.", JSON, Ref::from_schema_name(schema)),
        );
    with_problems(operation, &[400, 401, 503])
}

/// The API description of one operation of the catalogue.
pub(crate) fn described_one(schemas: &mut Schemas) -> OperationBuilder {
    let schema = schemas.of::<OperationView>();
    let operation = OperationBuilder::new()
        .operation_id(Some("get-operation"))
        .summary(Some("One operation of the catalogue"))
        .parameter(in_path("name", "The operation's name.", text()))
        .response(
            "200",
            answer("The operation.", JSON, Ref::from_schema_name(schema)),
        );
    with_problems(operation, &[400, 401, 404, 503])
}
