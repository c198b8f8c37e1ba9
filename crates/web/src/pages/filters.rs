//! The filters of lists, and what the page says if a filter finds nothing.

use super::pickers::Search;
use super::visit::{Away, Visit};
use crate::parameters::{with, with_cursor};
use axum::http::Uri;
use axum::http::request::Parts;

/// Filters that cannot be read. They find nothing rather than everything.
#[derive(Debug)]
pub(crate) struct FilterFaults {
    /// The requested address.
    uri: Uri,
    pub(crate) said: Vec<String>,
    /// What may have been meant: addresses and labels.
    pub(crate) offered: Vec<(String, String)>,
}

impl FilterFaults {
    /// Starts with no faults in the filters of an address.
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            uri: parts.uri.clone(),
            said: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// Whether all filters can be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// Says why something cannot be found.
    pub(crate) fn add(&mut self, complaint: impl Into<String>) {
        self.said.push(complaint.into());
    }

    /// Offers another value of a filter.
    pub(crate) fn offer(&mut self, name: &str, value: &str, label: String) {
        self.offered.push((with(&self.uri, name, value), label));
    }
}

/// The address of the next page of a list.
pub(crate) fn next_page(parts: &Parts, next: Option<&str>) -> Option<String> {
    next.map(|cursor| with_cursor(&parts.uri, cursor))
}

/// The text of a filter, and the thing it means: by code or number, or by a name that only one
/// thing has. If several things have the name, each is offered.
pub(crate) async fn named(
    visit: &mut Visit,
    (name, label): (&'static str, &str),
    search: &dyn Search,
    faults: &mut FilterFaults,
) -> Result<(String, Option<String>), Away> {
    let text = visit.parameters.line(name, 200).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok((text, None));
    }
    let found = match search.meant(&mut visit.reading, &text).await? {
        Ok(found) => Some(found),
        Err(unclear) => {
            faults.add(format!("“{label}” {}.", unclear.complaint));
            for (value, label) in unclear.offered {
                faults.offer(name, &value, label);
            }
            None
        }
    };
    Ok((text, found))
}

/// The value of a filter that can be read, if there is one.
pub(crate) fn wanted<T>(
    text: &str,
    read: impl FnOnce(&str) -> Option<T>,
    complaint: &str,
    faults: &mut FilterFaults,
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let wanted = read(text);
    if wanted.is_none() {
        faults.add(complaint);
    }
    wanted
}
