//! Inputs of earlier versions of operations. Entries keep their inputs as they were written; a reader of
//! one gets it in the version that this release runs. This file alone knows what inputs used to be.

use crate::catalogue::{self, Definition};
use domain::log::Entry;
use serde_json::Value;
use std::borrow::Cow;

/// A step from one version of an operation to the next. Written once, when the version is raised, and
/// never changed: an entry of any earlier version takes all steps from there on.
struct Upcaster {
    operation: &'static str,
    /// The version before the step.
    from: u32,
    /// Brings an input to the next version.
    input: fn(Value) -> Value,
    /// Brings prepared values to the next version.
    prepared: fn(Value) -> Value,
}

/// All steps. There are none as long as all operations are at version 1.
const UPCASTERS: &[Upcaster] = &[];

/// An operation in a version that this release does not know, or an input that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("this release does not have {operation} in version {version}")]
    Version { operation: String, version: u32 },
    #[error("the input cannot be read: {0}")]
    Json(String),
}

/// A recorded operation in the version that this release runs.
pub(crate) struct Upcast<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) input: Cow<'a, str>,
    pub(crate) prepared: Cow<'a, str>,
}

/// Reads an entry in the version that this release runs.
///
/// # Errors
///
/// This release does not have the operation or cannot read its version.
pub(crate) fn upcast(entry: &Entry) -> Result<Upcast<'_>, Unreadable> {
    let known = definition(&entry.operation, entry.version)?;
    let steps = steps(
        UPCASTERS,
        &entry.operation,
        entry.version,
        known.about.version,
    )?;
    Ok(Upcast {
        definition: known,
        input: apply(&steps, |step| step.input, &entry.input)?,
        prepared: apply(&steps, |step| step.prepared, &entry.prepared)?,
    })
}

/// The input of an operation as it was recorded, in the version that this release runs. As it is if
/// this release cannot read it.
pub(crate) fn input(operation: &str, version: u32, json: &str) -> Value {
    let as_it_is = serde_json::from_str(json).unwrap_or_default();
    let Some(known) = catalogue::find(operation) else {
        return as_it_is;
    };
    match steps(UPCASTERS, operation, version, known.about.version) {
        Ok(steps) => steps
            .iter()
            .fold(as_it_is, |input, step| (step.input)(input)),
        Err(_) => as_it_is,
    }
}

/// The reason that an input gives.
pub(crate) fn reason(operation: &str, version: u32, json: &str) -> Option<String> {
    input(operation, version, json)["reason"]
        .as_str()
        .map(str::to_owned)
}

/// Whether this release can read a version of an operation.
///
/// # Errors
///
/// It cannot.
pub(crate) fn check(operation: &str, version: u32) -> Result<(), Unreadable> {
    let known = definition(operation, version)?;
    steps(UPCASTERS, operation, version, known.about.version).map(drop)
}

fn definition(operation: &str, version: u32) -> Result<&'static Definition, Unreadable> {
    catalogue::find(operation).ok_or_else(|| unknown(operation, version))
}

fn unknown(operation: &str, version: u32) -> Unreadable {
    Unreadable::Version {
        operation: operation.to_owned(),
        version,
    }
}

/// The steps from one version of an operation to another, in order.
fn steps<'a>(
    all: &'a [Upcaster],
    operation: &str,
    from: u32,
    to: u32,
) -> Result<Vec<&'a Upcaster>, Unreadable> {
    if from == 0 || from > to {
        return Err(unknown(operation, from));
    }
    let step = |version: u32| {
        let found = all
            .iter()
            .find(|own| own.operation == operation && own.from == version);
        found.ok_or_else(|| unknown(operation, from))
    };
    (from..to).map(step).collect()
}

fn apply<'a>(
    steps: &[&Upcaster],
    part: impl Fn(&Upcaster) -> fn(Value) -> Value,
    json: &'a str,
) -> Result<Cow<'a, str>, Unreadable> {
    if steps.is_empty() {
        return Ok(json.into());
    }
    let value = serde_json::from_str(json).map_err(|error| Unreadable::Json(error.to_string()))?;
    let value: Value = steps.iter().fold(value, |value, step| part(step)(value));
    Ok(value.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An operation whose weight was in tonnes first, then in kilograms, and then named with its unit.
    const WEIGH: &[Upcaster] = &[
        Upcaster {
            operation: "weigh",
            from: 2,
            input: |mut input| {
                input["weight_kg"] = input["weight"].take();
                input.as_object_mut().expect("an object").remove("weight");
                input
            },
            prepared: |prepared| prepared,
        },
        Upcaster {
            operation: "weigh",
            from: 1,
            input: |mut input| {
                input["weight"] = json!(input["weight"].as_u64().unwrap_or_default() * 1_000);
                input
            },
            prepared: |prepared| json!({ "id": prepared }),
        },
    ];

    fn weighed(version: u32, input: &str, prepared: &str) -> Result<(String, String), Unreadable> {
        let steps = steps(WEIGH, "weigh", version, 3)?;
        let input = apply(&steps, |step| step.input, input)?;
        let prepared = apply(&steps, |step| step.prepared, prepared)?;
        Ok((input.into_owned(), prepared.into_owned()))
    }

    #[test]
    fn an_input_takes_every_step_from_its_version_on() {
        for (version, input, prepared, expected) in [
            (
                1,
                r#"{"weight":2}"#,
                "7",
                (r#"{"weight_kg":2000}"#, r#"{"id":7}"#),
            ),
            (
                2,
                r#"{"weight":2000}"#,
                r#"{"id":7}"#,
                (r#"{"weight_kg":2000}"#, r#"{"id":7}"#),
            ),
            (
                3,
                r#"{ "weight_kg": 2000 }"#,
                "{}",
                (r#"{ "weight_kg": 2000 }"#, "{}"),
            ),
        ] {
            let found = weighed(version, input, prepared).expect("a known version");
            assert_eq!(
                found,
                (expected.0.to_owned(), expected.1.to_owned()),
                "{version}"
            );
        }
    }

    #[test]
    fn versions_that_this_release_does_not_know_are_refused() {
        for version in [0, 4, u32::MAX] {
            assert_eq!(weighed(version, "{}", "{}"), Err(unknown("weigh", version)));
        }
        assert_eq!(
            steps(WEIGH, "measure", 1, 2).err(),
            Some(unknown("measure", 1))
        );
        assert!(matches!(weighed(1, "{", "7"), Err(Unreadable::Json(_))));
    }

    /// A raised version without a step would make the log unreadable.
    #[test]
    fn every_version_of_every_operation_can_be_read() {
        for definition in catalogue::catalogue() {
            let about = definition.about;
            for version in 1..=about.version {
                assert_eq!(check(about.name, version), Ok(()));
            }
            assert!(check(about.name, about.version + 1).is_err());
        }
        for own in UPCASTERS {
            let known = catalogue::find(own.operation).expect("a known operation");
            assert!(own.from < known.about.version, "{}", own.operation);
        }
    }
}
