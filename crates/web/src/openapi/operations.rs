//! The operations: one path each, from the catalogue; and the batch.

use super::Description;
use super::parts::{
    answer, boolean, etag_header, header, in_header, number, position_header, text, with_problems,
};
use crate::api::batch::NDJSON;
use crate::api::catalogue::{self, CatalogueView, OperationView, roles};
use crate::api::operations::PATH;
use crate::limits::{BATCH_BYTES_MAX, BATCH_LINES_MAX};
use application::{About, Definition, schema};
use domain::access::Role;
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, Required};

const JSON: &str = "application/json";

pub(super) fn add(description: &mut Description) {
    for definition in application::catalogue() {
        let about = definition.about;
        let stem = camel(about.name);
        let (input, outcome) = (format!("{stem}Input"), format!("{stem}Outcome"));
        description
            .schemas
            .push((input.clone(), (definition.input_schema)()));
        description
            .schemas
            .push((outcome.clone(), (definition.outcome_schema)()));
        (definition.schemas)(&mut description.schemas);
        let operation = run(definition, &input, &outcome);
        description
            .named_paths
            .push((format!("{PATH}/{}", about.name), operation));
    }
    let all = description.schema::<CatalogueView>();
    let one = description.schema::<OperationView>();
    description.paths.push((PATH, HttpMethod::Get, list(&all)));
    description.paths.push((PATH, HttpMethod::Post, batch()));
    description
        .paths
        .push((catalogue::ONE, HttpMethod::Get, entry(&one)));
}

fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(word).collect()
}

fn long_text(about: &About) -> String {
    let roles: Vec<_> = roles(about).into_iter().map(Role::word).collect();
    let rules: Vec<_> = about
        .rules
        .iter()
        .map(|rule| format!("`{}`", rule.name))
        .collect();
    format!(
        "{}\n\n- Changes: {}\n- Effects: {}\n- Who: {}\n- Refused by: {}",
        about.meaning,
        about.changes,
        about.effects,
        roles.join(", "),
        if rules.is_empty() {
            "no rules of its own".to_owned()
        } else {
            rules.join(", ")
        },
    )
}

fn run(definition: &Definition, input: &str, outcome: &str) -> Operation {
    let about = definition.about;
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(input)))
        .build();
    let body = RequestBodyBuilder::new()
        .content(JSON, content)
        .required(Some(Required::True));
    let applied = answer("It was applied.", JSON, accepted(about, outcome))
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header())
        .header(
            "Idempotency-Replayed",
            header("True if this repeats an earlier answer.", boolean()),
        );
    let operation = OperationBuilder::new()
        .operation_id(Some(about.name))
        .tag(about.subdomain)
        .summary(Some(about.name))
        .description(Some(long_text(about)))
        .parameter(in_header(
            "Idempotency-Key",
            "An RFC 8941 string, with or without quotes. A retry by the same caller with the same key and request gets the same answer, and the operation is applied once.",
            text()
                .min_length(Some(1))
                .max_length(Some(IDEMPOTENCY_KEY_BYTES_MAX)),
        ))
        .parameter(in_header(
            "If-Match",
            "Entity tags of the target versions the operation may apply to, or *.",
            text(),
        ))
        .parameter(traceparent())
        .request_body(Some(body.build()))
        .response("200", applied);
    with_problems(
        operation,
        &[400, 401, 403, 408, 409, 412, 413, 415, 422, 503],
    )
    .build()
}

fn traceparent() -> utoipa::openapi::path::Parameter {
    in_header(
        "traceparent",
        "W3C trace context. Stored in the log entry.",
        text(),
    )
}

/// The answer to an operation that was applied.
fn accepted(about: &About, outcome: &str) -> ObjectBuilder {
    let names = about.events.iter().map(|event| event.as_str());
    let event = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("type", text().enum_values(Some(names)))
        .required("type");
    let once = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Values shown only once, if the operation has any."));
    ObjectBuilder::new()
        .property("operation", text().enum_values(Some([about.name])))
        .required("operation")
        .property("position", number(1))
        .required("position")
        .property("recorded_at", schema::moment())
        .required("recorded_at")
        .property("actor", text().examples(["user:anna"]))
        .required("actor")
        .property("outcome", Ref::from_schema_name(outcome))
        .required("outcome")
        .property("once", once)
        .property("events", ArrayBuilder::new().items(event.build()))
        .required("events")
}

fn list(schema: &str) -> Operation {
    let operation = OperationBuilder::new()
        .operation_id(Some("list-operations"))
        .tag("catalogue")
        .summary(Some("All operations"))
        .response(
            "200",
            answer("The catalogue.", JSON, Ref::from_schema_name(schema)),
        );
    with_problems(operation, &[400, 401, 503]).build()
}

fn entry(schema: &str) -> Operation {
    let operation = OperationBuilder::new()
        .operation_id(Some("get-operation"))
        .tag("catalogue")
        .summary(Some("One operation of the catalogue"))
        .parameter(super::parts::in_path(
            "name",
            "The operation's name.",
            text(),
        ))
        .response(
            "200",
            answer("The operation.", JSON, Ref::from_schema_name(schema)),
        );
    with_problems(operation, &[400, 401, 404, 503]).build()
}

fn batch() -> Operation {
    let names = application::catalogue().map(|definition| definition.about.name);
    let line = ObjectBuilder::new()
        .property("operation", text().enum_values(Some(names)))
        .required("operation")
        .property("input", ObjectBuilder::new().schema_type(Type::Object))
        .required("input")
        .property("key", text().max_length(Some(IDEMPOTENCY_KEY_BYTES_MAX)))
        .description(Some("One line."));
    let result = ObjectBuilder::new()
        .property("status", number(200))
        .required("status")
        .description(Some(
            "One line: `status`, and the answer of the operation or a problem. `etag` and `replayed` replace the headers of a single answer.",
        ));
    let content = ContentBuilder::new().schema(Some(line)).build();
    let body = RequestBodyBuilder::new()
        .description(Some(format!(
            "At most {BATCH_LINES_MAX} lines and {BATCH_BYTES_MAX} bytes."
        )))
        .content(NDJSON, content)
        .required(Some(Required::True));
    let operation = OperationBuilder::new()
        .operation_id(Some("run-batch"))
        .tag("catalogue")
        .summary(Some("Many operations in one request"))
        .description(Some(
            "Each line is a separate operation. Lines are applied in order, and each is accepted or refused on its own. The answer has one line for each, in the same order. A line that cannot be read does not stop the others.",
        ))
        .parameter(traceparent())
        .request_body(Some(body.build()))
        .response("200", answer("One result per line.", NDJSON, result));
    with_problems(operation, &[400, 401, 408, 413, 415, 503]).build()
}
