//! The states before one position, for an entry that is decided again.

use super::groups::group;
use super::replay::Replay;
use crate::access::policy::Principal;
use crate::work::working_set::{Reads, WorkingSet};
use async_trait::async_trait;
use domain::access::User;
use domain::aggregate::Name;
use domain::list::AnyFilter;
use domain::log::reader::Snapshot;
use domain::log::store::{Loader, StoreError};
use domain::log::{Actor, HistoryRow};
use domain::{AnyAggregate, Kind, Lookup, Versioned};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The states before one position.
pub(super) struct Past<'a> {
    pub(super) replay: &'a mut Replay,
    pub(super) snapshot: &'a mut dyn Snapshot,
    pub(super) before: u64,
    /// What the entry changed.
    pub(super) changed: &'a [HistoryRow],
    /// Whether the entry asks for a list that cannot be answered before all groups are known.
    pub(super) waits: bool,
}

impl Past<'_> {
    pub(super) async fn principal(
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

    async fn under_key(
        &mut self,
        kind: Kind,
        key: &str,
    ) -> Result<Option<Versioned<AnyAggregate>>, StoreError> {
        if let Some(kept) = self.replay.kept(kind, &Name::Key(key.to_owned())) {
            return Ok(Some(kept.clone()));
        }
        // Keys never change, so what the entry itself creates under this key did not exist before.
        let mut own = self.changed.iter().filter(|row| row.kind == kind);
        let is_new = own.any(|row| {
            let has_key = |state: AnyAggregate| state.natural_key() == Some(key);
            row.version == 1 && row.state.contains(key) && row.aggregate().is_ok_and(has_key)
        });
        if is_new {
            return Ok(None);
        }
        let lookup = Lookup::key(kind, key);
        let row = self.snapshot.state_at(&lookup, self.before).await?;
        let kept = self.replay.keep_rows(self.snapshot, row.as_slice()).await?;
        Ok(kept.into_iter().next())
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
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            match self.replay.kept(kind, &Name::Id(*id)) {
                Some(kept) => found.push(kept.clone()),
                None => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            let rows = self.snapshot.states_of(kind, &missing, self.before).await?;
            found.append(&mut self.replay.keep_rows(self.snapshot, &rows).await?);
        }
        for key in keys {
            found.extend(self.under_key(kind, key).await?);
        }
        Ok(found)
    }

    /// What has ever belonged to the groups of the filter, what the filter admits now, and what the
    /// entry changed. Without groups, misses what the filter admitted only then.
    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        let (kind, groups) = (filter.kind(), filter.groups());
        let mut ids: BTreeSet<Uuid> = BTreeSet::new();
        match &self.replay.groups {
            Some(known) => {
                let groups = groups.iter().map(|name| group(kind, name));
                ids.extend(groups.flat_map(|group| known.of(group)));
            }
            None if groups.is_empty() => {}
            None => {
                self.waits = true;
                return Err(StoreError::retry("not all groups are known yet"));
            }
        }
        ids.extend(self.snapshot.ids(filter).await?);
        let changed = self.changed.iter().filter(|own| own.kind == kind);
        ids.extend(changed.map(|own| own.id));
        Ok(ids.into_iter().collect())
    }
}
