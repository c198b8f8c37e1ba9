//! The walk along a part of the chain, and the seams between parts.

use super::lists::{Standings, Sum};
use super::replay::Replay;
use super::{Anchor, CHUNK, Trouble, bad};
use domain::aggregate::Name;
use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Snapshot};
use domain::log::store::StoreError;
use domain::log::tree::{Node, Tree};
use domain::log::{Entry, Hash, HistoryRow};
use domain::{Kind, Moment};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What a walk found out about its part.
pub(super) struct Part {
    /// The last position that was checked.
    pub(super) position: u64,
    pub(super) hash: Hash,
    pub(super) recorded_at: Option<Moment>,
    /// The hashes of the entries that were checked.
    pub(super) hashes: Vec<Hash>,
    /// The history of each kind within the part.
    pub(super) kinds: BTreeMap<Kind, Stretch>,
    /// What was wrong. What stands above holds for the entries before it.
    pub(super) trouble: Option<Trouble>,
    /// The changes of lists that the history makes.
    lists: Sum,
    standings: Standings,
    pub(super) replay: Option<Replay>,
}

/// The history rows of one kind within a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    first: u64,
    /// The position of the first row.
    position: u64,
    last: u64,
    /// How many aggregates begin here.
    aggregates: u64,
}

/// Walks along the entries of a part. Takes the hash of the entry before it as it is stored; the walk
/// along the part before checks it.
///
/// # Errors
///
/// The store cannot be read.
pub(super) async fn walk(
    snapshot: &mut dyn Snapshot,
    positions: RangeInclusive<u64>,
    anchor: Option<Anchor>,
    lists: Sum,
    replay: Option<Replay>,
) -> Result<Part, Trouble> {
    let mut part = Part {
        position: positions.start().saturating_sub(1),
        hash: Hash::ZERO,
        recorded_at: None,
        hashes: Vec::new(),
        kinds: BTreeMap::new(),
        trouble: None,
        lists,
        standings: Standings::default(),
        replay,
    };
    part.trouble = match part.walk(snapshot, positions, anchor).await {
        Err(Trouble::Store(error)) => return Err(error.into()),
        result => result.err(),
    };
    // The part may wait long to be joined.
    part.standings.forget();
    if let Some(replay) = &mut part.replay {
        replay.forget();
    }
    Ok(part)
}

impl Part {
    async fn walk(
        &mut self,
        snapshot: &mut dyn Snapshot,
        positions: RangeInclusive<u64>,
        anchor: Option<Anchor>,
    ) -> Result<(), Trouble> {
        if self.position > 0 {
            let before = readable_entries(snapshot, self.position, 1).await?.pop();
            let before = before.filter(|before| before.position == self.position);
            let before = before.ok_or_else(|| bad(self.position, "the entry is missing"))?;
            self.hash = before.hash;
            self.recorded_at = Some(before.recorded_at);
        }
        // Rows with positions that no entry can have come before the first one.
        let mut from = if self.position == 0 {
            0
        } else {
            self.position + 1
        };
        while self.position < *positions.end() {
            let limit = CHUNK.min(positions.end() - self.position);
            let mut entries = readable_entries(snapshot, from, limit).await?;
            entries.retain(|entry| entry.position <= *positions.end());
            let Some(last) = entries.last().map(|entry| entry.position) else {
                let what = "the entry is missing";
                return Err(bad(self.position + 1, what));
            };
            self.chunk(snapshot, from, &entries, anchor).await?;
            from = last + 1;
        }
        Ok(())
    }

    async fn chunk(
        &mut self,
        snapshot: &mut dyn Snapshot,
        from: u64,
        entries: &[Entry],
        anchor: Option<Anchor>,
    ) -> Result<(), Trouble> {
        let to = entries.last().map_or(from, |entry| entry.position);
        let rows = readable_history(snapshot, from, to).await?;
        if let Some(replay) = &mut self.replay {
            replay.fetch(snapshot, from.max(1) - 1, &rows).await?;
        }
        if let Some(replay) = &self.replay {
            self.standings.fetch(snapshot, &rows, Some(replay)).await?;
        }
        let mut rows = rows.as_slice();
        for entry in entries {
            let own = rows
                .iter()
                .position(|row| row.position > entry.position)
                .unwrap_or(rows.len());
            let (history, rest) = rows.split_at(own);
            rows = rest;
            self.entry(entry, history)?;
            if let Some(anchor) = anchor {
                anchor.check(entry.position, entry.hash, entry.recorded_at)?;
            }
            if let Some(replay) = &mut self.replay {
                replay.entry(snapshot, entry, history).await?;
                self.note(history)?;
            }
        }
        Ok(())
    }

    /// Adds what an entry changes in lists. If it was decided again, its states are known.
    fn note(&mut self, history: &[HistoryRow]) -> Result<(), Trouble> {
        for row in history {
            let replay = self.replay.as_ref();
            let kept = replay.and_then(|replay| replay.kept(row.kind, &Name::Id(row.id)));
            let state = kept.filter(|kept| kept.version == row.version);
            let state = state.map(|kept| &kept.state);
            for change in self.standings.changes(row, state)? {
                self.lists.add(&change);
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, history: &[HistoryRow]) -> Result<(), Trouble> {
        let expected = self.position + 1;
        if entry.position != expected {
            return Err(bad(
                expected.min(entry.position),
                format!(
                    "the entry after {} has position {}",
                    self.position, entry.position
                ),
            ));
        }
        if self
            .recorded_at
            .is_some_and(|last| entry.recorded_at <= last)
        {
            return Err(bad(
                expected,
                "the entry was not recorded later than the one before it",
            ));
        }
        let cause = entry.cause.as_ref();
        if cause.is_some_and(|cause| !(1..expected).contains(&cause.position)) {
            return Err(bad(
                expected,
                "the entry names a cause that is not an entry before it",
            ));
        }
        for row in history {
            self.history(entry, row)?;
        }
        if entry_hash(self.hash, entry, history) != entry.hash {
            return Err(bad(
                expected,
                "the hash does not match the entry, its history and the previous hash",
            ));
        }
        self.position = expected;
        self.hash = entry.hash;
        self.recorded_at = Some(entry.recorded_at);
        self.hashes.push(entry.hash);
        Ok(())
    }

    fn history(&mut self, entry: &Entry, row: &HistoryRow) -> Result<(), Trouble> {
        let stretch = self.kinds.entry(row.kind).or_insert(Stretch {
            first: row.sequence,
            position: entry.position,
            last: row.sequence.wrapping_sub(1),
            aggregates: 0,
        });
        let is_next = row.sequence == stretch.last.wrapping_add(1);
        if !is_next || row.position != entry.position || row.recorded_at != entry.recorded_at {
            return Err(mismatch(entry.position, row.kind));
        }
        stretch.last = row.sequence;
        stretch.aggregates += u64::from(row.version == 1);
        Ok(())
    }
}

fn mismatch(position: u64, kind: Kind) -> Trouble {
    bad(
        position,
        format!("the history of kind {kind} does not match the entry"),
    )
}

/// All parts so far, joined.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) position: u64,
    pub(super) hash: Option<Hash>,
    pub(super) recorded_at: Option<Moment>,
    /// The last sequence of each kind.
    pub(super) sequences: BTreeMap<Kind, u64>,
    /// The number of aggregates of each kind in the history.
    pub(super) aggregates: BTreeMap<Kind, u64>,
    tree: Tree,
    /// The subtrees that the store must have: 1/256 of the entries.
    pub(super) nodes: Vec<Node>,
    /// The sum of the changes of lists in each part.
    pub(super) lists: Vec<u64>,
}

impl Whole {
    /// Joins the next part.
    ///
    /// # Errors
    ///
    /// The first finding in the part, or where it begins.
    pub(super) fn join(&mut self, part: Part, anchor: Option<Anchor>) -> Result<(), Trouble> {
        for hash in &part.hashes {
            self.nodes.extend(self.tree.push(*hash));
            if let Some(anchor) = anchor
                && anchor.position == self.tree.size()
                && anchor.root.is_some_and(|root| root != self.tree.root())
            {
                let what = "the root of the tree over the log does not match the anchor";
                return Err(bad(anchor.position, what));
            }
        }
        self.lists.push(part.lists.sum);
        let mut found = part.trouble;
        for (kind, stretch) in &part.kinds {
            let last = self.sequences.entry(*kind).or_insert(0);
            let is_earlier = match &found {
                Some(Trouble::Bad { position, .. }) => stretch.position < *position,
                _ => true,
            };
            if stretch.first != *last + 1 && is_earlier {
                found = Some(mismatch(stretch.position, *kind));
            }
            *last = stretch.last;
            *self.aggregates.entry(*kind).or_insert(0) += stretch.aggregates;
        }
        self.position = part.position;
        self.hash = Some(part.hash);
        self.recorded_at = part.recorded_at;
        found.map_or(Ok(()), Err)
    }
}

/// Reads a chunk of entries. If one cannot be read, reports its position.
pub(super) async fn readable_entries(
    snapshot: &mut dyn Snapshot,
    from: u64,
    limit: u64,
) -> Result<Vec<Entry>, Trouble> {
    let all = LogFilter::default();
    match snapshot.entries(&all, from, limit).await {
        Err(StoreError::Data(_)) => {}
        read => return Ok(read?),
    }
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let next = entries.last().map_or(from, |entry| entry.position + 1);
        match snapshot.entries(&all, next, 1).await {
            Ok(mut one) => match one.pop() {
                Some(entry) => entries.push(entry),
                None => return Ok(entries),
            },
            Err(StoreError::Data(what)) if entries.is_empty() => {
                return Err(bad(next.max(1), what.to_string()));
            }
            // Check the entries before it first, because an earlier position may be bad.
            Err(StoreError::Data(_)) => return Ok(entries),
            Err(error) => return Err(error.into()),
        }
    }
}

async fn readable_history(
    snapshot: &mut dyn Snapshot,
    from: u64,
    to: u64,
) -> Result<Vec<HistoryRow>, Trouble> {
    match snapshot.history(from, to).await {
        Ok(rows) => Ok(rows),
        Err(StoreError::Data(what)) => {
            for position in from..=to.min(from + CHUNK) {
                if let Err(StoreError::Data(what)) = snapshot.history(position, position).await {
                    return Err(bad(position, what.to_string()));
                }
            }
            Err(bad(from, what.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
