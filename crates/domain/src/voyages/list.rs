//! The list of voyages.

use super::{ImoNumber, RegisteredVessel, Voyage, VoyageNumber, VoyageStatus};
use crate::list::{Filter, Listed, begins, facet, has_within, is};
use crate::locations::UnLocode;
use crate::moment::Moment;

/// A filter of voyages, sorted by departure and then by number. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoyageFilter {
    /// The beginning of the number, ignoring case.
    pub number: Option<String>,
    /// Part of the number or of the vessel's name, ignoring case and diacritics.
    pub name: Option<String>,
    /// The ship.
    pub imo: Option<ImoNumber>,
    /// A port of call.
    pub port: Option<UnLocode>,
    /// The earliest first departure.
    pub departs_from: Option<Moment>,
    /// The time before which the first departure is.
    pub departs_until: Option<Moment>,
    /// The earliest last arrival.
    pub arrives_from: Option<Moment>,
    pub status: Option<VoyageStatus>,
    /// The minimum space left on some movement, in quarters of a TEU.
    pub quarter_teu_left: Option<u64>,
}

impl Listed for Voyage {
    type Filter = VoyageFilter;
}

impl Filter for VoyageFilter {
    type Of = Voyage;

    fn admits(&self, voyage: &Voyage) -> bool {
        let movements = voyage.movements.as_slice();
        let departs = movements[0].departs;
        let arrives = movements[movements.len() - 1].arrives;
        let calls_at = |port: &UnLocode| {
            let mut places = movements.iter().flat_map(|own| [&own.from, &own.to]);
            places.any(|place| place == port)
        };
        let has_left = |asked: u64| voyage.quarter_teu_left() >= asked;
        is(&self.status, &voyage.status)
            && is(&self.imo, &voyage.vessel.imo)
            && begins(&self.number, voyage.number.as_str())
            && self.departs_from.is_none_or(|from| departs >= from)
            && self.departs_until.is_none_or(|until| departs < until)
            && self.arrives_from.is_none_or(|from| arrives >= from)
            && self.port.as_ref().is_none_or(calls_at)
            && (self.name.is_none() || has_within(&self.name, &voyage.searched()))
            && self.quarter_teu_left.is_none_or(has_left)
    }

    fn facets(&self) -> Vec<String> {
        let by = [
            self.imo.as_ref().map(|own| facet("imo", own)),
            self.port.as_ref().map(|own| facet("port", own)),
            self.status.map(|own| facet("status", own.word())),
        ];
        by.into_iter().flatten().collect()
    }

    fn facets_of(voyage: &Voyage) -> Vec<String> {
        let movements = voyage.movements.as_slice().iter();
        let calls = movements.flat_map(|own| [&own.from, &own.to]);
        let words = [
            facet("imo", &voyage.vessel.imo),
            facet("status", voyage.status.word()),
        ];
        let ports = calls.map(|port| facet("port", port));
        ports.chain(words).collect()
    }

    fn groups(&self) -> Vec<String> {
        self.imo.iter().map(ToString::to_string).collect()
    }

    fn place(voyage: &Voyage) -> String {
        departure_order(voyage.movements[0].departs, &voyage.number)
    }
}

/// A filter of vessels, sorted by IMO number. All given conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VesselFilter {
    /// The beginning of the IMO number.
    pub imo: Option<String>,
    /// Part of the IMO number or of the name, ignoring case and diacritics.
    pub name: Option<String>,
}

impl Listed for RegisteredVessel {
    type Filter = VesselFilter;
}

impl Filter for VesselFilter {
    type Of = RegisteredVessel;

    fn admits(&self, vessel: &RegisteredVessel) -> bool {
        begins(&self.imo, vessel.imo.as_str())
            && (self.name.is_none() || has_within(&self.name, &vessel.searched()))
    }

    fn place(vessel: &RegisteredVessel) -> String {
        vessel.imo.to_string()
    }
}

/// The place of a voyage in the order of departure: the time of its first departure, then its
/// number. These texts sort like the voyages.
#[must_use]
pub fn departure_order(departs: Moment, number: &VoyageNumber) -> String {
    format!("{departs} {number}")
}

/// Parses the departure and the number that [`departure_order`] wrote. `None` for any other text.
#[must_use]
pub fn departure_place(text: &str) -> Option<(Moment, VoyageNumber)> {
    let (departs, number) = text.split_once(' ')?;
    Some((departs.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::admitted;
    use serde_json::json;

    fn voyage(number: &str, status: &str, departs: u32, load: u64) -> Voyage {
        let state = json!({
            "id": "00000000-0000-0000-0000-000000000001", "number": number,
            "vessel": { "imo": "9074729", "name": "Émile Ø" },
            "capacity": { "quarter_teu": 100, "kg": 1_000_000 },
            "overbooking_percent": 0, "cut_off_hours": 24, "status": status,
            "movements": [{
                "from": "NLRTM", "to": "DEHAM",
                "departs": format!("2027-03-{departs:02}T00:00:00Z"),
                "arrives": format!("2027-03-{:02}T00:00:00Z", departs + 1),
                "load": { "quarter_teu": load, "kg": 0 },
            }],
        });
        serde_json::from_value(state).expect("a voyage")
    }

    fn day(day: u32) -> Option<Moment> {
        let text = format!("2027-03-{day:02}T00:00:00Z");
        Some(text.parse().expect("a time"))
    }

    fn port(code: &str) -> Option<UnLocode> {
        Some(code.parse().expect("a UN/LOCODE"))
    }

    #[test]
    fn a_voyage_is_listed_when_all_that_is_asked_holds() {
        let voyages = [
            voyage("V10", "SCHEDULED", 1, 0),
            voyage("V100", "SCHEDULED", 3, 60),
            voyage("A-V10", "CANCELLED", 5, 0),
        ];
        let all = VoyageFilter::default;
        let text = |text: &str| Some(text.to_owned());
        for (filter, expected) in [
            (all(), &[0, 1, 2][..]),
            (
                VoyageFilter {
                    number: text("v10"),
                    ..all()
                },
                &[0, 1],
            ),
            (
                VoyageFilter {
                    number: text("10"),
                    ..all()
                },
                &[],
            ),
            (
                VoyageFilter {
                    name: text("v10"),
                    ..all()
                },
                &[0, 1, 2],
            ),
            (
                VoyageFilter {
                    name: text("emile"),
                    ..all()
                },
                &[0, 1, 2],
            ),
            (
                VoyageFilter {
                    name: text("V100"),
                    ..all()
                },
                &[1],
            ),
            (
                VoyageFilter {
                    port: port("DEHAM"),
                    ..all()
                },
                &[0, 1, 2],
            ),
            (
                VoyageFilter {
                    port: port("USNYC"),
                    ..all()
                },
                &[],
            ),
            (
                VoyageFilter {
                    departs_from: day(3),
                    ..all()
                },
                &[1, 2],
            ),
            (
                VoyageFilter {
                    departs_until: day(3),
                    ..all()
                },
                &[0],
            ),
            (
                VoyageFilter {
                    arrives_from: day(4),
                    ..all()
                },
                &[1, 2],
            ),
            (
                VoyageFilter {
                    status: Some(VoyageStatus::Cancelled),
                    ..all()
                },
                &[2],
            ),
            (
                VoyageFilter {
                    quarter_teu_left: Some(40),
                    ..all()
                },
                &[0, 1],
            ),
            (
                VoyageFilter {
                    quarter_teu_left: Some(41),
                    ..all()
                },
                &[0],
            ),
            (
                VoyageFilter {
                    number: text("V"),
                    departs_from: day(2),
                    ..all()
                },
                &[1],
            ),
        ] {
            let admitted = |index: &usize| admitted(&filter, &voyages[*index]);
            let found: Vec<_> = (0..voyages.len()).filter(admitted).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    #[test]
    fn a_place_is_read_again() {
        let voyage = voyage("V10", "SCHEDULED", 1, 0);
        let place = VoyageFilter::place(&voyage);
        let departs = voyage.movements[0].departs;
        assert_eq!(departure_place(&place), Some((departs, voyage.number)));
        for text in ["", "V10", "2027-03-01T00:00:00Z", "yesterday V10"] {
            assert_eq!(departure_place(text), None, "{text}");
        }
    }
}
