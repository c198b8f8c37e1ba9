//! A handling event as a cargo's history keeps it.

use crate::handling::{Activity, Doubt, HandlingEvent, HandlingEventId, HandlingType};
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};

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
/// inspections do not move it.
pub(super) fn moves(handled: &[Handled]) -> Vec<&Handled> {
    let mut moves: Vec<_> = handled
        .iter()
        .filter(|handled| handled.activity.handling_type != HandlingType::Customs)
        .collect();
    moves.sort_by_key(|handled| handled.completed_at);
    moves
}
