//! What became findable where: the changes of lists, by which the past list finds its items.

use crate::aggregate::{AnyAggregate, Kind, Listing};
use uuid::Uuid;

/// Something that got or lost a facet of the list of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    let (before, after) = (old.map(standing).unwrap_or_default(), standing(new));
    let change = |(place, facet): &(String, String), joins| ListChange {
        kind: new.kind(),
        facet: facet.clone(),
        place: place.clone(),
        position,
        id: new.id(),
        joins,
    };
    let lost = before.iter().filter(|own| !after.contains(own));
    let got = after.iter().filter(|own| !before.contains(own));
    let lost = lost.map(|own| change(own, false));
    lost.chain(got.map(|own| change(own, true))).collect()
}

/// The facets of a state, each once and with its place.
fn standing(state: &AnyAggregate) -> Vec<(String, String)> {
    let Some(Listing { place, mut facets }) = state.listing() else {
        return Vec::new();
    };
    facets.push(ListChange::EXISTS.to_owned());
    facets.sort_unstable();
    facets.dedup();
    let placed = facets.into_iter().map(|facet| (place.clone(), facet));
    placed.collect()
}

/// How many states have each facet, as a sum that does not depend on the order: equal sums mean equal
/// facets, unless somebody chose them to collide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FacetSum(u64);

impl FacetSum {
    /// Adds the facets of a state.
    pub fn add_state(&mut self, state: &AnyAggregate) {
        for (_, facet) in standing(state) {
            self.add(state.kind(), &facet, 1);
        }
    }

    /// Adds what another sum has.
    pub fn merge(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }

    /// Adds a facet that this many states have.
    pub fn add(&mut self, kind: Kind, facet: &str, states: i64) {
        // FNV-1a
        let bytes = kind.word().bytes().chain([0]).chain(facet.bytes());
        let digest = bytes.fold(0xcbf2_9ce4_8422_2325, |digest: u64, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let times = digest.wrapping_mul(states.cast_unsigned());
        self.0 = self.0.wrapping_add(times);
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

    #[test]
    fn the_sum_follows_the_states() {
        let (registered, retracted) = (event("REGISTERED"), event("RETRACTED"));
        let mut kept = FacetSum::default();
        for change in list_changes(None, &registered, 1)
            .into_iter()
            .chain(list_changes(Some(&registered), &retracted, 2))
        {
            kept.add(
                change.kind,
                &change.facet,
                if change.joins { 1 } else { -1 },
            );
        }
        let (mut now, mut before) = (FacetSum::default(), FacetSum::default());
        now.add_state(&retracted);
        before.add_state(&registered);
        assert_eq!(kept, now);
        assert_ne!(kept, before);
    }
}
