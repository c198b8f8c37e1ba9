//! How reefer plugs, set points and dangerous goods look in JSON.

use super::{code, list, or_null, or_null_list, record, words};
use domain::limits;
use domain::voyages::DangerousGoodsClass;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};

/// An optional number of reefer plugs.
pub(super) fn maybe_plugs(max: Option<f64>) -> Object {
    let plugs = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(0))
        .maximum(max)
        .description(Some(
            "Reefer plugs. They have no overbooking allowance. If left out, a voyage or vessel that \
             has a number keeps it; if none was ever given, plugs are not counted.",
        ))
        .examples([10]);
    or_null(plugs.build())
}

/// An optional temperature set point of an input.
pub fn maybe_set_point() -> Object {
    or_null(set_point())
}

/// A temperature set point.
pub fn set_point() -> Object {
    let degrees = |tenths: i16| f64::from(tenths) / 10.0;
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Number))
        .minimum(Some(degrees(limits::SET_POINT_TENTHS_MIN)))
        .maximum(Some(degrees(limits::SET_POINT_TENTHS_MAX)))
        .multiple_of(Some(0.1))
        .description(Some(
            "The temperature of its reefer containers in degrees Celsius, in steps of 0.1.",
        ))
        .examples([-18])
        .build()
}

/// Dangerous goods.
pub fn dangerous_goods() -> RefOr<Schema> {
    let un_number = code(
        "un-number",
        "^(UN)?[0-9]{4}$",
        "The UN number, for example UN1263. The digits alone are also accepted.",
        "UN1263",
    );
    let mut class = class();
    class.description =
        Some("The class or division of the IMDG Code, without a compatibility letter.".to_owned());
    let goods = record(
        "One kind of dangerous goods.",
        vec![("un_number", un_number), ("class", class)],
    );
    let RefOr::T(Schema::Array(mut goods)) = list(goods, limits::DANGEROUS_GOODS_MAX) else {
        unreachable!("a list is an array");
    };
    goods.min_items = None;
    goods.into()
}

/// Dangerous goods, or null.
pub fn maybe_dangerous_goods() -> RefOr<Schema> {
    or_null_list(dangerous_goods())
}

/// Classes of dangerous goods.
pub fn dangerous_goods_classes() -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(RefOr::T(Schema::Object(class())))
        .max_items(Some(DangerousGoodsClass::WORDS.len()))
        .description(Some(
            "The classes and divisions of dangerous goods that the voyage takes (IMDG Code).",
        ))
        .build()
        .into()
}

/// Classes of dangerous goods, or null.
pub fn maybe_dangerous_goods_classes() -> RefOr<Schema> {
    or_null_list(dangerous_goods_classes())
}

fn class() -> Object {
    words(DangerousGoodsClass::WORDS.iter().copied())
}
