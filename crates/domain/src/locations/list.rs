//! The list of locations.

use super::{CountryCode, Location};
use crate::list::{Filter, Listed, facet, has_within, is};

/// A filter of locations, sorted by UN/LOCODE. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationFilter {
    /// The country in which it is.
    pub country: Option<CountryCode>,
    /// Part of a name or of the UN/LOCODE, ignoring case and diacritics.
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

    fn facets(&self) -> Vec<String> {
        let country = self.country.as_ref();
        country
            .map(|own| facet("country", own))
            .into_iter()
            .collect()
    }

    fn facets_of(location: &Location) -> Vec<String> {
        vec![facet("country", &location.country)]
    }

    fn place(location: &Location) -> String {
        location.un_locode.to_string()
    }
}
