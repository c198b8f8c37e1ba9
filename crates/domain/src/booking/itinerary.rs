//! How a cargo goes.

use crate::locations::UnLocode;
use crate::moment::Moment;
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
        }
    }
}

/// One or more legs, the first from the origin, the last to the destination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Itinerary(pub(super) Vec<Leg>);

impl Itinerary {
    /// The legs in order; there is at least one.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.0
    }

    /// The first leg.
    #[must_use]
    pub fn first(&self) -> &Leg {
        &self.0[0]
    }

    /// The last leg.
    #[must_use]
    pub fn last(&self) -> &Leg {
        &self.0[self.0.len() - 1]
    }
}
