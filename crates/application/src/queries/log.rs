//! Reads the log and the refusals.

use super::Missing;
use super::{ChangeView, EntryView, Page, QueryError, Reading, RefusalView, decode};
use crate::access::policy::Read;
use crate::follow::Committed;
use domain::log::reader::LogFilter;
use domain::log::retention::RefusalCounts;
use std::ops::RangeInclusive;
use uuid::Uuid;

impl Reading {
    /// Log entries from a position on, oldest first.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn log(
        &mut self,
        filter: &LogFilter,
        from: u64,
        limit: u64,
    ) -> Result<Page<EntryView>, QueryError> {
        self.permit(Read::Log)?;
        let entries = self.snapshot.entries(filter, from, limit + 1).await?;
        let items: Vec<EntryView> = entries.into_iter().map(EntryView::from).collect();
        Ok(self.page(items, limit, |entry| entry.position.to_string()))
    }

    /// Log entries below a position, if one is given, latest first. Also returns whether there are
    /// more.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn newest(
        &mut self,
        filter: &LogFilter,
        before: Option<u64>,
        limit: u64,
    ) -> Result<(Vec<EntryView>, bool), QueryError> {
        self.permit(Read::Log)?;
        let before = before.unwrap_or(u64::MAX);
        let entries = self.snapshot.entries_before(filter, before, limit + 1);
        let mut items: Vec<EntryView> = entries.await?.into_iter().map(Into::into).collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Ok((items, more))
    }

    /// The log entries at these positions, in order.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn entries_at(&mut self, positions: &[u64]) -> Result<Vec<EntryView>, QueryError> {
        self.permit(Read::Log)?;
        let entries = self.snapshot.entries_at(positions).await?;
        Ok(entries.into_iter().map(Into::into).collect())
    }

    /// What the entry at a position changed.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn changes_at(&mut self, position: u64) -> Result<Option<ChangeView>, QueryError> {
        self.permit(Read::Log)?;
        let Some(entry) = self.snapshot.entries_at(&[position]).await?.pop() else {
            return Ok(None);
        };
        let history = self.snapshot.history(position, position).await?;
        Ok(Some(Committed { entry, history }.into()))
    }

    /// The log entry at a position.
    ///
    /// # Errors
    ///
    /// Returns `NotFound` if the log has no entry at this position, `Forbidden` if the policy denies
    /// reading the log, and `Store` if the store fails.
    pub async fn entry(&mut self, position: u64) -> Result<EntryView, QueryError> {
        self.permit(Read::Log)?;
        let mut found = self
            .snapshot
            .entries(&LogFilter::default(), position, 1)
            .await?;
        found
            .pop()
            .filter(|entry| entry.position == position)
            .map(EntryView::from)
            .ok_or_else(|| QueryError::NotFound(Missing::Entry { position }))
    }

    /// Refusals judged at one of these positions, latest first.
    ///
    /// # Errors
    ///
    /// Refuses an invalid cursor and what the policy forbids. Fails if the store cannot be read.
    pub async fn refusals(
        &mut self,
        filter: &LogFilter,
        judged_at: RangeInclusive<u64>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<RefusalView>, QueryError> {
        self.permit(Read::Refusals)?;
        let before = match cursor {
            None => None,
            Some(cursor) => {
                Some(Uuid::parse_str(&decode(cursor)?).map_err(|_| QueryError::BadCursor)?)
            }
        };
        let refusals = self
            .snapshot
            .refusals(filter, judged_at, before, limit + 1)
            .await?;
        let items: Vec<RefusalView> = refusals.into_iter().map(RefusalView::from).collect();
        Ok(self.page(items, limit, |refusal| refusal.id.to_string()))
    }

    /// The numbers of refusals that are not kept one by one, from a day on, as `YYYY-MM-DD`.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn refusal_counts(&mut self, from_day: &str) -> Result<RefusalCounts, QueryError> {
        self.permit(Read::Refusals)?;
        Ok(self.snapshot.refusal_counts(from_day).await?)
    }
}
