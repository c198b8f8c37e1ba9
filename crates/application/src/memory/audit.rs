//! What `verify` reads of the store in memory.

use super::{MemorySnapshot, limited};
use async_trait::async_trait;
use domain::log::reader::Audit;
use domain::log::store::StoreError;
use domain::log::{FacetSum, SealKey};
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

    async fn facets(&mut self) -> Result<FacetSum, StoreError> {
        let mut sum = FacetSum::default();
        for change in &self.0.list_changes {
            let states = if change.joins { 1 } else { -1 };
            sum.add(change.kind, &change.facet, states);
        }
        Ok(sum)
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
