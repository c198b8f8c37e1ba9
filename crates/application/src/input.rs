//! Reads inputs. Errors say where the fault is and what is expected.
//!
//! Neither `jsonschema` nor `deserr` replaces this. A schema cannot name the rule that a value
//! breaks or check what only the domain's types check, and its errors name the failed keyword, not
//! what to enter. `deserr` would add a second derive beside serde to every input and every type of
//! the domain in it, and the log still reads inputs with serde.

mod faults;
mod strict;

pub use faults::FAULTS_TOLD_MAX;

use domain::identifier::rules::IdentifierMustBeWellFormed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// Why an input could not be read.
#[derive(Debug, PartialEq, Eq)]
pub enum InputError {
    /// It is not JSON.
    Malformed(String),
    /// It is JSON, but does not match the schema.
    Shape(Vec<FieldError>),
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the input.
    pub pointer: String,
    /// What is wrong, and what is expected.
    pub detail: String,
    /// The rule that is broken, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Reads an input and checks its shape.
///
/// # Errors
///
/// The input is not JSON or does not match the schema.
pub fn read<T>(json: &[u8]) -> Result<T, InputError>
where
    T: DeserializeOwned + Serialize + ToSchema + Validate + 'static,
{
    read_once(json).map_err(|error| match error {
        InputError::Shape(found) => InputError::Shape(faults::all::<T>(json, found)),
        malformed => malformed,
    })
}

fn read_once<T>(json: &[u8]) -> Result<T, InputError>
where
    T: DeserializeOwned + Serialize + ToSchema + Validate + 'static,
{
    // Serde would accept a list as the fields in their order.
    if json.trim_ascii_start().first() == Some(&b'[') {
        return Err(InputError::Shape(vec![FieldError {
            pointer: String::new(),
            detail: "must be an object".to_owned(),
            rule: None,
        }]));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let input: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        if !error.inner().is_data() && serde_json::from_slice::<Value>(json).is_ok() {
            // Serde reads words from texts only, and calls anything else a fault of the JSON.
            return InputError::Shape(vec![FieldError {
                pointer,
                detail: "must be a text".to_owned(),
                rule: None,
            }]);
        }
        explain(pointer, error.inner())
    })?;
    deserializer
        .end()
        .map_err(|error| InputError::Malformed(error.to_string()))?;
    let sent = serde_json::from_slice::<Value>(json)
        .map_err(|error| InputError::Malformed(error.to_string()))?;
    if json.contains(&b'[') {
        objects_are_objects(&sent, &input)?;
    }
    checked(&input, &sent).map_err(InputError::Shape)?;
    Ok(input)
}

/// Checks bounds, and the stricter rules for new input.
fn checked<T: Validate + ToSchema + 'static>(
    input: &T,
    sent: &Value,
) -> Result<(), Vec<FieldError>> {
    let mut found = Vec::new();
    if let Err(errors) = input.validate() {
        collect("", &errors, &mut found);
    }
    if let Ok(schema) = faults::schema_of::<T>() {
        strict::collect(&schema, sent, "", &mut found);
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    Err(found)
}

/// Refuses lists in place of objects. Serde would accept a list of values in the order of the
/// fields, which the API description does not mention.
fn objects_are_objects(sent: &Value, input: &impl Serialize) -> Result<(), InputError> {
    let Ok(read) = serde_json::to_value(input) else {
        return Ok(());
    };
    match listed_object(sent, &read) {
        None => Ok(()),
        Some(pointer) => Err(InputError::Shape(vec![FieldError {
            pointer,
            detail: "must be an object".to_owned(),
            rule: None,
        }])),
    }
}

/// The place of a list that was read as an object.
fn listed_object(sent: &Value, read: &Value) -> Option<String> {
    match (sent, read) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Object(sent), Value::Object(read)) => read.iter().find_map(|(name, read)| {
            let inner = listed_object(sent.get(name)?, read)?;
            Some(format!("/{}{inner}", escape(name)))
        }),
        (Value::Array(sent), Value::Array(read)) => {
            let pairs = sent.iter().zip(read).enumerate();
            pairs.into_iter().find_map(|(index, (sent, read))| {
                Some(format!("/{index}{}", listed_object(sent, read)?))
            })
        }
        _ => None,
    }
}

fn explain(pointer: String, error: &serde_json::Error) -> InputError {
    if !error.is_data() {
        return InputError::Malformed(error.to_string());
    }
    let text = error.to_string();
    let detail = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(detail, _)| detail);
    let (rule, detail) = match detail.split_once(": ") {
        Some((name, rest)) if name == IdentifierMustBeWellFormed.name => {
            (Some(name.to_owned()), rest)
        }
        _ => (None, detail),
    };
    let (field, detail) = plain(detail);
    InputError::Shape(vec![FieldError {
        pointer: pointer + &field.map_or_else(String::new, |field| format!("/{}", escape(field))),
        detail,
        rule,
    }])
}

/// Rewords a serde error for the sender, and returns the inner field it is about, if any.
fn plain(said: &str) -> (Option<&str>, String) {
    let quoted = |rest: &str| rest.split('`').next().map(str::len);
    let named = |begin: &str| {
        let rest = said.strip_prefix(begin)?;
        Some(rest.split_at(quoted(rest)?))
    };
    if let Some((field, _)) = named("missing field `") {
        return (Some(field), "is missing".to_owned());
    }
    if let Some((field, _)) = named("duplicate field `") {
        return (Some(field), "is given twice".to_owned());
    }
    if let Some((_, known)) = named("unknown field `") {
        return (
            None,
            format!("is unknown; expected one of {}", words(known)),
        );
    }
    if let Some((word, known)) = named("unknown variant `") {
        let detail = format!("must be one of {}, not {word:?}", words(known));
        return (None, detail);
    }
    if said.starts_with("UUID parsing failed") {
        return (None, "must be a UUID".to_owned());
    }
    let wrong = said
        .split_once(": ")
        .filter(|(what, _)| matches!(*what, "invalid type" | "invalid value"));
    match wrong.and_then(|(_, rest)| rest.rsplit_once(", expected ")) {
        None => (None, said.to_owned()),
        Some((found, expected)) => (
            None,
            format!("must be {}, not {}", wanted(expected), sent(found)),
        ),
    }
}

/// The words between backquotes. Skips an unclosed first one.
fn words(text: &str) -> String {
    let words: Vec<_> = text.split('`').skip(2).step_by(2).collect();
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "u64" | "usize" => "a whole number from 0",
        "u32" => "a whole number from 0 to 4294967295",
        "u16" => "a whole number from 0 to 65535",
        "u8" => "a whole number from 0 to 255",
        "f64" => "a number",
        "a string" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        "a formatted UUID string" => "a UUID",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

fn sent(found: &str) -> String {
    match found.split_once(' ') {
        Some(("integer" | "boolean", value)) => value.trim_matches('`').to_owned(),
        Some(("floating", value)) => {
            let number = value.trim_start_matches("point ").trim_matches('`');
            match number.parse::<f64>() {
                // Written with more digits than floating point keeps.
                Ok(whole) if whole >= u64::MAX as f64 => format!("a number above {}", u64::MAX),
                Ok(whole) if whole <= i64::MIN as f64 => format!("a number below {}", i64::MIN),
                _ => number.to_owned(),
            }
        }
        Some(("string", value)) => format!("the text {value}"),
        _ => match found {
            "map" => "an object".to_owned(),
            "sequence" => "a list".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn collect(prefix: &str, errors: &ValidationErrors, found: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        // What holds between fields is about the object.
        let pointer = match field.as_ref() {
            "__all__" => prefix.to_owned(),
            field => format!("{prefix}/{}", escape(field)),
        };
        match kind {
            ValidationErrorsKind::Struct(nested) => collect(&pointer, nested, found),
            ValidationErrorsKind::List(items) => {
                for (index, nested) in items {
                    collect(&format!("{pointer}/{index}"), nested, found);
                }
            }
            ValidationErrorsKind::Field(complaints) => {
                found.extend(complaints.iter().map(|complaint| FieldError {
                    pointer: pointer.clone(),
                    detail: demand(complaint),
                    rule: None,
                }));
            }
        }
    }
}

/// What a validation requires, from its parameters.
fn demand(complaint: &validator::ValidationError) -> String {
    if let Some(message) = &complaint.message {
        return message.to_string();
    }
    let bound = |name: &str| complaint.params.get(name).map(ToString::to_string);
    let unit = match complaint.code.as_ref() {
        "length" => " long",
        "email" => return "must be an e-mail address".to_owned(),
        _ => "",
    };
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => format!("must be {min} to {max}{unit}"),
        (Some(min), None) => format!("must be at least {min}{unit}"),
        (None, Some(max)) => format!("must be at most {max}{unit}"),
        (None, None) => format!("fails the check {}", complaint.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::locations::UnLocode;
    use serde::Deserialize;
    use utoipa::PartialSchema;
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ArrayBuilder, Schema};

    #[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[schema(schema_with = ports)]
        ports: Vec<UnLocode>,
        #[validate(range(min = 1, max = 9))]
        count: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = Inner::schema)]
        inner: Option<Inner>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = Kind::schema)]
        kind: Option<Kind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<uuid::Uuid>,
    }

    fn ports() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(crate::schema::un_locode());
        items.into()
    }

    #[derive(Debug, Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "UPPERCASE")]
    enum Kind {
        Load,
        Unload,
    }

    #[derive(Debug, Serialize, Deserialize, ToSchema)]
    struct Inner {
        n: u8,
    }

    #[test]
    fn errors_give_the_place_and_what_is_expected() {
        for (json, expected) in [
            (r#"{"ports":["NLRTM"],"count":3}"#, "ok"),
            (
                r#"{"ports":["NLRTM","nl"],"count":3}"#,
                "/ports/1 must be a UN/LOCODE",
            ),
            (r#"{"ports":[],"count":10}"#, "/count must be 1 to 9"),
            (
                r#"{"ports":[],"count":"x"}"#,
                "/count must be a whole number from 0 to 255, not the text \"x\"",
            ),
            (
                r#"{"ports":[],"count":-5}"#,
                "/count must be a whole number from 0 to 255, not -5",
            ),
            (
                r#"{"ports":[],"count":1.5}"#,
                "/count must be a whole number from 0 to 255, not 1.5",
            ),
            (
                r#"{"ports":{},"count":1}"#,
                "/ports must be a list, not an object",
            ),
            (
                r#"{"ports":[],"count":1,"x":1}"#,
                "/x is unknown; expected one of ports, count, inner, kind, id",
            ),
            (r#"{"ports":[]}"#, "/count is missing"),
            (
                r#"{"ports":[],"count":1,"inner":{}}"#,
                "/inner/n is missing",
            ),
            (
                r#"{"ports":[],"count":1,"count":1}"#,
                "/count is given twice",
            ),
            (
                r#"{"ports":[],"count":1,"kind":"DROP"}"#,
                "/kind must be one of LOAD, UNLOAD, not \"DROP\"",
            ),
            (
                r#"{"ports":[],"count":1,"id":"Blue"}"#,
                "/id must be a UUID",
            ),
            (r#"{"ports":[]"#, "malformed"),
            (r#"{"ports":[],"count":1} x"#, "malformed"),
            ("", "malformed"),
            (r#"[["NLRTM"],3]"#, " must be an object"),
            (r#"[["NLRTM"],3]"#, " must be an object"),
            (
                r#"{"ports":["NLRTM"],"count":3,"inner":[1]}"#,
                "/inner must be an object",
            ),
        ] {
            let said = match read::<Sample>(json.as_bytes()) {
                Ok(_) => "ok".to_owned(),
                Err(InputError::Malformed(_)) => "malformed".to_owned(),
                Err(InputError::Shape(errors)) => {
                    format!("{} {}", errors[0].pointer, errors[0].detail)
                }
            };
            assert!(said.starts_with(expected), "{json}: {said}");
        }
    }

    #[test]
    fn every_fault_is_reported() {
        for (json, expected) in [
            (
                r#"{"ports":["nl","NLRTM","de"],"x":1,"y":2,"count":"x","id":7}"#,
                &["/ports/0", "/count", "/id", "/ports/2", "/x", "/y"][..],
            ),
            (r#"{"id":"Blue"}"#, &["/id", "/count", "/ports"]),
            (r#"{"ports":["nl"],"count":10}"#, &["/ports/0", "/count"]),
            (
                r#"{"ports":{},"inner":{"n":-1},"kind":"DROP"}"#,
                &["/ports", "/count", "/inner/n", "/kind"],
            ),
            (r#"{"ports":[],"count":10}"#, &["/count"]),
            (r#"[]"#, &[""]),
        ] {
            let Err(InputError::Shape(faults)) = read::<Sample>(json.as_bytes()) else {
                panic!("{json} was read");
            };
            let told: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(told, expected, "{json}: {faults:?}");
        }
    }

    #[test]
    fn the_number_of_reported_faults_is_limited() {
        let add = crate::find("add-locations").unwrap();
        let place = |latitude: i32| {
            serde_json::json!({ "un_locode": "NLRTM", "name": "R", "country": "NL",
                "latitude": latitude, "longitude": 0, "time_zone": "UTC" })
        };
        let cases = [
            (vec![place(91); 30], FAULTS_TOLD_MAX),
            (vec![serde_json::json!({}); 30], FAULTS_TOLD_MAX),
            // For an input of this size, only the first fault is reported.
            (vec![place(91); 1_000], 1),
        ];
        for (locations, told) in cases {
            let input = serde_json::json!({ "locations": locations });
            let json = input.to_string();
            let now = domain::Moment::from_micros(0);
            let read = add.read(json.as_bytes(), now, &mut Zeros);
            let Err(InputError::Shape(faults)) = read else {
                panic!("it was read");
            };
            assert_eq!(faults.len(), told, "{faults:?}");
        }
    }

    #[test]
    fn bounds_are_those_of_the_field() {
        let scheduled = crate::find("schedule-voyage").unwrap();
        let json = br#"{"overbooking_percent":256,"cut_off_hours":-1}"#;
        let read = scheduled.read(json, domain::Moment::from_micros(0), &mut Zeros);
        let Err(InputError::Shape(faults)) = read else {
            panic!("it was read");
        };
        let detail = |pointer: &str| {
            let fault = faults.iter().find(|fault| fault.pointer == pointer);
            fault.unwrap().detail.as_str()
        };
        let percent = "must be a whole number from 0 to 100, not 256";
        assert_eq!(detail("/overbooking_percent"), percent);
        let hours = "must be a whole number from 0 to 720, not -1";
        assert_eq!(detail("/cut_off_hours"), hours);
    }

    #[test]
    fn an_empty_input_lists_all_missing_fields() {
        for definition in crate::catalogue() {
            let schema = serde_json::to_value((definition.input_schema)()).unwrap();
            let required = schema["required"].as_array().into_iter().flatten();
            let now = domain::Moment::from_micros(0);
            let read = definition.read(b"{}", now, &mut Zeros);
            let Err(InputError::Shape(faults)) = read else {
                panic!("{} was read", definition.about.name);
            };
            for name in required {
                let pointer = format!("/{}", name.as_str().unwrap());
                let is_told = faults.iter().any(|fault| fault.pointer == pointer);
                assert!(is_told, "{}: {pointer}: {faults:?}", definition.about.name);
            }
        }
    }

    /// No randomness.
    struct Zeros;

    impl domain::ports::Chance for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
}
