//! Converts entered values to the JSON of an input.

use super::clock::{Clocks, in_utc};
use super::entered::Entered;
use super::properties::properties;
use application::Definition;
use application::input::InputError;
use application::schema::type_of;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// Builds the input of an operation according to its schema. Faults are recorded beside their
/// fields, and then the result is nothing.
pub(crate) fn input(
    definition: &Definition,
    schema: &Value,
    entered: &mut Entered,
    clocks: &Clocks,
) -> Option<Value> {
    input_with(definition, schema, entered, clocks, |entered| entered)
}

/// The same for a form that does not ask for the input itself: `convert` makes the input from what
/// it asks for.
pub(crate) fn input_with(
    definition: &Definition,
    schema: &Value,
    entered: &mut Entered,
    clocks: &Clocks,
    convert: impl FnOnce(Value) -> Value,
) -> Option<Value> {
    clocks.tell(schema, entered);
    let mut faults = Faults::new();
    let input = convert(object(schema, "", (entered, clocks), &mut faults));
    for (pointer, detail) in faults {
        entered.wrong_field(&pointer, detail);
    }
    if !entered.has_errors() {
        return Some(input);
    }
    // Report all other faults at once, not only after this one is fixed.
    let json = serde_json::to_vec(&input).expect("JSON can be written");
    if let Err(InputError::Shape(further)) = definition.check(&json) {
        for error in further {
            if entered.errors(&error.pointer).is_empty() {
                entered.wrong_field(&error.pointer, error.detail);
            }
        }
    }
    None
}

/// The faults by pointer.
type Faults = BTreeMap<String, String>;

/// The value at a pointer, or nothing if nothing was entered.
fn read(
    schema: &Value,
    pointer: &str,
    (entered, clocks): (&Entered, &Clocks),
    faults: &mut Faults,
) -> Option<Value> {
    let with = (entered, clocks);
    match type_of(schema) {
        Some("object") => Some(object(schema, pointer, with, faults)),
        // Without a row, an optional list stays as it is, unless the form showed it filled in.
        Some("array")
            if schema["type"].is_array()
                && entered.items(pointer) == 0
                && (entered.opened().is_none() || entered.value(pointer).is_none()) =>
        {
            None
        }
        Some("array") => {
            let items = (0..entered.items(pointer)).filter_map(|index| {
                let pointer = format!("{pointer}/{index}");
                read(&schema["items"], &pointer, with, faults)
            });
            Some(Value::Array(items.collect()))
        }
        Some("number" | "integer") => {
            let text = entered.value(pointer)?.trim();
            let text = text.replace(['\u{202f}', '\u{a0}', ' '], "");
            if text.is_empty() {
                return emptied(schema, entered);
            }
            let number = text.parse::<Number>().ok();
            if number.is_none() {
                faults.insert(pointer.to_owned(), "must be a number".to_owned());
            }
            number.map(Value::Number)
        }
        _ => {
            let text = entered.value(pointer)?;
            if text.trim().is_empty() {
                return emptied(schema, entered);
            }
            let format = schema["format"].as_str().unwrap_or_default();
            let local = (format == "date-time").then(|| clocks.read(pointer, text.trim(), entered));
            if let Some(time) = local.flatten() {
                let fault = |complaint| faults.insert(pointer.to_owned(), complaint);
                return time.map_err(fault).ok().map(Value::String);
            }
            Some(Value::String(written(format, text)))
        }
    }
}

/// The value of a field that was left empty. A form that was filled in with what there is clears it.
fn emptied(schema: &Value, entered: &Entered) -> Option<Value> {
    let may_be_null = schema["type"].is_array();
    (may_be_null && entered.opened().is_some()).then_some(Value::Null)
}

fn object(schema: &Value, pointer: &str, with: (&Entered, &Clocks), faults: &mut Faults) -> Value {
    let mut fields = Map::new();
    for (name, schema, required) in properties(schema) {
        let pointer = format!("{pointer}/{name}");
        match read(schema, &pointer, with, faults) {
            Some(value) => {
                fields.insert(name.to_owned(), value);
            }
            None if required => {
                faults
                    .entry(pointer)
                    .or_insert_with(|| "is required".to_owned());
            }
            None => {}
        }
    }
    Value::Object(fields)
}

/// A text in the format of inputs: times with a zone, which is UTC, and codes in capital letters.
fn written(format: &str, text: &str) -> String {
    let text = text.trim();
    match format {
        "date-time" => in_utc(text),
        "un-locode" | "country" | "tracking-id" | "voyage-number" | "size-type" | "un-number" => {
            text.to_uppercase()
        }
        // As it is printed on the container: `MSKU 123450 2`.
        "container-number" => text.replace([' ', '-', '/'], "").to_uppercase(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::catalogue::input_schema;
    use serde_json::json;

    fn read(operation: &str, text: &str) -> Result<Value, Vec<(String, String)>> {
        let definition = application::find(operation).unwrap();
        let schema = input_schema(definition);
        let mut entered = Entered::parse(text.as_bytes());
        let found = input(definition, &schema, &mut entered, &Clocks::default());
        let pointers = [
            "/user",
            "/number",
            "/capacity/teu",
            "/movements",
            "/movements/0/to",
            "/equipment/0/count",
        ];
        found.ok_or_else(|| {
            let errors = pointers.iter().flat_map(|pointer| {
                let errors = entered.errors(pointer).into_iter();
                errors.map(|error| ((*pointer).to_owned(), error))
            });
            errors.collect()
        })
    }

    #[test]
    fn an_input_has_the_types_its_schema_asks_for() {
        let text = "/number=v100&/vessel/imo=9074729&/vessel/name=Aurora&/capacity/teu=2.25\
            &/capacity/tonnes=2 000&/overbooking_percent=10&/cut_off_hours=24&/movements/0/from=nlrtm\
            &/movements/0/to=USNYC&/movements/0/departs=2030-05-01T06:00\
            &/movements/0/arrives=2030-05-10T18:00:30";
        assert_eq!(
            read("schedule-voyage", text),
            Ok(json!({
                "number": "V100", "vessel": { "imo": "9074729", "name": "Aurora" },
                "capacity": { "teu": 2.25, "tonnes": 2000 }, "overbooking_percent": 10,
                "cut_off_hours": 24, "movements": [{ "from": "NLRTM", "to": "USNYC",
                    "departs": "2030-05-01T06:00:00Z", "arrives": "2030-05-10T18:00:30Z" }],
            }))
        );
        assert_eq!(
            read("assign-role", "/user=anna&/role=clerk&/customer="),
            Ok(json!({ "user": "anna", "role": "clerk" }))
        );
    }

    #[test]
    fn an_emptied_field_of_a_filled_in_form_is_cleared() {
        let emptied =
            "/cargo=23456789AB3&/reference=&/gross_weight_kg=9000&/equipment=&/dangerous_goods=";
        for (opened, expected) in [
            (
                "",
                json!({ "cargo": "23456789AB3", "gross_weight_kg": 9000 }),
            ),
            (
                "&opened=cargo+23456789AB3",
                json!({ "cargo": "23456789AB3", "gross_weight_kg": 9000, "reference": null,
                    "equipment": [], "dangerous_goods": [] }),
            ),
        ] {
            let read = read("amend-cargo", &format!("{emptied}{opened}"));
            assert_eq!(read, Ok(expected), "{opened}");
        }
    }

    #[test]
    fn missing_and_malformed_numbers_are_named() {
        let wrong = read("schedule-voyage", "/capacity/teu=x&/movements/0/from=NLRTM").unwrap_err();
        for (pointer, detail) in [
            ("/number", "is required"),
            ("/capacity/teu", "must be a number"),
            ("/movements/0/to", "is required"),
        ] {
            assert!(
                wrong.contains(&(pointer.to_owned(), detail.to_owned())),
                "{wrong:?}"
            );
        }
    }
}
