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
    /// The latest estimates, once a time has been reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<Times>,
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

    /// The latest estimates, which a report does not change.
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

    /// Expects another departure time, unless it was reported.
    pub(super) fn expect_departure(&mut self, at: Moment) {
        if self.departed_at.is_some() {
            return;
        }
        self.keep_schedule(self.departs == at);
        if let Some(expected) = &mut self.expected {
            expected.departs = at;
        }
        self.departs = at;
    }

    /// Expects another arrival time, unless it was reported.
    pub(super) fn expect_arrival(&mut self, at: Moment) {
        if self.arrived_at.is_some() {
            return;
        }
        self.keep_schedule(self.arrives == at);
        if let Some(expected) = &mut self.expected {
            expected.arrives = at;
        }
        self.arrives = at;
    }

    pub(super) fn report_departure(&mut self, at: Moment) {
        self.keep_schedule(self.departs == at);
        self.expected = Some(self.expected());
        self.departed_at = Some(at);
        self.departs = at;
    }

    pub(super) fn report_arrival(&mut self, at: Moment) {
        self.keep_schedule(self.arrives == at);
        self.expected = Some(self.expected());
        self.arrived_at = Some(at);
        self.arrives = at;
    }

    /// Takes back the report of the departure. The expected time counts again, but none before the
    /// ship arrives in the port.
    pub(super) fn retract_departure(&mut self, arrival: Option<Moment>) {
        let expected = self.expected().departs;
        let departs = arrival.map_or(expected, |arrival| arrival.max(expected));
        self.departed_at = None;
        self.expect_departure(departs);
        self.forget_expected();
    }

    /// Takes back the report of the arrival. The expected time counts again, but none after the ship
    /// left the port.
    pub(super) fn retract_arrival(&mut self, departure: Option<Moment>) {
        let expected = self.expected().arrives;
        let arrives = departure.map_or(expected, |departure| departure.min(expected));
        self.arrived_at = None;
        self.expect_arrival(arrives);
        self.forget_expected();
    }

    /// Without reports, the best known times are the expected ones.
    fn forget_expected(&mut self) {
        if self.departed_at.is_none() && self.arrived_at.is_none() {
            self.expected = None;
        }
    }

    fn keep_schedule(&mut self, is_same: bool) {
        if !is_same {
            self.scheduled = Some(self.scheduled());
        }
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
