//! The rules of voyages.

use super::VoyageNumber;
use super::movement::{CarrierMovement, PlannedMovement};
use crate::limits::{BACKDATING_HOURS_MAX, MOVEMENT_DAYS_MAX};
use crate::moment::Moment;
use crate::rejection::{Rejection, rules};
use crate::space::Space;

rules! {
    /// The voyage must exist.
    VoyageMustBeKnown,
    /// Movements must be in order: each departs from the port where the last one arrived, after it arrived. A movement or a port stay takes at most 366 days.
    ScheduleMustConnect,
    /// A new voyage must arrive at its last port in the future.
    VoyageMustLieAhead,
    /// A voyage number must be unique.
    VoyageNumberMustBeUnique,
    /// A change of capacity or allowance must leave the limit line at or above the load of every movement.
    LimitMayNotFallBelowLoad,
    /// A cancelled voyage cannot be booked, confirmed or changed.
    CancelledVoyageTakesNothing,
    /// A departure can be moved at most one day into the past, and a voyage that has left for its last call cannot be cancelled.
    DepartedMovementMayNotMove,
    /// A reschedule must keep the ports of a voyage and their order.
    RescheduleMustKeepPorts,
    /// The voyage must call at the load port and later at the unload port.
    VoyageMustCallInOrder,
    /// On every movement, the load plus the cargo must stay within the limit line, in TEU and in tonnes.
    LoadMayNotPassTheLine,
    /// Booking closes at the cut-off of the port of loading.
    BookingClosesAtCutOff,
}

pub(super) fn schedule_must_connect(movements: &[PlannedMovement]) -> Result<(), Rejection> {
    ScheduleMustConnect.require(!movements.is_empty(), || {
        "A voyage needs at least one movement.".to_owned()
    })?;
    for (index, movement) in movements.iter().enumerate() {
        let PlannedMovement {
            from,
            to,
            departs,
            arrives,
        } = movement;
        ScheduleMustConnect.require(from != to, || {
            format!(
                "Movement {} departs from and arrives in {from}. The ports must differ.",
                index + 1
            )
        })?;
        ScheduleMustConnect.require(departs < arrives, || {
            format!(
                "Movement {} must arrive after it departs, but it departs at {departs} and arrives at {arrives}.",
                index + 1
            )
        })?;
    }
    for (index, pair) in movements.windows(2).enumerate() {
        let (last, next) = (&pair[0], &pair[1]);
        ScheduleMustConnect.require(last.to == next.from, || {
            format!(
                "Movement {} departs from {}, but movement {} arrives in {}.",
                index + 2,
                next.from,
                index + 1,
                last.to
            )
        })?;
        ScheduleMustConnect.require(last.arrives <= next.departs, || {
            format!(
                "Movement {} departs from {} at {}, before movement {} arrives there at {}.",
                index + 2,
                next.from,
                next.departs,
                index + 1,
                last.arrives
            )
        })?;
    }
    Ok(())
}

/// Checks `ScheduleMustConnect`: no ship takes more than a year for a movement or stays that long
/// in port. A longer time is a mistyped year.
pub(super) fn no_date_may_be_a_slip(movements: &[PlannedMovement]) -> Result<(), Rejection> {
    let is_a_slip = |from: Moment, to| from.plus_hours(24 * MOVEMENT_DAYS_MAX) < to;
    for PlannedMovement {
        from,
        to,
        departs,
        arrives,
    } in movements
    {
        ScheduleMustConnect.require(!is_a_slip(*departs, *arrives), || {
            format!(
                "{from} → {to} would depart at {departs} and arrive at {arrives}, more than {MOVEMENT_DAYS_MAX} days later. Check the dates."
            )
        })?;
    }
    for pair in movements.windows(2) {
        let (last, next) = (&pair[0], &pair[1]);
        ScheduleMustConnect.require(!is_a_slip(last.arrives, next.departs), || {
            format!(
                "The ship would stay in {} from {} to {}, more than {MOVEMENT_DAYS_MAX} days. Check the dates.",
                next.from, last.arrives, next.departs
            )
        })?;
    }
    Ok(())
}

pub(super) fn reschedule_must_keep_ports(
    movements: &[CarrierMovement],
    planned: &[PlannedMovement],
) -> Result<(), Rejection> {
    RescheduleMustKeepPorts.require(movements.len() == planned.len(), || {
        format!(
            "The voyage has {} movements, not {}.",
            movements.len(),
            planned.len()
        )
    })?;
    for (index, (movement, planned)) in movements.iter().zip(planned).enumerate() {
        RescheduleMustKeepPorts.require(
            (&movement.from, &movement.to) == (&planned.from, &planned.to),
            || {
                format!(
                    "Movement {} goes from {} to {}, not from {} to {}.",
                    index + 1,
                    movement.from,
                    movement.to,
                    planned.from,
                    planned.to
                )
            },
        )?;
    }
    Ok(())
}

/// A departure that was never reported can be corrected, but a ship does not sail unnoticed for
/// days. An earlier time is at most one day before now or, if the former time has already passed,
/// one day before that.
pub(super) fn departure_may_not_move_far_into_the_past(
    movement: &CarrierMovement,
    planned: &PlannedMovement,
    now: Moment,
) -> Result<(), Rejection> {
    let reference = movement.departs.min(now);
    let earliest = reference.plus_hours(-BACKDATING_HOURS_MAX);
    DepartedMovementMayNotMove.require(planned.departs >= earliest, || {
        format!(
            "{} → {} would have departed at {}, more than {BACKDATING_HOURS_MAX} hours before {reference}. Check the date.",
            movement.from, movement.to, planned.departs
        )
    })
}

/// Checks `LoadMayNotPassTheLine` for a movement that is ahead again.
pub(super) fn resumed_load_may_not_pass_the_line(
    voyage: &VoyageNumber,
    movement: &CarrierMovement,
    limit: Space,
) -> Result<(), Rejection> {
    LoadMayNotPassTheLine.require(movement.load.fits(limit), || {
        format!(
            "{voyage}, {} → {}, would be ahead again with {} booked, but its limit is {limit}. Roll cargoes booked since then, or raise the capacity first.",
            movement.from, movement.to, movement.load
        )
    })
}

pub(super) fn limit_may_not_fall_below_load(
    movement: &CarrierMovement,
    limit: Space,
) -> Result<(), Rejection> {
    LimitMayNotFallBelowLoad.require(movement.load.fits(limit), || {
        format!(
            "The limit would be {limit}, but {} are booked on {} → {}.",
            movement.load, movement.from, movement.to
        )
    })
}

pub(super) fn load_may_not_pass_the_line(
    voyage: &VoyageNumber,
    movement: &CarrierMovement,
    size: Space,
    limit: Space,
) -> Result<(), Rejection> {
    LoadMayNotPassTheLine.require((movement.load + size).fits(limit), || {
        format!(
            "Only {} are left on {voyage}, {} → {}, but this cargo needs {size}. Choose another voyage or split the cargo.",
            movement.load.left_to(limit),
            movement.from,
            movement.to
        )
    })
}

pub(super) fn booking_closes_at_cut_off(
    load_call: &CarrierMovement,
    cut_off_hours: u16,
    now: Moment,
) -> Result<(), Rejection> {
    let cut_off = load_call.departs.plus_hours(-i64::from(cut_off_hours));
    BookingClosesAtCutOff.require(now <= cut_off, || {
        format!(
            "Booking for {} closed at {cut_off}, {cut_off_hours} h before departure.",
            load_call.from
        )
    })
}
