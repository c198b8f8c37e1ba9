//! Fields for things that people know by name, with one descriptor for each kind.

use super::words;
use crate::ROOMS;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::limits::NAME_CHARS_MAX;
use domain::text::folded;
use serde::Serialize;
use serde_json::Value;

/// How a thing is picked by name.
pub(crate) struct Picker {
    /// The address of its suggestions.
    pub(crate) path: &'static str,
    pub(crate) search: &'static dyn Search,
    /// How long browsers may keep suggestions.
    pub(crate) cache_control: &'static str,
    /// Whether the description in a field's schema says more than the hint.
    pub(crate) hint_of_schema_first: bool,
    /// The hint beside a field.
    pub(crate) hint: &'static str,
    pub(crate) example: &'static str,
    /// Whether a field with this pointer and this format asks for it.
    pub(crate) asks: fn(&str, &str) -> bool,
}

impl Picker {
    /// The picker for a field, if it asks for a thing that is picked by name.
    pub(crate) fn of(pointer: &str, schema: &Value) -> Option<&'static Self> {
        let format = schema["format"].as_str()?;
        let mut all = ROOMS.iter().flat_map(|room| room.pickers);
        all.find(|own| (own.asks)(pointer, format))
    }

    /// The hint beside a field. The schemas of codes and names only say what they look like.
    pub(crate) fn hint<'a>(&self, schema: &'a Value) -> &'a str {
        let described = schema["description"].as_str();
        let described = described.filter(|_| self.hint_of_schema_first);
        described.unwrap_or(self.hint)
    }
}

/// The search for things of one kind by what people call them.
#[async_trait]
pub(crate) trait Search: Sync {
    /// Things whose name or code contains a text, as far as the person may know them.
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError>;

    /// The value that a text means.
    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError>;

    /// How a field shows an id that nobody knows by heart.
    async fn shown(
        &self,
        _reading: &mut Reading,
        _id: &str,
    ) -> Result<Option<ShownInField>, QueryError> {
        Ok(None)
    }
}

/// A search for things whose name is their value. A text that is not one of the names offers those
/// it may mean; one that nothing matches is left to the operation, which refuses it.
#[async_trait]
pub(crate) trait SearchByName: Sync {
    /// What several of the things are called.
    const THINGS: &'static str;

    /// Things that a text may mean, the most likely first.
    async fn search(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError>;

    /// The name, if a text is exactly one.
    async fn exactly(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Option<String>, QueryError>;
}

#[async_trait]
impl<S: SearchByName> Search for S {
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        Ok(as_browsers_show(self.search(reading, text).await?, text))
    }

    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError> {
        if let Some(name) = self.exactly(reading, text.trim()).await? {
            return Ok(Ok(name));
        }
        let (text, found) = (text.trim(), self.search(reading, text).await?);
        Ok(match found.is_empty() {
            true => Ok(text.to_owned()),
            false => Err(unclear(text, found, S::THINGS)),
        })
    }
}

/// How a thing with an id is shown in a field.
pub(crate) enum ShownInField {
    /// By its name, which is unique.
    Name(String),
    /// As one of several with the same name.
    Among(Vec<(String, String)>),
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

/// The maximum number of things offered for one text.
pub(crate) const OFFERED: usize = 12;
/// The number of things searched for: one more, to know whether there are more.
pub(crate) const SOUGHT: u64 = 13;

/// Suggestions as browsers show them.
fn as_browsers_show(mut found: Vec<Suggestion>, text: &str) -> Vec<Suggestion> {
    found.truncate(OFFERED);
    for Suggestion { value, label } in &mut found {
        *label = findable(value, std::mem::take(label), &[], text);
    }
    found
}

/// Says that a text matches no name exactly and may mean one of those found.
fn unclear(text: &str, found: Vec<Suggestion>, things: &str) -> Unclear {
    let complaint = match found.len() {
        1 => format!("“{text}” matches one of the {things}. Choose it if you mean it"),
        count @ ..=OFFERED => format!("“{text}” matches {count} {things}. Choose one"),
        _ => format!(
            "“{text}” matches more than {OFFERED} {things}. Choose one, or enter more of it"
        ),
    };
    let offered = found.into_iter().take(OFFERED);
    let offered = offered.map(|Suggestion { value, label }| {
        let label = format!("{value} · {label}");
        (value, label)
    });
    Unclear {
        complaint,
        offered: offered.collect(),
    }
}
