//! How a cargo goes.

use super::rules::{ItineraryMustConnect, connects};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::voyages::{Stretch, Voyage, VoyageNumber};
use serde::{Deserialize, Serialize};

/// One stretch aboard one voyage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// The voyage.
    pub voyage: VoyageNumber,
    /// Where the cargo is loaded.
    pub load_at: UnLocode,
    /// When that is scheduled.
    pub load_time: Moment,
    /// Where it is unloaded.
    pub unload_at: UnLocode,
    /// When that is scheduled.
    pub unload_time: Moment,
    /// Whether the voyage was cancelled before it had departed to the end of the leg.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voyage_cancelled: bool,
}

impl Leg {
    /// The leg aboard `voyage` over `stretch`, with the times as scheduled.
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
            voyage_cancelled: false,
        }
    }

    /// The movements it crosses, of its voyage.
    pub fn stretch(&self, voyage: &Voyage) -> Result<Stretch, Rejection> {
        let load = (&self.load_at, Some(self.load_time));
        voyage.stretch(load, (&self.unload_at, Some(self.unload_time)))
    }

    /// Whether the cargo can go on with another leg: after the least time for a transhipment, or
    /// aboard the same voyage.
    #[must_use]
    pub(super) fn leads_to(&self, next: &Self) -> bool {
        let stays_aboard = self.voyage == next.voyage && self.unload_time <= next.load_time;
        stays_aboard || connects(self.unload_time, next.load_time)
    }

    /// `ItineraryMustConnect` of an approach and the first leg.
    pub(super) fn must_lead_to(&self, next: &Self) -> Result<(), Rejection> {
        ItineraryMustConnect.require(self.leads_to(next), || {
            format!(
                "The cargo is aboard {}, which arrives in {} at {}, but {} departs there at {}.",
                self.voyage, self.unload_at, self.unload_time, next.voyage, next.load_time
            )
        })
    }

    /// The same leg, lasting until the call where the cargo goes on with `next`. Legs in a row on
    /// one `voyage` are one stay aboard: the cargo keeps its space at the calls in between.
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

    /// Whether another leg loads at the same call of the same voyage.
    #[must_use]
    pub fn has_same_load_call(&self, other: &Self) -> bool {
        (&self.voyage, &self.load_at, self.load_time)
            == (&other.voyage, &other.load_at, other.load_time)
    }
}

/// Where a cargo that holds space for these legs is aboard a voyage: booking, freeing and `verify`
/// all count by this.
pub fn stretches_aboard(held: &[Leg], voyage: &Voyage) -> Result<Vec<Stretch>, Rejection> {
    let aboard = held.iter().filter(|leg| leg.voyage == voyage.number);
    aboard.map(|leg| leg.stretch(voyage)).collect()
}

/// One or more legs, the first from the origin, the last to the destination. A cargo that was
/// aboard a ship when it was assigned comes to the first leg by its approach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredItinerary", into = "StoredItinerary")]
pub struct Itinerary {
    legs: Vec<Leg>,
    /// When the cargo had been handled last when it was assigned: what was done with it by then
    /// led here, and is not matched against it.
    counts_from: Option<Moment>,
    /// The way to the first leg aboard the voyage that the cargo was on then.
    approach: Option<Leg>,
}

/// As it is written: the legs alone where nothing was done before.
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
    /// An itinerary of at least one leg.
    #[must_use]
    pub(super) fn new(legs: Vec<Leg>, counts_from: Option<Moment>, approach: Option<Leg>) -> Self {
        Self {
            legs,
            counts_from,
            approach,
        }
    }

    /// The same, with what it holds space for changed one by one.
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

    /// The same with another approach and other legs; there is at least one.
    #[must_use]
    pub(super) fn with_held(&self, approach: Option<Leg>, legs: Vec<Leg>) -> Self {
        Self {
            legs,
            approach,
            ..self.clone()
        }
    }

    /// The legs in order; there is at least one.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// What the cargo sails before the first leg, aboard the voyage that it was on when the
    /// itinerary was assigned.
    #[must_use]
    pub fn approach(&self) -> Option<&Leg> {
        self.approach.as_ref()
    }

    /// All that the cargo holds space for: the approach, and the legs.
    pub fn held(&self) -> impl Iterator<Item = &Leg> {
        self.approach.iter().chain(&self.legs)
    }

    /// What was done after this is matched against it; all, when absent.
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
