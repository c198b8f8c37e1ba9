//! The parts of a schema in the order of a form.

use serde_json::Value;

/// The properties of an object in the order of its type: the required ones first, whose order the
/// schema keeps, then the others.
pub(super) fn properties(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let required: Vec<&str> = match schema["required"].as_array() {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let Some(all) = schema["properties"].as_object() else {
        return Vec::new();
    };
    let first = required
        .iter()
        .filter_map(|name| Some((*name, all.get(*name)?, true)));
    let others = all
        .iter()
        .filter(|(name, _)| !required.contains(&name.as_str()))
        .map(|(name, schema)| (name.as_str(), schema, false));
    first.chain(others).collect()
}
