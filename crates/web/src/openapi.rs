//! The API description (OpenAPI 3.1), made from the catalogue and from what each group of reads
//! says of itself.

mod operations;
mod parts;
mod reads;

use crate::problem::{InputFault, ProblemBody};
use application::queries::Page;
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref,
    RefOr, Schema,
};

/// The name of the security scheme.
const TOKEN: &str = "token";

/// What the description is put together from.
#[derive(Default)]
struct Description {
    paths: Vec<(&'static str, HttpMethod, Operation)>,
    named_paths: Vec<(String, Operation)>,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// Adds a schema and those it refers to; answers its name.
    fn schema<T: ToSchema>(&mut self) -> String {
        self.named::<T>(T::name().into_owned())
    }

    /// The same under another name: all of one generic type have the same.
    fn named<T: ToSchema>(&mut self, name: String) -> String {
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), T::schema()));
        name
    }

    /// Adds the schema of a page of items, which have a name.
    fn page<T: ToSchema>(&mut self, item: &str) -> String {
        let mut page = Page::<T>::schema();
        if let RefOr::T(Schema::Object(page)) = &mut page {
            let items = ArrayBuilder::new().items(Ref::from_schema_name(item));
            page.properties.insert("items".to_owned(), items.into());
        }
        let name = format!("{item}Page");
        self.schemas.push((name.clone(), page));
        name
    }
}

/// The whole description.
#[must_use]
pub fn description() -> OpenApi {
    let mut description = Description::default();
    description.schema::<ProblemBody<'_>>();
    description.schema::<InputFault>();
    operations::add(&mut description);
    reads::add(&mut description);
    let mut paths = PathsBuilder::new().build();
    for (path, operation) in description.named_paths {
        paths.add_path_operation(path, vec![HttpMethod::Post], operation);
    }
    for (path, method, operation) in description.paths {
        paths.add_path_operation(path, vec![method], operation);
    }
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token from issue-token."))
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(description.schemas)
        .responses_from_iter(parts::problem_responses())
        .security_scheme(TOKEN, SecurityScheme::Http(scheme))
        .build();
    let tags = TAGS.map(|(name, meaning)| {
        let tag = TagBuilder::new().name(name);
        tag.description(Some(meaning)).build()
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
        .tags(Some(tags))
        .build()
}

const INTRODUCTION: &str = "A system of record for cargo booking. Every change is an operation with a position in one log. Every answer states the position it is true at. Errors are problem details (RFC 9457) whose `type` links to a page that explains them.";

const TAGS: [(&str, &str); 9] = [
    ("locations", "Ports and inland places."),
    ("customers", "Who ships."),
    ("voyages", "Voyages and their capacity."),
    ("booking", "Cargoes and the voyages they are booked on."),
    ("access", "Users, roles and tokens."),
    ("catalogue", "The catalogue of operations, and batches."),
    ("log", "All changes in order, and refusals."),
    (
        "documentation",
        "This description, and pages about problems.",
    ),
    ("health", "For operators of the server."),
];

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
        // Another crate of the build may make JSON objects keep another order.
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!("openapi", json());
        });
    }

    #[test]
    fn every_route_is_described() {
        use crate::api::operations;
        use crate::pages::problems;
        let described_pages = [problems::INDEX_SLASH, problems::ONE];
        let json = json();
        let described: BTreeSet<&str> = json["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        for route in crate::api::ROUTES {
            assert!(described.contains(route), "{route} is not described");
        }
        for path in described {
            let operation = path
                .strip_prefix(operations::PATH)
                .and_then(|p| p.strip_prefix('/'));
            let known = crate::api::ROUTES.contains(&path)
                || described_pages.contains(&path)
                || operation.is_some_and(|name| application::find(name).is_some());
            assert!(known, "{path} is described but not there");
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
