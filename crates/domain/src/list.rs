//! Lists of current states, and their filters.
//!
//! Each subdomain that offers a list has a filter in its own `list.rs`. The filter decides which
//! states belong to the list and in which order they come, so every store agrees with it.

use crate::aggregate::{Aggregate, AnyAggregate, Kind, Listing};
use crate::moment::Moment;
use crate::ports::id_beyond;
use crate::text::folded;
use std::any::Any;
use std::fmt::Debug;

/// A kind of aggregate with a list.
pub trait Listed: Aggregate {
    /// The filter of its list.
    type Filter: Filter<Of = Self>;
}

/// The states of one kind in a list. The default includes all of them.
pub trait Filter: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// The listed kind.
    type Of: Listed<Filter = Self>;
    /// Whether the list starts with what was created last. Its [place](Filter::place) is then the id.
    const IS_NEWEST_FIRST: bool = false;

    /// Whether a state belongs to the list.
    fn admits(&self, state: &Self::Of) -> bool;

    /// The same filter at a time, for conditions that follow the clock.
    #[must_use]
    fn at_time(self, _now: Moment) -> Self {
        self
    }

    /// Groups that all admitted states belong to one of. Give them if an operation reads the list:
    /// `verify --replay` uses them to find what the list admitted in the past.
    fn groups(&self) -> Vec<String> {
        Vec::new()
    }

    /// Facets that all admitted states have, the rarest first. The list in the past looks only at
    /// what had the first of them.
    fn facets(&self) -> Vec<String> {
        Vec::new()
    }

    /// The facets of a state, by which the past list finds it: `name=value`, at most
    /// [`FACET_CHARS_MAX`](crate::limits::FACET_CHARS_MAX) characters. Each costs a row when a state
    /// gets or loses it. They are kept for ever, so no personal field may be one.
    fn facets_of(_state: &Self::Of) -> Vec<String> {
        Vec::new()
    }

    /// The place of a state in the order: a text that sorts like the list. By default the id, which
    /// gives the order of creation.
    fn place(state: &Self::Of) -> String {
        state.id().to_string()
    }
}

/// A [`Filter`] without its type, for ports.
pub trait AnyFilter: Any + Debug + Send + Sync {
    /// The kind that is listed.
    fn kind(&self) -> Kind;
    /// Whether a state belongs to the list; no state of another kind does.
    fn admits_any(&self, state: &AnyAggregate) -> bool;
    /// Groups that all admitted states belong to one of.
    fn groups(&self) -> Vec<String>;
    /// Facets that all admitted states have, the rarest first.
    fn facets(&self) -> Vec<String>;
    /// The place of a state in the order; `None` for a state of another kind.
    fn place_of(&self, state: &AnyAggregate) -> Option<String>;
    /// Whether the list starts with the greatest place.
    fn is_newest_first(&self) -> bool;
    /// A place after which nothing comes that was created by this time, if the list has such a place.
    fn place_beyond(&self, time: Moment) -> Option<String>;
}

impl<F: Filter> AnyFilter for F {
    fn kind(&self) -> Kind {
        F::Of::KIND
    }

    fn admits_any(&self, state: &AnyAggregate) -> bool {
        F::Of::from_any(state).is_some_and(|state| self.admits(state))
    }

    fn groups(&self) -> Vec<String> {
        Filter::groups(self)
    }

    fn facets(&self) -> Vec<String> {
        Filter::facets(self)
    }

    fn place_of(&self, state: &AnyAggregate) -> Option<String> {
        F::Of::from_any(state).map(F::place)
    }

    fn is_newest_first(&self) -> bool {
        F::IS_NEWEST_FIRST
    }

    fn place_beyond(&self, time: Moment) -> Option<String> {
        F::IS_NEWEST_FIRST.then(|| id_beyond(time).to_string())
    }
}

/// Where a state stands in the list of its kind.
pub(crate) fn listing<A: Listed>(state: &A) -> Listing {
    Listing {
        place: A::Filter::place(state),
        facets: A::Filter::facets_of(state),
    }
}

/// A facet: what is asked for, and its value.
pub(crate) fn facet(name: &str, value: impl std::fmt::Display) -> String {
    format!("{name}={value}")
}

/// Whether a value equals the wanted one, if there is one.
pub(crate) fn is<T: PartialEq>(asked: &Option<T>, own: &T) -> bool {
    asked.as_ref().is_none_or(|asked| asked == own)
}

/// Whether an identifier begins with the wanted text, ignoring case.
pub(crate) fn begins(asked: &Option<String>, own: &str) -> bool {
    let asked = asked.as_ref();
    asked.is_none_or(|asked| own.starts_with(&asked.to_uppercase()))
}

/// Whether a text contains the wanted one, ignoring case and diacritics.
pub(crate) fn has_within(asked: &Option<String>, own: &str) -> bool {
    let asked = asked.as_ref();
    asked.is_none_or(|asked| folded(own).contains(&folded(asked)))
}

/// Checks that a state has all facets of a filter that admits it.
#[cfg(test)]
pub(crate) fn admitted<F: Filter>(filter: &F, state: &F::Of) -> bool {
    let is_admitted = filter.admits(state);
    let own = F::facets_of(state);
    let missing = filter
        .facets()
        .into_iter()
        .find(|facet| !own.contains(facet));
    assert!(!is_admitted || missing.is_none(), "{filter:?}: {missing:?}");
    is_admitted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::UserFilter;
    use crate::customers::CustomerFilter;
    use crate::locations::LocationFilter;
    use serde_json::json;

    const ID: &str = "00000000-0000-0000-0000-000000000001";

    fn read(kind: Kind, state: &serde_json::Value) -> AnyAggregate {
        kind.state_from_json(&state.to_string()).expect("a state")
    }

    #[test]
    fn a_filter_without_its_type_admits_states_of_its_kind() {
        let location = read(
            Kind::Location,
            &json!({
                "id": ID, "un_locode": "SEGOT", "name": "Göteborg", "aliases": ["Gothenburg"],
                "country": "SE", "latitude": 57.7, "longitude": 11.9, "time_zone": "UTC",
            }),
        );
        let customer = read(
            Kind::Customer,
            &json!({
                "id": ID, "name": "Löwe & Co", "email": "desk@example.com", "country": "NL",
                "status": "ACTIVE",
            }),
        );
        let user = read(
            Kind::User,
            &json!({ "id": ID, "name": "st-anna", "roles": [], "customer": null, "status": "ACTIVE" }),
        );
        let states = [&location, &customer, &user];
        let text = |text: &str| Some(text.to_owned());
        let locations = |country: &str, name: &str| -> Box<dyn AnyFilter> {
            let (country, name) = (country.parse().ok(), text(name));
            Box::new(LocationFilter { country, name })
        };
        let customers = |name: &str| -> Box<dyn AnyFilter> {
            Box::new(CustomerFilter {
                id: None,
                name: text(name),
            })
        };
        let users = |name: &str, has_password: bool| -> Box<dyn AnyFilter> {
            let name = text(name);
            Box::new(UserFilter { name, has_password })
        };
        for (filter, expected) in [
            (locations("", ""), Some(0)),
            (locations("SE", "GOTHEN"), Some(0)),
            (locations("", "goteborg"), Some(0)),
            (locations("", "segot"), Some(0)),
            (locations("NL", ""), None),
            (locations("", "oslo"), None),
            (customers(""), Some(1)),
            (customers("LOWE"), Some(1)),
            (customers("desk"), None),
            (users("Anna", false), Some(2)),
            (users("Anna", true), None),
            (users("st_", false), None),
        ] {
            let found = states.iter().position(|state| filter.admits_any(state));
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    #[test]
    fn a_filter_without_its_type_gives_places_to_states_of_its_kind() {
        let user = read(
            Kind::User,
            &json!({ "id": ID, "name": "anna", "roles": [], "customer": null, "status": "ACTIVE" }),
        );
        assert_eq!(
            UserFilter::default().place_of(&user).as_deref(),
            Some("anna")
        );
        assert_eq!(CustomerFilter::default().place_of(&user), None);
    }
}
