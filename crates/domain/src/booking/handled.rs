//! One thing that was done with a cargo, as its history keeps it.

use crate::handling::{Activity, HandlingEvent, HandlingEventId, HandlingType};
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};

/// Something that was done with a cargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handled {
    /// The report.
    pub event: HandlingEventId,
    /// What was done, and where.
    #[serde(flatten)]
    pub activity: Activity,
    /// When it was done.
    pub completed_at: Moment,
    /// When we learnt of it.
    pub registered_at: Moment,
}

impl From<&HandlingEvent> for Handled {
    fn from(event: &HandlingEvent) -> Self {
        Self {
            event: event.id,
            activity: event.activity.clone(),
            completed_at: event.completed_at,
            registered_at: event.registered_at,
        }
    }
}

impl Handled {
    /// The voyage that it brought the cargo aboard.
    pub(super) fn aboard(&self) -> Option<&VoyageNumber> {
        let loads = self.activity.handling_type == HandlingType::Load;
        self.activity.voyage.as_ref().filter(|_| loads)
    }
}

/// What moved the cargo, by completion time, the order of registration breaking ties. Customs
/// only looks at it.
pub(super) fn moves(handled: &[Handled]) -> Vec<&Handled> {
    let mut moves: Vec<_> = handled
        .iter()
        .filter(|handled| handled.activity.handling_type != HandlingType::Customs)
        .collect();
    moves.sort_by_key(|handled| handled.completed_at);
    moves
}
