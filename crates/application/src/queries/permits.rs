//! What the policy permits the reader.

use super::{QueryError, Reading, Viewed};
use crate::access::policy::{self, Action, Read, Verdict};
use crate::operation::About;
use domain::access::policy::Policy;
use domain::{AnyAggregate, Kind, Rejection};

impl Reading {
    /// Whether the principal may make this kind of reading.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids.
    pub fn permit(&self, read: Read) -> Result<(), QueryError> {
        self.ask(Action::Read(read))
    }

    /// Whether the principal may read all things of a kind, in feeds and snapshots, or the history of
    /// things that add up several customers. They are the same for all readers, so customers, who see
    /// only their own things, may not.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids.
    pub fn permit_feed(&self, kind: Kind, read: Read) -> Result<(), QueryError> {
        self.permit(read)?;
        if self.is_for_customer() {
            let rejection = Policy::HistoryNotForCustomers { kind };
            return Err(QueryError::Forbidden(rejection.into()));
        }
        Ok(())
    }

    /// Whether the principal may learn when things of a kind changed.
    ///
    /// # Errors
    ///
    /// Refuses customers what adds up values of several of them.
    pub fn permit_versions<A: Viewed>(&self) -> Result<(), QueryError> {
        self.permit(A::READ)?;
        if A::ADDS_UP_CUSTOMERS && self.is_for_customer() {
            let rejection = Policy::HistoryNotForCustomers { kind: A::KIND };
            return Err(QueryError::Forbidden(rejection.into()));
        }
        Ok(())
    }

    /// Whether the principal may run an operation on a visible resource.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids.
    pub fn permit_to_run(&self, about: &'static About) -> Result<(), QueryError> {
        self.ask(Action::Run(about))
    }

    /// Whether the principal may run an operation on this resource.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids.
    pub fn permit_to_run_on(
        &self,
        about: &'static About,
        resource: &AnyAggregate,
    ) -> Result<(), QueryError> {
        self.decided(Action::Run(about), Some(resource))
            .map_err(QueryError::Forbidden)
    }

    /// Whether the principal may ask what operations would do.
    pub(super) fn permit_to_rehearse(&self) -> Result<(), Rejection> {
        self.decided(Action::Rehearse, None)
    }

    fn ask(&self, action: Action<'_>) -> Result<(), QueryError> {
        self.decided(action, None).map_err(QueryError::Forbidden)
    }

    fn decided(
        &self,
        action: Action<'_>,
        resource: Option<&AnyAggregate>,
    ) -> Result<(), Rejection> {
        match policy::decide(&self.principal, action, resource, self.now) {
            Verdict::Forbidden(reason) => Err(reason),
            Verdict::Permitted | Verdict::Hidden => Ok(()),
        }
    }

    /// Whether the reader may see all of the operations that made the versions of a thing. Who may not
    /// read the log sees which operation it was, and who it was only if that is the reader. Of an operation
    /// on another thing, target and reason are not shown.
    pub(super) fn may_see_makers(&self) -> bool {
        self.decided(Action::Read(Read::Log), None).is_ok()
    }

    pub(super) fn may_find(&self, state: &AnyAggregate) -> bool {
        let verdict = policy::decide(&self.principal, Action::Find, Some(state), self.now);
        verdict == Verdict::Permitted
    }
}
