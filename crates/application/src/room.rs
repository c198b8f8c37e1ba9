//! [`Room`]: what a subdomain offers to shared code.

use crate::catalogue::Definition;
use crate::queries::Viewed;
use crate::verify::Trouble;
use domain::AnyAggregate;
use domain::customers::CustomerId;
use domain::log::reader::Snapshot;
use futures::future::BoxFuture;

/// All that a subdomain offers to the rest of this crate.
pub(crate) struct Room {
    pub(crate) operations: &'static [Definition],
    /// What customers see of its aggregates, by kind. They see no others.
    pub(crate) shown: &'static [VisibleTo],
    /// What `verify` checks of its tables beyond the log and the history.
    pub(crate) checks: &'static [Check],
}

/// A check of current states.
pub(crate) type Check = for<'a> fn(&'a mut dyn Snapshot) -> BoxFuture<'a, Result<(), Trouble>>;

/// Whether a customer may see an aggregate, which is of one kind.
pub(crate) type VisibleTo = fn(&AnyAggregate, CustomerId) -> bool;

/// Whether a customer may see an aggregate of this kind.
pub(crate) fn shown<A: Viewed>(state: &AnyAggregate, own: CustomerId) -> bool {
    A::from_any(state).is_some_and(|state| state.is_shown_to(own))
}
