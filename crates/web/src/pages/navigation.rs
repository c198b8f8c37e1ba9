//! The links at the top of every page.

use super::{NAVIGATION_FIRST, NAVIGATION_LAST};
use crate::ROOMS;
use application::queries::Reading;

/// A link at the top of every page.
pub(crate) struct NavigationEntry {
    pub(crate) label: &'static str,
    pub(crate) path: &'static str,
    /// Whether the link leads to the section of a page with this title.
    pub(crate) has_title: fn(&str) -> bool,
    /// Whether the reader gets the link.
    pub(crate) is_shown: fn(&Reading) -> bool,
}

impl NavigationEntry {
    /// Whether the link leads to the section of a page with this title.
    pub(crate) fn is_current(&self, title: &str) -> bool {
        (self.has_title)(title)
    }
}

/// The links that a person gets.
pub(crate) fn navigation(reading: &Reading) -> Vec<&'static NavigationEntry> {
    let rooms = ROOMS.iter().flat_map(|room| room.navigation);
    let all = NAVIGATION_FIRST.iter().chain(rooms).chain(NAVIGATION_LAST);
    all.filter(|entry| (entry.is_shown)(reading)).collect()
}
