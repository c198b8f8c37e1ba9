//! Reported departures and arrivals.

use super::events::{ArrivalReported, DepartureReported};
use super::holder::Holder;
use super::movement::PlannedMovement;
use super::rules::{
    CallMustBeKnown, ScheduleMustConnect, no_date_may_be_a_slip, report_may_not_lie_in_the_future,
    schedule_must_connect,
};
use super::voyage::Voyage;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};

/// A call of a voyage, as people name it.
#[derive(Debug, Clone)]
pub struct CallAt {
    /// The port.
    pub location: UnLocode,
    /// The number of the call, from 1 at the first port, where the voyage calls there more than
    /// once.
    pub number: Option<usize>,
}

/// A report that a ship has left a port, or reached it.
#[derive(Debug, Clone)]
pub struct CallReport {
    pub call: CallAt,
    /// When it happened.
    pub at: Moment,
}

impl Voyage {
    /// Takes a report of a departure. Later times that it contradicts move on with it. `holders`
    /// are all cargoes that hold space on the voyage.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `CallMustBeKnown`, `OmittedCallTakesNothing`,
    /// `ReportMayNotLieInTheFuture`, `ScheduleMustConnect` or `LoadMayNotPassTheLine`.
    pub fn report_departure(
        mut self,
        report: &CallReport,
        holders: &[Holder],
        now: Moment,
    ) -> Result<(Self, DepartureReported), Rejection> {
        self.must_sail()?;
        report_may_not_lie_in_the_future(report.at, now)?;
        let last = self.movements.len();
        let none = || CallMustBeKnown::NoDeparture {
            voyage: self.number.clone(),
            port: report.call.location.clone(),
        };
        let index = self.call(&report.call, |call| call < last, none)?;
        self.must_call(index)?;
        let before = self.movements.clone();
        if let Some(arriving) = index.checked_sub(1) {
            self.must_reach(arriving, report.at)?;
            self.must_have_arrived(arriving, report.at)?;
        }
        self.movements[index].departed_at = Some(report.at);
        let event = DepartureReported {
            voyage: self.number.clone(),
            location: report.call.location.clone(),
            departed_at: report.at,
            before: before[index].departs,
        };
        self.derive_times()?;
        self.resume(&before, holders, now)?;
        Ok((self, event))
    }

    /// Takes a report of an arrival. Later times that it contradicts move on with it. `holders`
    /// are all cargoes that hold space on the voyage.
    ///
    /// # Errors
    ///
    /// `CancelledVoyageTakesNothing`, `CallMustBeKnown`, `OmittedCallTakesNothing`,
    /// `ReportMayNotLieInTheFuture`, `ScheduleMustConnect` or `LoadMayNotPassTheLine`.
    pub fn report_arrival(
        mut self,
        report: &CallReport,
        holders: &[Holder],
        now: Moment,
    ) -> Result<(Self, ArrivalReported), Rejection> {
        report_may_not_lie_in_the_future(report.at, now)?;
        let none = || CallMustBeKnown::NoArrival {
            voyage: self.number.clone(),
            port: report.call.location.clone(),
        };
        let call = self.call(&report.call, |call| call > 0, none)?;
        self.must_call(call)?;
        let index = call - 1;
        let movement = &self.movements[index];
        if movement.cancelled || !movement.has_departed(now) {
            // A cancelled voyage still arrives where it had departed for.
            self.must_sail()?;
        }
        self.must_reach(index, report.at)?;
        let before = self.movements.clone();
        self.movements[index].arrived_at = Some(report.at);
        let event = ArrivalReported {
            voyage: self.number.clone(),
            location: report.call.location.clone(),
            arrived_at: report.at,
            before: before[index].arrives,
        };
        self.derive_times()?;
        self.resume(&before, holders, now)?;
        Ok((self, event))
    }

    /// The call that somebody means, from 0 at the first port.
    pub(super) fn call(
        &self,
        asked: &CallAt,
        is_possible: impl Fn(usize) -> bool,
        none: impl FnOnce() -> CallMustBeKnown,
    ) -> Result<usize, Rejection> {
        let ports = self.ports().enumerate();
        let calls = ports.filter(|(_, port)| **port == asked.location);
        let calls = calls.map(|(call, _)| call);
        let calls: Vec<usize> = calls.filter(|call| is_possible(*call)).collect();
        let numbers = || calls.iter().map(|call| (call + 1).to_string()).collect();
        let times = || calls.iter().map(|call| self.time_of_call(*call)).collect();
        let (voyage, port) = (self.number.clone(), asked.location.clone());
        match (calls.as_slice(), asked.number) {
            ([], _) => Err(none().into()),
            ([only], None) => Ok(*only),
            (_, None) => Err(CallMustBeKnown::SeveralCalls {
                voyage,
                port,
                calls: numbers(),
                times: times(),
            }
            .into()),
            (calls, Some(call)) => {
                let meant = calls.iter().find(|own| **own + 1 == call);
                let other = || CallMustBeKnown::OtherCalls {
                    voyage,
                    port,
                    call,
                    calls: numbers(),
                    times: times(),
                };
                Ok(*meant.ok_or_else(|| Rejection::from(other()))?)
            }
        }
    }

    /// The best known time of a call, counted from 0: its departure, or the arrival at the last port.
    fn time_of_call(&self, call: usize) -> Moment {
        match self.movements.get(call) {
            Some(departing) => departing.departs,
            None => self.movements[call - 1].arrives,
        }
    }

    /// Checks `ScheduleMustConnect`: a ship reaches a port after it left the one before.
    fn must_reach(&self, index: usize, at: Moment) -> Result<(), Rejection> {
        let arriving = &self.movements[index];
        require(arriving.departs < at, || {
            ScheduleMustConnect::ReportedTooEarly {
                port: arriving.to.clone(),
                at,
                port_before: arriving.from.clone(),
                departs: arriving.departs,
            }
        })
    }

    /// Checks `ScheduleMustConnect`: a ship leaves a port after it arrived there.
    fn must_have_arrived(&self, index: usize, at: Moment) -> Result<(), Rejection> {
        let arriving = &self.movements[index];
        require(
            arriving.arrived_at.is_none_or(|arrived| arrived <= at),
            || ScheduleMustConnect::DepartsBeforeItArrives {
                movement: index + 2,
                port: arriving.to.clone(),
                departs: at,
                movement_before: index + 1,
                arrives: arriving.arrives,
            },
        )
    }

    /// Derives the times of all movements anew, after a report, its retraction or a new estimate.
    pub(super) fn derive_times(&mut self) -> Result<(), Rejection> {
        let mut arrives = None;
        for index in 0..self.movements.len() {
            let next = self.movements.get(index + 1);
            let left = next.and_then(|next| next.departed_at);
            let movement = &mut self.movements[index];
            movement.derive(arrives, left);
            arrives = Some(movement.arrives);
        }
        let movements = self.movements.iter();
        let planned: Vec<_> = movements.map(PlannedMovement::from).collect();
        schedule_must_connect(&planned)?;
        no_date_may_be_a_slip(&planned)
    }
}
