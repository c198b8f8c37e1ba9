//! Rehearsals: the results that operations would have, without running them.

use super::{Queries, QueryError, Reading};
use crate::call::Caller;
use crate::catalogue::{Definition, PreparedOperation};
use crate::work::working_set::{Reads, WorkingSet};
use crate::work::{Applied, NotApplied, Question};
use domain::log::RefusalKind;
use domain::{Event, Moment, Rejection};

/// The result that an operation would have.
#[derive(Debug)]
pub struct Rehearsed {
    /// The outcome as JSON.
    pub outcome: String,
    pub events: Vec<Event>,
}

/// How to rehearse several operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rehearsal {
    /// In sequence: each after the changes of those before it.
    InTurn,
    /// Independently: each as if it alone were run.
    Alone,
}

impl Queries {
    /// Decides operations over a new snapshot. Nothing is locked or written.
    ///
    /// # Errors
    ///
    /// Refuses a caller who is not authentic. Fails if the store cannot be read or an operation
    /// panics.
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
    /// Decides operations over the open snapshot.
    ///
    /// # Errors
    ///
    /// Refuses a caller who is not authentic. Fails if the store cannot be read or an operation
    /// panics.
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
            let question = Question {
                about: definition.about,
                operation: ready.operation.as_ref(),
                if_match: None,
                principal,
                now,
                asks_policy: true,
            };
            let answer = match question.judge(&mut set, snapshot).await {
                Ok(Applied {
                    outcome,
                    changes,
                    events,
                }) => {
                    if rehearsal == Rehearsal::InTurn {
                        set.apply(changes);
                    }
                    Ok(Rehearsed { outcome, events })
                }
                Err(NotApplied::Refused(RefusalKind::Forbidden, rejection)) => {
                    return Err(QueryError::Forbidden(rejection));
                }
                Err(NotApplied::Refused(_, rejection)) => Err(rejection),
                Err(NotApplied::Broken(error)) => return Err(error.into()),
                Err(NotApplied::Panicked) => return Err(QueryError::Broken),
            };
            answers.push(answer);
        }
        Ok(answers)
    }
}
