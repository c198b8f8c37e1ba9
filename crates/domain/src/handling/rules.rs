//! The rules of handling.

use crate::moment::Moment;
use crate::rejection::{Rejection, rules};

rules! {
    /// A handling event is known by its id before it is retracted.
    HandlingEventMustBeKnown,
    /// Loading and unloading happen with a voyage.
    VoyageRequired,
    /// Receiving, customs and claiming happen without a voyage.
    VoyageProhibited,
    /// What is reported has happened: its completion time lies no more than five minutes ahead of the clock.
    EventMayNotLieInTheFuture,
    /// What is retracted was not retracted before.
    HandlingEventMustStand,
}

/// How far a reporter's clock may be ahead of ours, in microseconds.
const CLOCK_TOLERANCE_MICROS: i64 = 5 * 60 * 1_000_000;

pub(super) fn event_may_not_lie_in_the_future(
    completed_at: Moment,
    now: Moment,
) -> Result<(), Rejection> {
    EventMayNotLieInTheFuture.require(
        completed_at <= now.plus_micros(CLOCK_TOLERANCE_MICROS),
        || format!("It is {now}; an event at {completed_at} has not happened yet."),
    )
}
