//! Decides a recorded operation again, from the state before it.

use super::groups::{Groups, Member, group};
use super::past::Past;
use super::{Trouble, bad, sealed};
use crate::access::policy::POLICY_VERSION;
use crate::catalogue::{Definition, Runnable};
use crate::upcasters::{Upcast, upcast};
use crate::work::working_set::WorkingSet;
use crate::work::{Applied, NotApplied, Question};
use domain::aggregate::Name;
use domain::log::reader::Snapshot;
use domain::log::seal;
use domain::log::store::StoreError;
use domain::log::{Entry, HistoryRow, RefusalKind};
use domain::{AnyAggregate, Event, Kind, RULES_VERSION, Versioned};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// The maximum number of states kept from one entry to the next. Beyond it, all are dropped and
/// read again.
const STATES_MAX: usize = 20_000;

/// The replay of one part of the log, with the latest states it has seen.
#[derive(Default)]
pub(super) struct Replay {
    pub(super) replayed: u64,
    /// Entries that asked for a list and must wait until all groups are known.
    pub(super) waiting: Vec<u64>,
    /// What this part has added to groups.
    pub(super) members: HashSet<Member>,
    /// All groups, once they are known.
    pub(super) groups: Option<Arc<Groups>>,
    states: HashMap<(Kind, Uuid), Versioned<AnyAggregate>>,
    keys: HashMap<(Kind, String), Uuid>,
}

impl Replay {
    /// A replay of what had to wait.
    pub(super) fn with(groups: Arc<Groups>) -> Self {
        Self {
            groups: Some(groups),
            ..Self::default()
        }
    }

    /// Reads in bulk what the next entries change, as it was at the position before them.
    pub(super) async fn fetch(
        &mut self,
        snapshot: &mut dyn Snapshot,
        before: u64,
        rows: &[HistoryRow],
    ) -> Result<(), Trouble> {
        let mut missing: BTreeMap<Kind, BTreeSet<Uuid>> = BTreeMap::new();
        let mut new: HashSet<(Kind, Uuid)> = HashSet::new();
        for row in rows {
            let place = (row.kind, row.id);
            if row.version == 1 {
                new.insert(place);
            } else if !new.contains(&place) && !self.states.contains_key(&place) {
                missing.entry(row.kind).or_default().insert(row.id);
            }
        }
        for (kind, ids) in missing {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let rows = snapshot.states_of(kind, &ids, before).await?;
            self.keep_rows(snapshot, &rows).await?;
        }
        Ok(())
    }

    /// Reads `entry`. Unless other rules decided it, decides it again and compares outcome, events and
    /// states.
    pub(super) async fn entry(
        &mut self,
        snapshot: &mut dyn Snapshot,
        entry: &Entry,
        history: &[HistoryRow],
    ) -> Result<(), Trouble> {
        let position = entry.position;
        let recorded = recorded(snapshot, entry).await?;
        let recorded = recorded.filter(|_| entry.rules_version == RULES_VERSION);
        let Some((definition, operation)) = recorded else {
            return self.skip(snapshot, history).await;
        };
        let mut past = Past {
            replay: self,
            snapshot,
            before: position - 1,
            changed: history,
            waits: false,
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
            head: position - 1,
            asks_policy: entry.policy_version == POLICY_VERSION,
        };
        let applied = question.judge(&mut set, &mut past).await;
        if past.waits {
            self.waiting.push(position);
            return self.skip(snapshot, history).await;
        }
        let applied = applied.map_err(|no| not_applied(position, no))?;
        let stored = sealed::states(snapshot, history).await?;
        compare(&applied, entry, history, &stored)?;
        for changed in applied.changes.0.into_values() {
            self.note(&changed.state);
            self.keep(changed);
        }
        self.replayed += 1;
        Ok(())
    }

    /// Takes over the states that an entry wrote, as far as they have groups, and drops the others.
    async fn skip(
        &mut self,
        snapshot: &mut dyn Snapshot,
        history: &[HistoryRow],
    ) -> Result<(), Trouble> {
        for row in history {
            self.states.remove(&(row.kind, row.id));
        }
        for row in history.iter().filter(|row| row.kind.has_groups()) {
            let kept = self.keep_rows(snapshot, std::slice::from_ref(row)).await;
            let unreadable = |error: StoreError| bad(row.position, error.to_string());
            for kept in kept.map_err(unreadable)? {
                self.note(&kept.state);
            }
        }
        Ok(())
    }

    /// Notes the groups of a state.
    fn note(&mut self, state: &AnyAggregate) {
        if state.kind().has_groups() && self.groups.is_none() {
            let (kind, id) = (state.kind(), state.id());
            let groups = state.groups().into_iter();
            self.members
                .extend(groups.map(|name| (group(kind, &name), id)));
        }
    }

    /// Keeps states of the history.
    pub(super) async fn keep_rows(
        &mut self,
        snapshot: &mut dyn Snapshot,
        rows: &[HistoryRow],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        let found = seal::states(snapshot, rows).await?;
        for state in &found {
            self.keep(state.clone());
        }
        Ok(found)
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

    pub(super) fn kept(&self, kind: Kind, name: &Name) -> Option<&Versioned<AnyAggregate>> {
        let id = match name {
            Name::Id(id) => *id,
            Name::Key(key) => *self.keys.get(&(kind, key.clone()))?,
        };
        self.states.get(&(kind, id))
    }

    /// Drops all states, before an entry that does not follow the last one, or at the end.
    pub(super) fn forget(&mut self) {
        self.states = HashMap::new();
        self.keys = HashMap::new();
    }
}

/// The operation of an entry, in the version that this release runs; `None` if nobody can decide it
/// again. See [`sealed::input`].
async fn recorded(
    snapshot: &mut dyn Snapshot,
    entry: &Entry,
) -> Result<Option<(&'static Definition, Box<dyn Runnable>)>, Trouble> {
    let position = entry.position;
    let read = upcast(entry).map_err(|error| bad(position, error.to_string()))?;
    let Some(input) = sealed::input(snapshot, read.definition, &read.input, entry).await? else {
        return Ok(None);
    };
    Ok(Some((read.definition, runnable(&read, &input, position)?)))
}

fn runnable(read: &Upcast<'_>, input: &str, position: u64) -> Result<Box<dyn Runnable>, Trouble> {
    let operation = read.definition.replay(input, &read.prepared);
    operation.map_err(|error| bad(position, format!("the input cannot be read: {error}")))
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
fn compare(
    applied: &Applied,
    entry: &Entry,
    history: &[HistoryRow],
    stored: &[Option<AnyAggregate>],
) -> Result<(), Trouble> {
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
    let is_stored =
        |changed: &AnyAggregate, row: &HistoryRow, opened: &Option<AnyAggregate>| match opened {
            Some(opened) => opened == changed,
            None => changed.json() == row.state,
        };
    let rows = history.iter().zip(stored);
    let same = states.len() == history.len()
        && states.iter().zip(rows).all(|(changed, (row, opened))| {
            (changed.version, changed.state.id()) == (row.version, row.id)
                && is_stored(&changed.state, row, opened)
        });
    match same {
        true => Ok(()),
        false => Err(bad(position, "decided again, the states differ")),
    }
}
