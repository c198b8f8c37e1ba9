//! The examples in the catalogue: a person who copies them, field by field, is understood.

use crate::schema::{example, inline};
use domain::Moment;
use domain::ports::Chance;
use serde_json::Value;
use std::collections::BTreeMap;

/// No randomness.
struct Zeros;

impl Chance for Zeros {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// The schema of an operation's input, without references.
fn schema(definition: &crate::Definition) -> Value {
    let mut named = Vec::new();
    (definition.schemas)(&mut named);
    let json = |schema| serde_json::to_value(schema).expect("a schema can be written");
    let named: BTreeMap<_, _> = named
        .into_iter()
        .map(|(name, schema)| (name, json(schema)))
        .collect();
    inline(json((definition.input_schema)()), &named)
}

#[test]
fn the_examples_of_all_fields_are_an_input() {
    for definition in crate::catalogue() {
        let name = definition.about.name;
        let example = example(&schema(definition));
        let example = example.unwrap_or_else(|| panic!("{name}: a field has no example"));
        let json = serde_json::to_vec(&example).expect("JSON can be written");
        let now = Moment::from_micros(0);
        let read = definition.read(&json, now, &mut Zeros);
        assert!(read.is_ok(), "{name}: {example}: {:?}", read.err());
    }
}

#[test]
fn a_secret_is_in_the_schema_and_nowhere_else() {
    let definition = crate::find("set-password").expect("an operation");
    let password = &schema(definition)["properties"]["password"];
    assert_eq!(password["writeOnly"], true, "{password}");
    let required = schema(definition)["required"].clone();
    assert_eq!(required, serde_json::json!(["user", "password"]));
    let json = br#"{"user":"anna","password":"correct horse battery"}"#;
    let now = Moment::from_micros(0);
    let ready = definition.read(json, now, &mut Zeros);
    let ready = ready.expect("an input");
    assert_eq!(ready.input, r#"{"user":"anna"}"#);
    assert!(!ready.prepared.contains("horse"));
}
