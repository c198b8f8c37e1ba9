//! [`Room`]: what a subdomain offers to shared code.

use crate::about::OwnerOf;
use crate::catalogue::Definition;
use crate::queries::{Changed, Viewed};
use crate::verify::Trouble;
use domain::AnyAggregate;
use domain::customers::CustomerId;
use domain::log::reader::Snapshot;
use futures::future::BoxFuture;
use utoipa::openapi::{RefOr, Schema};

/// All that a subdomain offers to the rest of this crate.
pub(crate) struct Room {
    pub(crate) operations: &'static [Definition],
    /// What customers see of its aggregates, by kind. They see no others.
    pub(crate) shown: &'static [VisibleTo],
    /// The users to whom its aggregates belong, by kind.
    pub(crate) owners: &'static [OwnerOf],
    /// What a rehearsal lists of what an operation would change.
    pub(crate) affects: &'static [Affects],
    /// What `verify` checks of its tables beyond the log and the history.
    pub(crate) checks: &'static [Check],
}

/// A list of a rehearsal.
pub(crate) struct Affects {
    pub(crate) name: &'static str,
    /// The item for a change, unless the change is of another kind.
    pub(crate) of: fn(&Changed) -> Option<serde_json::Value>,
    /// The name of the schema of an item.
    pub(crate) item: &'static str,
    /// The schema of an item.
    pub(crate) schema: fn() -> RefOr<Schema>,
}

/// A check of current states.
pub(crate) type Check = for<'a> fn(&'a mut dyn Snapshot) -> BoxFuture<'a, Result<(), Trouble>>;

/// Whether a customer may see an aggregate, which is of one kind.
pub(crate) type VisibleTo = fn(&AnyAggregate, CustomerId) -> bool;

/// Whether a customer may see an aggregate of this kind.
pub(crate) fn shown<A: Viewed>(state: &AnyAggregate, own: CustomerId) -> bool {
    A::from_any(state).is_some_and(|state| state.is_shown_to(own))
}
