//! Where a cargo goes, and by when.

use super::rules::{deadline_must_lie_ahead, origin_and_destination_must_differ};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// Origin, destination and arrival deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteSpecification {
    pub origin: UnLocode,
    pub destination: UnLocode,
    pub arrival_deadline: Moment,
}

impl RouteSpecification {
    /// Creates a specification that can be met as of now.
    ///
    /// # Errors
    ///
    /// `OriginAndDestinationMustDiffer` or `DeadlineMustLieAhead`.
    pub fn new(
        origin: UnLocode,
        destination: UnLocode,
        arrival_deadline: Moment,
        now: Moment,
    ) -> Result<Self, Rejection> {
        origin_and_destination_must_differ(&origin, &destination)?;
        deadline_must_lie_ahead(arrival_deadline, now)?;
        Ok(Self {
            origin,
            destination,
            arrival_deadline,
        })
    }
}
