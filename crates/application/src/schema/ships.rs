//! Schemas of ships.

use super::{code, name, record};
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

/// A vessel.
pub fn vessel() -> Object {
    record("A ship.", vec![("imo", imo()), ("name", name())])
}
