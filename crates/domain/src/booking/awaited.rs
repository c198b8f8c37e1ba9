//! The next step of a cargo, with the time at which it is planned.

use super::{Cargo, Step};
use crate::handling::Activity;
use crate::moment::Moment;

/// What a port waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    pub activity: Activity,
    /// When the step is planned. A cargo is received before its ship leaves, and claimed after it
    /// has arrived.
    pub planned_at: Moment,
}

impl Cargo {
    /// The next expected step, or `None` if nothing is expected.
    #[must_use]
    pub fn awaited(&self) -> Option<Awaited> {
        let activity = self.delivery().next_expected?;
        let plan = self.plan();
        let done = plan.iter().rposition(|step| step.done.is_some());
        let next = done.map_or(0, |last| last + 1);
        let planned = |step: &Step| step.scheduled_at;
        let ahead = plan.iter().skip(next).find_map(planned);
        let planned_at = ahead.or_else(|| plan.iter().rev().find_map(planned))?;
        Some(Awaited {
            activity,
            planned_at,
        })
    }
}
