//! Rehearsing: what operations would come to, without running them.

use super::{Queries, QueryError, authenticate};
use crate::call::Caller;
use crate::catalogue::{Definition, Ready};
use crate::pipeline::UnitOfWork;
use crate::pipeline::working_set::{Reads, WorkingSet};
use crate::policy::{self, Action};
use domain::Rejection;
use domain::log::store::StoreError;
use domain::repository::Failure;

/// An outcome as JSON, or the rejection.
pub type Rehearsed = Result<String, Rejection>;

impl Queries {
    /// Decides operations one after the other, each upon what those before it would have changed,
    /// over a snapshot: nothing is locked, and nothing is written.
    pub async fn rehearse(
        &self,
        caller: &Caller,
        asked: &[(&'static Definition, Ready)],
    ) -> Result<Vec<Rehearsed>, QueryError> {
        let now = self.clock.now();
        let mut snapshot = self.reader.snapshot().await?;
        let principal = authenticate(snapshot.as_mut(), caller, now).await?;
        let mut set = WorkingSet::default();
        loop {
            let mut reads = Reads::default();
            let known = set.known();
            for (_, ready) in asked {
                ready.operation.reads(&known, &mut reads);
            }
            if !set.load(reads, snapshot.as_mut()).await? {
                break;
            }
        }
        let mut answers = Vec::with_capacity(asked.len());
        for (definition, ready) in asked {
            if let Err(detail) = policy::decide(&principal, Action::Run(definition.about)) {
                return Err(QueryError::Forbidden(detail));
            }
            let mut uow = UnitOfWork::new(&mut set, snapshot.as_mut(), &principal, now);
            let answer = match ready.operation.run(&mut uow).await {
                Ok(outcome) => {
                    let (changed, _) = uow.finish();
                    set.apply(changed);
                    Ok(outcome)
                }
                Err(Failure::Rejected(rejection)) => Err(rejection),
                Err(Failure::Broken(error)) => return Err(StoreError::into(error)),
            };
            answers.push(answer);
        }
        Ok(answers)
    }
}
