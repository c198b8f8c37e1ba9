//! Reports of departures and arrivals that are taken back: the ship did not sail, or it was another
//! one.

use super::events::{ArrivalRetracted, DepartureRetracted};
use super::holder::Holder;
use super::reports::CallAt;
use super::rules::{CallMustBeKnown, ReportMustBeKnown};
use super::voyage::Voyage;
use crate::limits::REASON_CHARS_MAX;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::text::Text;

impl Voyage {
    /// Takes back the report of a departure. What was expected before the report is expected again,
    /// but no departure before the ship arrives. `holders` are all cargoes that hold space on the
    /// voyage.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `CallMustBeKnown`, `ReportMustBeKnown`,
    /// `ScheduleMustConnect` or `LoadMayNotPassTheLine`.
    pub fn retract_departure(
        mut self,
        call: &CallAt,
        reason: &Text<REASON_CHARS_MAX>,
        holders: &[Holder],
        now: Moment,
    ) -> Result<(Self, DepartureRetracted), Rejection> {
        self.must_sail()?;
        let last = self.movements.len();
        let none = || CallMustBeKnown::NoDeparture {
            voyage: self.number.clone(),
            port: call.location.clone(),
        };
        let index = self.call(call, |call| call < last, none)?;
        let departed_at =
            self.movements[index]
                .departed_at
                .ok_or_else(|| ReportMustBeKnown::NoDeparture {
                    voyage: self.number.clone(),
                    port: call.location.clone(),
                })?;
        let before = self.movements.clone();
        self.movements[index].departed_at = None;
        self.derive_times()?;
        let event = DepartureRetracted {
            voyage: self.number.clone(),
            location: call.location.clone(),
            departed_at,
            expected: self.movements[index].departs,
            reason: reason.to_string(),
        };
        self.resume(&before, holders, now)?;
        Ok((self, event))
    }

    /// Takes back the report of an arrival. What was expected before the report is expected again,
    /// but no arrival after the ship left. `holders` are all cargoes that hold space on the voyage.
    ///
    /// # Errors
    ///
    /// `CallMustBeKnown`, `ReportMustBeKnown`, `ScheduleMustConnect` or `LoadMayNotPassTheLine`.
    pub fn retract_arrival(
        mut self,
        call: &CallAt,
        reason: &Text<REASON_CHARS_MAX>,
        holders: &[Holder],
        now: Moment,
    ) -> Result<(Self, ArrivalRetracted), Rejection> {
        let none = || CallMustBeKnown::NoArrival {
            voyage: self.number.clone(),
            port: call.location.clone(),
        };
        let index = self.call(call, |call| call > 0, none)? - 1;
        let arrived_at =
            self.movements[index]
                .arrived_at
                .ok_or_else(|| ReportMustBeKnown::NoArrival {
                    voyage: self.number.clone(),
                    port: call.location.clone(),
                })?;
        let before = self.movements.clone();
        self.movements[index].arrived_at = None;
        self.derive_times()?;
        let event = ArrivalRetracted {
            voyage: self.number.clone(),
            location: call.location.clone(),
            arrived_at,
            expected: self.movements[index].arrives,
            reason: reason.to_string(),
        };
        self.resume(&before, holders, now)?;
        Ok((self, event))
    }
}
