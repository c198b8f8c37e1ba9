//! What differs between two values, field by field.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A field whose value differs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldDifference {
    /// The field, as a JSON pointer (RFC 6901) into the newer state, or into the older one for what
    /// is gone.
    pub field: String,
    /// The value before. Null if there was none.
    pub old: Value,
    /// The value after. Null if there is none.
    pub new: Value,
}

/// The fields that differ, in the order of their names. A missing field is the same as a null one.
/// Objects are compared field by field. Of lists, what they begin and end with alike is left out; the
/// items between are compared one by one, and the rest was added or is gone.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    compare(&mut String::new(), old, new, &mut found);
    found
}

fn compare(field: &mut String, old: &Value, new: &Value, found: &mut Vec<FieldDifference>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Value::Object(old), Value::Object(new)) => objects(field, old, new, found),
        (Value::Array(old), Value::Array(new)) => lists(field, old, new, found),
        (old, new) => found.push(FieldDifference {
            field: field.clone(),
            old: old.clone(),
            new: new.clone(),
        }),
    }
}

fn objects(
    field: &mut String,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<FieldDifference>,
) {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let [old, new] = [old, new].map(|own| own.get(name).unwrap_or(&Value::Null));
        let name = name.replace('~', "~0").replace('/', "~1");
        within(field, &name, |field| compare(field, old, new, found));
    }
}

fn lists(field: &mut String, old: &[Value], new: &[Value], found: &mut Vec<FieldDifference>) {
    let alike = |(old, new): &(&Value, &Value)| old == new;
    let begin = old.iter().zip(new).take_while(alike).count();
    let (old_rest, new_rest) = (&old[begin..], &new[begin..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = pairs.take_while(alike).count();
    let old = &old_rest[..old_rest.len() - end];
    let new = &new_rest[..new_rest.len() - end];
    for index in 0..old.len().max(new.len()) {
        let [old, new] = [old, new].map(|own| own.get(index).unwrap_or(&Value::Null));
        let name = (begin + index).to_string();
        within(field, &name, |field| compare(field, old, new, found));
    }
}

/// Compares what is at a name within a field.
fn within(field: &mut String, name: &str, compare: impl FnOnce(&mut String)) {
    let length = field.len();
    field.push('/');
    field.push_str(name);
    compare(field);
    field.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_listed() {
        for (old, new, expected) in [
            (
                json!({ "a": 1, "b": 2 }),
                json!({ "a": 1, "b": 2 }),
                json!([]),
            ),
            (json!({ "a": 1 }), json!({ "a": 2 }), json!([["/a", 1, 2]])),
            (
                json!({}),
                json!({ "a": 1, "b": null }),
                json!([["/a", null, 1]]),
            ),
            (json!({ "a": 1 }), json!({}), json!([["/a", 1, null]])),
            (
                json!({ "to": { "port": "DEHAM" } }),
                json!({ "to": { "port": "NLRTM" } }),
                json!([["/to/port", "DEHAM", "NLRTM"]]),
            ),
            (
                json!({ "a/b": { "c~d": 1 } }),
                json!({ "a/b": { "c~d": 2 } }),
                json!([["/a~1b/c~0d", 1, 2]]),
            ),
            (json!([1, 2]), json!([1, 2, 3]), json!([["/2", null, 3]])),
            (json!([1, 2, 3]), json!([1, 3]), json!([["/1", 2, null]])),
            (json!([1, 2, 3]), json!([1, 9, 3]), json!([["/1", 2, 9]])),
            (json!([2]), json!([1, 2]), json!([["/0", null, 1]])),
            (
                json!([{ "n": 1, "x": 1 }, { "n": 2 }]),
                json!([{ "n": 1, "x": 5 }, { "n": 2 }]),
                json!([["/0/x", 1, 5]]),
            ),
            (
                json!({ "a": [1] }),
                json!({ "a": {} }),
                json!([["/a", [1], {}]]),
            ),
        ] {
            let found = differences(&old, &new);
            let found = found.iter().map(|own| json!([own.field, own.old, own.new]));
            assert_eq!(Value::Array(found.collect()), expected, "{old} {new}");
        }
    }

    /// JSON without null, which means that there is nothing.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (0..4).prop_map(Value::from),
            "[a~/]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(Value::from),
                btree_map("[a~/]{0,2}", inner, 0..4)
                    .prop_map(|own| Value::Object(own.into_iter().collect())),
            ]
        })
    }

    /// Makes the newer value from the older one and the differences.
    fn applied(mut value: Value, differences: &[FieldDifference]) -> Value {
        let (gone, rest): (Vec<_>, Vec<_>) = differences.iter().partition(|own| own.new.is_null());
        // Positions in a list stay what they are if the last is removed first.
        for own in gone.into_iter().rev().chain(rest) {
            let Some((parent, name)) = own.field.rsplit_once('/') else {
                value = own.new.clone();
                continue;
            };
            let name = name.replace("~1", "/").replace("~0", "~");
            match value.pointer_mut(parent).expect("it has the parent") {
                Value::Object(fields) if own.new.is_null() => drop(fields.remove(&name)),
                Value::Object(fields) => drop(fields.insert(name, own.new.clone())),
                Value::Array(items) => {
                    let index: usize = name.parse().expect("an index");
                    match (own.old.is_null(), own.new.is_null()) {
                        (_, true) => drop(items.remove(index)),
                        (true, _) => items.insert(index, own.new.clone()),
                        _ => items[index] = own.new.clone(),
                    }
                }
                other => panic!("{other} has no fields"),
            }
        }
        value
    }

    proptest! {
        #[test]
        fn the_differences_lead_from_the_old_to_the_new(old in values(), new in values()) {
            let found = differences(&old, &new);
            prop_assert_eq!(applied(old.clone(), &found), new);
            for own in found {
                prop_assert_ne!(&own.old, &own.new);
                let place = if own.new.is_null() { &own.old } else { &own.new };
                prop_assert!(!place.is_null());
            }
            prop_assert!(differences(&old, &old).is_empty());
        }
    }
}
