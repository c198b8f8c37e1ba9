//! A single field of a form that a page lays out itself.

use super::Entered;

/// A field.
#[derive(Debug, Default)]
pub(crate) struct TextField {
    pub(crate) value: String,
    pub(crate) errors: Vec<String>,
    /// What an ambiguous value may mean: values and labels.
    pub(crate) offered: Vec<(String, String)>,
}

impl TextField {
    pub(crate) fn of(entered: &Entered, pointer: &str) -> Self {
        Self {
            value: entered.value(pointer).unwrap_or_default().to_owned(),
            errors: entered.errors(pointer),
            offered: entered.offered(pointer).unwrap_or_default().to_owned(),
        }
    }
}
