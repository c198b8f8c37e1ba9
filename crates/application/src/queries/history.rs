//! The versions of one thing: what each of them changed, and the operation that made it.

use super::answers::{CauseView, MakerView, VersionState, VersionView};
use super::difference::differences;
use super::{Page, QueryError, Reading, Viewed, decode};
use crate::call::target_text;
use crate::upcasters;
use domain::log::seal::Keyring;
use domain::log::store::StoreError;
use domain::log::{Entry, HistoryRow};
use domain::{AnyAggregate, Lookup, Moment, Names, Versioned};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// A field that says in each state how often it has changed. That is no difference.
const VERSION: &str = "/version";

impl Reading {
    /// The versions of one resource, oldest first.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist or is not visible to the caller. Refuses an invalid cursor
    /// and what the policy forbids. Fails if the store cannot be read.
    pub async fn history<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<VersionView<A::View>>, QueryError> {
        let after = match cursor {
            None => 0,
            Some(cursor) => decode(cursor)?.parse().map_err(|_| QueryError::BadCursor)?,
        };
        let current = self.with_history::<A>(name).await?;
        let versions = self.compared::<A>(&current, after, limit + 1).await?;
        Ok(self.page(versions, limit, |item| item.version.to_string()))
    }

    /// The versions of one resource up to one, latest first. Also returns whether there are older ones.
    ///
    /// # Errors
    ///
    /// As for [`Reading::history`].
    pub async fn history_before<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        before: Option<u64>,
        limit: u64,
    ) -> Result<(Vec<VersionView<A::View>>, bool), QueryError> {
        let current = self.with_history::<A>(name).await?;
        let newest = match before {
            None => current.version,
            Some(before) => current.version.min(before.saturating_sub(1)),
        };
        let after = newest.saturating_sub(limit);
        let count = newest - after;
        let mut versions = self.compared::<A>(&current, after, count).await?;
        versions.reverse();
        Ok((versions, after > 0))
    }

    /// The latest states of one resource, oldest first.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist or is not visible to the caller. Refuses what the policy
    /// forbids. Fails if the store cannot be read.
    pub async fn latest_versions<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        limit: u64,
    ) -> Result<Vec<VersionState<A::View>>, QueryError> {
        let current = self.current::<A>(name).await?;
        let after = current.version.saturating_sub(limit);
        self.versions::<A>(&current, after, limit).await
    }

    /// The states of one resource since a version, that one included, oldest first.
    ///
    /// # Errors
    ///
    /// As for [`Reading::history`].
    pub async fn versions_since<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        version: u64,
        limit: u64,
    ) -> Result<Vec<VersionState<A::View>>, QueryError> {
        let current = self.with_history::<A>(name).await?;
        let after = version.saturating_sub(1);
        self.versions::<A>(&current, after, limit).await
    }

    /// The current state of a resource whose past the reader may see.
    async fn with_history<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
    ) -> Result<Versioned<AnyAggregate>, QueryError> {
        self.permit_versions::<A>()?;
        self.current::<A>(name).await
    }

    async fn versions<A: Viewed>(
        &mut self,
        current: &Versioned<AnyAggregate>,
        after: u64,
        limit: u64,
    ) -> Result<Vec<VersionState<A::View>>, QueryError> {
        let id = current.state.id();
        let rows = self.snapshot.history_of(A::KIND, id, after, limit).await?;
        let ring = Keyring::load(self.snapshot.as_mut(), [(A::KIND, id)]).await?;
        let read = |row: HistoryRow| {
            let state = read::<A>(&row, &ring)?;
            Ok(VersionState {
                version: row.version,
                position: row.position,
                state: self.past_view(row.version, state, row.recorded_at),
                recorded_at: row.recorded_at,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The versions after one, each compared with the version before it, and with the entry that made
    /// it. All entries are one read.
    async fn compared<A: Viewed>(
        &mut self,
        current: &Versioned<AnyAggregate>,
        after: u64,
        limit: u64,
    ) -> Result<Vec<VersionView<A::View>>, QueryError> {
        let id = current.state.id();
        let from = after.saturating_sub(1);
        let many = limit.saturating_add(after - from);
        let rows = self.snapshot.history_of(A::KIND, id, from, many).await?;
        let mut rows = rows.into_iter().peekable();
        let before = rows.next_if(|row| row.version <= after);
        let ring = Keyring::load(self.snapshot.as_mut(), [(A::KIND, id)]).await?;
        let before = before.as_ref().map(|row| read::<A>(row, &ring));
        let mut before = before.transpose()?;
        let rows: Vec<HistoryRow> = rows.collect();
        let positions: Vec<u64> = rows.iter().map(|row| row.position).collect();
        let entries = self.snapshot.entries_at(&positions).await?;
        let mut entries: HashMap<u64, Entry> =
            entries.into_iter().map(|own| (own.position, own)).collect();
        let own = own_target(&current.state);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let state = read::<A>(&row, &ring)?;
            let now = row.recorded_at;
            // Both at the same time: what follows from the clock was not done by the operation.
            let old = before.replace(state.clone());
            let old = old.map(|old| self.past_view(row.version, old, now));
            let view = self.past_view(row.version, state, now);
            let nothing = || Value::Object(serde_json::Map::new());
            let was = old.as_ref().map_or_else(nothing, written);
            let mut changes = differences(&was, &written(&view));
            changes.retain(|own| own.field != VERSION);
            items.push(VersionView {
                version: row.version,
                position: row.position,
                recorded_at: now,
                made_by: entries
                    .remove(&row.position)
                    .map(|entry| self.maker(entry, &own)),
                changes,
                state: view,
                before: old,
            });
        }
        Ok(items)
    }

    fn past_view<A: Viewed>(&self, version: u64, state: A, now: Moment) -> A::View {
        self.view(Versioned { version, state }, now, true)
    }

    /// What the reader may learn of the operation that made a version.
    fn maker(&self, entry: Entry, own: &str) -> MakerView {
        let is_own = entry.target.as_deref() == Some(own);
        let all = self.may_see_makers();
        let by_reader = entry.actor == self.principal.actor();
        let reason = upcasters::reason(&entry.operation, entry.version, &entry.input);
        let cause = entry.cause.filter(|_| all).map(|cause| CauseView {
            position: cause.position,
            reactor: cause.reactor,
        });
        let program = format!("{} rules {}", entry.program, entry.rules_version);
        MakerView {
            reason: reason.filter(|_| all || is_own),
            operation: entry.operation,
            target: entry.target.filter(|_| all || is_own),
            actor: (all || by_reader).then(|| entry.actor.to_string()),
            cause,
            program: all.then_some(program),
        }
    }
}

/// A thing as the target of its own operations.
fn own_target(state: &AnyAggregate) -> String {
    let kind = state.kind();
    target_text(&match state.natural_key() {
        Some(key) => Lookup::key(kind, key),
        None => Lookup::id(kind, state.id()),
    })
}

fn read<A: Viewed>(row: &HistoryRow, ring: &Keyring) -> Result<A, StoreError> {
    let state = ring.state(row)?;
    let state = A::from_any(&state).cloned();
    state.ok_or_else(|| StoreError::data(format!("history of {}: another kind", row.id)))
}

fn written<V: Serialize>(view: &V) -> Value {
    serde_json::to_value(view).expect("a view can be written")
}
