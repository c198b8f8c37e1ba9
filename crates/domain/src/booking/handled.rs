//! A handling event as a cargo's history keeps it.

use super::{Container, ContainerNumber};
use crate::handling::{Activity, Doubt, HandlingEvent, HandlingEventId, HandlingType};
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A handling event in a cargo's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handled {
    /// The report.
    pub event: HandlingEventId,
    /// The handling type and location.
    #[serde(flatten)]
    pub activity: Activity,
    /// The completion time.
    pub completed_at: Moment,
    /// The registration time.
    pub registered_at: Moment,
    /// The container that the report named, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerNumber>,
    /// How it contradicted the timetable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl From<&HandlingEvent> for Handled {
    fn from(event: &HandlingEvent) -> Self {
        Self {
            event: event.id,
            activity: event.activity.clone(),
            completed_at: event.completed_at,
            registered_at: event.registered_at,
            container: event.container.clone(),
            doubts: event.doubts.clone(),
        }
    }
}

impl Handled {
    /// The voyage that it loaded the cargo onto.
    pub(super) fn aboard(&self) -> Option<&VoyageNumber> {
        let loads = self.activity.handling_type == HandlingType::Load;
        self.activity.voyage.as_ref().filter(|_| loads)
    }
}

/// The events that moved the cargo, by completion time, then in the order of the history. Customs
/// inspections do not move it. Where reports name containers, a cargo moves when the last of them
/// is reported: a cargo with a container still on the quay has not been loaded. A report about the
/// whole cargo speaks for all of its containers.
pub(super) fn moves<'h>(handled: &'h [Handled], containers: &[Container]) -> Vec<&'h Handled> {
    let mut moves: Vec<_> = handled
        .iter()
        .filter(|handled| handled.activity.handling_type != HandlingType::Customs)
        .collect();
    moves.sort_by_key(|handled| handled.completed_at);
    if moves.iter().any(|handled| handled.container.is_some()) {
        let mut steps: HashMap<&Activity, Reported<'_>> = HashMap::new();
        moves.retain(|handled| {
            let step = steps.entry(&handled.activity).or_default();
            step.completes(handled.container.as_ref(), containers)
        });
    }
    moves
}

/// How often one step was reported.
#[derive(Default)]
struct Reported<'h> {
    of_container: HashMap<&'h ContainerNumber, u32>,
    of_whole: u32,
    /// How often it was reported of all containers.
    complete: u32,
}

impl<'h> Reported<'h> {
    /// Whether another report is the one that was missing. A container that is no longer, or not
    /// yet, on the cargo says nothing about it.
    fn completes(
        &mut self,
        container: Option<&'h ContainerNumber>,
        containers: &[Container],
    ) -> bool {
        match container {
            None => self.of_whole += 1,
            Some(container) => *self.of_container.entry(container).or_default() += 1,
        }
        let before = self.complete;
        let times = containers.iter().map(|own| self.times(&own.number));
        self.complete = times.min().unwrap_or(self.of_whole);
        self.complete > before
    }

    fn times(&self, container: &ContainerNumber) -> u32 {
        let own = self.of_container.get(container).copied();
        own.unwrap_or(0).max(self.of_whole)
    }
}
