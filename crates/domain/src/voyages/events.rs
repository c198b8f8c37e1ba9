//! What happens to voyages.

use super::VoyageNumber;
use crate::space::Space;
use serde::Serialize;

/// A voyage was scheduled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoyageScheduled {
    /// The new voyage.
    pub voyage: VoyageNumber,
}

/// A voyage's limit line moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoyageCapacityChanged {
    /// The voyage.
    pub voyage: VoyageNumber,
    /// Where the line was.
    pub limit_before: Space,
    /// Where it is now.
    pub limit: Space,
}
