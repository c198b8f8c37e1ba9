//! Forms generated from the schemas of operations' inputs, the same ones that the API uses.
//!
//! A field is named by its JSON pointer (`/movements/0/from`), so that a fault in an input appears
//! beside its field. Buttons that send the form add and remove list items.

use crate::clock::SystemChance;
use domain::Moment;
use domain::ports::Chance;

mod clock;
mod entered;
mod fault;
mod field;
mod input;
mod line;
mod properties;

pub(crate) use clock::{Clocks, FixedClock};
pub(crate) use entered::{Entered, Note};
pub(crate) use field::{FixedField, Form, Tweaks};
pub(crate) use input::{input, input_with};
pub(crate) use line::TextField;

/// A new idempotency key for a form.
pub(crate) fn new_key(now: Moment) -> String {
    format!("form-{}", SystemChance.id(now))
}

/// Splits the text that forms carry into the form's token and the user it was made for.
pub(crate) fn token(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, ""))
}
