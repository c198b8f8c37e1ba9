//! The keys of personal fields in memory.

use super::Tables;
use domain::Kind;
use domain::log::store::StoreError;
use domain::log::{KeyChanges, SealKey};
use uuid::Uuid;

impl Tables {
    pub(super) fn keys(&self, kind: Kind, ids: &[Uuid]) -> Vec<(Uuid, SealKey)> {
        let known = ids.iter().map(|id| (id, self.keys.get(&(kind, *id))));
        known
            .filter_map(|(id, key)| Some((*id, key?.clone())))
            .collect()
    }

    /// The keys of a kind, by id, after an id.
    pub(super) fn keys_after(
        &self,
        kind: Kind,
        after: Option<Uuid>,
    ) -> impl Iterator<Item = (Uuid, SealKey)> {
        let keys = self.keys.iter();
        keys.filter(move |((of, id), _)| *of == kind && after.is_none_or(|after| *id > after))
            .map(|((_, id), key)| (*id, key.clone()))
    }

    pub(super) fn change_keys(&mut self, changes: &KeyChanges) -> Result<(), StoreError> {
        for (kind, id, key) in &changes.new {
            let before = self.keys.insert((*kind, *id), key.clone());
            if before.is_some() {
                return Err(StoreError::data(format!("{kind} {id} has a key already")));
            }
        }
        for (kind, id) in &changes.destroyed {
            if self.keys.remove(&(*kind, *id)).is_none() {
                return Err(StoreError::data(format!("{kind} {id} has no key")));
            }
        }
        Ok(())
    }
}
