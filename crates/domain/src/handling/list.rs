//! The list of handling events.

use super::{HandlingEvent, HandlingStatusWord};
use crate::booking::TrackingId;
use crate::list::{Filter, Listed, facet, is};
use crate::locations::UnLocode;
use crate::voyages::VoyageNumber;

/// A filter of handling events, sorted newest first. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandlingFilter {
    pub cargo: Option<TrackingId>,
    pub location: Option<UnLocode>,
    /// The voyage it was loaded onto or unloaded from.
    pub voyage: Option<VoyageNumber>,
    pub status: Option<HandlingStatusWord>,
}

impl Listed for HandlingEvent {
    type Filter = HandlingFilter;
}

impl Filter for HandlingFilter {
    type Of = HandlingEvent;
    const IS_NEWEST_FIRST: bool = true;

    fn admits(&self, event: &HandlingEvent) -> bool {
        let activity = &event.activity;
        is(&self.cargo, &event.cargo)
            && is(&self.location, &activity.location)
            && (self.voyage.is_none() || self.voyage == activity.voyage)
            && is(&self.status, &HandlingStatusWord::from(&event.status))
    }

    fn facets(&self) -> Vec<String> {
        let status = self.status.map(<&str>::from);
        let by = [
            self.cargo.as_ref().map(|own| facet("cargo", own)),
            self.voyage.as_ref().map(|own| facet("voyage", own)),
            self.location.as_ref().map(|own| facet("location", own)),
            status.map(|own| facet("status", own)),
        ];
        by.into_iter().flatten().collect()
    }

    fn facets_of(event: &HandlingEvent) -> Vec<String> {
        let status: &str = HandlingStatusWord::from(&event.status).into();
        let activity = &event.activity;
        let words = [
            facet("cargo", &event.cargo),
            facet("location", &activity.location),
            facet("status", status),
        ];
        let voyage = activity.voyage.as_ref().map(|own| facet("voyage", own));
        words.into_iter().chain(voyage).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::admitted;
    use serde_json::json;

    fn event(done: &str, voyage: Option<&str>, status: &str) -> HandlingEvent {
        let mut state = json!({
            "id": "00000000-0000-0000-0000-000000000001", "cargo": "23456789AB3", "type": done,
            "location": "HKHKG", "voyage": voyage, "completed_at": "2027-03-02T00:00:00Z",
            "registered_at": "2027-03-02T00:00:00Z", "status": status,
        });
        if status == "RETRACTED" {
            state["reason"] = json!("Wrong cargo");
        }
        serde_json::from_value(state).expect("an event")
    }

    #[test]
    fn an_event_is_listed_when_all_that_is_asked_holds() {
        let events = [
            event("LOAD", Some("V100"), "REGISTERED"),
            event("CUSTOMS", None, "RETRACTED"),
        ];
        let all = HandlingFilter::default;
        let (cargo, location, voyage) = ("23456789AB3", "HKHKG", "V100");
        for (filter, expected) in [
            (all(), &[0, 1][..]),
            (
                HandlingFilter {
                    cargo: cargo.parse().ok(),
                    ..all()
                },
                &[0, 1],
            ),
            (
                HandlingFilter {
                    location: location.parse().ok(),
                    ..all()
                },
                &[0, 1],
            ),
            (
                HandlingFilter {
                    location: "USNYC".parse().ok(),
                    ..all()
                },
                &[],
            ),
            (
                HandlingFilter {
                    voyage: voyage.parse().ok(),
                    ..all()
                },
                &[0],
            ),
            (
                HandlingFilter {
                    voyage: "V1".parse().ok(),
                    ..all()
                },
                &[],
            ),
            (
                HandlingFilter {
                    status: Some(HandlingStatusWord::Registered),
                    ..all()
                },
                &[0],
            ),
            (
                HandlingFilter {
                    status: Some(HandlingStatusWord::Retracted),
                    ..all()
                },
                &[1],
            ),
        ] {
            let admitted = |index: &usize| admitted(&filter, &events[*index]);
            let found: Vec<_> = (0..events.len()).filter(admitted).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}
