//! The API description (OpenAPI 3.1): the descriptions of the endpoints, and the operations of the
//! catalogue.
//!
//! `utoipa-axum` keeps an endpoint and its description together. Its macros are not used: they
//! describe a function, and here one function serves every kind of resource and another every
//! operation.

pub(crate) mod endpoint;
mod operations;
pub(crate) mod parts;

use crate::api;
use crate::pages::problems;
use crate::problem::{InputFault, ProblemBody};
use endpoint::Schemas;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};

/// The name of the security scheme.
const TOKEN: &str = "token";

/// The whole description.
#[must_use]
pub fn description() -> OpenApi {
    let (_, endpoints) = api::router().split_for_parts();
    let mut paths = endpoints.paths;
    let mut schemas = Schemas::default();
    schemas.of::<ProblemBody<'_>>();
    schemas.of::<InputFault>();
    operations::describe(&mut paths, &mut schemas);
    for (path, described) in problems::described() {
        let operation = described.tag(api::DOCUMENTATION).build();
        paths.add_path_operation(path, vec![HttpMethod::Get], operation);
    }
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token from issue-token."))
        .build();
    let of_endpoints = endpoints.components.unwrap_or_default();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(of_endpoints.schemas)
        .schemas_from_iter(schemas.0)
        .responses_from_iter(parts::problem_responses())
        .security_scheme(TOKEN, SecurityScheme::Http(scheme))
        .build();
    let tags = api::groups().map(|group| {
        let tag = TagBuilder::new().name(group.tag);
        tag.description(Some(group.meaning)).build()
    });
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Plimsoll")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(INTRODUCTION)),
        )
        .paths(paths)
        .components(Some(components))
        .security(Some([SecurityRequirement::new::<_, [&str; 0], &str>(
            TOKEN,
            [],
        )]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .build()
}

const INTRODUCTION: &str = "A system of record for cargo booking. Every change is an operation with a position in one log. Every answer states the position it is true at. Errors are problem details (RFC 9457) whose `type` links to a page that explains them.";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn json() -> Value {
        serde_json::to_value(description()).unwrap()
    }

    #[test]
    fn the_description_is_as_committed() {
        // Another crate in the build may make JSON objects keep another order.
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!("openapi", json());
        });
    }

    #[test]
    fn every_endpoint_is_described_with_a_tag_that_has_a_meaning() {
        let description = description();
        let tags = description.tags.unwrap();
        let tags: BTreeSet<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
        for (path, item) in description.paths.paths {
            let operations: Vec<_> = [item.get, item.post, item.put]
                .into_iter()
                .flatten()
                .collect();
            assert!(!operations.is_empty(), "{path} is not described");
            for operation in operations {
                let own = operation.tags.unwrap_or_default();
                let is_known = own.iter().all(|tag| tags.contains(tag.as_str()));
                assert!(own.len() == 1 && is_known, "{path}: {own:?}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let json = json();
        let mut open = vec![&json];
        let mut references = BTreeSet::new();
        while let Some(value) = open.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(target)) = fields.get("$ref") {
                        references.insert(target.clone());
                    }
                    open.extend(fields.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(json.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }

    #[test]
    fn operation_ids_are_unique() {
        let json = json();
        let mut seen = BTreeSet::new();
        for item in json["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().expect("an id").to_owned();
                assert!(seen.insert(id.clone()), "{id} stands twice");
            }
        }
    }
}
