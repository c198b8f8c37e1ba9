//! Choices for fields that ask for an id that nobody can know.

use super::form::Entered;
use super::visit::{Away, Visit};
use crate::ROOMS;
use futures::future::BoxFuture;
use serde_json::Value;

/// The maximum number of choices, latest first.
pub(crate) const CHOICES: u64 = 100;

/// A choice: value and label.
pub(crate) type LabelledValue = (String, String);

/// Choices that are being read.
type FutureChoices<'v> = BoxFuture<'v, Result<Vec<LabelledValue>, Away>>;

/// A field that asks for such an id.
pub(crate) struct IdField {
    /// Its JSON pointer.
    pub(crate) pointer: &'static str,
    pub(crate) choices: for<'v> fn(&'v mut Visit) -> FutureChoices<'v>,
}

/// The choices for a form with such fields, by pointer.
pub(crate) async fn choices(
    visit: &mut Visit,
    schema: &Value,
    entered: &Entered,
) -> Result<Vec<(&'static str, Vec<LabelledValue>)>, Away> {
    let mut found = Vec::new();
    for field in ROOMS.iter().flat_map(|room| room.id_fields) {
        let name = field.pointer.trim_start_matches('/');
        if schema["properties"].get(name).is_some() {
            found.push((field.pointer, (field.choices)(visit).await?));
        }
    }
    // Another entered value stays as it is. Without choices, the user enters the id.
    found.retain(|(pointer, choices)| {
        let value = entered.value(pointer).unwrap_or_default();
        !choices.is_empty() && (value.is_empty() || choices.iter().any(|(own, _)| own == value))
    });
    Ok(found)
}
