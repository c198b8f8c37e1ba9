//! The operations: one path each, from the catalogue. One handler serves them all at
//! `/api/operations/{name}`.

use super::endpoint::Schemas;
use super::parts::{
    JSON, Parameter, answer, boolean, etag_header, header, in_header, in_query, number,
    position_header, text, traceparent, with_problems,
};
use crate::api::catalogue::roles;
use crate::api::operations::PATH;
use application::queries::affected_lists;
use application::{About, Definition, schema};
use domain::access::Role;
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, Required};

/// Visible characters, or an RFC 8941 string.
const KEY: &str = r#"^([!#-~][!-~]*|"([ !#-\[\]-~]|\\["\\])+")$"#;

/// `*`, or a list of entity tags (RFC 9110, section 8.8.3).
const ENTITY_TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#;

/// Describes every operation of the catalogue.
pub(super) fn describe(paths: &mut Paths, schemas: &mut Schemas) {
    for (_, item, schema) in affected_lists() {
        schemas.0.push((item.to_owned(), schema));
    }
    for definition in application::catalogue() {
        let about = definition.about;
        let stem = camel(about.name);
        let (input, outcome) = (format!("{stem}Input"), format!("{stem}Outcome"));
        schemas.0.push((input.clone(), (definition.input_schema)()));
        schemas
            .0
            .push((outcome.clone(), (definition.outcome_schema)()));
        (definition.schemas)(&mut schemas.0);
        let operation = run(definition, &input, &outcome);
        let path = format!("{PATH}/{}", about.name);
        paths.add_path_operation(path, vec![HttpMethod::Post], operation);
    }
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
    let answered = OneOfBuilder::new()
        .item(accepted(about, outcome))
        .item(rehearsed(about, outcome));
    let applied = answer("It was applied or, if asked, rehearsed.", JSON, answered)
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
        .parameter(in_query(&REHEARSE))
        .parameter(in_header(
            "Idempotency-Key",
            "An RFC 8941 string, with or without quotes. A retry by the same caller with the same key and request gets the same answer, and the operation is applied once.",
            text()
                .pattern(Some(KEY))
                .min_length(Some(1))
                .max_length(Some(IDEMPOTENCY_KEY_BYTES_MAX)),
        ))
        .parameter(in_header(
            "If-Match",
            "Entity tags of the target versions the operation may apply to, or *.",
            text().pattern(Some(ENTITY_TAGS)).examples(["\"3\""]),
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

/// The parameter of a rehearsal.
const REHEARSE: Parameter = Parameter {
    name: "rehearse",
    meaning: "With true, the answer says what the operation would do, and to which cargoes. Nothing is committed or recorded, and no key is used. Ids in the outcome are examples. A refusal is answered like that of the operation.",
    schema: || boolean().into(),
};

/// The answer to a rehearsal.
fn rehearsed(about: &About, outcome: &str) -> ObjectBuilder {
    let body = ObjectBuilder::new()
        .property("operation", text().enum_values(Some([about.name])))
        .required("operation")
        .property("rehearsed", boolean().enum_values(Some([true])))
        .required("rehearsed")
        .property("outcome", Ref::from_schema_name(outcome))
        .required("outcome")
        .property("events", ArrayBuilder::new().items(event(about)))
        .required("events");
    affected_lists().fold(body, |body, (name, item, _)| {
        let list = ArrayBuilder::new().items(Ref::from_schema_name(item));
        body.property(name, list).required(name)
    })
}

fn event(about: &About) -> Object {
    let names = about.events.iter().map(|event| event.as_str());
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("type", text().enum_values(Some(names)))
        .required("type")
        .build()
}

/// The answer to an accepted operation.
fn accepted(about: &About, outcome: &str) -> ObjectBuilder {
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
        .property("events", ArrayBuilder::new().items(event(about)))
        .required("events")
}
