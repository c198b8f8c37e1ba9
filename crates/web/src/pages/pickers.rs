//! Fields for things that people know by name, with one descriptor for each kind.

use super::words;
use domain::limits::NAME_CHARS_MAX;
use domain::text::folded;
use serde::Serialize;
use serde_json::Value;

/// The kinds of things that can be picked by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picked {
    Location,
    Customer,
    Voyage,
    Cargo,
    User,
}

/// How things of a kind are picked by name.
#[derive(Debug)]
pub(crate) struct Picker {
    pub(crate) picked: Picked,
    /// The source of suggestions.
    pub(crate) path: &'static str,
    /// The hint beside a field, unless its schema has a better one.
    hint: &'static str,
    pub(crate) example: &'static str,
    /// Whether a field with this pointer and format asks for this kind.
    asks: fn(&str, &str) -> bool,
}

/// Every kind that can be picked by name.
pub(crate) const PICKERS: &[Picker] = &[
    Picker {
        picked: Picked::Location,
        path: "/suggest/locations",
        hint: "Location name or UN/LOCODE.",
        example: "NLRTM",
        // A new location has a code that nobody knows yet.
        asks: |pointer, format| format == "un-locode" && !pointer.ends_with("/un_locode"),
    },
    Picker {
        picked: Picked::Customer,
        path: "/suggest/customers",
        hint: "Customer name.",
        example: "Blue Anchor Trading",
        asks: |pointer, format| format == "uuid" && pointer.ends_with("/customer"),
    },
    Picker {
        picked: Picked::Voyage,
        path: "/suggest/voyages",
        hint: "Voyage number or vessel.",
        example: "V100",
        // A new voyage has a number that nobody has yet, and a new user has a new name.
        asks: |pointer, format| format == "voyage-number" && !pointer.ends_with("/number"),
    },
    Picker {
        picked: Picked::Cargo,
        path: "/suggest/cargoes",
        hint: "Tracking ID or customer.",
        example: "23456789AB3",
        asks: |_, format| format == "tracking-id",
    },
    Picker {
        picked: Picked::User,
        path: "/suggest/users",
        hint: "User name, or part of it.",
        example: "anna",
        asks: |pointer, format| format == "user-name" && !pointer.ends_with("/name"),
    },
];

impl Picker {
    /// The picker for a field, if it asks for something that is picked by name.
    pub(crate) fn of(pointer: &str, schema: &Value) -> Option<&'static Self> {
        let format = schema["format"].as_str()?;
        PICKERS.iter().find(|own| (own.asks)(pointer, format))
    }

    /// The hint beside a field. For codes and names, schemas only describe the format.
    pub(crate) fn hint<'a>(&self, schema: &'a Value) -> &'a str {
        match self.picked {
            Picked::Customer => schema["description"].as_str().unwrap_or(self.hint),
            Picked::Location | Picked::Voyage | Picked::Cargo | Picked::User => self.hint,
        }
    }
}

/// Why a text is ambiguous or unknown.
#[derive(Debug)]
pub(crate) struct Unclear {
    /// What is wrong with it, worded to follow the name of the field.
    pub(crate) complaint: String,
    /// What it may mean: values and labels.
    pub(crate) offered: Vec<(String, String)>,
}

/// A suggestion.
#[derive(Serialize)]
pub(crate) struct Suggestion {
    /// The value that is entered when it is picked.
    pub(crate) value: String,
    /// The description.
    pub(crate) label: String,
}

/// Whether a text can be a name or part of one.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 2 * NAME_CHARS_MAX
}

/// The label of a suggestion. Browsers hide labels that do not contain the typed text, so a name
/// that was found despite different letters is also added in plain letters.
pub(crate) fn findable(value: &str, label: String, names: &[&str], text: &str) -> String {
    let text = text.trim();
    let typed = text.to_lowercase();
    let has_it = |own: &str| own.to_lowercase().contains(&typed);
    if has_it(value) || has_it(&label) {
        return label;
    }
    let plain = names.iter().map(|name| plain(name));
    match plain.into_iter().find(|plain| has_it(plain)) {
        Some(plain) => format!("{label} · {plain}"),
        None => format!("{label} · found by “{text}”"),
    }
}

/// A name in letters that every keyboard has: `Kobenhavn`.
fn plain(name: &str) -> String {
    let folded = folded(name);
    let words = folded.split(' ').map(words::capitalized);
    words.collect::<Vec<_>>().join(" ")
}
