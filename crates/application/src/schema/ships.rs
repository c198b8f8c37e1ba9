//! Schemas of ships.

use super::{code, line, or_null, record};
use domain::limits;
use utoipa::openapi::Object;

/// An IMO number.
pub fn imo() -> Object {
    code(
        "imo-number",
        "^[1-9][0-9]{6}$",
        "A vessel's IMO number, check digit included.",
        "9074729",
    )
}

/// The name of a vessel.
pub fn vessel_name() -> Object {
    line(limits::NAME_CHARS_MAX, "A name.", "Aurora")
}

/// An optional reason for a change of a voyage or a vessel.
pub fn maybe_sailing_reason() -> Object {
    or_null(sailing_reason())
}

/// The reason for a change of a voyage or a vessel.
pub fn sailing_reason() -> Object {
    line(
        limits::REASON_CHARS_MAX,
        "Kept in the log.",
        "Port congestion",
    )
}

/// A vessel.
pub fn vessel() -> Object {
    record("A ship.", vec![("imo", imo()), ("name", vessel_name())])
}
