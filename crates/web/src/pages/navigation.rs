//! The links at the top of every page.

use super::{NAVIGATION_FIRST, NAVIGATION_LAST};
use crate::ROOMS;
use application::queries::Reading;

/// A link at the top of every page.
pub(crate) struct NavigationEntry {
    pub(crate) label: &'static str,
    pub(crate) path: &'static str,
    /// Whether the reader gets the link.
    pub(crate) is_shown: fn(&Reading) -> bool,
    /// Whether the reader's work starts there after signing in.
    pub(crate) is_start: fn(&Reading) -> bool,
}

impl NavigationEntry {
    /// Whether the link leads to the section of the page at this path: to the page itself, or to one
    /// above it.
    pub(crate) fn is_current(&self, path: &str) -> bool {
        match path.strip_prefix(self.path) {
            Some("") => true,
            Some(below) => below.starts_with('/'),
            None => false,
        }
    }
}

/// The links that a person gets.
pub(crate) fn navigation(reading: &Reading) -> Vec<&'static NavigationEntry> {
    let rooms = ROOMS.iter().flat_map(|room| room.navigation);
    let all = NAVIGATION_FIRST.iter().chain(rooms).chain(NAVIGATION_LAST);
    all.filter(|entry| (entry.is_shown)(reading)).collect()
}

/// The address that leads to the page where a person's work starts.
pub(crate) const START: &str = "/start";

/// The page where the work of a person starts.
pub(crate) fn start_of(reading: &Reading) -> &'static str {
    let entries = navigation(reading);
    let mut starts = entries.iter().filter(|entry| (entry.is_start)(reading));
    starts.next().map_or("/", |entry| entry.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_current_on_its_page_and_below() {
        for (link, path, expected) in [
            ("/voyages", "/voyages", true),
            ("/voyages", "/voyages/V100", true),
            ("/voyages", "/voyagesome", false),
            ("/voyages", "/", false),
            ("/", "/", true),
            ("/", "/voyages", false),
        ] {
            let entry = NavigationEntry {
                label: "",
                path: link,
                is_shown: |_| true,
                is_start: |_| false,
            };
            assert_eq!(entry.is_current(path), expected, "{link} on {path}");
        }
    }
}
