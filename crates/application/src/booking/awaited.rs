//! What a port waits for: the cargoes whose next expected step is there.

use super::{CargoView, ExpectedStepView};
use crate::queries::{QueryError, Reading};
use crate::voyages::VoyageView;
use domain::booking::{Cargo, CargoFilter, ContainerNumber, Flag};
use domain::handling::HandlingType;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use std::collections::BTreeMap;

/// How far ahead the work of a port is listed, in hours.
const AHEAD_HOURS: i64 = 5 * 24;
/// The maximum number of cargoes listed that are overdue, and of those ahead.
const LISTED_MAX: u64 = 200;

/// What a port waits for.
#[derive(Debug)]
pub struct PortWork {
    /// From what has been due for longest to what lies some days ahead.
    pub steps: Vec<AwaitedStep>,
    /// The voyages of the steps.
    pub voyages: BTreeMap<VoyageNumber, VoyageView>,
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
    pub progress: StepProgress,
    /// The containers that the step was not reported of, if it was of others. Empty if it was
    /// reported of none.
    pub missing: Vec<ContainerNumber>,
}

/// How far an awaited step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepProgress {
    /// It may well have been done just now.
    Near,
    /// The ship has not arrived yet, or is not loaded yet.
    Ahead,
    /// The ship has gone without the cargo or without some of its containers.
    LeftBehind,
    /// The ship omits the call.
    CallOmitted,
    /// The voyage is cancelled.
    VoyageCancelled,
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
        let found: Vec<_> = found.collect();
        let voyages = self.voyages_of(&found).await?;
        let awaited = found
            .into_iter()
            .filter_map(|cargo| awaited(cargo, &voyages, now));
        let mut steps: Vec<_> = awaited.collect();
        steps.sort_by(|one, other| {
            let place = |own: &AwaitedStep| (own.planned_at, own.cargo.cargo.clone());
            place(one).cmp(&place(other))
        });
        Ok(PortWork {
            steps,
            voyages,
            has_more,
        })
    }

    /// The voyages of the next steps.
    async fn voyages_of(
        &mut self,
        cargoes: &[CargoView],
    ) -> Result<BTreeMap<VoyageNumber, VoyageView>, QueryError> {
        let next = cargoes
            .iter()
            .filter_map(|own| own.delivery.next_expected.as_ref());
        let mut numbers: Vec<_> = next.filter_map(|step| step.voyage.as_ref()).collect();
        numbers.sort();
        numbers.dedup();
        if numbers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let lookups: Vec<_> = numbers.into_iter().map(VoyageNumber::lookup).collect();
        let found = self.some::<Voyage>(lookups).await?;
        let numbered = found.into_iter().map(|own| (own.voyage.clone(), own));
        Ok(numbered.collect())
    }
}

fn awaited(
    cargo: CargoView,
    voyages: &BTreeMap<VoyageNumber, VoyageView>,
    now: Moment,
) -> Option<AwaitedStep> {
    let step = cargo.delivery.next_expected.clone()?;
    let planned_at = cargo.planned_at()?;
    let voyage = step.voyage.as_ref().and_then(|own| voyages.get(own));
    let progress = match voyage {
        Some(voyage) => progress(&cargo, &step, planned_at, voyage, now),
        None => StepProgress::Near,
    };
    Some(AwaitedStep {
        missing: cargo.missing_in(&step),
        cargo,
        step,
        planned_at,
        progress,
    })
}

/// How far a step on a ship is.
fn progress(
    cargo: &CargoView,
    step: &ExpectedStepView,
    planned_at: Moment,
    voyage: &VoyageView,
    now: Moment,
) -> StepProgress {
    let is_load = step.handling_type == HandlingType::Load;
    let movements = || voyage.movements.iter();
    let calls = movements().map(|own| match is_load {
        true => (&own.from, own.departs),
        false => (&own.to, own.arrives),
    });
    let calls: Vec<_> = calls.collect();
    let is_planned = |call: &(&UnLocode, Moment)| *call == (&step.location, planned_at);
    let is_here = |call: &(&UnLocode, Moment)| *call.0 == step.location;
    let planned = calls.iter().position(is_planned);
    let Some(movement) = planned.or_else(|| calls.iter().position(is_here)) else {
        return StepProgress::Near;
    };
    let own = &voyage.movements[movement];
    let mut broken = cargo.delivery.broken_legs.iter();
    let is_left =
        broken.any(|own| own.flag == Flag::LeftBehind && Some(&own.voyage) == step.voyage.as_ref());
    let (omitted, is_near) = match is_load {
        true => (own.from_omitted, voyage.is_about_to_leave(movement, now)),
        false => (own.to_omitted, voyage.is_about_to_arrive(movement, now)),
    };
    match own.cancelled {
        true => StepProgress::VoyageCancelled,
        false if omitted => StepProgress::CallOmitted,
        false if is_load && is_left => StepProgress::LeftBehind,
        false if is_near => StepProgress::Near,
        false => StepProgress::Ahead,
    }
}

impl CargoView {
    /// The containers that a step was not reported of, if it was reported of others. As in the domain,
    /// a report about the whole cargo is one about each of its containers.
    fn missing_in(&self, step: &ExpectedStepView) -> Vec<ContainerNumber> {
        let times = |number: &ContainerNumber| {
            let reports = self.handling.iter().filter(|own| own.done == *step);
            let of = |asked: Option<&ContainerNumber>| {
                let own = reports.clone();
                own.filter(|own| own.container.as_ref() == asked).count()
            };
            of(Some(number)).max(of(None))
        };
        let numbers = self.containers.iter().map(|own| &own.number);
        let counted: Vec<_> = numbers.map(|number| (number, times(number))).collect();
        let least = counted.iter().map(|(_, times)| *times).min();
        let missing = counted
            .iter()
            .filter(|(_, times)| Some(*times) == least)
            .map(|(number, _)| (*number).clone());
        let missing: Vec<_> = missing.collect();
        match missing.len() == counted.len() {
            true => Vec::new(),
            false => missing,
        }
    }
}
