//! How a cargo goes.

use super::rules::{ItineraryMustConnect, connects};
use crate::limits::CONNECTION_HOURS_MIN;
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
                "The cargo is aboard {}, which comes to {} at {}; {} departs there at {}.",
                self.voyage, self.unload_at, self.unload_time, next.voyage, next.load_time
            )
        })
    }

    /// Whether another leg loads at the same call of the same voyage.
    #[must_use]
    pub fn has_same_load_call(&self, other: &Self) -> bool {
        (&self.voyage, &self.load_at, self.load_time)
            == (&other.voyage, &other.load_at, other.load_time)
    }
}

/// A leg as somebody asks for it: times say which calls are meant, where a voyage calls there more
/// than once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedLeg {
    /// The voyage.
    pub voyage: VoyageNumber,
    /// Where the cargo shall be loaded.
    pub load_at: UnLocode,
    /// Where it shall be unloaded.
    pub unload_at: UnLocode,
    /// The departure, as scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_time: Option<Moment>,
    /// The arrival, as scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unload_time: Option<Moment>,
}

impl WantedLeg {
    /// The leg, with the times as scheduled, over the first calls that connect with the leg
    /// `before` it and for which booking has not closed.
    pub fn aboard(
        &self,
        voyage: &Voyage,
        before: Option<&Leg>,
        now: Moment,
    ) -> Result<Leg, Rejection> {
        let load = (&self.load_at, self.load_time);
        let unload = (&self.unload_at, self.unload_time);
        let connects = before.map(|leg| leg.unload_time.plus_hours(CONNECTION_HOURS_MIN));
        let opens = now.plus_hours(i64::from(voyage.cut_off_hours));
        let open = voyage.stretch_from(load, unload, connects.max(Some(opens)));
        let stretch = match open.or_else(|| voyage.stretch_from(load, unload, connects)) {
            Some(stretch) => stretch,
            // It does not connect, which is said when all legs are known.
            None => self.as_scheduled(voyage)?,
        };
        Ok(Leg::over(voyage, &stretch))
    }

    fn as_scheduled(&self, voyage: &Voyage) -> Result<Stretch, Rejection> {
        let load = (&self.load_at, self.load_time);
        let unload = (&self.unload_at, self.unload_time);
        voyage.stretch(load, unload).or_else(|rejection| {
            let untimed = voyage.stretch((load.0, None), (unload.0, None));
            let scheduled = untimed.map_err(|_| rejection)?;
            let leg = Leg::over(voyage, &scheduled);
            Err(ItineraryMustConnect.broken(format!(
                "Voyage {} departs from {} at {} and arrives at {} at {}, as scheduled; the leg says otherwise.",
                leg.voyage, leg.load_at, leg.load_time, leg.unload_at, leg.unload_time
            )))
        })
    }
}

/// One or more legs, the first from the origin, the last to the destination. A cargo that was
/// aboard a ship when it was assigned comes to the first leg by its approach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
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
enum Written {
    Legs(Vec<Leg>),
    Later {
        legs: Vec<Leg>,
        counts_from: Option<Moment>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approach: Option<Leg>,
    },
}

impl From<Written> for Itinerary {
    fn from(written: Written) -> Self {
        match written {
            Written::Legs(legs) => Self::new(legs, None, None),
            Written::Later {
                legs,
                counts_from,
                approach,
            } => Self::new(legs, counts_from, approach),
        }
    }
}

impl From<Itinerary> for Written {
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
