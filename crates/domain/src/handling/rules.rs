//! The rules of handling.

use super::HandlingEventId;
use crate::limits::CLOCK_TOLERANCE_MINUTES;
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

pub(super) fn event_may_not_lie_in_the_future(
    completed_at: Moment,
    now: Moment,
) -> Result<(), Rejection> {
    let latest = now.plus_minutes(CLOCK_TOLERANCE_MINUTES);
    require(completed_at <= latest, || EventMayNotLieInTheFuture {
        completed_at,
        now,
    })
}
