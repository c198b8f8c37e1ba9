//! Parts of the API description that many endpoints share: headers, parameters, answers, lists.

use crate::limits::CURSOR_CHARS_MAX;
use crate::problem::{PROBLEM_JSON, ProblemBody};
use application::queries::{PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use application::schema;
use utoipa::ToSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{
    OperationBuilder, Parameter as DescribedParameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema};

pub(crate) const JSON: &str = "application/json";

/// A parameter of the query string.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) schema: fn() -> RefOr<Schema>,
}

/// The problem answers: status, name, meaning.
const PROBLEMS: &[(u16, &str, &str)] = &[
    (
        400,
        "Malformed",
        "The body is not JSON, or a header or parameter is malformed.",
    ),
    (401, "Unauthenticated", "The token is missing or not valid."),
    (
        403,
        "Forbidden",
        "The roles of the user do not permit this.",
    ),
    (
        404,
        "NotFound",
        "It does not exist, or the caller may not see it.",
    ),
    (408, "Timeout", "The body did not arrive in time."),
    (
        409,
        "Rejected",
        "A rule refused it. Nothing changed. `rule` names the rule.",
    ),
    (
        412,
        "Stale",
        "The target has a different version from If-Match. Nothing changed.",
    ),
    (413, "TooLarge", "The body is too large."),
    (414, "AddressTooLong", "The address is too long."),
    (
        415,
        "UnsupportedMediaType",
        "The media type is not supported.",
    ),
    (
        422,
        "InvalidInput",
        "The input is not valid, or the idempotency key was used for another request.",
    ),
    (
        429,
        "TooManyRequests",
        "Too many requests from one address. Retry after Retry-After.",
    ),
    (
        431,
        "HeadersTooLarge",
        "The headers are too many or too large.",
    ),
    (
        503,
        "Unavailable",
        "Overloaded, unavailable, or outcome unknown: `type` says which. Retry after Retry-After.",
    ),
];

/// All problem answers as components.
pub(crate) fn problem_responses() -> Vec<(&'static str, Response)> {
    let responses = PROBLEMS.iter().map(|(status, name, meaning)| {
        let schema = Ref::from_schema_name(ProblemBody::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(*meaning)
            .content(PROBLEM_JSON, content);
        let response = match status {
            401 => response.header("WWW-Authenticate", header("How to authenticate.", text())),
            429 | 503 => response.header("Retry-After", header("Seconds to wait.", number(0))),
            409 => {
                let replayed = "True if this repeats an earlier answer.";
                response
                    .header("Plimsoll-Position", position_header())
                    .header("Idempotency-Replayed", header(replayed, boolean()))
            }
            403 | 412 => response.header("Plimsoll-Position", position_header()),
            _ => response,
        };
        (*name, response.build())
    });
    responses.collect()
}

/// An endpoint with these problem answers besides its own.
pub(crate) fn with_problems(operation: OperationBuilder, statuses: &[u16]) -> OperationBuilder {
    // Every endpoint that reads its address and headers refuses those that are too long.
    let too_long: &[u16] = if statuses.contains(&400) {
        &[414, 431]
    } else {
        &[]
    };
    statuses
        .iter()
        .chain(too_long)
        .fold(operation, |operation, status| {
            let problem = PROBLEMS.iter().find(|(own, _, _)| own == status);
            let (_, name, _) = problem.expect("the status is in the list");
            operation.response(status.to_string(), Ref::from_response_name(*name))
        })
}

/// A header of an answer.
pub(crate) fn header(meaning: &str, schema: impl Into<RefOr<Schema>>) -> Header {
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(meaning))
        .build()
}

/// The header with the position at which an answer is true.
pub(crate) fn position_header() -> Header {
    header("The log position this answer is true at.", number(0))
}

/// The header with a version.
pub(crate) fn etag_header() -> Header {
    let tag = ObjectBuilder::new()
        .schema_type(Type::String)
        .examples(["\"3\""]);
    header("The version, as a strong entity tag.", tag)
}

/// Any text.
pub(crate) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// True or false.
pub(crate) fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// A whole number.
pub(crate) fn number(least: u64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(Some(isize::MAX))
}

fn parameter(
    place: ParameterIn,
    name: &str,
    meaning: &str,
    schema: impl Into<RefOr<Schema>>,
) -> DescribedParameter {
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
        .build()
}

/// A parameter in the path.
pub(crate) fn in_path(
    name: &str,
    meaning: &str,
    schema: impl Into<RefOr<Schema>>,
) -> DescribedParameter {
    parameter(ParameterIn::Path, name, meaning, schema)
}

/// A header of a request.
pub(crate) fn in_header(
    name: &str,
    meaning: &str,
    schema: impl Into<RefOr<Schema>>,
) -> DescribedParameter {
    parameter(ParameterIn::Header, name, meaning, schema)
}

/// A parameter of the query string.
pub(crate) fn in_query(named: &Parameter) -> DescribedParameter {
    parameter(
        ParameterIn::Query,
        named.name,
        named.meaning,
        (named.schema)(),
    )
}

/// A required parameter of the query string.
pub(crate) fn in_query_always(named: &Parameter) -> DescribedParameter {
    let mut parameter = in_query(named);
    parameter.required = Required::True;
    parameter
}

/// The parameter that makes a read wait.
pub(crate) const MIN_POSITION: Parameter = Parameter {
    name: "min_position",
    meaning: "Answer only once this position is visible. Waits up to two seconds, then answers 503.",
    schema: || number(0).into(),
};

/// The parameters of every list.
pub(crate) const PAGING: [Parameter; 3] = [
    Parameter {
        name: "limit",
        meaning: "Items per page.",
        schema: || {
            let limit = number(1).maximum(Some(PAGE_ITEMS_MAX));
            limit.default(Some(PAGE_ITEMS_DEFAULT.into())).into()
        },
    },
    Parameter {
        name: "cursor",
        meaning: "Where the page begins: `next` of the previous page.",
        schema: || {
            let cursor = text().pattern(Some("^([0-9A-Fa-f]{2})+$"));
            cursor.max_length(Some(CURSOR_CHARS_MAX)).into()
        },
    },
    MIN_POSITION,
];

/// The parameters for reading the past.
pub(crate) const TIME_TRAVEL: [Parameter; 2] = [
    Parameter {
        name: "at",
        meaning: "As it was after the log entry at this position.",
        schema: || number(0).into(),
    },
    Parameter {
        name: "as_of",
        meaning: "As known at this time.",
        schema: || schema::moment().into(),
    },
];

/// The parameter for what changed in a part of the log.
pub(crate) const CHANGED_AFTER: Parameter = Parameter {
    name: "changed_after",
    meaning: "Only what the log entries after this position changed, up to the point in the past if one is given.",
    schema: || number(0).into(),
};

/// The parameter for what had happened by a time.
pub(crate) const HAPPENED_BY: Parameter = Parameter {
    name: "happened_by",
    meaning: "The state at this time, counting only events that had happened and were known by then.",
    schema: || schema::moment().into(),
};

/// An answer with a body of one media type.
pub(crate) fn answer(
    meaning: &str,
    media_type: &str,
    schema: impl Into<RefOr<Schema>>,
) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(meaning)
        .content(media_type, content)
}

/// An answer that is a stream of events. A schema would describe its text as a whole, not an event.
pub(crate) fn event_stream(meaning: &str) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(meaning)
        .content("text/event-stream", ContentBuilder::new().build())
}

/// The header of a trace.
pub(crate) fn traceparent() -> DescribedParameter {
    in_header(
        "traceparent",
        "W3C trace context. Stored in the log entry.",
        text(),
    )
}

/// A list, page by page.
pub(crate) fn list(id: &str, summary: &str, filters: &[Parameter], page: &str) -> OperationBuilder {
    list_as(page_of(page), id, summary, filters)
}

/// A list, page by page or as CSV.
pub(crate) fn table(
    id: &str,
    summary: &str,
    filters: &[Parameter],
    page: &str,
) -> OperationBuilder {
    let csv = ContentBuilder::new().schema(Some(text())).build();
    list_as(page_of(page).content("text/csv", csv), id, summary, filters)
}

fn page_of(page: &str) -> ResponseBuilder {
    answer("A page.", JSON, Ref::from_schema_name(page))
        .header("Plimsoll-Position", position_header())
        .header(
            "Link",
            header("The address of the next page, with rel=\"next\".", text()),
        )
}

fn list_as(
    found: ResponseBuilder,
    id: &str,
    summary: &str,
    filters: &[Parameter],
) -> OperationBuilder {
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary));
    let operation = filters
        .iter()
        .chain(&PAGING)
        .fold(operation, |operation, named| {
            operation.parameter(in_query(named))
        });
    with_problems(operation.response("200", found), &[400, 401, 403, 503])
}

/// An endpoint that needs no token.
pub(crate) fn open(id: &str, summary: &str, media_type: &str) -> OperationBuilder {
    let schema = match media_type {
        JSON => ObjectBuilder::new().schema_type(Type::Object),
        _ => text(),
    };
    OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .security(SecurityRequirement::default())
        .response("200", answer(summary, media_type, schema))
}
