//! Pages of feeds. Items are numbered without gaps, so that a page is a fixed range of numbers, and a
//! full page never changes.

use super::{EntryView, QueryError, Reading};
use crate::policy::Read;
use domain::log::reader::LogFilter;
use domain::log::store::StoreError;
use domain::log::{Entry, HistoryRow};
use domain::{Kind, Moment};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The number of items on a full page.
pub const FEED_PAGE_ITEMS: u64 = 20;

/// A page of a feed.
#[derive(Debug)]
pub struct FeedPage<T> {
    /// Its number, from 1, the oldest page.
    pub number: u64,
    /// Its items, oldest first.
    pub items: Vec<T>,
    /// When the last item before this page was recorded.
    pub before: Option<Moment>,
}

/// One version of an aggregate, and the entry that created it.
#[derive(Debug)]
pub struct FeedChange {
    /// The name in addresses: the natural key, or the id if there is none.
    pub name: String,
    /// The version, with its state as stored.
    pub row: HistoryRow,
    pub entry: EntryView,
}

impl<T> FeedPage<T> {
    /// Whether it is complete and never changes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.items.len() as u64 == FEED_PAGE_ITEMS
    }
}

/// The numbers of the items on a page, after the number of the last item before it.
fn numbers(page: u64) -> RangeInclusive<u64> {
    let before = page.saturating_sub(1).saturating_mul(FEED_PAGE_ITEMS);
    before..=before.saturating_add(FEED_PAGE_ITEMS)
}

/// The newest page, if there are this many items. It is empty after a full page.
fn newest(items: u64) -> u64 {
    items / FEED_PAGE_ITEMS + 1
}

/// Makes a page of its items and the last item before it. Returns `None` if the page does not exist
/// yet.
fn page<T>(number: u64, mut found: Vec<T>, recorded_at: fn(&T) -> Moment) -> Option<FeedPage<T>> {
    let before = match number {
        0 => return None,
        1 => None,
        _ if found.is_empty() => return None,
        _ => Some(recorded_at(&found.remove(0))),
    };
    Some(FeedPage {
        number,
        items: found,
        before,
    })
}

impl Reading {
    /// A page of the versions of one kind, by default the newest. Returns `None` if it does not exist
    /// yet. Feeds are the same for all readers, so customers, who see only their own things, get none.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn feed_of(
        &mut self,
        kind: Kind,
        read: Read,
        number: Option<u64>,
    ) -> Result<Option<FeedPage<FeedChange>>, QueryError> {
        self.permit_feed(kind, read)?;
        let number = match number {
            Some(number) => number,
            None => {
                let sequences = self.snapshot.sequences().await?;
                newest(sequences.get(&kind).copied().unwrap_or(0))
            }
        };
        let found = self.snapshot.changes(kind, numbers(number)).await?;
        let changes = found.into_iter().map(change);
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        Ok(page(number, changes, |change| change.row.recorded_at))
    }

    /// A page of the log, by default the newest. Returns `None` if it does not exist yet.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn feed_of_log(
        &mut self,
        number: Option<u64>,
    ) -> Result<Option<FeedPage<EntryView>>, QueryError> {
        self.permit(Read::Log)?;
        let number = number.unwrap_or_else(|| newest(self.snapshot.head().position));
        let numbers = numbers(number);
        let limit = numbers.end() - (*numbers.start()).max(1) + 1;
        let all = LogFilter::default();
        let found = self.snapshot.entries(&all, *numbers.start(), limit).await?;
        let entries = found.into_iter().map(EntryView::from).collect();
        Ok(page(number, entries, |entry: &EntryView| entry.recorded_at))
    }

    /// The states of a kind after the entry at a position, by id, each with its name in addresses: at
    /// most `limit`, after the id `after`.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn states_at(
        &mut self,
        kind: Kind,
        read: Read,
        position: u64,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<(String, HistoryRow)>, QueryError> {
        self.permit_feed(kind, read)?;
        let rows = self
            .snapshot
            .states_at(kind, position, after, limit)
            .await?;
        let named = rows.into_iter().map(|row| Ok((name(&row)?, row)));
        named.collect()
    }

    /// The id of the first log entry, which stays the same when the log is moved or restored.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn first_entry(&mut self) -> Result<Option<Uuid>, StoreError> {
        let first = self.snapshot.entries_at(&[1]).await?;
        Ok(first.first().map(|entry| entry.id))
    }
}

fn change((row, entry): (HistoryRow, Entry)) -> Result<FeedChange, StoreError> {
    Ok(FeedChange {
        name: name(&row)?,
        row,
        entry: entry.into(),
    })
}

/// The name in addresses: the natural key, or the id if there is none.
fn name(row: &HistoryRow) -> Result<String, StoreError> {
    let state = row.aggregate()?;
    let key = state.natural_key().map(str::to_owned);
    Ok(key.unwrap_or_else(|| row.id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_divide_the_items() {
        for (items, last) in [(0, 1), (1, 1), (19, 1), (20, 2), (21, 2), (40, 3)] {
            assert_eq!(newest(items), last, "{items} items");
        }
        for (number, expected) in [(1, 0..=20), (2, 20..=40), (3, 40..=60)] {
            assert_eq!(numbers(number), expected, "page {number}");
        }
        assert!(numbers(u64::MAX).contains(&u64::MAX));
    }
}
