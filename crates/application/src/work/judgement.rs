//! Judges one call: policy, version, domain, in this order. Batches, rehearsals and replays all use
//! this.

use super::UnitOfWork;
use super::working_set::{Overlay, WorkingSet};
use crate::access::policy::{self, Action, Principal, Verdict};
use crate::call::IfMatch;
use crate::catalogue::Runnable;
use crate::operation::About;
use domain::log::RefusalKind;
use domain::log::store::{Loader, StoreError};
use domain::rejection::require;
use domain::repository::Failure;
use domain::repository::rules::StaleVersion;
use domain::{AnyAggregate, Event, Moment, Rejection, Versioned};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// A call to judge.
pub(crate) struct Question<'a> {
    pub(crate) about: &'static About,
    pub(crate) operation: &'a dyn Runnable,
    pub(crate) if_match: Option<&'a IfMatch>,
    pub(crate) principal: &'a Principal,
    pub(crate) now: Moment,
    /// The position of the last entry before it.
    pub(crate) head: u64,
    /// Whether to ask the policy. A replay does not judge decisions of earlier policies.
    pub(crate) asks_policy: bool,
}

/// The result of an accepted operation. It is not in the working set yet.
pub(crate) struct Applied {
    /// The outcome as JSON.
    pub(crate) outcome: String,
    pub(crate) changes: Overlay,
    pub(crate) events: Vec<Event>,
}

/// Why an operation was not applied.
pub(crate) enum NotApplied {
    /// It was refused.
    Refused(RefusalKind, Rejection),
    /// The store does not work.
    Broken(StoreError),
    /// The operation panicked.
    Panicked,
}

impl From<Failure> for NotApplied {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected(rejection) if rejection.breaks(&StaleVersion) => {
                Self::Refused(RefusalKind::Stale, rejection)
            }
            Failure::Rejected(rejection) => Self::Refused(RefusalKind::Rule, rejection),
            Failure::Broken(error) => Self::Broken(error),
        }
    }
}

impl Question<'_> {
    /// Judges the question over a working set.
    pub(crate) async fn judge(
        &self,
        set: &mut WorkingSet,
        loader: &mut dyn Loader,
    ) -> Result<Applied, NotApplied> {
        let target = self.operation.target();
        let known = target.as_ref().and_then(|target| set.get(target).flatten());
        let seen = self.permitted(known)?;
        if let Some(if_match) = self.if_match {
            must_match(seen.map(|found| found.version), if_match)?;
        }
        let mut uow = UnitOfWork::new(set, loader, self.principal, self.now, self.head);
        let outcome = AssertUnwindSafe(self.operation.run(&mut uow))
            .catch_unwind()
            .await
            .map_err(|_| NotApplied::Panicked)??;
        let (changes, events) = uow.finish();
        Ok(Applied {
            outcome,
            changes,
            events,
        })
    }

    /// The target, as far as the principal may know about it.
    fn permitted<'s>(
        &self,
        target: Option<&'s Versioned<AnyAggregate>>,
    ) -> Result<Option<&'s Versioned<AnyAggregate>>, NotApplied> {
        if !self.asks_policy {
            return Ok(target);
        }
        let (action, resource) = (Action::Run(self.about), target.map(|found| &found.state));
        match policy::decide(self.principal, action, resource, self.now) {
            Verdict::Permitted => Ok(target),
            // The operation does not find it and refuses by its own rule.
            Verdict::Hidden => Ok(None),
            Verdict::Forbidden(why) => Err(NotApplied::Refused(RefusalKind::Forbidden, why)),
        }
    }
}

/// Builds `StaleVersion` if the target does not have an expected version.
fn must_match(current: Option<u64>, if_match: &IfMatch) -> Result<(), NotApplied> {
    let matches = match (current, if_match) {
        (None, _) => false,
        (Some(_), IfMatch::Any) => true,
        (Some(version), IfMatch::OneOf(versions)) => versions.contains(&version),
    };
    let required = require(matches, || match current {
        Some(newest) => StaleVersion::NotExpected {
            newest,
            expected: if_match.versions().to_vec(),
        },
        None => StaleVersion::TargetUnknown {},
    });
    required.map_err(|rejection| NotApplied::Refused(RefusalKind::Stale, rejection))
}
