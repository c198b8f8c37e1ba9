//! The changes of lists: those that the history makes, derived as the writer derives them, and those
//! that are stored.
//!
//! Both are added up for each part of the log, as hashes under a key that nobody knows, so that sums
//! are equal only if the changes are. Memory does not depend on the number of changes. Only in a part
//! whose sums differ are they compared one by one.

use super::replay::Replay;
use super::{CHUNK, Trouble, bad};
use domain::aggregate::Name;
use domain::log::reader::{Reader, Snapshot};
use domain::log::store::StoreError;
use domain::log::{HistoryRow, ListChange, Standing};
use domain::{AnyAggregate, Kind};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::sync::Arc;
use uuid::Uuid;

/// The number of stored changes read at once.
const ROWS: u64 = 5_000;
/// The most things whose standing is kept from one chunk to the next.
const STANDINGS_MAX: usize = 20_000;

/// The sum of some changes, in any order.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    hasher: RandomState,
    pub(super) sum: u64,
}

impl Sum {
    /// An empty sum under the same key.
    pub(super) fn empty(&self) -> Self {
        Self {
            hasher: self.hasher.clone(),
            sum: 0,
        }
    }

    pub(super) fn add(&mut self, change: &ListChange) {
        self.sum = self.sum.wrapping_add(self.hasher.hash_one(change));
    }
}

/// Where things stand in the lists of their kinds, while the history is walked along.
#[derive(Default)]
pub(super) struct Standings(HashMap<(Kind, Uuid), Standing>);

impl Standings {
    /// Reads in bulk where things stood before the next rows changed them.
    pub(super) async fn fetch(
        &mut self,
        snapshot: &mut dyn Snapshot,
        rows: &[HistoryRow],
        replay: Option<&Replay>,
    ) -> Result<(), Trouble> {
        if self.0.len() > STANDINGS_MAX {
            self.forget();
        }
        let Some(before) = rows.first().map(|row| row.position.saturating_sub(1)) else {
            return Ok(());
        };
        let (mut missing, mut new) = (BTreeMap::<Kind, BTreeSet<Uuid>>::new(), HashSet::new());
        for row in rows.iter().filter(|row| row.kind.is_listed()) {
            let place = (row.kind, row.id);
            if row.version == 1 {
                new.insert(place);
            } else if !new.contains(&place) && !self.0.contains_key(&place) {
                let kept = replay.and_then(|replay| replay.kept(row.kind, &Name::Id(row.id)));
                match kept {
                    Some(kept) => drop(self.0.insert(place, Standing::of(&kept.state))),
                    None => drop(missing.entry(row.kind).or_default().insert(row.id)),
                }
            }
        }
        for (kind, ids) in missing {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for row in snapshot.states_of(kind, &ids, before).await? {
                let state = read(&row)?;
                self.0.insert((kind, row.id), Standing::of(&state));
            }
        }
        Ok(())
    }

    /// What a row of the history changes, with its state if that is known already.
    pub(super) fn changes(
        &mut self,
        row: &HistoryRow,
        state: Option<&AnyAggregate>,
    ) -> Result<Vec<ListChange>, Trouble> {
        if !row.kind.is_listed() {
            return Ok(Vec::new());
        }
        let now = match state {
            Some(state) => Standing::of(state),
            None => Standing::of(&read(row)?),
        };
        let place = (row.kind, row.id);
        let before = self.0.remove(&place).unwrap_or_default();
        let changes = before.changes(&now, place, row.position);
        self.0.insert(place, now);
        Ok(changes)
    }

    pub(super) fn forget(&mut self) {
        self.0 = HashMap::new();
    }
}

fn read(row: &HistoryRow) -> Result<AnyAggregate, Trouble> {
    row.aggregate()
        .map_err(|error| bad(row.position, error.to_string()))
}

/// Adds up the stored changes of each part of the log, up to a position.
///
/// # Errors
///
/// A row that is not well formed or stands beyond the log, or a failure of the store.
pub(super) async fn stored(
    reader: Arc<dyn Reader>,
    head: u64,
    part: u64,
    key: Sum,
) -> Result<Vec<u64>, Trouble> {
    let mut sums = vec![key.empty(); parts(head, part)];
    let mut snapshot = reader.snapshot().await?;
    let present = snapshot.head().position;
    each(snapshot.as_mut(), |change| {
        let position = change.position;
        if !(1..=present).contains(&position) {
            let what = "list_changes has a row of this position, where the log has no entry";
            return Err(bad(position, what));
        }
        if position <= head {
            sums[parts(position, part) - 1].add(change);
        }
        Ok(())
    })
    .await?;
    Ok(sums.into_iter().map(|own| own.sum).collect())
}

/// The number of parts up to a position.
fn parts(position: u64, part: u64) -> usize {
    usize::try_from(position.div_ceil(part)).unwrap_or(usize::MAX)
}

/// Takes each stored change.
async fn each(
    snapshot: &mut dyn Snapshot,
    mut take: impl FnMut(&ListChange) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let present = snapshot.head().position;
    let mut last: Option<ListChange> = None;
    loop {
        let mut found = match snapshot.list_changes(last.as_ref(), ROWS).await {
            Err(StoreError::Data(what)) => return Err(bad(present, what.to_string())),
            found => found?,
        };
        found.iter().try_for_each(&mut take)?;
        match found.pop() {
            None => return Ok(()),
            change => last = change,
        }
    }
}

/// Compares the sums of each part with those stored. Names the first change that differs.
///
/// # Errors
///
/// The first finding, or a failure of the store.
pub(super) async fn compare(
    snapshot: &mut dyn Snapshot,
    derived: &[u64],
    stored: &[u64],
    part: u64,
) -> Result<(), Trouble> {
    let differs = derived
        .iter()
        .zip(stored)
        .position(|(own, kept)| own != kept);
    let Some(number) = differs else {
        return Ok(());
    };
    let first = number as u64 * part + 1;
    let last = snapshot.head().position.min(first + part - 1);
    let found = astray(snapshot, first..=last).await?;
    let (position, what) = found.unwrap_or_else(|| {
        let what = "list_changes does not match the history from here on";
        (first, what.to_owned())
    });
    Err(bad(position, what))
}

/// The first change at some positions that is stored and does not follow from the history, or the
/// other way round.
async fn astray(
    snapshot: &mut dyn Snapshot,
    positions: RangeInclusive<u64>,
) -> Result<Option<(u64, String)>, Trouble> {
    let mut expected = expected(snapshot, positions.clone()).await?;
    let mut added: Option<ListChange> = None;
    each(snapshot, |change| {
        let is_added = positions.contains(&change.position) && !expected.remove(change);
        if is_added
            && added
                .as_ref()
                .is_none_or(|own| change.position < own.position)
        {
            added = Some(change.clone());
        }
        Ok(())
    })
    .await?;
    let missing = expected.into_iter().min_by_key(|change| change.position);
    Ok(match (missing, added) {
        (Some(own), Some(added)) if added.position < own.position => Some(surplus(&added)),
        (Some(own), _) => Some((
            own.position,
            format!("list_changes does not say that {}", said(&own)),
        )),
        (None, added) => added.as_ref().map(surplus),
    })
}

/// The changes that the history makes at some positions.
async fn expected(
    snapshot: &mut dyn Snapshot,
    positions: RangeInclusive<u64>,
) -> Result<HashSet<ListChange>, Trouble> {
    let (mut standings, mut expected) = (Standings::default(), HashSet::new());
    let mut from = *positions.start();
    while from <= *positions.end() {
        let to = positions.end().saturating_sub(from).min(CHUNK - 1) + from;
        let rows = snapshot.history(from, to).await?;
        standings.fetch(snapshot, &rows, None).await?;
        for row in &rows {
            expected.extend(standings.changes(row, None)?);
        }
        from = to + 1;
    }
    Ok(expected)
}

fn surplus(added: &ListChange) -> (u64, String) {
    let what = format!(
        "list_changes says that {}, which is not in the history",
        said(added)
    );
    (added.position, what)
}

/// A change as a clause.
fn said(change: &ListChange) -> String {
    let ListChange {
        kind,
        facet,
        place,
        id,
        joins,
        ..
    } = change;
    let verb = if *joins { "got" } else { "lost" };
    format!("{kind} {id} {verb} {facet} at the place {place} here")
}
