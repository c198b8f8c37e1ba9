//! Where a cargo goes, and by when.

use super::rules::{
    deadline_must_lie_ahead, origin_and_destination_must_differ, ready_date_must_precede_deadline,
};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// Origin, destination, arrival deadline and, as far as it is known, the ready date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteSpecification {
    pub origin: UnLocode,
    pub destination: UnLocode,
    pub arrival_deadline: Moment,
    /// The ready date: the cargo cannot be loaded before. It no longer matters once the cargo has been
    /// handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_from: Option<Moment>,
}

impl RouteSpecification {
    /// Creates a specification that can be met as of now.
    ///
    /// # Errors
    ///
    /// `OriginAndDestinationMustDiffer`, `DeadlineMustLieAhead` or `ReadyDateMustPrecedeDeadline`.
    pub fn new(
        origin: UnLocode,
        destination: UnLocode,
        arrival_deadline: Moment,
        ready_from: Option<Moment>,
        now: Moment,
    ) -> Result<Self, Rejection> {
        origin_and_destination_must_differ(&origin, &destination)?;
        deadline_must_lie_ahead(arrival_deadline, now)?;
        ready_date_must_precede_deadline(ready_from, arrival_deadline)?;
        Ok(Self {
            origin,
            destination,
            arrival_deadline,
            ready_from,
        })
    }
}
