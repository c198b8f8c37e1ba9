//! Decides a recorded operation again, from the state before it.

use super::{Trouble, bad};
use crate::access::policy::{POLICY_VERSION, Principal};
use crate::catalogue::{Definition, Runnable};
use crate::upcasters::upcast;
use crate::work::working_set::{Reads, WorkingSet};
use crate::work::{Applied, NotApplied, Question};
use async_trait::async_trait;
use domain::access::User;
use domain::aggregate::Name;
use domain::list::AnyFilter;
use domain::log::reader::Snapshot;
use domain::log::store::{Loader, StoreError};
use domain::log::{Actor, Entry, HistoryRow, RefusalKind};
use domain::{AnyAggregate, Event, Kind, Lookup, Versioned};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The maximum number of states kept from one entry to the next. Beyond it, all are dropped and
/// read again.
const STATES_MAX: usize = 20_000;

/// The replay so far, with the latest states it has seen.
#[derive(Default)]
pub(super) struct Replay {
    pub(super) replayed: u64,
    states: HashMap<(Kind, Uuid), Versioned<AnyAggregate>>,
    keys: HashMap<(Kind, String), Uuid>,
    /// What has belonged to each group of a kind, at any time until now. Grows with the log, by an
    /// id for each cargo and voyage.
    groups: HashMap<(Kind, String), BTreeSet<Uuid>>,
}

impl Replay {
    /// Decides `entry` again and compares outcome, events and states.
    pub(super) async fn entry(
        &mut self,
        snapshot: &mut dyn Snapshot,
        entry: &Entry,
        history: &[HistoryRow],
    ) -> Result<(), Trouble> {
        let position = entry.position;
        let (definition, operation) = recorded(entry)?;
        let mut past = Past {
            replay: self,
            snapshot,
            before: position - 1,
            changed: history.iter().map(|row| (row.kind, row.id)).collect(),
        };
        let mut set = WorkingSet::default();
        let principal = past.principal(&mut set, &entry.actor).await?;
        let principal =
            principal.ok_or_else(|| bad(position, "the actor did not exist at that time"))?;
        let question = Question {
            about: definition.about,
            operation: operation.as_ref(),
            if_match: None,
            principal: &principal,
            now: entry.recorded_at,
            asks_policy: entry.policy_version == POLICY_VERSION,
        };
        let applied = question.judge(&mut set, &mut past).await;
        let applied = applied.map_err(|no| not_applied(position, no))?;
        compare(&applied, entry, history)?;
        for changed in applied.changes.0.into_values() {
            self.keep(changed);
        }
        self.replayed += 1;
        Ok(())
    }

    /// Reads an entry of other rules, without deciding it again, and drops the states that it changed.
    pub(super) fn skip(&mut self, entry: &Entry, history: &[HistoryRow]) -> Result<(), Trouble> {
        recorded(entry)?;
        for row in history {
            self.states.remove(&(row.kind, row.id));
        }
        Ok(())
    }

    /// Notes the groups of the states that an entry wrote.
    pub(super) fn note_groups(&mut self, history: &[HistoryRow]) -> Result<(), Trouble> {
        for row in history.iter().filter(|row| row.kind.has_groups()) {
            let state = row.kind.state_from_json(&row.state);
            let unreadable = |error| bad(row.position, format!("history of {}: {error}", row.id));
            for group in state.map_err(unreadable)?.groups() {
                self.groups
                    .entry((row.kind, group))
                    .or_default()
                    .insert(row.id);
            }
        }
        Ok(())
    }

    fn keep(&mut self, state: Versioned<AnyAggregate>) {
        if self.states.len() >= STATES_MAX {
            self.states.clear();
            self.keys.clear();
        }
        let place = (state.state.kind(), state.state.id());
        if let Some(key) = state.state.natural_key() {
            self.keys.insert((place.0, key.to_owned()), place.1);
        }
        self.states.insert(place, state);
    }

    fn kept(&self, lookup: &Lookup) -> Option<&Versioned<AnyAggregate>> {
        let id = match &lookup.name {
            Name::Id(id) => *id,
            Name::Key(key) => *self.keys.get(&(lookup.kind, key.clone()))?,
        };
        self.states.get(&(lookup.kind, id))
    }
}

/// The operation of an entry, in the version that this release runs.
fn recorded(entry: &Entry) -> Result<(&'static Definition, Box<dyn Runnable>), Trouble> {
    let position = entry.position;
    let read = upcast(entry).map_err(|error| bad(position, error.to_string()))?;
    let operation = read.definition.replay(&read.input, &read.prepared);
    let operation =
        operation.map_err(|error| bad(position, format!("the input cannot be read: {error}")))?;
    Ok((read.definition, operation))
}

/// Why a recorded operation could not be decided again.
fn not_applied(position: u64, no: NotApplied) -> Trouble {
    let what = match no {
        NotApplied::Refused(RefusalKind::Forbidden, rejection) => {
            format!("the policy forbids the operation: {rejection}")
        }
        NotApplied::Refused(_, rejection) => {
            format!("the operation fails when decided again: {rejection}")
        }
        NotApplied::Broken(error) => format!("the operation fails when decided again: {error}"),
        NotApplied::Panicked => "the operation panics when decided again".to_owned(),
    };
    bad(position, what)
}

/// Compares what was decided again with what the log has.
fn compare(applied: &Applied, entry: &Entry, history: &[HistoryRow]) -> Result<(), Trouble> {
    let position = entry.position;
    if applied.outcome != entry.outcome {
        let what = format!("decided again, the outcome is {}", applied.outcome);
        return Err(bad(position, what));
    }
    if Event::list_to_json(&applied.events) != entry.events {
        return Err(bad(position, "decided again, the events differ"));
    }
    let mut states: Vec<_> = applied.changes.0.values().collect();
    states.sort_by_key(|changed| (changed.state.kind().word(), changed.state.id()));
    let same = states.len() == history.len()
        && states.iter().zip(history).all(|(changed, row)| {
            (changed.version, changed.state.id()) == (row.version, row.id)
                && changed.state.json() == row.state
        });
    match same {
        true => Ok(()),
        false => Err(bad(position, "decided again, the states differ")),
    }
}

/// The states before one position.
struct Past<'a> {
    replay: &'a mut Replay,
    snapshot: &'a mut dyn Snapshot,
    before: u64,
    /// What the entry changed.
    changed: Vec<(Kind, Uuid)>,
}

impl Past<'_> {
    async fn principal(
        &mut self,
        set: &mut WorkingSet,
        actor: &Actor,
    ) -> Result<Option<Principal>, StoreError> {
        let name = match actor {
            Actor::System(part) => return Ok(Some(Principal::System(part.clone().into()))),
            Actor::User(name) => name,
        };
        let mut reads = Reads::default();
        reads.add::<User>(name);
        set.load(reads, self).await?;
        Ok(set.known().get::<User>(name).cloned().map(Principal::User))
    }

    async fn one(&mut self, lookup: Lookup) -> Result<Option<Versioned<AnyAggregate>>, StoreError> {
        if let Some(kept) = self.replay.kept(&lookup) {
            return Ok(Some(kept.clone()));
        }
        let Some(row) = self.snapshot.state_at(&lookup, self.before).await? else {
            return Ok(None);
        };
        let state = row
            .kind
            .state_from_json(&row.state)
            .map_err(|error| StoreError::data(format!("history of {}: {error}", row.id)))?;
        let found = Versioned {
            version: row.version,
            state,
        };
        self.replay.keep(found.clone());
        Ok(Some(found))
    }
}

#[async_trait]
impl Loader for Past<'_> {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        let mut found = Vec::new();
        let by_id = ids.iter().map(|id| Lookup::id(kind, *id));
        for lookup in by_id.chain(keys.iter().map(|key| Lookup::key(kind, key))) {
            found.extend(self.one(lookup).await?);
        }
        Ok(found)
    }

    /// What has ever belonged to the groups of the filter, what the filter admits now, and what the
    /// entry changed. Without groups, misses what the filter admitted only then.
    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        let kind = filter.kind();
        let mut ids: BTreeSet<Uuid> = self.snapshot.ids(filter).await?.into_iter().collect();
        for group in filter.groups() {
            let group = self.replay.groups.get(&(kind, group));
            ids.extend(group.into_iter().flatten());
        }
        let changed = self.changed.iter().filter(|own| own.0 == kind);
        ids.extend(changed.map(|(_, id)| *id));
        Ok(ids.into_iter().collect())
    }
}
