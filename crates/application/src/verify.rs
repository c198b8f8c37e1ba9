//! Verifies the whole store: the chain, the order, the history against the log, the tables against
//! the history and, on request, every decision again.

mod aside;
mod replay;

use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Reader, Snapshot};
use domain::log::store::StoreError;
use domain::log::{Entry, FacetSum, Hash, HistoryRow};
use domain::{Kind, Lookup, Moment, RULES_VERSION};
use replay::Replay;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The number of entries read at once. This limits memory, because their history rows are read too.
pub(crate) const CHUNK: u64 = 200;

/// What to check in addition to the chain and the tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Decide every entry of this rules version again.
    pub replay: bool,
    /// A position and its hash, noted earlier outside the database.
    pub anchor: Option<(u64, Hash)>,
    /// The epoch of the log, noted earlier outside the database.
    pub epoch: Option<Uuid>,
}

/// The result of a successful verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries the log has.
    pub entries: u64,
    /// How many of them were decided again.
    pub replayed: u64,
    /// The hash of the last entry.
    pub hash: Hash,
    /// The epoch of the log.
    pub epoch: Uuid,
}

/// Why verification failed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Data was altered, removed or added.
    #[error("position {position}: {what}")]
    Bad {
        /// The first bad position.
        position: u64,
        /// What is wrong there.
        what: String,
    },
    /// Something is wrong that has no position.
    #[error("{0}")]
    Aside(String),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) fn bad(position: u64, what: impl Into<String>) -> Trouble {
    Trouble::Bad {
        position,
        what: what.into(),
    }
}

/// Verifies the whole store in one snapshot. Calls `progress` with the number of entries checked and
/// the number of all entries.
///
/// # Errors
///
/// The first finding, or a failure of the store.
pub async fn verify(
    reader: &dyn Reader,
    options: Options,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, Trouble> {
    let mut snapshot = reader.snapshot().await?;
    if let Some(what) = snapshot.set_up().await? {
        return Err(Trouble::Aside(what));
    }
    let head = snapshot.head().clone();
    aside::epoch(head.epoch, options.epoch)?;
    let mut walk = Walk::new(options);
    let mut from = 0;
    loop {
        let entries = readable_entries(snapshot.as_mut(), from).await?;
        let Some(last) = entries.last().map(|entry| entry.position) else {
            break;
        };
        walk.chunk(snapshot.as_mut(), from, &entries).await?;
        progress(walk.position, head.position.max(walk.position));
        from = last + 1;
    }
    if let Some((0, hash)) = options.anchor
        && hash != Hash::ZERO
    {
        return Err(bad(0, "the anchor at position 0 must be all zeros"));
    }
    if let Some((position, what)) = snapshot.ill_formed().await? {
        return Err(bad(position, what));
    }
    let (entries, history) = snapshot.totals().await?;
    if (entries, history) != (walk.position, walk.sequences.values().sum()) {
        return Err(bad(walk.position + 1, "some rows belong to no entry"));
    }
    walk.against_head(snapshot.as_mut()).await?;
    tables(snapshot.as_mut(), &walk.aggregates).await?;
    aside::refusals(snapshot.as_mut()).await?;
    for check in crate::ROOMS.iter().flat_map(|room| room.checks) {
        check(snapshot.as_mut()).await?;
    }
    Ok(Report {
        entries: walk.position,
        replayed: walk.replay.map_or(0, |replay| replay.replayed),
        hash: walk.hash,
        epoch: head.epoch,
    })
}

/// The state of the walk along the chain, after `position`.
struct Walk {
    position: u64,
    hash: Hash,
    recorded_at: Option<Moment>,
    sequences: BTreeMap<Kind, u64>,
    /// The number of aggregates of each kind in the history.
    aggregates: BTreeMap<Kind, u64>,
    anchor: Option<(u64, Hash)>,
    replay: Option<Replay>,
}

impl Walk {
    fn new(options: Options) -> Self {
        Self {
            position: 0,
            hash: Hash::ZERO,
            recorded_at: None,
            sequences: BTreeMap::new(),
            aggregates: BTreeMap::new(),
            anchor: options.anchor,
            replay: options.replay.then(Replay::default),
        }
    }

    async fn chunk(
        &mut self,
        snapshot: &mut dyn Snapshot,
        from: u64,
        entries: &[Entry],
    ) -> Result<(), Trouble> {
        let to = entries.last().map_or(from, |entry| entry.position);
        let rows = readable_history(snapshot, from, to).await?;
        let mut rows = rows.as_slice();
        for entry in entries {
            let own = rows
                .iter()
                .position(|row| row.position > entry.position)
                .unwrap_or(rows.len());
            let (history, rest) = rows.split_at(own);
            rows = rest;
            self.entry(entry, history)?;
            if let Some(replay) = &mut self.replay {
                if entry.rules_version == RULES_VERSION {
                    replay.entry(snapshot, entry, history).await?;
                } else {
                    replay.skip(entry, history)?;
                }
                replay.note_groups(history)?;
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
            let sequence = self.sequences.entry(row.kind).or_insert(0);
            *sequence += 1;
            if row.sequence != *sequence
                || row.position != expected
                || row.recorded_at != entry.recorded_at
            {
                return Err(bad(
                    expected,
                    format!(
                        "the history of {} {} does not match the entry",
                        row.kind, row.id
                    ),
                ));
            }
            if row.version == 1 {
                *self.aggregates.entry(row.kind).or_insert(0) += 1;
            }
        }
        if entry_hash(self.hash, entry, history) != entry.hash {
            return Err(bad(
                expected,
                "the hash does not match the entry, its history and the previous hash",
            ));
        }
        if let Some((position, hash)) = self.anchor
            && position == expected
            && hash != entry.hash
        {
            return Err(bad(expected, "the hash does not match the anchor"));
        }
        self.position = expected;
        self.hash = entry.hash;
        self.recorded_at = Some(entry.recorded_at);
        Ok(())
    }

    async fn against_head(&self, snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
        let head = snapshot.head().clone();
        if head.position != self.position {
            let first = head.position.min(self.position) + 1;
            return Err(bad(
                first,
                format!(
                    "the log ends at position {}, but the head says {}",
                    self.position, head.position
                ),
            ));
        }
        if head.hash != self.hash
            || self
                .recorded_at
                .is_some_and(|last| last != head.recorded_at)
        {
            return Err(bad(self.position, "the head does not match the last entry"));
        }
        if let Some((position, _)) = self.anchor
            && position > self.position
        {
            return Err(bad(
                self.position + 1,
                format!("the log ends before the anchor at position {position}"),
            ));
        }
        let counted = snapshot.sequences().await?;
        for kind in Kind::ALL {
            let (counter, last) = (counted.get(kind), self.sequences.get(kind));
            if counter.unwrap_or(&0) != last.unwrap_or(&0) {
                return Err(bad(
                    self.position,
                    format!("the counter of {kind} does not match the history"),
                ));
            }
        }
        Ok(())
    }
}

/// Compares the current tables with the latest history.
async fn tables(
    snapshot: &mut dyn Snapshot,
    aggregates: &BTreeMap<Kind, u64>,
) -> Result<(), Trouble> {
    let head = snapshot.head().position;
    let mut facets = FacetSum::default();
    for kind in Kind::ALL {
        let rows = snapshot.count(*kind).await?;
        let known = aggregates.get(kind).copied().unwrap_or(0);
        let mut after = None;
        loop {
            let found = snapshot
                .all(*kind, after, CHUNK)
                .await
                .map_err(|error| match error {
                    StoreError::Data(what) => bad(head, what.to_string()),
                    error => error.into(),
                })?;
            let Some(last) = found.last() else { break };
            after = Some(last.state.id());
            for current in &found {
                facets.add_state(&current.state);
                let lookup = Lookup::id(*kind, current.state.id());
                let newest = snapshot.state_at(&lookup, head).await?;
                let Some(newest) = newest else {
                    return Err(bad(
                        head,
                        format!("{kind} {} has no history", current.state.id()),
                    ));
                };
                let state = kind.state_from_json(&newest.state).ok();
                if newest.version != current.version || state.as_ref() != Some(&current.state) {
                    return Err(bad(
                        newest.position,
                        format!(
                            "{kind} {} differs from its state after this entry",
                            newest.id
                        ),
                    ));
                }
            }
        }
        if rows != known {
            return Err(bad(
                head,
                format!("the history has {known} of kind {kind}, but the table has {rows}"),
            ));
        }
    }
    match snapshot.facets().await {
        Ok(kept) if kept == facets => Ok(()),
        Ok(_) => Err(bad(head, "the changes of lists do not match the states")),
        Err(StoreError::Data(what)) => Err(bad(head, what.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Reads a chunk of entries. If one cannot be read, reports its position.
async fn readable_entries(snapshot: &mut dyn Snapshot, from: u64) -> Result<Vec<Entry>, Trouble> {
    let all = LogFilter::default();
    match snapshot.entries(&all, from, CHUNK).await {
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
