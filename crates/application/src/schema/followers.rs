//! Readers of the log and their places in it.

use super::{NO_CONTROL_CHARACTERS, code, line, or_null, text};
use domain::limits;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type};

/// The name of a consumer.
pub fn consumer_name() -> Object {
    let pattern = format!(
        "^[a-z0-9][a-z0-9._-]{{0,{}}}$",
        limits::CONSUMER_NAME_CHARS_MAX - 1
    );
    code(
        "consumer-name",
        &pattern,
        "The name of a consumer.",
        "billing",
    )
}

/// What a consumer is for.
pub fn maybe_consumer_description() -> Object {
    or_null(line(
        limits::CONSUMER_DESCRIPTION_CHARS_MAX,
        "What the consumer is for.",
        "Writes invoices",
    ))
}

/// A position in the log.
pub fn log_position() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .description(Some(
            "The position of a log entry, or 0 for the beginning of the log.",
        ))
        .examples([0])
        .build()
}

/// The position after which a new consumer starts.
pub fn maybe_first_position() -> Object {
    let mut position = or_null(log_position());
    let meaning = "The consumer starts after this position: 0 for all entries, or the position of the snapshot that it begins with. By default, it starts with the entries that come after its registration.";
    position.description = Some(meaning.to_owned());
    position
}

/// The error that a consumer reports.
pub fn maybe_consumer_error() -> Object {
    let error = text()
        .pattern(Some(NO_CONTROL_CHARACTERS))
        .min_length(Some(1))
        .max_length(Some(limits::REPORTED_ERROR_CHARS_MAX))
        .description(Some(
            "What keeps the consumer from going on, in one line. It is shown until the position moves.",
        ))
        .examples(["The table invoices is locked"]);
    or_null(error.build())
}

/// The reason of an operation on a consumer.
fn reason(example: &str) -> Object {
    line(limits::REASON_CHARS_MAX, "Kept in the log.", example)
}

/// Why a consumer is paused.
pub fn pause_reason() -> Object {
    or_null(reason("Its database is being moved"))
}

/// Why a consumer is removed.
pub fn removal_reason() -> Object {
    or_null(reason("Another program does its work"))
}

/// Why a consumer is set to a position.
pub fn reset_reason() -> Object {
    reason("It took a new snapshot")
}

/// Why a consumer is moved past entries.
pub fn skip_reason() -> Object {
    reason("Entered there by hand")
}
