//! Forms that show more than the fields of an operation. Each subdomain provides its own.

use super::form::{Clocks, Entered, FixedClock, FixedField};
use super::visit::{Away, Visit};
use crate::ROOMS;
use crate::api::catalogue::input_schema;
use crate::problem::Problem;
use application::{About, Accepted, Definition, Failed};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

/// The form of one operation.
#[async_trait]
pub(crate) trait SpecialForm: Sync {
    fn operation(&self) -> &'static About;

    /// What the form asks for, if it is not the same as the operation's input.
    fn asks(&self, input: Value) -> Value {
        input
    }

    /// The operation's input from what the form asked for.
    fn input(&self, entered: Value) -> Value {
        entered
    }

    /// The field of the form that a field of the operation's input comes from, where they differ.
    fn origin(&self) -> Option<Origin> {
        None
    }

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

    /// The path of the page that the secret of an operation opens, if the secret is shown as a
    /// link.
    fn link(&self, _accepted: &Accepted) -> Option<String> {
        None
    }

    /// What the operation would do to others, as HTML. It is shown before the operation is run, and
    /// the person is asked to go on. `None` if it affects nobody else.
    async fn to_confirm(&self, _visit: &mut Visit, _input: &Value) -> Result<Option<String>, Away> {
        Ok(None)
    }

    /// Whether nothing can bring back what the operation removes. The question warns then.
    fn is_final(&self) -> bool {
        false
    }

    /// What the form shows to a person who may run the operation.
    async fn parts(&self, _visit: &mut Visit, _entered: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts::default())
    }
}

/// Finds the field of a form that a field of the operation's input comes from.
pub(crate) type Origin = fn(&str) -> Option<String>;

/// What the form of an operation asks for.
pub(crate) fn form_schema(definition: &Definition) -> Value {
    let input = input_schema(definition);
    match special_form(definition.about) {
        Some(form) => form.asks(input),
        None => input,
    }
}

/// What a form shows besides the fields that follow from the schema.
#[derive(Default)]
pub(crate) struct FormParts {
    /// Choices instead of a line of text: pointer, and value with label.
    pub(crate) choices: Vec<(&'static str, Vec<(String, String)>)>,
    /// Hints: pointer and text.
    pub(crate) hints: Vec<(&'static str, &'static str)>,
    /// Labels: pointer and text.
    pub(crate) labels: &'static [(&'static str, &'static str)],
    /// The label of the button, if the name of the operation does not say what it does.
    pub(crate) button: Option<&'static str>,
    /// Fields that are not shown yet.
    pub(crate) hidden: Vec<String>,
    /// Fields that are required here, though the operation's input does not always have them.
    pub(crate) required: Vec<String>,
    /// Fields that are shown but cannot be changed.
    pub(crate) fixed: Vec<FixedField>,
    /// HTML above the fields.
    pub(crate) above: String,
    /// HTML below the form.
    pub(crate) below: String,
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
