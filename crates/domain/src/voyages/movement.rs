//! Carrier movements, and stretches of them.

use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One departure and the arrival that follows it, with what is booked across it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CarrierMovement {
    /// Where it departs.
    pub from: UnLocode,
    /// Where it arrives.
    pub to: UnLocode,
    /// When it departs.
    pub departs: Moment,
    /// When it arrives.
    pub arrives: Moment,
    /// The sum of all cargoes booked across it; what it sailed with stays in it.
    pub load: Space,
}

impl CarrierMovement {
    /// Whether it is under way, or over. At the very moment of its departure it is still there.
    #[must_use]
    pub fn has_departed(&self, now: Moment) -> bool {
        self.departs < now
    }
}

/// A movement as a planner asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedMovement {
    /// Where it departs.
    pub from: UnLocode,
    /// Where it arrives.
    pub to: UnLocode,
    /// When it departs.
    pub departs: Moment,
    /// When it arrives.
    pub arrives: Moment,
}

impl From<PlannedMovement> for CarrierMovement {
    fn from(planned: PlannedMovement) -> Self {
        Self {
            from: planned.from,
            to: planned.to,
            departs: planned.departs,
            arrives: planned.arrives,
            load: Space::default(),
        }
    }
}

/// The movements of one voyage between a load call and an unload call, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch(pub(crate) Range<usize>);
