//! How domain values look in JSON, for the API description. Patterns and limits come from the
//! domain. The forms of pages are built from the same schemas.

mod containers;
mod followers;
mod legs;
mod ships;
mod special;

pub use containers::{
    container_number, containers, maybe_container_number, maybe_container_numbers,
};
pub use followers::{
    consumer_name, log_position, maybe_consumer_description, maybe_consumer_error,
    maybe_first_position, pause_reason, removal_reason, reset_reason, skip_reason,
};
pub use legs::{legs, maybe_onward_legs};
pub use ships::{imo, maybe_sailing_reason, sailing_reason, vessel, vessel_name};
pub use special::{
    dangerous_goods, dangerous_goods_classes, maybe_dangerous_goods, maybe_dangerous_goods_classes,
    maybe_set_point, set_point,
};

use domain::limits;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat,
    SchemaType, Type,
};

/// The pattern of a text in one line.
pub const NO_CONTROL_CHARACTERS: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

/// An identifier. Forms use its format, which is our own name, to know what to ask for.
fn code(format: &str, pattern: &str, description: &str, example: &str) -> Object {
    text()
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([example])
        .build()
}

fn line(max: usize, description: &str, example: &str) -> Object {
    text()
        .pattern(Some(NO_CONTROL_CHARACTERS))
        .min_length(Some(1))
        .max_length(Some(max))
        .description(Some(description))
        .examples([example])
        .build()
}

/// The type of a value. One that may also be null counts as its other type.
#[must_use]
pub fn type_of(schema: &Value) -> Option<&str> {
    schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str())
}

/// A schema with every reference replaced by its target, so that it stands alone.
#[must_use]
pub fn inline(schema: Value, named: &BTreeMap<String, Value>) -> Value {
    match schema {
        Value::Object(fields) => {
            let target = fields.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|path| path.rsplit('/').next());
            if let Some(target) = target.and_then(|name| named.get(name)) {
                return inline(target.clone(), named);
            }
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(name, field)| (name, inline(field, named)))
                    .collect(),
            )
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| inline(item, named)).collect())
        }
        other => other,
    }
}

/// An example of an input, an outcome or a part of one, from the examples in its schema. `None` if
/// a required field has no example. Lists have as few items as allowed, but at least one.
#[must_use]
pub fn example(schema: &Value) -> Option<Value> {
    if let Some(example) = schema["examples"].get(0) {
        return Some(example.clone());
    }
    match type_of(schema)? {
        "object" => {
            let fields = schema["properties"].as_object()?.iter();
            let fields = fields.map(|(name, field)| Some((name.clone(), example(field)?)));
            Some(Value::Object(fields.collect::<Option<_>>()?))
        }
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(1).max(1);
            let items = (0..least).map(|_| example(&schema["items"]));
            Some(Value::Array(items.collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// A UN/LOCODE.
pub fn un_locode() -> Object {
    code(
        "un-locode",
        "^[A-Z]{2}[A-Z2-9]{3}$",
        "The UN/LOCODE of a location.",
        "NLRTM",
    )
}

/// An optional value of an input, which callers may leave out or send as null.
pub(crate) fn or_null(mut value: Object) -> Object {
    if let SchemaType::Type(kind) = value.schema_type {
        value.schema_type = SchemaType::Array(vec![kind, Type::Null]);
    }
    value
}

/// An optional UN/LOCODE of an input.
pub fn maybe_un_locode() -> Object {
    or_null(un_locode())
}

/// An optional time of an input.
pub fn maybe_moment() -> Object {
    or_null(moment())
}

/// An optional voyage number of an input.
pub fn maybe_voyage_number() -> Object {
    or_null(voyage_number())
}

/// An optional cut-off of an input, in hours.
pub fn maybe_cut_off_hours() -> Object {
    let hours = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(0))
        .maximum(Some(limits::CUT_OFF_HOURS_MAX))
        .examples([24]);
    or_null(hours.build())
}

/// A country.
pub fn country() -> Object {
    code(
        "country",
        "^[A-Z]{2}$",
        "An ISO 3166-1 alpha-2 country code.",
        "NL",
    )
}

/// An IANA time zone.
pub fn time_zone() -> Object {
    line(
        limits::TIME_ZONE_CHARS_MAX,
        "An IANA time zone.",
        "Europe/Amsterdam",
    )
}

/// A tracking id.
pub fn tracking_id() -> Object {
    code(
        "tracking-id",
        "^[2-9A-HJKMNP-Z]{11}$",
        "The tracking ID of a cargo.",
        "23456789AB3",
    )
}

/// A voyage number.
pub fn voyage_number() -> Object {
    let pattern = format!(
        "^[A-Z0-9]([A-Z0-9-]{{0,{}}}[A-Z0-9])?$",
        limits::VOYAGE_NUMBER_CHARS_MAX - 2
    );
    code("voyage-number", &pattern, "A voyage number.", "V100")
}

/// A size and type code.
pub fn size_type() -> Object {
    code(
        "size-type",
        "^[24L][024-689C-FL-P]([GVBSRHUTPKNA][0-9]|GP|VH|BU|BK|SN|RE|RT|RS|HR|HI|UT|PL|PF|PC|PS|TN|TD|TG|KL|NH|NN|NP|AS)$",
        "An ISO 6346 size and type code.",
        "22G1",
    )
}

/// A user name.
pub fn user_name() -> Object {
    let pattern = format!(
        "^[a-z0-9][a-z0-9._@-]{{0,{}}}$",
        limits::USER_NAME_CHARS_MAX - 1
    );
    code("user-name", &pattern, "A user name.", "anna")
}

/// A name.
pub fn name() -> Object {
    line(limits::NAME_CHARS_MAX, "A name.", "Blue Anchor Trading")
}

/// A part of a name, to filter a list. Without any text, the list is complete.
pub fn part_of_name() -> Object {
    text()
        .max_length(Some(limits::NAME_CHARS_MAX))
        .pattern(Some(NO_CONTROL_CHARACTERS))
        .examples(["Anchor"])
        .build()
}

/// Other names.
pub fn aliases() -> RefOr<Schema> {
    list_of_aliases().build().into()
}

/// Other names, or null.
pub fn maybe_aliases() -> RefOr<Schema> {
    let mut aliases = list_of_aliases().build();
    aliases.schema_type = SchemaType::Array(vec![Type::Array, Type::Null]);
    aliases.into()
}

fn list_of_aliases() -> ArrayBuilder {
    let name = line(limits::NAME_CHARS_MAX, "A name.", "København");
    ArrayBuilder::new()
        .items(RefOr::T(Schema::Object(name)))
        .max_items(usize::try_from(limits::ALIASES_MAX).ok())
        .description(Some("Other names to find the location by."))
}

/// A commodity.
pub fn commodity() -> Object {
    line(
        limits::COMMODITY_CHARS_MAX,
        "The goods in the containers.",
        "Machine parts",
    )
}

/// An optional overbooking allowance of an input, in percent.
pub fn maybe_overbooking_percent() -> Object {
    let percent = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(0))
        .maximum(Some(limits::OVERBOOKING_PERCENT_MAX))
        .description(Some(
            "How far bookings may exceed the capacity, in percent. Default: unchanged.",
        ))
        .examples([10]);
    or_null(percent.build())
}

/// An optional change of a call of an input.
pub fn maybe_call_change() -> Object {
    let about = "OMIT (the default), or RESTORE if the ship calls there after all.";
    let mut change = words(["OMIT", "RESTORE"]);
    change.description = Some(about.to_owned());
    or_null(change)
}

/// What was reported of a call.
pub fn call_event() -> Object {
    let mut event = words(["DEPARTURE", "ARRIVAL"]);
    event.description = Some("Whether the departure or the arrival was reported.".to_owned());
    event
}

/// An optional commodity of an input.
pub fn maybe_commodity() -> Object {
    or_null(commodity())
}

/// An optional reference of an input.
pub fn maybe_reference() -> Object {
    or_null(line(
        limits::REFERENCE_CHARS_MAX,
        "The customer's own reference, for example an order number.",
        "PO 4711",
    ))
}

/// An optional gross weight of an input.
pub fn maybe_gross_weight_kg() -> Object {
    or_null(gross_weight_kg())
}

/// A gross weight.
pub fn gross_weight_kg() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1))
        .maximum(Some(limits::GROSS_WEIGHT_KG_MAX as f64))
        .description(Some(
            "Gross weight of goods and containers, in kilograms. At most 36 000 per container.",
        ))
        .examples([10_000])
        .build()
}

/// An optional number of a call of an input.
pub fn maybe_call() -> Object {
    let call = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(limits::CALLS_MAX))
        .description(Some(
            "The number of the call, from 1 at the first port. Needed only where the voyage calls \
             at the port more than once.",
        ))
        .examples([2]);
    or_null(call.build())
}

/// An optional reason of an input.
pub fn maybe_reason() -> Object {
    or_null(reason())
}

/// A reason.
pub fn reason() -> Object {
    line(
        limits::REASON_CHARS_MAX,
        "Kept in the log.",
        "Order withdrawn",
    )
}

/// The reason of an erasure, which outlasts what is erased.
pub fn erasure_reason() -> Object {
    line(
        limits::REASON_CHARS_MAX,
        "Kept in the log, and not erased with the rest. Do not name the person.",
        "Asked to be forgotten",
    )
}

/// A token's label.
pub fn label() -> Object {
    or_null(line(
        limits::TOKEN_LABEL_CHARS_MAX,
        "What the token is for.",
        "Gate terminal 4",
    ))
}

/// An e-mail address.
pub fn email() -> Object {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(limits::EMAIL_CHARS_MAX))
        .examples(["desk@example.com"])
        .build()
}

/// A time.
pub fn moment() -> Object {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some(
            "An RFC 3339 time in the years 1970 to 2199. Answers use UTC.",
        ))
        .examples(["2027-03-03T00:00:00Z"])
        .build()
}

/// A UUID.
pub fn uuid() -> Object {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .examples(["01890a5d-ac96-774b-bcce-b302099a8057"])
        .build()
}

/// The customer that a user acts for.
pub fn acts_for() -> Object {
    let mut id = or_null(uuid());
    let hint = "Only for the customer role: the customer to act for.";
    id.description = Some(hint.to_owned());
    id
}

/// A password to set.
pub fn password() -> Object {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .description(Some(format!(
            "{} to {} characters. Several words in a row are easy to remember and hard to guess. It may \
             not be blank, contain control characters, or be guessed within {} tries.",
            limits::PASSWORD_CHARS_MIN,
            limits::PASSWORD_CHARS_MAX,
            limits::PASSWORD_GUESSES_MIN
        )))
        .examples(["correct horse battery"])
        .pattern(Some(NO_CONTROL_CHARACTERS))
        .min_length(Some(limits::PASSWORD_CHARS_MIN))
        .max_length(Some(limits::PASSWORD_CHARS_MAX))
        .write_only(true)
        .build()
}

/// An optional UUID of an input.
pub fn maybe_uuid() -> Object {
    or_null(uuid())
}

/// An optional SHA-256 hash of an input.
pub fn maybe_hash() -> Object {
    or_null(hash())
}

/// A SHA-256 hash.
pub fn hash() -> Object {
    code(
        "sha-256",
        "^[0-9a-f]{64}$",
        "SHA-256, in hexadecimal.",
        &"0".repeat(64),
    )
}

/// A role.
pub fn role() -> Object {
    let mut role = words(domain::access::Role::ALL.iter().map(|role| role.word()));
    role.description = Some("A role.".to_owned());
    role
}

/// One of some words.
pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    let words: Vec<&str> = words.into_iter().collect();
    let first = words.first().copied();
    text().enum_values(Some(words)).examples(first).build()
}

/// A size in TEU.
pub fn teu() -> Object {
    let most = limits::CAPACITY_TEU_MAX;
    number(
        "Size in TEU, in steps of 0.25.",
        0.25,
        100,
        Some(most.into()),
    )
}

/// A size in TEU in an answer, where it can be any sum.
pub fn size() -> Object {
    number("Size in TEU, in steps of 0.25.", 0.25, 100, None)
}

fn number(description: &str, step: f64, example: u32, max: Option<f64>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Number))
        .minimum(Some(0))
        .maximum(max)
        .multiple_of(Some(step))
        .description(Some(description))
        .examples([example])
        .build()
}

/// An object whose fields are all required, without other fields.
fn record(description: &str, fields: Vec<(&str, Object)>) -> Object {
    let builder = ObjectBuilder::new()
        .description(Some(description))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    fields
        .into_iter()
        .fold(builder, |builder, (name, schema)| {
            builder.property(name, schema).required(name)
        })
        .build()
}

/// A capacity.
pub fn capacity() -> Object {
    let most = limits::CAPACITY_TONNES_MAX as f64;
    let tonnes = number(TONNES, 0.001, 2_000, Some(most));
    let plugs = special::maybe_plugs(Some(limits::CAPACITY_PLUGS_MAX.into()));
    with_plugs(teu(), tonnes, plugs)
}

fn with_plugs(teu: Object, tonnes: Object, plugs: Object) -> Object {
    let mut space = record(
        "Size in TEU, weight in tonnes and reefer plugs.",
        vec![("teu", teu), ("tonnes", tonnes)],
    );
    let plugs = RefOr::T(Schema::Object(plugs));
    space.properties.insert("plugs".to_owned(), plugs);
    space
}

/// Size and weight in an answer, where they can be any sum.
pub fn space() -> Object {
    let tonnes = number(TONNES, 0.001, 2_000, None);
    with_plugs(size(), tonnes, special::maybe_plugs(None))
}

const TONNES: &str = "Weight in tonnes, in steps of 0.001.";

/// Planned movements.
pub fn movements() -> RefOr<Schema> {
    list(
        record(
            "A departure and the arrival that follows it.",
            vec![
                ("from", un_locode()),
                ("to", un_locode()),
                ("departs", moment()),
                ("arrives", moment()),
            ],
        ),
        limits::MOVEMENTS_MAX,
    )
}

/// Tracking ids.
pub fn tracking_ids() -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(RefOr::T(Schema::Object(tracking_id())))
        .build()
        .into()
}

/// An optional tracking ID of an input.
pub fn maybe_tracking_id() -> Object {
    or_null(tracking_id())
}

/// A handling type.
pub fn handling_type() -> Object {
    let all = domain::handling::HandlingType::ALL.iter();
    let mut handling_type = words(all.map(|known| known.word()));
    handling_type.description = Some("The kind of handling.".to_owned());
    handling_type
}

/// Equipment lines.
pub fn equipment() -> RefOr<Schema> {
    let count = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(1))
        .maximum(Some(limits::EQUIPMENT_COUNT_MAX))
        .examples([1])
        .build();
    list(
        record(
            "A number of containers of one size and type.",
            vec![("type", size_type()), ("count", count)],
        ),
        limits::EQUIPMENT_LINES_MAX,
    )
}

/// Equipment lines, or null.
pub fn maybe_equipment() -> RefOr<Schema> {
    or_null_list(equipment())
}

fn or_null_list(list: RefOr<Schema>) -> RefOr<Schema> {
    match list {
        RefOr::T(Schema::Array(mut list)) => {
            list.schema_type = SchemaType::Array(vec![Type::Array, Type::Null]);
            list.into()
        }
        other => other,
    }
}

fn list(item: Object, max: u64) -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(RefOr::T(Schema::Object(item)))
        .min_items(Some(1))
        .max_items(usize::try_from(max).ok())
        .build()
        .into()
}
