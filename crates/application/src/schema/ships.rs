//! Schemas of ships.

use super::{code, name, or_null, record};
use domain::limits;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Object, ObjectBuilder};

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

/// A number of reefer plugs, or null.
pub fn maybe_reefer_plugs() -> Object {
    let plugs = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(0))
        .maximum(Some(limits::CAPACITY_PLUGS_MAX))
        .description(Some(
            "How many refrigerated containers it can supply with power. Default: unchanged, or not known.",
        ))
        .examples([400]);
    or_null(plugs.build())
}
