//! Rehearsing: what operations would come to, without running them.

use super::{Queries, QueryError, Reading};
use crate::call::Caller;
use crate::catalogue::{Definition, PreparedOperation};
use crate::pipeline::UnitOfWork;
use crate::pipeline::working_set::{Reads, WorkingSet};
use crate::policy::{self, Action};
use domain::log::store::StoreError;
use domain::repository::Failure;
use domain::{Event, Moment, Rejection};

/// What an operation would come to.
#[derive(Debug)]
pub struct Rehearsed {
    /// The outcome as JSON.
    pub outcome: String,
    /// What would happen.
    pub events: Vec<Event>,
}

/// What is asked about operations of which none is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rehearsal {
    /// What all of them would come to, each upon what those before it would have changed.
    InTurn,
    /// What each of them would come to if it alone were run.
    Alone,
}

impl Queries {
    /// Decides operations over a snapshot: nothing is locked, and nothing is written.
    pub async fn rehearse(
        &self,
        caller: &Caller,
        asked: &[(&'static Definition, PreparedOperation)],
        rehearsal: Rehearsal,
    ) -> Result<Vec<Result<Rehearsed, Rejection>>, QueryError> {
        let mut reading = self.visit(caller).await?;
        reading.rehearse(asked, rehearsal, self.clock.now()).await
    }
}

impl Reading {
    /// The same over the snapshot that is open.
    pub async fn rehearse(
        &mut self,
        asked: &[(&'static Definition, PreparedOperation)],
        rehearsal: Rehearsal,
        now: Moment,
    ) -> Result<Vec<Result<Rehearsed, Rejection>>, QueryError> {
        let (snapshot, principal) = (self.snapshot.as_mut(), &self.principal);
        let mut set = WorkingSet::default();
        loop {
            let mut reads = Reads::default();
            let known = set.known();
            for (_, ready) in asked {
                ready.operation.reads(&known, &mut reads);
            }
            if !set.load(reads, snapshot).await? {
                break;
            }
        }
        let mut answers = Vec::with_capacity(asked.len());
        for (definition, ready) in asked {
            if let Err(detail) = policy::decide(principal, Action::Run(definition.about)) {
                return Err(QueryError::Forbidden(detail));
            }
            let mut uow = UnitOfWork::new(&mut set, snapshot, principal, now);
            let answer = match ready.operation.run(&mut uow).await {
                Ok(outcome) => {
                    let (changed, events) = uow.finish();
                    if rehearsal == Rehearsal::InTurn {
                        set.apply(changed);
                    }
                    Ok(Rehearsed { outcome, events })
                }
                Err(Failure::Rejected(rejection)) => Err(rejection),
                Err(Failure::Broken(error)) => return Err(StoreError::into(error)),
            };
            answers.push(answer);
        }
        Ok(answers)
    }
}
