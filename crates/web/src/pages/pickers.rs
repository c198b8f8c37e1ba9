//! Fields that ask for a thing that people know by name: one descriptor for each kind of thing.

use domain::limits::NAME_CHARS_MAX;
use serde::Serialize;
use serde_json::Value;

/// Suggestions of locations.
pub(crate) const LOCATIONS: &str = "/suggest/locations";
/// Suggestions of customers.
pub(crate) const CUSTOMERS: &str = "/suggest/customers";

/// What can be picked by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picked {
    Location,
    Customer,
}

/// How a thing is picked by name.
#[derive(Debug)]
pub(crate) struct Picker {
    pub(crate) picked: Picked,
    /// Where suggestions come from.
    pub(crate) path: &'static str,
    /// What is said beside a field, unless its schema says more.
    hint: &'static str,
    pub(crate) example: &'static str,
    /// Whether a field with this pointer and this format asks for it.
    asks: fn(&str, &str) -> bool,
}

/// Every kind of thing that is picked by name.
pub(crate) const PICKERS: &[Picker] = &[
    Picker {
        picked: Picked::Location,
        path: LOCATIONS,
        hint: "A place by its name or UN/LOCODE.",
        example: "NLRTM",
        // New locations are named by codes that nobody knows yet.
        asks: |pointer, format| format == "un-locode" && !pointer.ends_with("/un_locode"),
    },
    Picker {
        picked: Picked::Customer,
        path: CUSTOMERS,
        hint: "A customer by name.",
        example: "Blue Anchor Trading",
        asks: |pointer, format| format == "uuid" && pointer.ends_with("/customer"),
    },
];

impl Picker {
    /// The picker for a field, if it asks for a thing that is picked by name.
    pub(crate) fn of(pointer: &str, schema: &Value) -> Option<&'static Self> {
        let format = schema["format"].as_str()?;
        PICKERS.iter().find(|own| (own.asks)(pointer, format))
    }

    /// What is said beside a field. The schema of a location only says what a code looks like.
    pub(crate) fn hint<'a>(&self, schema: &'a Value) -> &'a str {
        match self.picked {
            Picked::Location => self.hint,
            Picked::Customer => schema["description"].as_str().unwrap_or(self.hint),
        }
    }
}

/// Why a text does not mean one thing.
#[derive(Debug)]
pub(crate) struct Unclear {
    /// What is wrong with it, after the name of the field.
    pub(crate) complaint: String,
    /// What it may mean: values and labels.
    pub(crate) offered: Vec<(String, String)>,
}

/// A suggestion.
#[derive(Serialize)]
pub(crate) struct Suggestion {
    /// What is entered when it is taken.
    pub(crate) value: String,
    /// What it is, in words.
    pub(crate) label: String,
}

/// Whether a text can be a name, or a part of one.
pub(crate) fn is_name(folded: &str) -> bool {
    !folded.is_empty() && folded.chars().count() <= 2 * NAME_CHARS_MAX
}
