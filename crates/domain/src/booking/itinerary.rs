//! Itineraries and their legs.

use super::rules::{ItineraryMustConnect, connects};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::voyages::{Stretch, Voyage, VoyageNumber, cut_off};
use serde::{Deserialize, Serialize};

/// One stretch on one voyage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    pub voyage: VoyageNumber,
    /// The port of loading.
    pub load_at: UnLocode,
    /// The best known departure time.
    pub load_time: Moment,
    /// The port of discharge.
    pub unload_at: UnLocode,
    /// The best known arrival time.
    pub unload_time: Moment,
    /// When the port of loading closes for cargoes, as best known. Legs booked by earlier releases do
    /// not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<Moment>,
    /// Whether the departure was reported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub departed: bool,
    /// Whether the voyage was cancelled before the leg had fully departed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voyage_cancelled: bool,
    /// Whether the ship omits the call of loading.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub load_omitted: bool,
    /// Whether the ship omits the call of discharge.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unload_omitted: bool,
}

impl Leg {
    /// The leg on `voyage` over `stretch`, with the best known times.
    #[must_use]
    pub fn over(voyage: &Voyage, stretch: &Stretch) -> Self {
        let crossed = voyage.crossed(stretch);
        let (first, last) = (&crossed[0], &crossed[crossed.len() - 1]);
        Self {
            voyage: voyage.number.clone(),
            load_at: first.from.clone(),
            load_time: first.departs,
            unload_at: last.to.clone(),
            unload_time: last.arrives,
            cut_off: Some(cut_off(first.departs, voyage.cut_off_hours)),
            departed: first.departed_at.is_some(),
            voyage_cancelled: false,
            load_omitted: first.from_omitted,
            unload_omitted: last.to_omitted,
        }
    }

    /// The movements that it crosses on its voyage.
    ///
    /// # Errors
    ///
    /// `VoyageMustCallInOrder` if the leg does not match the voyage.
    pub fn stretch(&self, voyage: &Voyage) -> Result<Stretch, Rejection> {
        let load = (&self.load_at, Some(self.load_time));
        voyage.stretch(load, (&self.unload_at, Some(self.unload_time)))
    }

    /// Whether the cargo can continue with another leg: after the minimum time for a transhipment,
    /// or on the same voyage.
    #[must_use]
    pub(super) fn leads_to(&self, next: &Self) -> bool {
        let stays_aboard = self.voyage == next.voyage && self.unload_time <= next.load_time;
        stays_aboard || connects(self.unload_time, next.load_time)
    }

    /// Checks `ItineraryMustConnect` for an approach and the first leg.
    pub(super) fn must_lead_to(&self, next: &Self) -> Result<(), Rejection> {
        require(self.leads_to(next), || {
            ItineraryMustConnect::AboardTooLate {
                voyage: self.voyage.clone(),
                port: self.unload_at.clone(),
                arrives: self.unload_time,
                next: next.voyage.clone(),
                departs: next.load_time,
            }
        })
    }

    /// Extends the leg to the call where the cargo continues with `next`. Consecutive legs on one
    /// `voyage` are one stay on board: the cargo keeps its space at the calls in between.
    #[must_use]
    pub fn until(self, next: &Self, voyage: &Voyage) -> Self {
        if self.voyage != next.voyage || self.unload_at != next.load_at {
            return self;
        }
        let (Ok(own), Ok(onwards)) = (self.stretch(voyage), next.stretch(voyage)) else {
            return self;
        };
        if own.0.end >= onwards.0.start {
            return self;
        }
        Self {
            voyage_cancelled: self.voyage_cancelled,
            ..Self::over(voyage, &Stretch(own.0.start..onwards.0.start))
        }
    }

    /// Whether another leg is the same stay aboard. One booked by an earlier release lacks what the
    /// other knows of its departure.
    pub(super) fn is_same_stay(&self, other: &Self) -> bool {
        let own = Self {
            cut_off: other.cut_off,
            departed: other.departed,
            ..self.clone()
        };
        own == *other
    }

    /// Whether another leg loads at the same call of the same voyage.
    #[must_use]
    pub fn has_same_load_call(&self, other: &Self) -> bool {
        (&self.voyage, &self.load_at, self.load_time)
            == (&other.voyage, &other.load_at, other.load_time)
    }
}

/// The stretches of a voyage on which a cargo that holds space for these legs is on board. Booking,
/// freeing and `verify` all use this.
///
/// # Errors
///
/// `VoyageMustCallInOrder` if a leg does not match the voyage.
pub fn stretches_aboard(held: &[Leg], voyage: &Voyage) -> Result<Vec<Stretch>, Rejection> {
    let aboard = held.iter().filter(|leg| leg.voyage == voyage.number);
    aboard.map(|leg| leg.stretch(voyage)).collect()
}

/// One or more legs, the first from the origin, the last to the destination. A cargo that was on
/// board when the itinerary was assigned reaches the first leg by its approach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredItinerary", into = "StoredItinerary")]
pub struct Itinerary {
    legs: Vec<Leg>,
    /// The time of the last handling event before the assignment. Events up to then led here and
    /// are not matched against the itinerary.
    counts_from: Option<Moment>,
    /// The stretch to the first leg on the voyage that the cargo was on at that time.
    approach: Option<Leg>,
}

/// The serialized form: only the legs if nothing was handled before.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredItinerary {
    Legs(Vec<Leg>),
    Later {
        legs: Vec<Leg>,
        counts_from: Option<Moment>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approach: Option<Leg>,
    },
}

impl From<StoredItinerary> for Itinerary {
    fn from(written: StoredItinerary) -> Self {
        match written {
            StoredItinerary::Legs(legs) => Self::new(legs, None, None),
            StoredItinerary::Later {
                legs,
                counts_from,
                approach,
            } => Self::new(legs, counts_from, approach),
        }
    }
}

impl From<Itinerary> for StoredItinerary {
    fn from(itinerary: Itinerary) -> Self {
        let Itinerary {
            legs,
            counts_from,
            approach,
        } = itinerary;
        match (counts_from, &approach) {
            (None, None) => Self::Legs(legs),
            _ => Self::Later {
                legs,
                counts_from,
                approach,
            },
        }
    }
}

impl Itinerary {
    /// Creates an itinerary of at least one leg.
    #[must_use]
    pub(super) fn new(legs: Vec<Leg>, counts_from: Option<Moment>, approach: Option<Leg>) -> Self {
        Self {
            legs,
            counts_from,
            approach,
        }
    }

    /// The same itinerary with each leg, and the approach, mapped by a function.
    #[must_use]
    pub(super) fn map(&self, change: impl Fn(&Leg) -> Leg) -> Self {
        Self {
            legs: self.legs.iter().map(&change).collect(),
            counts_from: self.counts_from,
            approach: self.approach.as_ref().map(change),
        }
    }

    /// The same without the approach.
    #[must_use]
    pub(super) fn without_approach(&self) -> Self {
        Self {
            approach: None,
            ..self.clone()
        }
    }

    /// The same with another approach and other legs, at least one.
    #[must_use]
    pub(super) fn with_held(&self, approach: Option<Leg>, legs: Vec<Leg>) -> Self {
        Self {
            legs,
            approach,
            ..self.clone()
        }
    }

    /// The legs in order, at least one.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// The stretch before the first leg, on the voyage that the cargo was on when the itinerary was
    /// assigned.
    #[must_use]
    pub fn approach(&self) -> Option<&Leg> {
        self.approach.as_ref()
    }

    /// Everything that the cargo holds space for: the approach and the legs.
    pub fn held(&self) -> impl Iterator<Item = &Leg> {
        self.approach.iter().chain(&self.legs)
    }

    /// Events after this time are matched against the itinerary. Without it, all are.
    #[must_use]
    pub fn counts_from(&self) -> Option<Moment> {
        self.counts_from
    }

    /// The first leg.
    #[must_use]
    pub fn first(&self) -> &Leg {
        &self.legs[0]
    }

    /// The last leg.
    #[must_use]
    pub fn last(&self) -> &Leg {
        &self.legs[self.legs.len() - 1]
    }
}
