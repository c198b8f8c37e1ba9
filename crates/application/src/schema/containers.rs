//! How containers look in JSON.

use super::{code, line, list, or_null, record, size_type};
use domain::limits;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};

/// A container number.
pub fn container_number() -> Object {
    code(
        "container-number",
        "^[A-Z]{3}U[0-9]{7}$",
        "An ISO 6346 container number, check digit included.",
        "CSQU3054383",
    )
}

/// Containers of a cargo.
pub fn containers() -> RefOr<Schema> {
    let mut container = record(
        "A container with its number.",
        vec![("number", container_number())],
    );
    let mut size_type = or_null(size_type());
    size_type.description =
        Some("Needed only where the cargo has several sizes or types.".to_owned());
    let vgm = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1))
        .maximum(Some(limits::CONTAINER_GROSS_WEIGHT_KG_MAX as f64))
        .description(Some("The verified gross mass, in kilograms."))
        .examples([9_000]);
    let seal = line(limits::SEAL_CHARS_MAX, "The seal.", "ML-DK 4711");
    for (name, field) in [
        ("type", size_type),
        ("seal", or_null(seal)),
        ("vgm_kg", or_null(vgm.build())),
    ] {
        container
            .properties
            .insert(name.to_owned(), RefOr::T(Schema::Object(field)));
    }
    list(container, limits::CONTAINERS_MAX)
}

/// Container numbers, or null.
pub fn maybe_container_numbers() -> RefOr<Schema> {
    let mut numbers = ArrayBuilder::new()
        .items(RefOr::T(Schema::Object(container_number())))
        .max_items(usize::try_from(limits::CONTAINERS_MAX).ok())
        .build();
    numbers.schema_type = SchemaType::Array(vec![Type::Array, Type::Null]);
    numbers.into()
}

/// An optional container number of an input.
pub fn maybe_container_number() -> Object {
    or_null(container_number())
}
