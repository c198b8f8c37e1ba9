//! [`Room`]: what a subdomain offers to shared code.

use crate::catalogue::Definition;
use crate::queries::Viewed;
use domain::AnyAggregate;
use domain::customers::CustomerId;

/// All that a subdomain offers to the rest of this crate.
pub(crate) struct Room {
    pub(crate) operations: &'static [Definition],
    /// What customers see of its aggregates, by kind. They see no others.
    pub(crate) shown: &'static [Shown],
}

/// Whether a customer may see an aggregate, which is of one kind.
pub(crate) type Shown = fn(&AnyAggregate, CustomerId) -> bool;

/// Whether a customer may see an aggregate of this kind.
pub(crate) fn shown<A: Viewed>(state: &AnyAggregate, own: CustomerId) -> bool {
    A::from_any(state).is_some_and(|state| state.is_shown_to(own))
}
