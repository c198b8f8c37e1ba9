//! Forms, made from the schemas of operations' inputs: the same description that the API has.
//!
//! A field is called by its JSON pointer (`/movements/0/from`), so that what is wrong with an input
//! is shown beside the field it is about. Lists grow and shrink by buttons that send the form.

mod entered;
mod field;
mod input;
mod line;

pub(crate) use entered::{Entered, Note};
pub(crate) use field::{Form, Tweaks};
pub(crate) use input::input;
pub(crate) use line::Line;

/// A form's token and the user it was made for, out of the one text that forms carry.
pub(crate) fn token(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, ""))
}
