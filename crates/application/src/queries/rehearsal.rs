//! Rehearsals: the results that operations would have, without running them.

use super::{Queries, QueryError, Reading};
use crate::call::{IfMatch, Refused};
use crate::caller::Caller;
use crate::catalogue::{Definition, PreparedOperation, Runnable};
use crate::operation::About;
use crate::work::working_set::{Overlay, Reads, WorkingSet};
use crate::work::{Applied, NotApplied, Question};
use domain::log::RefusalKind;
use domain::log::reader::Snapshot;
use domain::{AnyAggregate, Event, Lookup, Moment, Rejection, Versioned};
use utoipa::openapi::{RefOr, Schema};

/// The result that an operation would have.
#[derive(Debug)]
pub struct Rehearsed {
    /// The outcome as JSON.
    pub outcome: String,
    pub events: Vec<Event>,
    /// What it would change, as far as the caller may see it.
    pub changes: Vec<Changed>,
}

/// A change that an operation would make.
#[derive(Debug)]
pub struct Changed {
    /// `None` if it would be new.
    pub before: Option<Versioned<AnyAggregate>>,
    pub after: Versioned<AnyAggregate>,
    /// When the operation would run.
    pub now: Moment,
}

impl Rehearsed {
    /// What it would change for people, by the name of the list.
    #[must_use]
    pub fn affected(&self) -> Vec<(&'static str, Vec<serde_json::Value>)> {
        let affects = crate::ROOMS.iter().flat_map(|room| room.affects);
        let lists = affects.map(|affects| {
            let listed = self.changes.iter().filter_map(affects.of).collect();
            (affects.name, listed)
        });
        lists.collect()
    }
}

/// Each list of [`Rehearsed::affected`]: its name, and the name and schema of its items.
pub fn affected_lists() -> impl Iterator<Item = (&'static str, &'static str, RefOr<Schema>)> {
    let affects = crate::ROOMS.iter().flat_map(|room| room.affects);
    affects.map(|affects| (affects.name, affects.item, (affects.schema)()))
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
    /// Decides one operation over the open snapshot, as if it were called now.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or the operation panics.
    pub async fn rehearse_call(
        &mut self,
        definition: &'static Definition,
        prepared: &PreparedOperation,
        if_match: Option<&IfMatch>,
    ) -> Result<Result<Rehearsed, Refused>, QueryError> {
        let (now, judged_at) = (self.now(), self.position());
        let answer = match self.permit_to_rehearse() {
            Ok(()) => {
                let asked = [(definition.about, prepared.operation.as_ref(), if_match)];
                let mut answers = self.judge_each(&asked, Rehearsal::Alone, now).await?;
                answers.pop().expect("one answer for each operation")
            }
            Err(rejection) => Err((RefusalKind::Forbidden, rejection)),
        };
        Ok(answer.map_err(|(kind, rejection)| Refused {
            kind,
            rejection,
            judged_at,
            replayed: false,
        }))
    }

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
        self.permit_to_rehearse().map_err(QueryError::Forbidden)?;
        let asked: Vec<_> = asked
            .iter()
            .map(|(definition, ready)| (definition.about, ready.operation.as_ref(), None))
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
        asked: &[(&'static About, &dyn Runnable, Option<&IfMatch>)],
        rehearsal: Rehearsal,
        now: Moment,
    ) -> Result<Vec<Result<Rehearsed, (RefusalKind, Rejection)>>, QueryError> {
        let operations: Vec<_> = asked.iter().map(|(_, operation, _)| *operation).collect();
        let mut set = loaded(&operations, self.snapshot.as_mut()).await?;
        let head = self.snapshot.head().position;
        let (snapshot, principal) = (self.snapshot.as_mut(), &self.principal);
        let own = principal.confined_to();
        let is_shown = |state: &AnyAggregate| {
            let mut shown = crate::ROOMS.iter().flat_map(|room| room.shown);
            own.is_none_or(|own| shown.any(|is_shown| is_shown(state, own)))
        };
        let mut answers = Vec::with_capacity(asked.len());
        for (about, operation, if_match) in asked {
            let question = Question {
                about,
                operation: *operation,
                if_match: *if_match,
                principal,
                now,
                head,
                asks_policy: true,
            };
            let answer = match question.judge(&mut set, snapshot).await {
                Ok(Applied {
                    outcome,
                    changes,
                    events,
                }) => {
                    let shown = changed(&set, &changes, now, is_shown);
                    if rehearsal == Rehearsal::InTurn {
                        set.apply(changes);
                    }
                    Ok(Rehearsed {
                        outcome,
                        events,
                        changes: shown,
                    })
                }
                Err(NotApplied::Refused(kind, rejection)) => Err((kind, rejection)),
                Err(NotApplied::Broken(error)) => return Err(error.into()),
                Err(NotApplied::Panicked) => return Err(QueryError::Broken),
            };
            answers.push(answer);
        }
        Ok(answers)
    }

    /// Decides choices over the open snapshot: each as if it were run after the first possible
    /// choices of the lists before.
    pub(crate) async fn judge_choices(
        &mut self,
        about: &'static About,
        lists: &[Vec<Box<dyn Runnable>>],
    ) -> Result<Vec<Vec<Result<(), Rejection>>>, QueryError> {
        let now = self.now();
        let operations: Vec<_> = lists.iter().flatten().map(AsRef::as_ref).collect();
        let head = self.snapshot.head().position;
        let mut set = loaded(&operations, self.snapshot.as_mut()).await?;
        let mut answers = Vec::with_capacity(lists.len());
        for choices in lists {
            let mut chosen = None;
            let mut judged = Vec::with_capacity(choices.len());
            for choice in choices {
                let question = Question {
                    about,
                    operation: choice.as_ref(),
                    if_match: None,
                    principal: &self.principal,
                    now,
                    head,
                    asks_policy: true,
                };
                judged.push(
                    match question.judge(&mut set, self.snapshot.as_mut()).await {
                        Ok(applied) => {
                            chosen.get_or_insert(applied.changes);
                            Ok(())
                        }
                        Err(NotApplied::Refused(_, rejection)) => Err(rejection),
                        Err(NotApplied::Broken(error)) => return Err(error.into()),
                        Err(NotApplied::Panicked) => return Err(QueryError::Broken),
                    },
                );
            }
            if let Some(changes) = chosen {
                set.apply(changes);
            }
            answers.push(judged);
        }
        Ok(answers)
    }
}

/// What operations read, loaded at once.
async fn loaded(
    operations: &[&dyn Runnable],
    snapshot: &mut dyn Snapshot,
) -> Result<WorkingSet, QueryError> {
    let mut set = WorkingSet::default();
    loop {
        let mut reads = Reads::default();
        let known = set.known();
        for operation in operations {
            operation.reads(&known, &mut reads);
        }
        if !set.load(reads, snapshot).await? {
            return Ok(set);
        }
    }
}

/// The changes that are shown, by kind and id.
fn changed(
    set: &WorkingSet,
    changes: &Overlay,
    now: Moment,
    is_shown: impl Fn(&AnyAggregate) -> bool,
) -> Vec<Changed> {
    let seen = changes.0.iter().filter(|(_, after)| is_shown(&after.state));
    let seen = seen.map(|((kind, id), after)| Changed {
        before: set.get(&Lookup::id(*kind, *id)).flatten().cloned(),
        after: after.clone(),
        now,
    });
    seen.collect()
}
