//! Finds everything that is wrong with an input, not only the first fault.

use super::{FieldError, checked, explain, pointer};
use crate::input::InputError;
use crate::schema::inline;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use utoipa::ToSchema;
use validator::Validate;

/// The maximum number of faults reported.
pub const FAULTS_TOLD_MAX: usize = 20;
/// The largest input that is read again for each fault, in bytes. For a larger one, only the first
/// fault is reported.
const BYTES_MAX: usize = 64 << 10;

/// The faults of an input after the first. Each fault is replaced by an example from the schema,
/// and the input is read again, until nothing is wrong or a place has no example.
pub(super) fn all<T>(json: &[u8], mut faults: Vec<FieldError>) -> Vec<FieldError>
where
    T: DeserializeOwned + ToSchema + Validate + 'static,
{
    if json.len() > BYTES_MAX {
        faults.truncate(1);
        return faults;
    }
    faults.truncate(FAULTS_TOLD_MAX);
    let sent = serde_json::from_slice::<Value>(json);
    let (Ok(mut sent), Ok(schema)) = (sent, schema_of::<T>()) else {
        return faults;
    };
    let first = faults.len();
    let mut mended: Vec<String> = Vec::new();
    while faults.len() < FAULTS_TOLD_MAX {
        let fault = match serde_path_to_error::deserialize::<_, T>(&sent) {
            Ok(input) => {
                let further = checked(&input, &sent).err().into_iter().flatten();
                let is_new = |fault: &FieldError| {
                    let rest = |place: &String| fault.pointer.strip_prefix(place.as_str());
                    let is_within = |rest: &str| rest.is_empty() || rest.starts_with('/');
                    let mut told = mended.iter().filter_map(rest);
                    !told.any(is_within) && !faults.contains(fault)
                };
                let further: Vec<_> = further.filter(is_new).collect();
                faults.extend(further);
                break;
            }
            Err(error) => match explain(pointer(error.path()), error.inner()) {
                InputError::Shape(mut found) => found.remove(0),
                InputError::Malformed(_) => break,
            },
        };
        let place = fault.pointer.clone();
        if !faults.iter().any(|told| told.pointer == place) {
            faults.push(fault);
        }
        if mended.contains(&place) || mend(&mut sent, &schema, &place).is_none() {
            break;
        }
        mended.push(place);
    }
    faults.truncate(FAULTS_TOLD_MAX);
    for fault in &mut faults {
        bound(fault, &schema);
    }
    // The other faults were found in the order of the fields in memory.
    faults[first..].sort_by(|one, other| one.pointer.cmp(&other.pointer));
    faults
}

/// The schema of a type, built once.
pub(super) fn schema_of<T: ToSchema + 'static>() -> Result<Arc<Value>, serde_json::Error> {
    static MADE: LazyLock<Mutex<HashMap<TypeId, Arc<Value>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(schema) = made.get(&TypeId::of::<T>()) {
        return Ok(Arc::clone(schema));
    }
    let schema = Arc::new(make_schema::<T>()?);
    made.insert(TypeId::of::<T>(), Arc::clone(&schema));
    Ok(schema)
}

fn make_schema<T: ToSchema>() -> Result<Value, serde_json::Error> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named = named.into_iter();
    let named: Result<_, serde_json::Error> = named
        .map(|(name, schema)| Ok((name, serde_json::to_value(schema)?)))
        .collect();
    Ok(inline(serde_json::to_value(T::schema())?, &named?))
}

/// States the field's bounds if a number does not even fit its type.
fn bound(fault: &mut FieldError, schema: &Value) {
    let Some(field) = part(schema, &fault.pointer) else {
        return;
    };
    let what = "must be a whole number";
    let bounds = (field["minimum"].as_u64(), field["maximum"].as_u64());
    let sent = fault.detail.strip_prefix(what);
    let sent = sent.and_then(|rest| rest.rsplit_once(", not "));
    if let ((Some(least), Some(most)), Some((_, sent))) = (bounds, sent) {
        fault.detail = format!("{what} from {least} to {most}, not {sent}");
    }
}

/// Replaces the value at a place by an example, or removes an unknown field.
fn mend(sent: &mut Value, schema: &Value, pointer: &str) -> Option<()> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    let example = part(schema, pointer).map(example);
    match sent.pointer_mut(parent)? {
        Value::Object(fields) => match example {
            Some(example) => drop(fields.insert(name, example?)),
            None => drop(fields.remove(&name)?),
        },
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = example??,
        _ => return None,
    }
    Some(())
}

/// The schema of the value at a place.
fn part<'s>(schema: &'s Value, pointer: &str) -> Option<&'s Value> {
    pointer.split('/').skip(1).try_fold(schema, |schema, name| {
        let name = name.replace("~1", "/").replace("~0", "~");
        match schema.get("items") {
            Some(items) => Some(items),
            None => schema["properties"].get(name),
        }
    })
}

/// A value that is valid by itself.
fn example(schema: &Value) -> Option<Value> {
    if let Some(given) = schema["examples"].get(0).or(schema["enum"].get(0)) {
        return Some(given.clone());
    }
    // An optional field lists its type beside `null`.
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null")?,
        kind => kind,
    };
    match kind.as_str()? {
        "object" => {
            let required = schema["required"].as_array()?.iter();
            let fields = required.map(|name| {
                let name = name.as_str()?;
                Some((name.to_owned(), example(&schema["properties"][name])?))
            });
            fields.collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            let items = (0..least).map(|_| example(&schema["items"]));
            items.collect::<Option<Vec<_>>>().map(Value::Array)
        }
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(0))),
        "boolean" => Some(json!(false)),
        "string" if schema["format"] == "uuid" => Some(json!(uuid::Uuid::nil())),
        "string" => Some(json!("")),
        _ => None,
    }
}
