//! Which locations a list has.

use super::{CountryCode, Location};
use crate::list::{Filter, Listed, has_within, is};

/// Which locations to list, by UN/LOCODE; each that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationFilter {
    /// The country it lies in.
    pub country: Option<CountryCode>,
    /// A part of a name or of the UN/LOCODE, ignoring case and diacritics.
    pub name: Option<String>,
}

impl Listed for Location {
    type Filter = LocationFilter;
}

impl Filter for LocationFilter {
    type Of = Location;

    fn admits(&self, location: &Location) -> bool {
        is(&self.country, &location.country)
            && (self.name.is_none() || has_within(&self.name, &location.searched()))
    }

    fn place(location: &Location) -> String {
        location.un_locode.to_string()
    }
}
