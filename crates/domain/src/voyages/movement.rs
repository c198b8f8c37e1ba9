//! Carrier movements, and stretches of them.

use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One departure and the arrival that follows it, with its load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CarrierMovement {
    /// The port of departure.
    pub from: UnLocode,
    /// The port of arrival.
    pub to: UnLocode,
    /// The departure time.
    pub departs: Moment,
    /// The arrival time.
    pub arrives: Moment,
    /// The total of all cargoes booked on it. Space that has sailed stays in it.
    pub load: Space,
}

impl CarrierMovement {
    /// Whether it has departed. At the exact time of its departure it has not.
    #[must_use]
    pub fn has_departed(&self, now: Moment) -> bool {
        self.departs < now
    }
}

/// A movement as a planner schedules it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedMovement {
    /// The port of departure.
    pub from: UnLocode,
    /// The port of arrival.
    pub to: UnLocode,
    /// The departure time.
    pub departs: Moment,
    /// The arrival time.
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

/// When booking for a departure closes.
#[must_use]
pub fn cut_off(departs: Moment, cut_off_hours: u16) -> Moment {
    departs.plus_hours(-i64::from(cut_off_hours))
}
