//! What the filters of lists ask for, and what is said where that cannot be found.

use super::pickers::Picked;
use super::visit::{Away, Visit};
use crate::parameters::{with, with_cursor};
use axum::http::Uri;
use axum::http::request::Parts;

/// What is wanted and cannot be read: such a filter finds nothing, rather than everything.
#[derive(Debug)]
pub(crate) struct Vain {
    /// The address that was asked for.
    uri: Uri,
    pub(crate) said: Vec<String>,
    /// What may have been meant: addresses and labels.
    pub(crate) offered: Vec<(String, String)>,
}

impl Vain {
    /// Nothing yet, of the filters in an address.
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            uri: parts.uri.clone(),
            said: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// Whether all that is wanted can be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// Says why something cannot be found.
    pub(crate) fn say(&mut self, complaint: impl Into<String>) {
        self.said.push(complaint.into());
    }
}

/// The address of the next page of a list.
pub(crate) fn next_page(parts: &Parts, next: Option<&str>) -> Option<String> {
    next.map(|cursor| with_cursor(&parts.uri, cursor))
}

/// What a filter was asked for, and the thing it means: by its code or number, or by a name that
/// only one has. Where several have it, each is offered.
pub(crate) async fn named(
    visit: &mut Visit,
    (name, label): (&'static str, &str),
    picked: Picked,
    vain: &mut Vain,
) -> Result<(String, Option<String>), Away> {
    let text = visit.parameters.line(name, 200).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok((text, None));
    }
    let found = match super::suggest::meant(&mut visit.reading, picked, &text).await? {
        Ok(found) => Some(found),
        Err(unclear) => {
            vain.say(format!("“{label}” {}.", unclear.complaint));
            let offered = unclear.offered.into_iter();
            let links = offered.map(|(value, label)| (with(&vain.uri, name, &value), label));
            let links: Vec<_> = links.collect();
            vain.offered.extend(links);
            None
        }
    };
    Ok((text, found))
}

/// What a filter wants that can be read, if anything is wanted.
pub(crate) fn wanted<T>(
    text: &str,
    read: impl FnOnce(&str) -> Option<T>,
    complaint: &str,
    vain: &mut Vain,
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let wanted = read(text);
    if wanted.is_none() {
        vain.say(complaint);
    }
    wanted
}
