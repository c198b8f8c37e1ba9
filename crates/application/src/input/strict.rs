//! Checks for new input only. Earlier releases accepted more, and the log keeps what they accepted.
//! Logged input is read by the types of the domain and replayed without these checks.

use super::{FieldError, escape};
use domain::booking::SizeType;
use domain::identifier::rules::IdentifierMustBeWellFormed;
use domain::text::is_visible;
use domain::voyages::ImoNumber;
use serde_json::{Number, Value};

/// Adds the faults in the texts of an input, according to the formats in its schema.
pub(super) fn collect(schema: &Value, sent: &Value, pointer: &str, found: &mut Vec<FieldError>) {
    match sent {
        // Personal fields are stored in other forms, too.
        Value::Null | Value::Object(_) if schema["type"] == "string" => {
            let sent = if sent.is_null() { "null" } else { "an object" };
            found.push(FieldError {
                pointer: pointer.to_owned(),
                detail: format!("must be a text, not {sent}"),
                rule: None,
            });
        }
        Value::String(text) => found.extend(complaint(schema, text, pointer)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&schema["items"], item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let pointer = format!("{pointer}/{}", escape(name));
                collect(&schema["properties"][name], field, &pointer, found);
            }
        }
        Value::Number(number) => {
            // The validation of the input's type may have found the same.
            let is_told = found.iter().any(|fault| fault.pointer == pointer);
            found.extend(too_small(schema, number, pointer).filter(|_| !is_told));
        }
        _ => {}
    }
}

fn too_small(schema: &Value, number: &Number, pointer: &str) -> Option<FieldError> {
    let minimum = schema["minimum"].as_f64()?;
    (number.as_f64()? < minimum).then(|| FieldError {
        pointer: pointer.to_owned(),
        detail: format!("must be at least {minimum}"),
        rule: None,
    })
}

fn complaint(schema: &Value, text: &str, pointer: &str) -> Option<FieldError> {
    let (rule, complaint) = match schema["format"].as_str() {
        Some("size-type") => (true, SizeType::strict(text).err()),
        Some("imo-number") => (true, ImoNumber::strict(text).err()),
        // Passwords are not checked here.
        Some("password") => (false, None),
        _ => (false, blank(text)),
    };
    complaint.map(|detail| FieldError {
        pointer: pointer.to_owned(),
        detail,
        rule: rule.then(|| IdentifierMustBeWellFormed.name.to_owned()),
    })
}

fn blank(text: &str) -> Option<String> {
    let complaint = "must have at least one visible character";
    (!is_visible(text)).then(|| complaint.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::input::InputError;
    use domain::ports::Chance;
    use serde_json::{Value, json};

    struct Zeros;

    impl Chance for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn faults(operation: &str, input: &Value) -> Vec<(String, String, Option<String>)> {
        let definition = crate::find(operation).unwrap();
        let now = domain::Moment::from_micros(0);
        match definition.read(input.to_string().as_bytes(), now, &mut Zeros) {
            Ok(_) => Vec::new(),
            Err(InputError::Malformed(detail)) => panic!("{detail}"),
            Err(InputError::Shape(faults)) => faults
                .into_iter()
                .map(|fault| (fault.pointer, fault.detail, fault.rule))
                .collect(),
        }
    }

    fn cargo() -> Value {
        json!({ "customer": uuid::Uuid::nil(), "origin": "HKHKG", "destination": "SESTO",
            "arrival_deadline": "2027-03-18T00:00:00Z", "gross_weight_kg": 1,
            "equipment": [{ "type": "22G1", "count": 1 }], "commodity": "Parts" })
    }

    #[test]
    fn a_code_is_refused_with_the_one_that_is_meant() {
        assert_eq!(faults("create-cargo", &cargo()), []);
        for (code, meant) in [("40HC", "45G1"), ("20TK", "22T1"), ("22GX", "22G1")] {
            let mut input = cargo();
            input["equipment"][0]["type"] = json!(code);
            let faults = faults("create-cargo", &input);
            let [(pointer, detail, rule)] = faults.as_slice() else {
                panic!("{faults:?}");
            };
            assert_eq!(pointer, "/equipment/0/type");
            assert!(detail.contains(meant), "{detail}");
            assert_eq!(rule.as_deref(), Some("IdentifierMustBeWellFormed"));
        }
        let mut input = cargo();
        input["equipment"][0]["type"] = json!("22GP");
        assert_eq!(faults("create-cargo", &input), []);
    }

    #[test]
    fn no_text_of_any_operation_may_look_empty() {
        let blank = "\u{200b}\u{3164}";
        for definition in crate::catalogue() {
            let schema = serde_json::to_value((definition.input_schema)()).unwrap();
            let Some(properties) = schema["properties"].as_object() else {
                continue;
            };
            let mut input = json!({});
            for (name, field) in properties {
                let is_text = crate::schema::type_of(field) == Some("string");
                if is_text && field["format"] != "password" {
                    input[name] = json!(blank);
                }
            }
            let told = faults(definition.about.name, &input);
            for name in input.as_object().unwrap().keys() {
                let pointer = format!("/{name}");
                let is_told = told.iter().any(|(told, ..)| *told == pointer);
                assert!(is_told, "{}: {pointer}: {told:?}", definition.about.name);
            }
        }
    }

    #[test]
    fn a_container_weighs_something() {
        let assign = |kg: u64| {
            json!({ "cargo": "23456789AB3",
                "containers": [{ "number": "CSQU3054383", "vgm_kg": kg }] })
        };
        assert_eq!(faults("assign-containers", &assign(1)), []);
        let told = faults("assign-containers", &assign(0));
        let expected = ("/containers/0/vgm_kg", "must be at least 1");
        let expected = (expected.0.to_owned(), expected.1.to_owned(), None);
        assert_eq!(told, [expected]);
    }

    #[test]
    fn fields_that_may_be_null_say_so() {
        for definition in crate::catalogue() {
            let schema = serde_json::to_value((definition.input_schema)()).unwrap();
            let Some(properties) = schema["properties"].as_object() else {
                continue;
            };
            let nulls = properties.keys().map(|name| (name.clone(), Value::Null));
            let told = faults(definition.about.name, &Value::Object(nulls.collect()));
            for (name, field) in properties {
                let is_refused = told.iter().any(|(told, ..)| *told == format!("/{name}"));
                let may_be_null = field["type"][1] == "null";
                assert_ne!(is_refused, may_be_null, "{}: {name}", definition.about.name);
            }
        }
    }

    #[test]
    fn personal_fields_are_texts() {
        let sealed = json!({ "sealed": "0aff" });
        for (name, expected) in [
            (json!("Blue Anchor"), None),
            (json!(null), Some("must be a text, not null")),
            (sealed, Some("must be a text, not an object")),
            (json!({ "x": 1 }), Some("must be a text, not an object")),
            (json!(7), Some("must be a text, not 7")),
        ] {
            let input = json!({ "name": name, "email": "a@example.com", "country": "NL" });
            let faults = faults("new-customer", &input);
            let told = faults.first().map(|(pointer, detail, _)| {
                assert_eq!(pointer, "/name");
                detail.as_str()
            });
            assert_eq!(told, expected, "{input}");
        }
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let mut input = cargo();
        input["commodity"] = json!("\u{2800}");
        input["equipment"][0]["type"] = json!("40HC");
        input["gross_weight_kg"] = json!(0);
        input["origin"] = json!("nowhere");
        let faults = faults("create-cargo", &input);
        let told: Vec<_> = faults
            .iter()
            .map(|(pointer, ..)| pointer.as_str())
            .collect();
        let all = [
            "/origin",
            "/commodity",
            "/equipment/0/type",
            "/gross_weight_kg",
        ];
        assert_eq!(told, all);
        let ship = json!({ "number": "V1", "vessel": { "imo": "0000000", "name": "Aurora" },
            "capacity": { "teu": 1, "tonnes": 1 }, "overbooking_percent": 0, "cut_off_hours": 0,
            "movements": [] });
        let faults = self::faults("schedule-voyage", &ship);
        let imo = faults.iter().find(|(pointer, ..)| pointer == "/vessel/imo");
        let (_, _, rule) = imo.unwrap();
        assert_eq!(rule.as_deref(), Some("IdentifierMustBeWellFormed"));
    }

    #[test]
    fn the_log_of_earlier_releases_is_read() {
        let mut input = cargo();
        input["commodity"] = json!("\u{2800}");
        input["equipment"][0]["type"] = json!("40HC");
        let prepared = json!({ "id": uuid::Uuid::nil(), "cargo": "23456789AB3" });
        let definition = crate::find("create-cargo").unwrap();
        let replayed = definition.replay(&input.to_string(), &prepared.to_string());
        assert!(replayed.is_ok());
    }
}
