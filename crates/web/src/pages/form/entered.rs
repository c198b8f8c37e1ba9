//! The values entered into a form, and their faults.

use super::fault::{FIELDS, item_at_fault};
use crate::pages::changes::Change;
use crate::pages::pickers::Unclear;
use crate::pages::words;
use crate::problem::{Problem, kinds};
use application::input::FieldError;
use domain::{Moment, Rejection};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The values entered into a form, by JSON pointer, and their faults.
#[derive(Debug, Default)]
pub(crate) struct Entered {
    values: BTreeMap<String, String>,
    controls: BTreeMap<String, String>,
    errors: BTreeMap<String, Vec<String>>,
    /// Finds the field of the form that a field of the operation's input comes from.
    origin: Option<fn(&str) -> Option<String>>,
    /// The list item that was just added.
    added: Option<String>,
    /// What may have been meant by ambiguous values: values and labels, by pointer.
    offered: BTreeMap<String, Vec<(String, String)>>,
    /// The moments that entered times mean, by pointer.
    moments: BTreeMap<String, Moment>,
    /// The code of the place by whose clock they all are.
    clock: Option<String>,
    /// The message about the whole form.
    pub(crate) note: Option<Note>,
}

/// A message about the whole form, shown beside its button.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    pub(crate) title: String,
    /// What was asked for and what prevented it.
    pub(crate) detail: String,
    /// The rule that refused it, if one did.
    pub(crate) rule: Option<String>,
    /// What has changed since the form was opened.
    pub(crate) changes: Vec<Change>,
    /// Who changed it.
    pub(crate) by: Vec<String>,
    /// The fields that can take the new values, by pointer.
    pub(crate) take: String,
}

/// What a form carries besides its fields and outlasts a session.
const LASTING: &[&str] = &["key", "location", "opened", "version"];

/// The maximum number of list items in a form.
const ITEMS_MAX: usize = 1_000;

/// The list whose limit a field's pointer exceeds.
fn too_long(pointer: &str) -> Option<&str> {
    let mut end = 0;
    for part in pointer.split('/') {
        let is_index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_index
            && part
                .parse::<usize>()
                .ok()
                .is_none_or(|index| index >= ITEMS_MAX)
        {
            return Some(&pointer[..end - 1]);
        }
        end += part.len() + 1;
    }
    None
}

impl Note {
    fn new(title: &str, detail: impl Into<String>) -> Self {
        Self {
            title: title.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// The session had ended when the form came.
    pub(crate) fn session_ended(is_kept: bool) -> Self {
        let detail = match is_kept {
            true => "Nothing was changed. Sign in, and the form comes back as you filled it in.",
            false => {
                "Nothing was changed. Sign in, fill in the form again, and choose files and enter passwords again."
            }
        };
        Self::new("Your session has ended", detail)
    }

    /// The session had ended when a file came.
    pub(crate) fn file_lost() -> Self {
        let detail = "Nothing was imported. Sign in, then choose the file again.";
        Self::new("Your session has ended", detail)
    }

    /// The form came back after signing in.
    pub(crate) fn resumed() -> Self {
        let detail = "Here is what you entered, except passwords. Check it, then press the button.";
        Self::new("Nothing has been changed yet", detail)
    }

    /// The form's target has changed since the form was opened.
    pub(crate) fn stale(
        thing: &str,
        changes: Vec<Change>,
        by: Vec<String>,
        fields: &[String],
    ) -> Self {
        let detail = match fields.is_empty() {
            true => format!(
                "Nothing was changed. If your entry is still right, press the button again to apply it to the current {thing}."
            ),
            false => "Nothing was changed, and the form still has what you entered. Press the button again to apply it anyway, or use the new values.".to_owned(),
        };
        let thing = words::capitalized(thing);
        Self {
            changes,
            by,
            take: fields.join(" "),
            ..Self::new(
                &format!("{thing} has changed since you opened this form"),
                detail,
            )
        }
    }

    /// The same form was sent before with other values.
    pub(crate) fn sent_before() -> Self {
        Self::new(
            "This form was sent before, with other values",
            "This one changed nothing. Check whether the first took effect. To apply this one as well, send it again.",
        )
    }

    /// The operation could not be decided.
    pub(crate) fn failed(problem: &Problem) -> Self {
        let detail = problem.detail();
        Self::new(
            problem.title(),
            format!("{detail} You can send it again from this page: it is applied at most once."),
        )
    }
}

impl Entered {
    /// Parses the fields of a form as browsers send them.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let mut entered = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            if let Some(list) = too_long(&name) {
                let complaint = format!("has more than {ITEMS_MAX} items");
                entered.wrong_field(list, complaint);
                continue;
            }
            let fields = if name.starts_with('/') {
                &mut entered.values
            } else {
                &mut entered.controls
            };
            // A blank is the choice “none of these”, which counts as empty.
            let value = if value == " " { "".into() } else { value };
            fields.insert(name.into_owned(), value.into_owned());
        }
        entered
    }

    /// The value of a field.
    pub(crate) fn value(&self, pointer: &str) -> Option<&str> {
        self.values.get(pointer).map(String::as_str)
    }

    /// Sets a value, unless one was entered already.
    pub(crate) fn preset(&mut self, pointer: &str, value: impl Into<String>) {
        let value = value.into();
        self.values.entry(pointer.to_owned()).or_insert(value);
    }

    /// Sets a value, replacing the entered one.
    pub(crate) fn set(&mut self, pointer: &str, value: impl Into<String>) {
        self.values.insert(pointer.to_owned(), value.into());
    }

    /// Records the moments that entered times mean, and the place by whose clock they all are.
    pub(super) fn tell_times(&mut self, moments: BTreeMap<String, Moment>, clock: Option<String>) {
        self.moments = moments;
        self.clock = clock;
    }

    /// Records the place by whose clock all times were entered.
    pub(crate) fn tell_clock(&mut self, place: String) {
        self.clock = Some(place);
    }

    /// The moment that an entered time means.
    pub(crate) fn moment(&self, pointer: &str) -> Option<Moment> {
        self.moments.get(pointer).copied()
    }

    /// The code of the place by whose clock all times were entered.
    pub(crate) fn clock(&self) -> Option<&str> {
        self.clock.as_deref()
    }

    fn control(&self, name: &str) -> Option<&str> {
        self.controls.get(name).map(String::as_str)
    }

    /// A value that is not a field of the input.
    pub(crate) fn extra(&self, name: &str) -> &str {
        self.control(name).unwrap_or_default()
    }

    /// The form token.
    pub(crate) fn csrf(&self) -> &str {
        super::token(self.extra("csrf")).0
    }

    /// The user that the form was made for, as it claims.
    pub(crate) fn sender(&self) -> &str {
        super::token(self.extra("csrf")).1
    }

    /// The idempotency key of the form.
    pub(crate) fn key(&self) -> Option<&str> {
        self.control("key").filter(|key| !key.is_empty())
    }

    /// Makes the key that of one part of the form, which can be sent apart from the others.
    pub(crate) fn own_key(&mut self, part: &str) {
        if let Some(key) = self.controls.get_mut("key") {
            key.push('-');
            key.push_str(part);
        }
    }

    /// Drops the key, so that the form gets a new one.
    pub(crate) fn forget_key(&mut self) {
        self.controls.remove("key");
    }

    /// The version of the target that the form was made from.
    pub(crate) fn version(&self) -> Option<u64> {
        self.control("version")?.parse().ok()
    }

    /// The thing the form was opened from, if any, as `kind:name`.
    pub(crate) fn opened(&self) -> Option<&str> {
        self.control("opened").filter(|thing| !thing.is_empty())
    }

    /// Records the thing that the form is opened from, and its version.
    pub(crate) fn open(&mut self, thing: String, version: u64) {
        self.controls.insert("opened".to_owned(), thing);
        self.set_version(version);
    }

    /// Records that the form is now based on this version of its target.
    pub(crate) fn set_version(&mut self, version: u64) {
        let version = version.to_string();
        self.controls.insert("version".to_owned(), version);
    }

    /// The fields that should take the current values, if the user asked for that.
    pub(crate) fn to_take(&self) -> Option<Vec<String>> {
        let pointers = self.control("take")?.split(' ');
        Some(pointers.map(str::to_owned).collect())
    }

    /// Whether the form came back after its session had ended, for review.
    pub(crate) fn is_resumed(&self) -> bool {
        self.controls.contains_key("resume")
    }

    /// Records that it came back.
    pub(crate) fn resume(&mut self) {
        self.controls.insert("resume".to_owned(), "1".to_owned());
        self.note = Some(Note::resumed());
    }

    /// The entered fields of the input itself, as texts.
    pub(crate) fn top(&self) -> Value {
        let fields = self.values.iter().filter_map(|(pointer, value)| {
            let name = pointer.strip_prefix('/')?;
            (!name.contains('/')).then(|| (name.to_owned(), Value::from(value.as_str())))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }

    /// The values in the format of a form, without secrets and without values that only their
    /// session makes valid.
    pub(crate) fn lasting(&self, is_secret: impl Fn(&str) -> bool) -> String {
        let values = self.values.iter().filter(|(name, _)| !is_secret(name));
        let controls = self.controls.iter();
        let controls = controls.filter(|(name, _)| LASTING.contains(&name.as_str()));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(values.chain(controls))
            .finish()
    }

    /// The number of items entered in the list at `pointer`.
    pub(crate) fn items(&self, pointer: &str) -> usize {
        let prefix = format!("{pointer}/");
        let of_list = self.values.range(prefix.clone()..);
        of_list
            .take_while(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, _)| {
                name[prefix.len()..]
                    .split('/')
                    .next()?
                    .parse::<usize>()
                    .ok()
            })
            .max()
            .map_or(0, |last| last + 1)
    }

    /// Applies a button of a list. Returns false if none was pressed.
    pub(crate) fn change_lists(&mut self) -> bool {
        if let Some(list) = self.control("add").map(str::to_owned) {
            let next = self.items(&list).min(ITEMS_MAX - 1);
            let added = format!("{list}/{next}");
            self.values.insert(added.clone(), String::new());
            self.added = Some(added);
            return true;
        }
        let Some(item) = self.control("remove").map(str::to_owned) else {
            return false;
        };
        let Some((list, index)) = item.rsplit_once('/') else {
            return false;
        };
        let Ok(removed) = index.parse::<usize>() else {
            return false;
        };
        let prefix = format!("{list}/");
        let values = std::mem::take(&mut self.values);
        for (name, value) in values {
            let place = name.strip_prefix(&prefix).and_then(|rest| {
                let (index, field) = rest.split_once('/').unwrap_or((rest, ""));
                Some((index.parse::<usize>().ok()?, field.to_owned()))
            });
            let name = match place {
                Some((index, _)) if index == removed => continue,
                Some((index, field)) if index > removed => {
                    let moved = format!("{prefix}{}/{field}", index - 1);
                    moved.trim_end_matches('/').to_owned()
                }
                _ => name,
            };
            self.values.insert(name, value);
        }
        true
    }

    /// Whether the user continues at a field: it is wrong, or was just added.
    pub(crate) fn goes_on_at(&self, pointer: &str) -> bool {
        let is_within = |added: &String| pointer.starts_with(added);
        self.errors.contains_key(pointer) || self.added.as_ref().is_some_and(is_within)
    }

    /// The fault of one field.
    pub(crate) fn errors(&self, pointer: &str) -> Vec<String> {
        self.errors.get(pointer).cloned().unwrap_or_default()
    }

    /// Whether a field has a fault.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Records faults of fields.
    pub(crate) fn wrong(&mut self, errors: Vec<FieldError>) {
        for error in errors {
            self.wrong_field(&error.pointer, error.detail);
        }
    }

    /// Records that a value is ambiguous, and offers what it may mean.
    pub(crate) fn unclear(&mut self, pointer: &str, unclear: Unclear) {
        self.wrong_field(pointer, unclear.complaint);
        if !unclear.offered.is_empty() {
            self.offer(pointer, unclear.offered);
        }
    }

    /// Offers what a value may mean.
    pub(crate) fn offer(&mut self, pointer: &str, choices: Vec<(String, String)>) {
        self.offered.insert(pointer.to_owned(), choices);
    }

    /// What an ambiguous value may mean.
    pub(crate) fn offered(&self, pointer: &str) -> Option<&[(String, String)]> {
        self.offered.get(pointer).map(Vec::as_slice)
    }

    /// Sets how faults in the operation's input find the field that the form asked for.
    pub(crate) fn comes_from(&mut self, origin: Option<fn(&str) -> Option<String>>) {
        self.origin = origin;
    }

    /// The field of the form that a field of the operation's input comes from.
    fn origin_of(&self, pointer: &str) -> String {
        let origin = self.origin.and_then(|origin| origin(pointer));
        origin.unwrap_or_else(|| pointer.to_owned())
    }

    /// Records a fault of one field. The whole form is then marked as wrong too.
    pub(crate) fn wrong_field(&mut self, pointer: &str, detail: String) {
        if self.note.is_none() {
            self.note = Some(Note::new(
                "Some entries need correction",
                "See the notes next to the fields. Nothing was changed.",
            ));
        }
        if pointer.is_empty()
            && let Some(note) = &mut self.note
        {
            note.detail = format!("The input: {detail}.");
        }
        let pointer = self.origin_of(pointer);
        let errors = self.errors.entry(pointer).or_default();
        if !errors.contains(&detail) {
            errors.push(detail);
        }
    }

    /// Records a refusal by a rule. The form gets a new key, because the next attempt is a new
    /// request.
    pub(crate) fn refused_by(&mut self, rejection: &Rejection, detail: String) {
        match self.item_at_fault(rejection) {
            Some(pointer) => {
                let errors = self.errors.entry(pointer).or_default();
                errors.push(detail.clone());
                self.refused_as_a_whole(&rejection.rule, detail);
            }
            None => self.refused(&rejection.rule, detail),
        }
    }

    /// The field of a list item that a refusal is about.
    fn item_at_fault(&self, rejection: &Rejection) -> Option<String> {
        let origin = |pointer: &str| self.origin_of(pointer);
        let pointer = item_at_fault(rejection, |pointer| self.value(&origin(pointer)))?;
        let pointer = origin(&pointer);
        self.values.contains_key(&pointer).then_some(pointer)
    }

    /// Records a refusal by a rule of this name.
    pub(crate) fn refused(&mut self, rule: &str, detail: String) {
        let has = |pointer: &str| self.values.keys().any(|name| name.starts_with(pointer));
        let mut fields = FIELDS.iter().filter(|(known, _)| *known == rule);
        if let Some((_, pointer)) = fields.find(|(_, pointer)| has(pointer)) {
            let errors = self.errors.entry((*pointer).to_owned()).or_default();
            errors.push(detail.clone());
        }
        self.refused_as_a_whole(rule, detail);
    }

    /// Records a refusal in the note about the whole form.
    fn refused_as_a_whole(&mut self, rule: &str, detail: String) {
        let meaning = domain::rules().find(|known| known.name == rule);
        let title = match meaning {
            Some(rule) => kinds::sentence(rule.meaning),
            None => kinds::POLICY.title,
        };
        self.note = Some(Note {
            title: title.to_owned(),
            detail,
            rule: Some(rule.to_owned()),
            ..Note::default()
        });
        self.forget_key();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(entered: &Entered) -> Vec<(&str, &str)> {
        let values = entered.values.iter();
        values.map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }

    #[test]
    fn lists_grow_and_shrink() {
        let mut entered = Entered::parse(b"%2Fa%2F0%2Fx=1&%2Fa%2F1%2Fx=2&%2Fb=3&add=%2Fa");
        assert!(entered.change_lists());
        assert_eq!(entered.items("/a"), 3);
        let mut entered =
            Entered::parse(b"%2Fa%2F0%2Fx=1&%2Fa%2F1%2Fx=2&%2Fa%2F2%2Fx=3&%2Fb=4&remove=%2Fa%2F1");
        assert!(entered.change_lists());
        assert_eq!(
            names(&entered),
            [("/a/0/x", "1"), ("/a/1/x", "3"), ("/b", "4")]
        );
        assert!(!Entered::parse(b"%2Fb=4").change_lists());
        for odd in ["remove=x", "remove=%2Fa%2Fy", "add="] {
            Entered::parse(odd.as_bytes()).change_lists();
        }
    }

    #[test]
    fn a_list_has_an_end() {
        for (index, is_too_long) in [
            ("999", false),
            ("1000", true),
            ("28000", true),
            ("18446744073709551615", true),
            ("99999999999999999999999", true),
        ] {
            let entered = Entered::parse(format!("/a/{index}/x=1").as_bytes());
            assert_eq!(entered.has_errors(), is_too_long, "{index}");
            assert!(entered.items("/a") <= ITEMS_MAX);
            assert_eq!(entered.errors("/a").len(), usize::from(is_too_long));
        }
    }

    #[test]
    fn a_refusal_appears_beside_its_field() {
        let mut entered = Entered::parse(b"%2Fnumber=V1&key=k");
        entered.refused("VoyageNumberMustBeUnique", "There is one.".to_owned());
        assert_eq!(entered.errors("/number"), ["There is one."]);
        assert_eq!(entered.key(), None);
        let mut entered = Entered::parse(b"%2Fcargo=x");
        entered.refused("LoadMayNotPassTheLine", "Full.".to_owned());
        assert!(!entered.has_errors());
        let note = entered.note.unwrap();
        assert_eq!(note.rule.as_deref(), Some("LoadMayNotPassTheLine"));
        assert!(note.title.starts_with("On every movement"));
    }
}
