//! Fields, built from a schema and the entered values.

use super::clock::Clocks;
use super::entered::{Entered, Note};
use super::properties::properties;
use crate::pages::pickers::Picker;
use crate::pages::words;
use application::schema::type_of;
use askama::Template;
use serde_json::Value;
use std::cell::Cell;

/// A form.
pub(crate) struct Form {
    /// The fields, in the order of the input.
    pub(crate) fields: Vec<Field>,
    /// The message about the whole form.
    pub(crate) note: Option<Note>,
    /// The idempotency key.
    pub(crate) key: String,
    /// The thing it was opened from, and its version.
    pub(crate) opened: Option<(String, u64)>,
}

/// A field, with the fields in it.
#[derive(Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    pointer: String,
    id: String,
    label: String,
    hint: String,
    errors: Vec<String>,
    /// Whether to continue here: the first field with a fault, or the one just added.
    is_first: bool,
    required: bool,
    control: Control,
}

/// The input element of a field.
enum Control {
    /// A line of text, with one of HTML's types.
    Line {
        kind: &'static str,
        value: String,
        placeholder: String,
        shortest: Option<u64>,
        longest: Option<u64>,
        /// The address for suggestions.
        suggest: Option<&'static str>,
        complete: &'static str,
        /// By which clock a time is entered.
        clock: String,
    },
    /// A number.
    Number {
        value: String,
        least: String,
        most: String,
        step: String,
    },
    /// One of several choices: value, label, whether it is selected.
    Choice {
        choices: Vec<(String, String, bool)>,
        /// Whether none is selected yet.
        is_open: bool,
    },
    /// A value that cannot be changed here, and how it is shown.
    Fixed { value: String, shown: String },
    /// Several fields.
    Group(Vec<Field>),
    /// Any number of the same item.
    List {
        items: Vec<Field>,
        may_grow: bool,
        may_shrink: bool,
    },
}

/// A field that is shown but cannot be changed.
#[derive(Debug, Clone)]
pub(crate) struct FixedField {
    pub(crate) pointer: String,
    /// The value that is sent.
    pub(crate) value: String,
    pub(crate) shown: String,
}

/// Changes that a page makes to the form of an operation.
#[derive(Default)]
pub(crate) struct Tweaks<'a> {
    /// Fields that the page fills in itself.
    pub(crate) hidden: &'a [&'a str],
    /// Fields that are required here, though the schema leaves them open.
    pub(crate) required: &'a [String],
    /// Choices instead of a line of text: pointer (`*` for any part), and value with label.
    pub(crate) choices: Vec<(&'a str, Vec<(String, String)>)>,
    /// Labels: pointer and text.
    pub(crate) labels: &'a [(&'a str, &'a str)],
    /// Hints: pointer and text.
    pub(crate) hints: &'a [(&'a str, &'a str)],
    /// Fields that are shown but cannot be changed. Their lists neither grow nor shrink.
    pub(crate) fixed: &'a [FixedField],
    /// By which clocks times are entered.
    pub(crate) clocks: Clocks,
}

impl Form {
    /// The form for an input with this schema.
    pub(crate) fn new(schema: &Value, entered: &Entered, tweaks: &Tweaks<'_>, key: String) -> Self {
        let maker = Maker {
            entered,
            tweaks,
            goes_on: Cell::new(false),
        };
        Self {
            fields: maker.properties(schema, ""),
            note: entered.note.clone(),
            key: entered.key().map_or(key, str::to_owned),
            opened: entered.opened().map(str::to_owned).zip(entered.version()),
        }
    }
}

struct Maker<'a> {
    entered: &'a Entered,
    tweaks: &'a Tweaks<'a>,
    /// Whether the field to continue at has been built.
    goes_on: Cell<bool>,
}

impl Maker<'_> {
    fn properties(&self, schema: &Value, pointer: &str) -> Vec<Field> {
        let fields = properties(schema).into_iter();
        fields
            .map(|(name, schema, required)| (format!("{pointer}/{name}"), name, schema, required))
            .filter(|(pointer, ..)| !self.tweaks.hidden.contains(&pointer.as_str()))
            .map(|(pointer, name, schema, required)| {
                let label = words::label(name);
                self.field(pointer, label, schema, required)
            })
            .collect()
    }

    fn field(&self, pointer: String, label: String, schema: &Value, required: bool) -> Field {
        let tweak = |list: &[(&str, &str)]| {
            let found = list.iter().find(|(own, _)| *own == pointer);
            found.map(|(_, text)| (*text).to_owned())
        };
        let is_fixed = self.tweaks.fixed.iter().any(|own| own.pointer == pointer);
        let hint = match (schema["format"].as_str(), Picker::of(&pointer, schema)) {
            _ if is_fixed => "",
            (Some("date-time"), _) => "Date and time.",
            (_, Some(picker)) => picker.hint(schema),
            _ => schema["description"].as_str().unwrap_or_default(),
        };
        let control = self.control(&pointer, schema);
        let is_entered = !matches!(control, Control::Group(_) | Control::List { .. });
        let goes_on = is_entered && self.entered.goes_on_at(&pointer);
        Field {
            is_first: goes_on && !self.goes_on.replace(true),
            label: tweak(self.tweaks.labels).unwrap_or(label),
            hint: tweak(self.tweaks.hints).unwrap_or_else(|| hint.to_owned()),
            errors: self.entered.errors(&pointer),
            id: format!("f{}", pointer.replace(['/', '_'], "-")),
            required: required || self.tweaks.required.contains(&pointer),
            control,
            pointer,
        }
    }

    fn control(&self, pointer: &str, schema: &Value) -> Control {
        let value = self.entered.value(pointer).unwrap_or_default();
        if let Some(fixed) = self.tweaks.fixed.iter().find(|own| own.pointer == pointer) {
            return Control::Fixed {
                value: fixed.value.clone(),
                shown: fixed.shown.clone(),
            };
        }
        if let Some(offered) = self.entered.offered(pointer) {
            // A blank is not a value. The form then asks for a text again.
            let other = (" ".to_owned(), "None of these".to_owned());
            return choice(offered.iter().cloned().chain([other]), value);
        }
        let tweaked = self.tweaks.choices.iter();
        let mut tweaked = tweaked.filter(|(pattern, _)| is_like(pattern, pointer));
        if let Some((_, choices)) = tweaked.next() {
            return choice(choices.iter().cloned(), value);
        }
        if let Some(words) = schema["enum"].as_array() {
            let words = words.iter().filter_map(Value::as_str);
            return choice(words.map(|word| (word.to_owned(), spoken(word))), value);
        }
        match type_of(schema) {
            Some("object") => Control::Group(self.properties(schema, pointer)),
            Some("array") => self.list(pointer, schema),
            Some("number" | "integer") => number(schema, value),
            _ => {
                let clock = match schema["format"].as_str() {
                    Some("date-time") => self.tweaks.clocks.hint(pointer, self.entered),
                    _ => String::new(),
                };
                line(pointer, schema, value, clock)
            }
        }
    }

    fn list(&self, pointer: &str, schema: &Value) -> Control {
        let bound = |name: &str, other: u64| {
            let bound = schema[name].as_u64().unwrap_or(other);
            usize::try_from(bound).unwrap_or(usize::MAX)
        };
        let (least, most) = (bound("minItems", 0), bound("maxItems", 100));
        let count = self.entered.items(pointer).clamp(least, most);
        let items = (0..count).map(|index| {
            let label = (index + 1).to_string();
            self.field(format!("{pointer}/{index}"), label, &schema["items"], true)
        });
        let within = format!("{pointer}/");
        let mut fixed = self.tweaks.fixed.iter();
        let is_fixed = fixed.any(|own| own.pointer.starts_with(&within));
        Control::List {
            items: items.collect(),
            may_grow: count < most && !is_fixed,
            may_shrink: count > least && !is_fixed,
        }
    }
}

/// A word of a schema as a label: `DEPARTURE` is `Departure`. Codes such as `22G1` stay.
fn spoken(word: &str) -> String {
    let is_word = word.len() > 3
        && word
            .bytes()
            .all(|own| own.is_ascii_uppercase() || own == b'_');
    match is_word {
        true => words::capitalized(&word.to_lowercase().replace('_', " ")),
        false => word.to_owned(),
    }
}

/// Whether a pointer matches a pattern in which `*` stands for any part.
fn is_like(pattern: &str, pointer: &str) -> bool {
    let (mut own, mut asked) = (pattern.split('/'), pointer.split('/'));
    loop {
        match (own.next(), asked.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(own), Some(asked)) if own == asked => {}
            _ => return false,
        }
    }
}

fn choice(choices: impl Iterator<Item = (String, String)>, value: &str) -> Control {
    let choices: Vec<_> = choices
        .map(|(own, label)| (own.clone(), label, own == value))
        .collect();
    Control::Choice {
        is_open: !choices.iter().any(|(_, _, chosen)| *chosen),
        choices,
    }
}

fn number(schema: &Value, value: &str) -> Control {
    let text = |name: &str| match &schema[name] {
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let step = match (type_of(schema), text("multipleOf")) {
        (Some("integer"), _) => "1".to_owned(),
        (_, step) if step.is_empty() => "any".to_owned(),
        (_, step) => step,
    };
    Control::Number {
        value: value.to_owned(),
        least: text("minimum"),
        most: text("maximum"),
        step,
    }
}

fn line(pointer: &str, schema: &Value, value: &str, clock: String) -> Control {
    let format = schema["format"].as_str().unwrap_or_default();
    let picker = Picker::of(pointer, schema);
    let example = schema["examples"][0].as_str().unwrap_or_default();
    // A long id is copied, not typed from an example.
    let example = if format == "uuid" { "" } else { example };
    let example = picker.map_or(example, |picker| picker.example);
    let kind = match format {
        "date-time" => "datetime-local",
        "email" => "email",
        "password" => "password",
        _ => "text",
    };
    Control::Line {
        kind,
        // A password has to be entered each time.
        value: if kind == "password" { "" } else { value }.to_owned(),
        placeholder: if kind == "text" { example } else { "" }.to_owned(),
        shortest: schema["minLength"].as_u64().filter(|_| kind == "password"),
        longest: schema["maxLength"].as_u64(),
        suggest: picker.map(|picker| picker.path),
        complete: if kind == "password" {
            "new-password"
        } else {
            "off"
        },
        clock,
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn words_are_spoken_and_codes_are_not() {
        for (word, expected) in [
            ("DEPARTURE", "Departure"),
            ("NOT_RECEIVED", "Not received"),
            ("22G1", "22G1"),
            ("USD", "USD"),
            ("port-agent", "port-agent"),
        ] {
            assert_eq!(spoken(word), expected);
        }
    }
}
