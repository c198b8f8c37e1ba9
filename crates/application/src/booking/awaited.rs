//! What a port waits for: the cargoes whose next expected step is there.

use super::{CargoView, ExpectedStepView};
use crate::queries::{QueryError, Reading};
use domain::Moment;
use domain::booking::{Cargo, CargoFilter};
use domain::locations::UnLocode;

/// How far ahead the work of a port is listed, in hours.
const AHEAD_HOURS: i64 = 5 * 24;
/// The maximum number of cargoes listed that are overdue, and of those ahead.
const LISTED_MAX: u64 = 200;

/// What a port waits for.
#[derive(Debug)]
pub struct PortWork {
    /// From what has been due for longest to what lies some days ahead.
    pub steps: Vec<AwaitedStep>,
    /// Whether there is more than the list has room for.
    pub has_more: bool,
}

/// The next expected step of a cargo.
#[derive(Debug)]
pub struct AwaitedStep {
    pub cargo: CargoView,
    pub step: ExpectedStepView,
    /// When it is planned. A cargo is received before its ship leaves, and claimed after it has
    /// arrived.
    pub planned_at: Moment,
}

impl CargoView {
    /// The time at which the next expected step is planned: its own, that of the next sailing, or
    /// that of the last arrival.
    fn planned_at(&self) -> Option<Moment> {
        let ahead = self.steps_ahead().find_map(|step| step.scheduled_at);
        ahead.or_else(|| self.plan.iter().rev().find_map(|step| step.scheduled_at))
    }
}

impl Reading {
    /// The cargoes whose next expected step is in a port.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn work_of_port(&mut self, port: &UnLocode) -> Result<PortWork, QueryError> {
        let now = self.now();
        let until = |until| CargoFilter {
            next_at: Some(port.clone()),
            next_until: Some(until),
            ..CargoFilter::default()
        };
        let ahead = CargoFilter {
            next_from: Some(now),
            ..until(now.plus_hours(AHEAD_HOURS))
        };
        let overdue = self.list::<Cargo>(until(now), None, LISTED_MAX).await?;
        let ahead = self.list::<Cargo>(ahead, None, LISTED_MAX).await?;
        let has_more = overdue.next.is_some() || ahead.next.is_some();
        let found = overdue.items.into_iter().chain(ahead.items);
        let mut steps: Vec<_> = found.filter_map(awaited).collect();
        steps.sort_by(|one, other| {
            let place = |own: &AwaitedStep| (own.planned_at, own.cargo.cargo.clone());
            place(one).cmp(&place(other))
        });
        Ok(PortWork { steps, has_more })
    }
}

fn awaited(cargo: CargoView) -> Option<AwaitedStep> {
    let step = cargo.delivery.next_expected.clone()?;
    let planned_at = cargo.planned_at()?;
    Some(AwaitedStep {
        cargo,
        step,
        planned_at,
    })
}
