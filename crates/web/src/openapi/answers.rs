//! What comes back: answers and their schemas.

use crate::api::catalogue::{CatalogueView, OperationView};
use crate::problem::{PROBLEM_JSON, ProblemBody};
use application::schema;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{
    Content, HeaderBuilder, Ref, RefOr, ResponseBuilder, Responses, ResponsesBuilder, Schema,
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Adds a type's schema and all it refers to; answers its name.
pub(super) fn name<T: ToSchema>(schemas: &mut Schemas) -> String {
    let mut named = Vec::new();
    T::schemas(&mut named);
    schemas.extend(named);
    let name = T::name().into_owned();
    schemas.insert(name.clone(), T::schema());
    name
}

/// The schemas that are not of one resource.
pub(super) fn pieces(schemas: &mut Schemas) {
    name::<ProblemBody<'_>>(schemas);
    name::<CatalogueView>(schemas);
    name::<OperationView>(schemas);
}

pub(super) fn reference(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

fn object(fields: Vec<(&str, RefOr<Schema>, bool)>) -> RefOr<Schema> {
    let object =
        fields
            .into_iter()
            .fold(ObjectBuilder::new(), |object, (name, schema, required)| {
                let object = object.property(name, schema);
                if required {
                    object.required(name)
                } else {
                    object
                }
            });
    object.into()
}

fn text() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn position() -> RefOr<Schema> {
    let position = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0));
    position.into()
}

fn list(item: RefOr<Schema>) -> RefOr<Schema> {
    ArrayBuilder::new().items(item).into()
}

/// A page of such items.
pub(super) fn page(item: RefOr<Schema>) -> RefOr<Schema> {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The cursor of the next page; null on the last."));
    object(vec![
        ("items", list(item), true),
        ("next", next.into(), true),
        ("position", position(), true),
    ])
}

/// One version of such a state.
pub(super) fn version_of(state: RefOr<Schema>) -> RefOr<Schema> {
    object(vec![
        ("version", position(), true),
        ("position", position(), true),
        ("recorded_at", schema::moment().into(), true),
        ("state", state, true),
    ])
}

/// The answer to an operation that was applied.
pub(super) fn applied(operation: &str, outcome: RefOr<Schema>) -> RefOr<Schema> {
    let constant = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([operation]));
    let event = ObjectBuilder::new()
        .property("type", text())
        .required("type");
    let once = ObjectBuilder::new().description(Some(
        "What is told in the first answer only, and kept nowhere.",
    ));
    object(vec![
        ("operation", constant.into(), true),
        ("position", position(), true),
        ("recorded_at", schema::moment().into(), true),
        ("actor", text(), true),
        ("outcome", outcome, true),
        ("once", once.into(), false),
        ("events", list(event.into()), true),
    ])
}

/// All answers of one operation of the API.
pub(super) struct Answers;

impl Answers {
    pub(super) fn of_an_operation(applied: RefOr<Schema>) -> Responses {
        let answer = json("It was applied.", applied)
            .header("ETag", header("The target's new version."))
            .header(
                "Idempotency-Replayed",
                header("true, where this is an earlier answer given again."),
            );
        problems(&[400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 500, 503])
            .response("200", positioned(answer))
            .build()
    }

    pub(super) fn of_a_batch(media_type: &str, lines: RefOr<Schema>) -> Responses {
        let answer = ResponseBuilder::new()
            .description("One result a line, in the order of the lines.")
            .content(media_type, Content::new(Some(lines)));
        problems(&[400, 401, 408, 413, 415, 422, 503])
            .response("200", answer)
            .build()
    }

    pub(super) fn of_a_read(meaning: &str, schema: RefOr<Schema>) -> Responses {
        let link = header("The next page.");
        problems(&[400, 401, 403, 503])
            .response(
                "200",
                positioned(json(meaning, schema)).header("Link", link),
            )
            .build()
    }

    pub(super) fn of_one(meaning: &str, schema: RefOr<Schema>, tagged: bool) -> Responses {
        let answer = positioned(json(meaning, schema));
        let responses = problems(&[400, 401, 403, 404, 503]);
        if !tagged {
            return responses.response("200", answer).build();
        }
        let unchanged =
            ResponseBuilder::new().description("What the caller has is still the newest.");
        responses
            .response("200", answer.header("ETag", header("Its version.")))
            .response("304", unchanged)
            .build()
    }

    pub(super) fn of_health(can_fail: bool) -> Responses {
        let answer = ResponseBuilder::new()
            .description("Yes.")
            .content("text/plain", Content::new(Some(text())));
        let failing: &[u16] = if can_fail { &[503] } else { &[] };
        problems(failing).response("200", answer).build()
    }
}

fn json(meaning: &str, schema: RefOr<Schema>) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(meaning)
        .content("application/json", Content::new(Some(schema)))
}

fn header(meaning: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(meaning))
        .build()
}

fn positioned(answer: ResponseBuilder) -> ResponseBuilder {
    answer.header("Plimsoll-Position", header("The position this is true at."))
}

/// Problem documents with these statuses.
fn problems(statuses: &[u16]) -> ResponsesBuilder {
    statuses
        .iter()
        .fold(ResponsesBuilder::new(), |responses, status| {
            let meaning = match status {
                400 => "The request, its body or a parameter cannot be read.",
                401 => "Who is asking is not known.",
                403 => "The policy does not permit it.",
                404 => "There is no such thing, as far as the caller may know.",
                408 => "The body took too long.",
                409 => "A rule refuses it; the field rule names which.",
                412 => "The target has another version.",
                413 => "The body is too large.",
                415 => "The body is of another type.",
                422 => {
                    "The input is not of the right shape, or the key was used for something else."
                }
                500 => "Something broke; nothing was applied.",
                _ => "Not now; Retry-After says when.",
            };
            let mut answer = ResponseBuilder::new()
                .description(meaning)
                .content(PROBLEM_JSON, Content::new(Some(reference("Problem"))));
            if *status == 503 {
                answer = answer.header("Retry-After", header("Seconds to wait."));
            }
            responses.response(status.to_string(), answer)
        })
}
