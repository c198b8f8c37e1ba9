//! Rehearsals: the results that operations would have, without running them.

use super::{Queries, QueryError, Reading};
use crate::caller::Caller;
use crate::catalogue::{Definition, PreparedOperation, Runnable};
use crate::operation::About;
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
        let asked: Vec<_> = asked
            .iter()
            .map(|(definition, ready)| (definition.about, ready.operation.as_ref()))
            .collect();
        let answers = self.judge_each(&asked, rehearsal, now).await?;
        let answers = answers.into_iter().map(|answer| match answer {
            Ok(rehearsed) => Ok(Ok(rehearsed)),
            Err((RefusalKind::Forbidden, rejection)) => Err(QueryError::Forbidden(rejection)),
            Err((_, rejection)) => Ok(Err(rejection)),
        });
        answers.collect()
    }

    /// Decides operations over the open snapshot. An operation that the policy forbids is refused
    /// like one that breaks a rule.
    pub(crate) async fn judge_each(
        &mut self,
        asked: &[(&'static About, &dyn Runnable)],
        rehearsal: Rehearsal,
        now: Moment,
    ) -> Result<Vec<Result<Rehearsed, (RefusalKind, Rejection)>>, QueryError> {
        let (snapshot, principal) = (self.snapshot.as_mut(), &self.principal);
        let mut set = WorkingSet::default();
        loop {
            let mut reads = Reads::default();
            let known = set.known();
            for (_, operation) in asked {
                operation.reads(&known, &mut reads);
            }
            if !set.load(reads, snapshot).await? {
                break;
            }
        }
        let mut answers = Vec::with_capacity(asked.len());
        for (about, operation) in asked {
            let question = Question {
                about,
                operation: *operation,
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
                Err(NotApplied::Refused(kind, rejection)) => Err((kind, rejection)),
                Err(NotApplied::Broken(error)) => return Err(error.into()),
                Err(NotApplied::Panicked) => return Err(QueryError::Broken),
            };
            answers.push(answer);
        }
        Ok(answers)
    }
}
