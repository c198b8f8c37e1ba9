//! The rules of handling.

use super::HandlingEventId;
use crate::moment::Moment;
use crate::rejection::{Rejection, require, rules};

rules! {
    /// The handling event must exist.
    HandlingEventMustBeKnown { event: HandlingEventId },
    /// A load or unload must name its voyage.
    VoyageRequired {},
    /// A receipt, customs inspection or claim must not name a voyage.
    VoyageProhibited { report: &'static str },
    /// A handling event must have happened: its completion time is at most five minutes ahead of the clock.
    EventMayNotLieInTheFuture { completed_at: Moment, now: Moment },
    /// A handling event can be retracted only once.
    HandlingEventMustStand { event: HandlingEventId },
}

/// How far a reporter's clock may be ahead of the server's, in microseconds.
const CLOCK_TOLERANCE_MICROS: i64 = 5 * 60 * 1_000_000;

pub(super) fn event_may_not_lie_in_the_future(
    completed_at: Moment,
    now: Moment,
) -> Result<(), Rejection> {
    let latest = now.plus_micros(CLOCK_TOLERANCE_MICROS);
    require(completed_at <= latest, || EventMayNotLieInTheFuture {
        completed_at,
        now,
    })
}
