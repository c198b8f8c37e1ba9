//! Reads the log and the refusals.

use super::Missing;
use super::{
    ChangeView, EntryView, HeadView, Page, Period, QueryError, Reading, RefusalView, decode,
};
use crate::access::policy::Read;
use crate::follow::Committed;
use domain::log::reader::LogFilter;
use domain::log::retention::RefusalCounts;
use std::ops::RangeInclusive;
use uuid::Uuid;

impl Reading {
    /// The positions of the entries recorded in a stretch of time: one indexed read for each end. Empty
    /// if there are none.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn positions_in(
        &mut self,
        period: Period,
    ) -> Result<RangeInclusive<u64>, QueryError> {
        let first = match period.from {
            None => 0,
            Some(from) => self.snapshot.position_at(from.plus_micros(-1)).await? + 1,
        };
        let last = match period.until {
            None => u64::MAX,
            Some(until) => self.snapshot.position_at(until.plus_micros(-1)).await?,
        };
        Ok(first..=last)
    }

    /// Log entries at some positions, oldest first.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn log(
        &mut self,
        filter: &LogFilter,
        positions: RangeInclusive<u64>,
        limit: u64,
    ) -> Result<Page<EntryView>, QueryError> {
        self.permit(Read::Log)?;
        let from = *positions.start();
        let mut entries = self.snapshot.entries(filter, from, limit + 1).await?;
        entries.retain(|entry| positions.contains(&entry.position));
        let items: Vec<EntryView> = entries.into_iter().map(EntryView::from).collect();
        Ok(self.page(items, limit, |entry| entry.position.to_string()))
    }

    /// Log entries at some positions, latest first. Also returns whether there are more.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn newest(
        &mut self,
        filter: &LogFilter,
        positions: RangeInclusive<u64>,
        limit: u64,
    ) -> Result<(Vec<EntryView>, bool), QueryError> {
        self.permit(Read::Log)?;
        let before = positions.end().saturating_add(1);
        let entries = self.snapshot.entries_before(filter, before, limit + 1);
        let mut items: Vec<EntryView> = entries.await?.into_iter().map(Into::into).collect();
        items.retain(|entry| positions.contains(&entry.position));
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

    /// The end of the log.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn head(&mut self) -> Result<HeadView, QueryError> {
        self.permit(Read::Log)?;
        let past_epochs = self.snapshot.past_epochs().await?;
        let head = self.snapshot.head();
        Ok(HeadView {
            epoch: head.epoch,
            position: head.position,
            recorded_at: head.recorded_at,
            hash: head.hash.to_string(),
            past_epochs: past_epochs.into_iter().map(Into::into).collect(),
        })
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
            .ok_or_else(|| self.no_entry(position))
    }

    /// The error for a position that has no entry.
    pub(super) fn no_entry(&self, position: u64) -> QueryError {
        let head = self.position();
        QueryError::NotFound(Missing::Entry { position, head })
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
