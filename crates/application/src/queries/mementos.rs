//! Mementos (RFC 7089): the versions of one thing, by the time at which they were recorded.

use super::{QueryError, Reading, Viewed};
use domain::log::HistoryRow;
use domain::log::store::StoreError;
use domain::{Kind, Lookup, Moment, Names};
use uuid::Uuid;

/// The most mementos on a page of a time map.
pub const MEMENTOS_MAX: u64 = 500;

/// Microseconds in a second, the precision of times in HTTP.
const SECOND: i64 = 1_000_000;

/// A version with its place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memento {
    pub version: u64,
    /// The position of the entry that made it.
    pub position: u64,
    /// When that entry was recorded.
    pub recorded_at: Moment,
}

impl From<&HistoryRow> for Memento {
    fn from(row: &HistoryRow) -> Self {
        Self {
            version: row.version,
            position: row.position,
            recorded_at: row.recorded_at,
        }
    }
}

/// A memento and those that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    pub own: Memento,
    pub first: Memento,
    pub prev: Option<Memento>,
    pub next: Option<Memento>,
    pub last: Memento,
}

/// A page of a time map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeMap {
    /// The mementos of this page, oldest first. Empty if there is no such page.
    pub mementos: Vec<Memento>,
    /// The number of mementos on all pages.
    pub total: u64,
    /// The first and the last memento of the page before.
    pub before: Option<(Memento, Memento)>,
    /// The first and the last memento of the page after.
    pub after: Option<(Memento, Memento)>,
}

impl Reading {
    /// The memento that a time with whole seconds names: the last version recorded by the end of that
    /// second, or the first one if all were recorded later. Without a time, the last one.
    ///
    /// # Errors
    ///
    /// Not found if the thing does not exist or is not visible to the caller. Refuses what the policy
    /// forbids. Fails if the store cannot be read.
    pub async fn memento<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        second: Option<Moment>,
    ) -> Result<Neighbours, QueryError> {
        self.permit_versions::<A>()?;
        let current = self.current::<A>(name).await?;
        let (id, last) = (current.state.id(), current.version);
        let version = match second {
            None => last,
            Some(second) => {
                let end = second.plus_micros(SECOND - 1);
                let position = self.snapshot.position_at(end).await?;
                let lookup = Lookup::id(A::KIND, id);
                let found = self.snapshot.state_at(&lookup, position).await?;
                found.map_or(1, |row| row.version)
            }
        };
        Ok(self.neighbours(A::KIND, id, version, last).await?)
    }

    /// The memento of a version, and those that it leads to.
    ///
    /// # Errors
    ///
    /// As for [`Reading::memento`].
    pub async fn memento_of<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        version: u64,
    ) -> Result<Neighbours, QueryError> {
        self.permit_versions::<A>()?;
        let current = self.current::<A>(name).await?;
        let (id, last) = (current.state.id(), current.version);
        Ok(self.neighbours(A::KIND, id, version, last).await?)
    }

    /// A page of the time map, counted from 1.
    ///
    /// # Errors
    ///
    /// As for [`Reading::memento`].
    pub async fn time_map<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        page: u64,
    ) -> Result<TimeMap, QueryError> {
        self.permit_versions::<A>()?;
        let current = self.current::<A>(name).await?;
        let (id, total) = (current.state.id(), current.version);
        let from = page.saturating_sub(1).saturating_mul(MEMENTOS_MAX);
        let rows = self.snapshot.history_of(A::KIND, id, from, MEMENTOS_MAX);
        let mementos: Vec<Memento> = rows.await?.iter().map(Memento::from).collect();
        let ends = (from + 1 > MEMENTOS_MAX).then(|| (from + 1 - MEMENTOS_MAX, from));
        let before = self.ends(A::KIND, id, ends).await?;
        let end = from.saturating_add(MEMENTOS_MAX);
        let ends = (total > end).then(|| (end + 1, total.min(end + MEMENTOS_MAX)));
        let after = self.ends(A::KIND, id, ends).await?;
        Ok(TimeMap {
            mementos,
            total,
            before,
            after,
        })
    }

    async fn ends(
        &mut self,
        kind: Kind,
        id: Uuid,
        versions: Option<(u64, u64)>,
    ) -> Result<Option<(Memento, Memento)>, StoreError> {
        let Some((first, last)) = versions else {
            return Ok(None);
        };
        let first = self.some_mementos(kind, id, first, 1).await?;
        let last = self.some_mementos(kind, id, last, 1).await?;
        Ok(first.first().copied().zip(last.first().copied()))
    }

    /// The mementos of some versions.
    async fn some_mementos(
        &mut self,
        kind: Kind,
        id: Uuid,
        from: u64,
        count: u64,
    ) -> Result<Vec<Memento>, StoreError> {
        let after = from.saturating_sub(1);
        let rows = self.snapshot.history_of(kind, id, after, count).await?;
        Ok(rows.iter().map(Memento::from).collect())
    }

    async fn neighbours(
        &mut self,
        kind: Kind,
        id: Uuid,
        version: u64,
        last: u64,
    ) -> Result<Neighbours, StoreError> {
        let from = version.saturating_sub(1).max(1);
        let near = self.some_mementos(kind, id, from, 3).await?;
        let first = self.some_mementos(kind, id, 1, 1).await?;
        let last = self.some_mementos(kind, id, last, 1).await?;
        let near = |version: u64| near.iter().find(|own| own.version == version).copied();
        let found = near(version).zip(first.first()).zip(last.first());
        let ((own, first), last) = found
            .ok_or_else(|| StoreError::data(format!("history of {id}: a version is missing")))?;
        Ok(Neighbours {
            own,
            first: *first,
            prev: near(version.saturating_sub(1)),
            next: near(version.saturating_add(1)),
            last: *last,
        })
    }
}
