//! The calls at a port whose departure or arrival is to be reported.

use super::{MovementView, VoyageView};
use crate::queries::{QueryError, Reading};
use domain::Moment;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageFilter, VoyageStatus};

/// How long before its expected time a call is offered for a report, in hours. Earlier reports are
/// made in the form itself.
const EARLY_HOURS: i64 = 48;
/// How long before its expected time one tap reports an arrival, in hours. Ships come some hours early,
/// not days. Nobody should report by habit what lies far ahead.
const ARRIVAL_NEAR_HOURS: i64 = 6;
/// How long before its expected time one tap reports a departure or a loading, in hours. Ships
/// stay in port for about a day, and are loaded in that time.
const DEPARTURE_NEAR_HOURS: i64 = 24;
/// How long after its expected time a call stays in the list of a port, in hours.
const LATE_HOURS: i64 = 14 * 24;
/// The maximum number of voyages looked at.
const VOYAGES_MAX: u64 = 200;

/// A call whose departure or arrival is to be reported.
#[derive(Debug)]
pub struct CallDue {
    pub voyage: VoyageView,
    /// The number of the call, from 1.
    pub call: usize,
    /// Whether the arrival is to be reported, and not the departure.
    pub is_arrival: bool,
    /// The best known time.
    pub time: Moment,
    /// Whether it may well have happened just now. Otherwise it is too early for one tap.
    pub is_near: bool,
}

impl VoyageView {
    /// Whether the departure of a movement may be reported about now: the ship is there.
    #[must_use]
    pub fn may_leave(&self, movement: usize, now: Moment) -> bool {
        let own = &self.movements[movement];
        let is_near = own.departs.plus_hours(-EARLY_HOURS) <= now;
        self.is_in_port(movement, now) && is_near && !own.from_omitted && self.is_scheduled()
    }

    /// Whether the arrival of a movement may be reported about now: the ship is at sea.
    #[must_use]
    pub fn may_arrive(&self, movement: usize, now: Moment) -> bool {
        let own = &self.movements[movement];
        let is_near = own.arrives.plus_hours(-EARLY_HOURS) <= now;
        own.has_departed(now) && !own.cancelled && !own.to_omitted && is_near
    }

    /// Whether the ship of a movement is in the port of departure, and leaves it soon.
    #[must_use]
    pub(crate) fn is_about_to_leave(&self, movement: usize, now: Moment) -> bool {
        let own = &self.movements[movement];
        self.is_in_port(movement, now) && own.departs.plus_hours(-DEPARTURE_NEAR_HOURS) <= now
    }

    /// Whether the ship of a movement has arrived, or will soon.
    #[must_use]
    pub(crate) fn is_about_to_arrive(&self, movement: usize, now: Moment) -> bool {
        let own = &self.movements[movement];
        own.arrived_at.is_some() || own.arrives.plus_hours(-ARRIVAL_NEAR_HOURS) <= now
    }

    /// Whether the ship has reached the port that a movement departs from.
    fn is_in_port(&self, movement: usize, now: Moment) -> bool {
        let before = movement.checked_sub(1);
        before.is_none_or(|before| self.movements[before].has_arrived(now))
    }

    /// Whether its times can still change: the last arrival is neither reported nor long past.
    #[must_use]
    pub fn may_be_rescheduled(&self, now: Moment) -> bool {
        let last = self.movements.last();
        let is_open = |last: &MovementView| {
            last.arrived_at.is_none() && last.arrives.plus_hours(LATE_HOURS) > now
        };
        self.is_scheduled() && last.is_some_and(is_open)
    }

    /// Whether its ship can omit a call and still call at two ports.
    #[must_use]
    pub fn may_omit_a_call(&self, now: Moment) -> bool {
        self.may_be_rescheduled(now) && self.calls_made().count() > 2
    }

    /// Whether something is left to cancel: the last departure is ahead.
    #[must_use]
    pub fn may_be_cancelled(&self, now: Moment) -> bool {
        let last = self.movements.last();
        self.is_scheduled() && last.is_some_and(|last| !last.has_departed(now))
    }

    /// The ports that its ship calls at, in order.
    pub fn calls_made(&self) -> impl Iterator<Item = &UnLocode> {
        let first = self.movements.first().filter(|own| !own.from_omitted);
        let others = self.movements.iter().filter(|own| !own.to_omitted);
        let others = others.map(|own| &own.to);
        first.map(|own| &own.from).into_iter().chain(others)
    }

    fn is_scheduled(&self) -> bool {
        self.status == VoyageStatus::Scheduled
    }
}

impl Reading {
    /// The calls at a port whose departure or arrival is to be reported, the earliest first.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn calls_due_at(&mut self, port: &UnLocode) -> Result<Vec<CallDue>, QueryError> {
        let now = self.now();
        let filter = VoyageFilter {
            port: Some(port.clone()),
            departs_until: Some(now.plus_hours(EARLY_HOURS)),
            arrives_from: Some(now.plus_hours(-LATE_HOURS)),
            status: Some(VoyageStatus::Scheduled),
            ..VoyageFilter::default()
        };
        let voyages = self.list::<Voyage>(filter, None, VOYAGES_MAX).await?.items;
        let mut due: Vec<_> = voyages
            .iter()
            .flat_map(|voyage| due_of(voyage, port, now))
            .collect();
        due.sort_by(|one, other| {
            let place = |own: &CallDue| (own.time, own.voyage.voyage.clone());
            place(one).cmp(&place(other))
        });
        Ok(due)
    }
}

fn due_of(voyage: &VoyageView, port: &UnLocode, now: Moment) -> Vec<CallDue> {
    let earliest = now.plus_hours(-LATE_HOURS);
    let mut due = Vec::new();
    let mut add = |call, is_arrival, time: Moment, is_near| {
        if time >= earliest {
            due.push(CallDue {
                voyage: voyage.clone(),
                call,
                is_arrival,
                time,
                is_near,
            });
        }
    };
    for (index, movement) in voyage.movements.iter().enumerate() {
        if movement.from == *port && movement.departed_at.is_none() && voyage.may_leave(index, now)
        {
            let is_near = voyage.is_about_to_leave(index, now);
            add(index + 1, false, movement.departs, is_near);
        }
        if movement.to == *port && movement.arrived_at.is_none() && voyage.may_arrive(index, now) {
            let is_near = voyage.is_about_to_arrive(index, now);
            add(index + 2, true, movement.arrives, is_near);
        }
    }
    due
}
