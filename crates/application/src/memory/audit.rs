//! What `verify` reads of the store in memory.

use super::{MemorySnapshot, Tables, limited};
use async_trait::async_trait;
use domain::log::reader::Audit;
use domain::log::store::StoreError;
use domain::log::tree::{Node, Tree};
use domain::log::{ListChange, Progress, SealKey};
use domain::{AnyAggregate, Kind, Versioned};
use uuid::Uuid;

#[async_trait]
impl Audit for MemorySnapshot {
    async fn all(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        let rows = self.0.of(kind);
        let beyond = rows.filter(|row| after.is_none_or(|after| row.state.id() > after));
        Ok(limited(beyond.cloned(), limit))
    }

    async fn id_after(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        rows: u64,
    ) -> Result<Option<Uuid>, StoreError> {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let ids = self.0.of(kind).map(|row| row.state.id());
        let mut beyond = ids.filter(|id| after.is_none_or(|after| *id > after));
        Ok(beyond.nth(rows.saturating_sub(1)))
    }

    async fn all_keys(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        Ok(limited(self.0.keys_after(kind, after), limit))
    }

    async fn count(&mut self, kind: Kind) -> Result<u64, StoreError> {
        Ok(self.0.of(kind).count() as u64)
    }

    async fn totals(&mut self) -> Result<(u64, u64), StoreError> {
        Ok((self.0.entries.len() as u64, self.0.history.len() as u64))
    }

    async fn list_changes(
        &mut self,
        after: Option<&ListChange>,
        limit: u64,
    ) -> Result<Vec<ListChange>, StoreError> {
        fn key(own: &ListChange) -> (Kind, &str, &str, u64) {
            (own.kind, &own.facet, &own.place, own.position)
        }
        let changes = self.0.list_changes.iter();
        let mut beyond: Vec<_> = changes
            .filter(|own| after.is_none_or(|after| key(own) > key(after)))
            .collect();
        beyond.sort_by_key(|own| key(own));
        Ok(limited(beyond.into_iter().cloned(), limit))
    }

    async fn nodes(
        &mut self,
        after: Option<(u32, u64)>,
        limit: u64,
    ) -> Result<Vec<Node>, StoreError> {
        let mut tree = Tree::default();
        let entries = self.0.entries.iter();
        let mut nodes: Vec<Node> = entries.flat_map(|entry| tree.push(entry.hash)).collect();
        nodes.retain(|own| Some((own.level, own.number)) > after);
        nodes.sort_by_key(|own| (own.level, own.number));
        Ok(limited(nodes.into_iter(), limit))
    }

    async fn checkpoints(
        &mut self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(String, Option<Progress>)>, StoreError> {
        let Tables {
            checkpoints,
            progress,
            ..
        } = &self.0;
        let within = checkpoints.keys().map(|name| (name.clone(), None));
        let outside = progress.iter();
        let outside = outside.map(|(name, own)| (name.clone(), Some(own.clone())));
        let mut all: Vec<_> = within.chain(outside).collect();
        all.retain(|(name, _)| Some(name.as_str()) > after);
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(limited(all.into_iter(), limit))
    }

    async fn damage(&mut self) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    async fn set_up(&mut self) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    async fn ill_formed(&mut self) -> Result<Option<(u64, String)>, StoreError> {
        Ok(None)
    }
}
