//! Forms that show more than the fields of an operation. Each subdomain provides its own.

use super::form::{Clocks, Entered, FixedClock};
use super::visit::{Away, Visit};
use crate::ROOMS;
use crate::problem::Problem;
use application::{About, Failed};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

/// The form of one operation.
#[async_trait]
pub(crate) trait SpecialForm: Sync {
    fn operation(&self) -> &'static About;

    /// Fills in what follows from the values in the address, before the form is first shown.
    async fn fill_in(
        &self,
        _visit: &mut Visit,
        _schema: &Value,
        _entered: &mut Entered,
    ) -> Result<(), Away> {
        Ok(())
    }

    /// A smaller form, as HTML, that is shown first if it is not known yet what the form is about.
    fn ask_first(&self, _entered: &Entered) -> Option<String> {
        None
    }

    /// Why nobody needs the form, as HTML.
    fn why_not_needed(&self) -> Option<String> {
        None
    }

    /// The places by whose clocks times are entered that the form does not ask for.
    async fn clocks(
        &self,
        _visit: &mut Visit,
        _entered: &Entered,
    ) -> Result<Vec<FixedClock>, Away> {
        Ok(Vec::new())
    }

    /// What the form shows to a person who may run the operation.
    async fn parts(&self, _visit: &mut Visit, _entered: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts::default())
    }
}

/// What a form shows besides the fields that follow from the schema.
#[derive(Default)]
pub(crate) struct FormParts {
    /// Choices instead of a line of text: pointer, and value with label.
    pub(crate) choices: Vec<(&'static str, Vec<(String, String)>)>,
    /// Hints: pointer and text.
    pub(crate) hints: Vec<(&'static str, &'static str)>,
    /// Fields that are not shown yet.
    pub(crate) hidden: &'static [&'static str],
    /// HTML above the fields.
    pub(crate) above: String,
    /// HTML instead of the fields.
    pub(crate) instead: Option<String>,
}

/// The special form of an operation, if it has one.
pub(crate) fn special_form(about: &About) -> Option<&'static dyn SpecialForm> {
    let mut all = ROOMS.iter().flat_map(|room| room.forms);
    all.find(|form| form.operation().name == about.name)
        .copied()
}

/// The clocks by which the times of a form are entered.
pub(crate) async fn clocks(
    visit: &mut Visit,
    about: &About,
    schema: &Value,
    entered: &Entered,
) -> Result<Clocks, Away> {
    let fixed = match special_form(about) {
        Some(form) => form.clocks(visit, entered).await?,
        None => Vec::new(),
    };
    Ok(Clocks::of(&mut visit.reading, schema, entered, fixed, visit.now).await?)
}

/// Fills in the fields of a form from a view with the same names, so that only changes have to be
/// entered.
pub(crate) fn preset_all(
    entered: &mut Entered,
    schema: &Value,
    view: &impl Serialize,
) -> Result<(), Problem> {
    let view = serde_json::to_value(view).map_err(|_| Problem::from(Failed::Broken))?;
    for (name, _) in schema["properties"].as_object().into_iter().flatten() {
        preset(entered, &format!("/{name}"), &view[name]);
    }
    Ok(())
}

fn preset(entered: &mut Entered, pointer: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                preset(entered, &format!("{pointer}/{name}"), value);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                preset(entered, &format!("{pointer}/{index}"), value);
            }
        }
        Value::Null => {}
        Value::String(text) => entered.preset(pointer, text.as_str()),
        other => entered.preset(pointer, other.to_string()),
    }
}
