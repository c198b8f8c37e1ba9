//! The API description, made from the catalogue and from what each resource says of itself.

mod answers;

use crate::api::batch::NDJSON;
use crate::api::resources::{Parameter, Resource};
use crate::api::{catalogue, health, log, operations, refusals};
use crate::limits::{BATCH_LINES_MAX, INPUT_BYTES_MAX};
use answers::{Answers, applied, page, pieces, reference, version_of};
use application::queries::{EntryView, HeadView, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, RefusalView};
use application::{Definition, schema};
use domain::booking::Cargo;
use domain::customers::Customer;
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use domain::locations::Location;
use domain::voyages::Voyage;
use std::collections::BTreeMap;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Paths, RefOr, Required,
    Schema,
};

const TOKEN: &str = "token";

/// The whole description.
#[must_use]
pub fn description() -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas = BTreeMap::new();
    pieces(&mut schemas);
    for definition in application::catalogue() {
        let mut named = Vec::new();
        (definition.schemas)(&mut named);
        schemas.extend(named);
        let path = operations::PATH.to_owned() + "/" + definition.about.name;
        paths.add_path_operation(path, vec![HttpMethod::Post], run(definition));
    }
    paths.add_path_operation(operations::PATH, vec![HttpMethod::Post], batch());
    add(&mut paths, operations::PATH, catalogue_list());
    add(&mut paths, catalogue::ONE, catalogue_one());
    resource::<Cargo>(&mut paths, &mut schemas);
    resource::<Voyage>(&mut paths, &mut schemas);
    resource::<Customer>(&mut paths, &mut schemas);
    resource::<Location>(&mut paths, &mut schemas);
    the_log(&mut paths, &mut schemas);
    open_to_all(&mut paths);
    let components = schemas.into_iter().fold(
        ComponentsBuilder::new().security_scheme(TOKEN, token()),
        |components, (name, schema)| components.schema(name, schema),
    );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Plimsoll")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "A system of record for cargo booking. Every change is a named operation, \
                     applied in one strict order and kept in a log.",
                )),
        )
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn token() -> SecurityScheme {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token, as issue-token gives it."));
    SecurityScheme::Http(scheme.build())
}

fn add(paths: &mut Paths, path: &str, operation: Operation) {
    paths.add_path_operation(path, vec![HttpMethod::Get], operation);
}

/// An operation of the API that needs a token.
fn guarded(id: &str, summary: &str, tag: &str) -> OperationBuilder {
    let nobody: [&str; 0] = [];
    OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .tag(tag)
        .security(SecurityRequirement::new(TOKEN, nobody))
}

fn parameter(
    name: &str,
    place: ParameterIn,
    meaning: &str,
    schema: RefOr<Schema>,
) -> ParameterBuilder {
    let required = match place {
        ParameterIn::Path => Required::True,
        _ => Required::False,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(meaning))
        .schema(Some(schema))
}

fn text() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// `POST /api/operations/{name}` of one operation.
fn run(definition: &Definition) -> Operation {
    let about = definition.about;
    let rules: Vec<_> = about.rules.iter().map(|rule| rule.name).collect();
    let description = format!(
        "{} Changes: {} Effects: {} Refused by: {}. Largest input: {INPUT_BYTES_MAX} bytes.",
        about.meaning,
        about.changes,
        about.effects,
        if rules.is_empty() {
            "no rule of its own".to_owned()
        } else {
            rules.join(", ")
        },
    );
    let key = format!(
        "A name for this request, at most {IDEMPOTENCY_KEY_BYTES_MAX} bytes: sent again with the same name it is applied once."
    );
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content(
            "application/json",
            Content::new(Some((definition.input_schema)())),
        );
    guarded(about.name, about.meaning, about.subdomain)
        .description(Some(description))
        .parameter(parameter(
            "Idempotency-Key",
            ParameterIn::Header,
            &key,
            text(),
        ))
        .parameter(parameter(
            "If-Match",
            ParameterIn::Header,
            "The version that the operation's target must have, as an entity tag.",
            text(),
        ))
        .parameter(parameter(
            "traceparent",
            ParameterIn::Header,
            "The caller's trace, as in W3C Trace Context; kept in the log entry.",
            text(),
        ))
        .request_body(Some(body.build()))
        .responses(Answers::of_an_operation(applied(
            about.name,
            (definition.outcome_schema)(),
        )))
        .build()
}

fn batch() -> Operation {
    let line = "One {\"operation\", \"input\", \"key\"?} a line.";
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .description(Some(line))
        .content(NDJSON, Content::new(Some(text())));
    guarded(
        "run-batch",
        "Runs many operations, one a line, each on its own.",
        "operations",
    )
    .description(Some(format!(
        "Lines are applied in their order and answered in their order, a JSON object a line: \
             status and either the answer or the problem. Most lines: {BATCH_LINES_MAX}."
    )))
    .request_body(Some(body.build()))
    .responses(Answers::of_a_batch(NDJSON, text()))
    .build()
}

fn catalogue_list() -> Operation {
    guarded(
        "operations",
        "All operations there are, with all they say of themselves.",
        "operations",
    )
    .responses(Answers::of_a_read(
        "The catalogue.",
        reference("CatalogueView"),
    ))
    .build()
}

fn catalogue_one() -> Operation {
    guarded(
        "operation",
        "What one operation says of itself.",
        "operations",
    )
    .parameter(parameter(
        "name",
        ParameterIn::Path,
        "The operation's name.",
        text(),
    ))
    .responses(Answers::of_one(
        "The operation.",
        reference("OperationView"),
        false,
    ))
    .build()
}

/// Parameters that every list has.
fn listing(operation: OperationBuilder) -> OperationBuilder {
    let limit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(PAGE_ITEMS_MAX as f64))
        .default(Some(PAGE_ITEMS_DEFAULT.into()));
    let query = |name, meaning, schema| parameter(name, ParameterIn::Query, meaning, schema);
    min_position(operation)
        .parameter(query("limit", "Most items of the page.", limit.into()))
        .parameter(query("cursor", "The next of the page before.", text()))
}

fn min_position(operation: OperationBuilder) -> OperationBuilder {
    operation.parameter(parameter(
        "min_position",
        ParameterIn::Query,
        "Waits up to two seconds until this position is visible.",
        log::position(),
    ))
}

fn filters(operation: OperationBuilder, filters: &[Parameter]) -> OperationBuilder {
    filters.iter().fold(operation, |operation, filter| {
        let schema = (filter.schema)();
        operation.parameter(parameter(
            filter.name,
            ParameterIn::Query,
            filter.meaning,
            schema,
        ))
    })
}

/// List, single resource and history of one kind.
fn resource<R: Resource>(paths: &mut Paths, schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let view = answers::name::<R::View>(schemas);
    let (one, many) = R::WORDS;
    let id = || {
        let name = R::ONE
            .split(['{', '}'])
            .nth(1)
            .expect("a name in the address");
        parameter(
            name,
            ParameterIn::Path,
            &format!("The {one}."),
            R::id_schema(),
        )
    };
    let list = guarded(many, &format!("Lists {many}."), many);
    let list = filters(listing(list), R::FILTERS)
        .responses(Answers::of_a_read("A page.", page(reference(&view))));
    add(paths, R::LIST, list.build());

    let query = |name, meaning, schema| parameter(name, ParameterIn::Query, meaning, schema);
    let single = min_position(guarded(
        one,
        &format!("Reads one {one}, now or as it was."),
        many,
    ))
    .parameter(id())
    .parameter(query(
        "at",
        "As known after the entry at this position.",
        log::position(),
    ))
    .parameter(query(
        "as_of",
        "As known at this time.",
        schema::moment().into(),
    ))
    .parameter(parameter(
        "If-None-Match",
        ParameterIn::Header,
        "The entity tag of what the caller has; 304 when it is still the newest.",
        text(),
    ))
    .responses(Answers::of_one(
        &format!("The {one}."),
        reference(&view),
        true,
    ));
    add(paths, R::ONE, single.build());

    let history = guarded(
        &format!("{one}-history"),
        &format!("Lists the versions of one {one}, oldest first."),
        many,
    );
    let history = listing(history).parameter(id()).responses(Answers::of_one(
        "A page.",
        page(version_of(reference(&view))),
        false,
    ));
    add(paths, R::HISTORY, history.build());
}

fn the_log(paths: &mut Paths, schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let entry = answers::name::<EntryView>(schemas);
    let head = answers::name::<HeadView>(schemas);
    let refusal = answers::name::<RefusalView>(schemas);
    let list = filters(
        listing(guarded("log", "Lists log entries, oldest first.", "log")),
        log::FILTERS,
    )
    .responses(Answers::of_a_read("A page.", page(reference(&entry))));
    add(paths, log::LIST, list.build());
    let newest = min_position(guarded("log-head", "Says where the log ends.", "log"))
        .responses(Answers::of_a_read("The head.", reference(&head)));
    add(paths, log::HEAD, newest.build());
    let one = min_position(guarded("log-entry", "Reads one log entry.", "log"))
        .parameter(parameter(
            "position",
            ParameterIn::Path,
            "Its position.",
            log::position(),
        ))
        .responses(Answers::of_one("The entry.", reference(&entry), false));
    add(paths, log::ONE, one.build());
    let refused = listing(guarded(
        "refusals",
        "Lists refused operations, newest first.",
        "log",
    ));
    let refused = filters(refused, &[log::ACTOR])
        .responses(Answers::of_a_read("A page.", page(reference(&refusal))));
    add(paths, refusals::LIST, refused.build());
}

/// What needs no token.
fn open_to_all(paths: &mut Paths) {
    for (path, id, summary) in [
        (health::LIVE, "livez", "Whether the process answers."),
        (
            health::READY,
            "readyz",
            "Whether the server can read and write.",
        ),
        (health::METRICS, "metrics", "Metrics for Prometheus."),
    ] {
        let operation = OperationBuilder::new()
            .operation_id(Some(id))
            .summary(Some(summary))
            .tag("health")
            .responses(Answers::of_health(path == health::READY));
        add(paths, path, operation.build());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_as_committed() {
        insta::assert_json_snapshot!(description());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let json = serde_json::to_value(description()).expect("it can be written");
        let text = json.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().expect("text");
            assert!(json.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn every_route_of_the_api_is_described() {
        let json = serde_json::to_value(description()).expect("it can be written");
        for route in crate::api::ROUTES {
            use crate::api::{docs, problems};
            let is_page = [problems::INDEX, docs::DOCS]
                .iter()
                .any(|page| route.starts_with(page));
            if is_page || [problems::HOME, problems::STYLE, docs::OPENAPI].contains(route) {
                continue;
            }
            assert!(json["paths"].get(route).is_some(), "{route}");
        }
    }
}
