//! The rules of handling.

use crate::moment::Moment;
use crate::rejection::{Rejection, rules};

rules! {
    /// The handling event must exist.
    HandlingEventMustBeKnown,
    /// A load or unload must name its voyage.
    VoyageRequired,
    /// A receipt, customs inspection or claim must not name a voyage.
    VoyageProhibited,
    /// A handling event must have happened: its completion time is at most five minutes ahead of the clock.
    EventMayNotLieInTheFuture,
    /// A handling event can be retracted only once.
    HandlingEventMustStand,
}

/// How far a reporter's clock may be ahead of the server's, in microseconds.
const CLOCK_TOLERANCE_MICROS: i64 = 5 * 60 * 1_000_000;

pub(super) fn event_may_not_lie_in_the_future(
    completed_at: Moment,
    now: Moment,
) -> Result<(), Rejection> {
    EventMayNotLieInTheFuture.require(
        completed_at <= now.plus_micros(CLOCK_TOLERANCE_MICROS),
        || format!("An event at {completed_at} has not happened yet. It is now {now}."),
    )
}
