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

/// A voyage has other times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoyageRescheduled {
    /// The voyage.
    pub voyage: VoyageNumber,
}

/// A voyage does not sail, or not on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoyageCancelled {
    /// The voyage.
    pub voyage: VoyageNumber,
    /// Why.
    pub reason: String,
}
