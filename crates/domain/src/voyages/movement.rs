//! Carrier movements, and stretches of them.

use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::Space;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A departure time and the arrival time that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The departure time.
    pub departs: Moment,
    /// The arrival time.
    pub arrives: Moment,
}

/// One departure and the arrival that follows it, with its load.
///
/// It keeps three kinds of times: what was published, what is expected now, and what was reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CarrierMovement {
    /// The port of departure.
    pub from: UnLocode,
    /// The port of arrival.
    pub to: UnLocode,
    /// The best known departure time: the reported one, otherwise the expected one.
    pub departs: Moment,
    /// The best known arrival time.
    pub arrives: Moment,
    /// The total of all cargoes booked on it. Space that has sailed stays in it.
    pub load: Space,
    /// The published times, once a best known time differs from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheduled: Option<Times>,
    /// The expected times, once a time has been reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<Times>,
    /// The planner's latest estimates, while reports contradict them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimated: Option<Times>,
    /// The reported departure time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed_at: Option<Moment>,
    /// The reported arrival time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Moment>,
    /// Whether its voyage was cancelled before it departed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Whether the ship omits the call that it would depart from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_omitted: bool,
    /// Whether the ship omits the call that it would arrive at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_omitted: bool,
}

impl CarrierMovement {
    /// Whether it has departed, or is presumed to have departed because its expected time has
    /// passed. At the exact time of its departure it has not.
    #[must_use]
    pub fn has_departed(&self, now: Moment) -> bool {
        self.departed_at.is_some() || self.departs < now
    }

    /// The published times.
    #[must_use]
    pub fn scheduled(&self) -> Times {
        self.scheduled.unwrap_or(self.best_known())
    }

    /// The expected times: what would be best known without the reports of this movement.
    #[must_use]
    pub fn expected(&self) -> Times {
        self.expected.unwrap_or(self.best_known())
    }

    fn best_known(&self) -> Times {
        Times {
            departs: self.departs,
            arrives: self.arrives,
        }
    }

    /// What the planner estimated last, and at first what was published.
    fn estimated(&self) -> Times {
        self.estimated.unwrap_or(self.expected())
    }

    /// Takes over the planner's estimate of what was not reported.
    pub(super) fn estimate(&mut self, planned: Times) {
        let before = self.estimated();
        self.estimated = Some(Times {
            departs: self.departed_at.map_or(planned.departs, |_| before.departs),
            arrives: self.arrived_at.map_or(planned.arrives, |_| before.arrives),
        });
    }

    /// Derives the expected and the best known times from estimates and reports: the ship leaves no
    /// port before it arrives there, the sea time stays when it leaves too late, and it arrives no later
    /// than it left the next port. `arrives` is its arrival at the port of departure, and `left` when it
    /// was reported to have left the port of arrival.
    pub(super) fn derive(&mut self, arrives: Option<Moment>, left: Option<Moment>) {
        let (estimated, scheduled) = (self.estimated(), self.scheduled());
        let expected_departure =
            arrives.map_or(estimated.departs, |arrives| arrives.max(estimated.departs));
        let departs = self.departed_at.unwrap_or(expected_departure);
        let sea_time = estimated.arrives.micros() - estimated.departs.micros();
        let arrival = match estimated.arrives > departs {
            true => estimated.arrives,
            false => departs.plus_micros(sea_time),
        };
        let left = left.filter(|left| *left > departs);
        let expected = Times {
            departs: expected_departure,
            arrives: left.map_or(arrival, |left| left.min(arrival)),
        };
        let best_known = Times {
            departs,
            arrives: self.arrived_at.unwrap_or(expected.arrives),
        };
        if best_known != self.best_known() {
            self.scheduled = Some(scheduled);
        }
        (self.departs, self.arrives) = (best_known.departs, best_known.arrives);
        let is_reported = self.departed_at.is_some() || self.arrived_at.is_some();
        self.expected = is_reported.then_some(expected);
        self.estimated = (estimated != expected).then_some(estimated);
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
            scheduled: None,
            expected: None,
            estimated: None,
            departed_at: None,
            arrived_at: None,
            cancelled: false,
            from_omitted: false,
            to_omitted: false,
        }
    }
}

impl From<&CarrierMovement> for PlannedMovement {
    fn from(movement: &CarrierMovement) -> Self {
        Self {
            from: movement.from.clone(),
            to: movement.to.clone(),
            departs: movement.departs,
            arrives: movement.arrives,
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
