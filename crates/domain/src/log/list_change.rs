//! What became findable where: the changes of lists, by which the past list finds its items.

use crate::aggregate::{AnyAggregate, Kind, Listing};
use uuid::Uuid;

/// Something that got or lost a facet of the list of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListChange {
    pub kind: Kind,
    /// The facet, or [`ListChange::EXISTS`].
    pub facet: String,
    /// Its place in the list.
    pub place: String,
    /// The position of the entry that changed it.
    pub position: u64,
    pub id: Uuid,
    /// Whether it got the facet; otherwise it lost it.
    pub joins: bool,
}

impl ListChange {
    /// The facet that all things with a list have.
    pub const EXISTS: &str = "exists";
}

/// What changes in the list of a kind when the entry at `position` replaces a state, or creates it.
#[must_use]
pub fn list_changes(
    old: Option<&AnyAggregate>,
    new: &AnyAggregate,
    position: u64,
) -> Vec<ListChange> {
    let before = old.map(Standing::of).unwrap_or_default();
    before.changes(&Standing::of(new), (new.kind(), new.id()), position)
}

/// Where something stands in the list of its kind: nowhere by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    place: String,
    /// The facets, each once, in the order of their texts.
    facets: Vec<String>,
}

impl Standing {
    /// Where a state stands.
    #[must_use]
    pub fn of(state: &AnyAggregate) -> Self {
        let Some(Listing { place, mut facets }) = state.listing() else {
            return Self::default();
        };
        facets.push(ListChange::EXISTS.to_owned());
        facets.sort_unstable();
        facets.dedup();
        Self { place, facets }
    }

    /// What changes when the entry at `position` moves something from here.
    #[must_use]
    pub fn changes(&self, to: &Self, thing: (Kind, Uuid), position: u64) -> Vec<ListChange> {
        if self == to {
            return Vec::new();
        }
        let change = |at: &Self, facet: &String, joins| ListChange {
            kind: thing.0,
            facet: facet.clone(),
            place: at.place.clone(),
            position,
            id: thing.1,
            joins,
        };
        let lost = self.facets.iter().filter(|facet| !to.has(self, facet));
        let got = to.facets.iter().filter(|facet| !self.has(to, facet));
        let lost = lost.map(|facet| change(self, facet, false));
        lost.chain(got.map(|facet| change(to, facet, true)))
            .collect()
    }

    /// Whether this has a facet of another standing, at the same place.
    fn has(&self, other: &Self, facet: &String) -> bool {
        self.place == other.place && self.facets.binary_search(facet).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn location(un_locode: &str) -> AnyAggregate {
        let state = json!({
            "id": Uuid::from_u128(1), "un_locode": un_locode, "name": "Somewhere",
            "country": "NL", "latitude": 1.5, "longitude": -2.25, "time_zone": "UTC",
        });
        let read = Kind::Location.state_from_json(&state.to_string());
        read.expect("a location")
    }

    fn event(status: &str) -> AnyAggregate {
        let mut state = json!({
            "id": Uuid::from_u128(2), "cargo": "23456789AB3", "type": "RECEIVE",
            "location": "HKHKG", "voyage": null, "completed_at": "2027-03-02T00:00:00Z",
            "registered_at": "2027-03-02T00:00:00Z", "status": status,
        });
        if status == "RETRACTED" {
            state["reason"] = json!("Wrong cargo");
        }
        let read = Kind::HandlingEvent.state_from_json(&state.to_string());
        read.expect("an event")
    }

    fn facets(changes: &[ListChange]) -> Vec<(&str, bool)> {
        let seen = changes.iter();
        seen.map(|own| (own.facet.as_str(), own.joins)).collect()
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let (registered, retracted) = (event("REGISTERED"), event("RETRACTED"));
        let created = list_changes(None, &registered, 7);
        let status = |word: &str| format!("status={word}");
        assert_eq!(
            created.len(),
            facets(&created).iter().filter(|own| own.1).count()
        );
        let all = ["exists", "cargo=23456789AB3", "location=HKHKG"];
        for facet in all.into_iter().chain([status("REGISTERED").as_str()]) {
            assert!(facets(&created).contains(&(facet, true)), "{facet}");
        }
        let place = Uuid::from_u128(2).to_string();
        assert!(
            created
                .iter()
                .all(|own| own.place == place && own.position == 7)
        );
        let changed = list_changes(Some(&registered), &retracted, 8);
        let expected = [(status("REGISTERED"), false), (status("RETRACTED"), true)];
        let expected: Vec<_> = expected.iter().map(|own| (own.0.as_str(), own.1)).collect();
        assert_eq!(facets(&changed), expected);
        assert!(list_changes(Some(&retracted), &retracted, 9).is_empty());
    }

    #[test]
    fn a_new_place_is_another_standing() {
        let changed = list_changes(Some(&location("NLRTM")), &location("NLAMS"), 3);
        let places: Vec<_> = changed
            .iter()
            .filter(|own| own.facet == ListChange::EXISTS)
            .map(|own| (own.place.as_str(), own.joins))
            .collect();
        assert_eq!(places, [("NLRTM", false), ("NLAMS", true)]);
    }
}
