//! Fields that ask for a thing that people know by name: one descriptor for each kind of thing.

use super::words;
use domain::limits::NAME_CHARS_MAX;
use domain::text::folded;
use serde::Serialize;
use serde_json::Value;

/// What can be picked by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picked {
    Location,
    Customer,
    Voyage,
    Cargo,
    User,
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
        path: "/suggest/locations",
        hint: "Location name or UN/LOCODE.",
        example: "NLRTM",
        // New locations are named by codes that nobody knows yet.
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
        // New voyages get numbers that nobody has yet; and likewise users.
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
    /// The picker for a field, if it asks for a thing that is picked by name.
    pub(crate) fn of(pointer: &str, schema: &Value) -> Option<&'static Self> {
        let format = schema["format"].as_str()?;
        PICKERS.iter().find(|own| (own.asks)(pointer, format))
    }

    /// What is said beside a field. Of codes and names, schemas only say what they look like.
    pub(crate) fn hint<'a>(&self, schema: &'a Value) -> &'a str {
        match self.picked {
            Picked::Customer => schema["description"].as_str().unwrap_or(self.hint),
            Picked::Location | Picked::Voyage | Picked::Cargo | Picked::User => self.hint,
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
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 2 * NAME_CHARS_MAX
}

/// The label of a suggestion so that browsers show it: they hide those that do not contain what
/// was typed. A name that was found in spite of its letters is added in plain ones.
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
