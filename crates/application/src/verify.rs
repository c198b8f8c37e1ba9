//! Verifies the whole store: the chain, the order, the history against the log, the tables against
//! the history and, on request, every decision again.
//!
//! The log is divided into parts, which a crew checks beside each other. Each part begins with the
//! hash stored before it, and the seams are checked when the parts are joined. What was recorded
//! does not change, so every part is read in a snapshot of its own.

mod aside;
mod crew;
mod groups;
mod lists;
mod past;
mod replay;
mod sealed;
mod tables;
mod tree;
mod walk;

pub use crew::Crew;

use crew::{beside, each};
use domain::log::reader::{LogFilter, Reader, Snapshot};
use domain::log::store::StoreError;
use domain::log::{Hash, Head};
use domain::{Kind, Moment};
use groups::Groups;
use lists::Sum;
use replay::Replay;
use std::sync::Arc;
use tokio::sync::oneshot::Receiver;
use uuid::Uuid;
use walk::Whole;

/// The number of entries read at once. This limits memory, because their history rows are read too.
pub(crate) const CHUNK: u64 = 200;

/// The number of waiting entries that are decided again in one part.
const WAITING: usize = 100;

/// What to check in addition to the chain and the tables, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Decide every entry of this rules version again, and derive anew what past lists are read from.
    pub replay: bool,
    /// A head, noted earlier outside the database.
    pub anchor: Option<Anchor>,
    /// The epoch of the log, noted earlier outside the database.
    pub epoch: Option<Uuid>,
    /// Who does the work.
    pub crew: Crew,
}

/// A head of the log, noted earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub position: u64,
    pub hash: Hash,
    /// The root of the tree over the log.
    pub root: Option<Hash>,
    /// When the entry was recorded.
    pub recorded_at: Option<Moment>,
}

impl Anchor {
    /// Checks an entry against this, if it is at this position.
    fn check(&self, position: u64, hash: Hash, recorded_at: Moment) -> Result<(), Trouble> {
        if position != self.position {
            return Ok(());
        }
        if hash != self.hash {
            return Err(bad(position, "the hash does not match the anchor"));
        }
        match self.recorded_at {
            Some(noted) if noted != recorded_at => Err(bad(
                position,
                format!("it was recorded at {recorded_at}, but at {noted} by the anchor"),
            )),
            _ => Ok(()),
        }
    }
}

/// When the last entry of an empty log was recorded.
const NEVER: Moment = Moment::from_micros(0);

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

/// Verifies the whole store as of the present head. Others may write to it meanwhile. Calls
/// `progress` with the number of entries checked and the number of all entries.
///
/// # Errors
///
/// The first finding, or a failure of the store.
pub async fn verify(
    reader: Arc<dyn Reader>,
    options: Options,
    progress: impl FnMut(u64, u64) + Send,
) -> Result<Report, Trouble> {
    let mut snapshot = reader.snapshot().await?;
    if let Some(what) = snapshot.set_up().await? {
        return Err(Trouble::Aside(what));
    }
    let inspected = beside(options.crew, inspect(Arc::clone(&reader))).await;
    let found = everything(reader, snapshot.as_mut(), options, progress).await;
    // Damage explains whatever else was found.
    ended(inspected).await?;
    found
}

/// Waits for what was done beside.
async fn ended<T>(beside: Receiver<Result<T, Trouble>>) -> Result<T, Trouble> {
    let stopped = |_| StoreError::unavailable("a part of the check did not end");
    beside.await.map_err(stopped)?
}

/// Looks for damage to the database's own file.
async fn inspect(reader: Arc<dyn Reader>) -> Result<(), Trouble> {
    let damage = reader.snapshot().await?.damage().await?;
    damage.map_or(Ok(()), |what| Err(Trouble::Aside(what)))
}

/// Checks that rows are written as this program writes them.
async fn forms(reader: Arc<dyn Reader>) -> Result<(), Trouble> {
    let ill_formed = reader.snapshot().await?.ill_formed().await?;
    ill_formed.map_or(Ok(()), |(position, what)| Err(bad(position, what)))
}

/// Checks what neither log nor history has, and what subdomains know of their tables.
async fn others(reader: Arc<dyn Reader>) -> Result<(), Trouble> {
    let mut snapshot = reader.snapshot().await?;
    sealed::keys(snapshot.as_mut()).await?;
    aside::refusals(snapshot.as_mut()).await?;
    for check in crate::ROOMS.iter().flat_map(|room| room.checks) {
        check(snapshot.as_mut()).await?;
    }
    Ok(())
}

async fn everything(
    reader: Arc<dyn Reader>,
    snapshot: &mut dyn Snapshot,
    options: Options,
    progress: impl FnMut(u64, u64) + Send,
) -> Result<Report, Trouble> {
    let head = snapshot.head().clone();
    let noted_at = options.anchor.map(|anchor| anchor.position);
    aside::epoch(snapshot, options.epoch, noted_at).await?;
    let (crew, key) = (options.crew, Sum::default());
    let stored = match options.replay {
        true => {
            let added_up =
                lists::stored(Arc::clone(&reader), head.position, crew.part, key.empty());
            Some(beside(crew, added_up).await)
        }
        false => None,
    };
    let forms = beside(crew, forms(Arc::clone(&reader))).await;
    let others = beside(crew, others(Arc::clone(&reader))).await;
    let (mut whole, replayed) = log(&reader, options, &head, key, progress).await?;
    let hash = whole.hash.unwrap_or(Hash::ZERO);
    if let Some(anchor) = options.anchor {
        anchor.check(0, Hash::ZERO, NEVER)?;
    }
    beyond(snapshot).await?;
    ended(forms).await?;
    let (entries, history) = snapshot.totals().await?;
    if (entries, history) != (whole.position, whole.sequences.values().sum()) {
        return Err(bad(whole.position + 1, "some rows belong to no entry"));
    }
    against_head(snapshot, &whole, options.anchor).await?;
    tree::compare(snapshot, std::mem::take(&mut whole.nodes)).await?;
    if let Some(stored) = stored {
        lists::compare(snapshot, &whole.lists, &ended(stored).await?, crew.part).await?;
    }
    tables(&reader, crew, snapshot).await?;
    tables::counts(snapshot, &whole.aggregates).await?;
    ended(others).await?;
    Ok(Report {
        entries: whole.position,
        replayed,
        hash,
        epoch: head.epoch,
    })
}

/// Checks the log up to the head. Returns it joined, with the number of entries that were decided
/// again.
async fn log(
    reader: &Arc<dyn Reader>,
    options: Options,
    head: &Head,
    key: Sum,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<(Whole, u64), Trouble> {
    let (crew, end) = (options.crew, head.position);
    let parts = usize::try_from(end.div_ceil(crew.part)).unwrap_or(usize::MAX);
    let source = Arc::clone(reader);
    let work = move |number: usize| {
        let reader = Arc::clone(&source);
        let first = number as u64 * crew.part + 1;
        let positions = first..=end.min(first.saturating_add(crew.part - 1));
        let replay = options.replay.then(Replay::default);
        let sum = key.empty();
        let part = async move {
            let mut snapshot = reader.snapshot().await?;
            walk::walk(snapshot.as_mut(), positions, options.anchor, sum, replay).await
        };
        Box::pin(part) as _
    };
    let (mut whole, mut done, mut replayed) = (Whole::default(), 0, 0);
    let (mut groups, mut waiting) = (Groups::default(), Vec::new());
    let arrived = |part: &walk::Part| {
        done += part.hashes.len() as u64;
        progress(done, end);
    };
    let join = |mut part: walk::Part| {
        if let Some(replay) = part.replay.take() {
            replayed += replay.replayed;
            groups.add(replay.members);
            waiting.extend(replay.waiting);
        }
        whole.join(part, options.anchor)
    };
    each(crew, parts, work, arrived, join).await?;
    groups.sort();
    replayed += listing(reader, crew, Arc::new(groups), Arc::new(waiting)).await?;
    Ok((whole, replayed))
}

/// Decides the entries again that had to wait for lists.
async fn listing(
    reader: &Arc<dyn Reader>,
    crew: Crew,
    groups: Arc<Groups>,
    waiting: Arc<Vec<u64>>,
) -> Result<u64, Trouble> {
    let parts = waiting.len().div_ceil(WAITING);
    let source = Arc::clone(reader);
    let work = move |number: usize| {
        let (reader, waiting) = (Arc::clone(&source), Arc::clone(&waiting));
        let mut replay = Replay::with(Arc::clone(&groups));
        let part = async move {
            let mut snapshot = reader.snapshot().await?;
            let positions = waiting.chunks(WAITING).nth(number).unwrap_or_default();
            let entries = snapshot.entries_at(positions).await?;
            for entry in &entries {
                let position = entry.position;
                let history = snapshot.history(position, position).await?;
                replay.forget();
                replay
                    .fetch(snapshot.as_mut(), position - 1, &history)
                    .await?;
                replay.entry(snapshot.as_mut(), entry, &history).await?;
            }
            Ok(replay.replayed)
        };
        Box::pin(part) as _
    };
    let mut replayed = 0;
    let join = |count: u64| {
        replayed += count;
        Ok(())
    };
    each(crew, parts, work, |_| (), join).await?;
    Ok(replayed)
}

/// Checks that no entry comes after the head.
async fn beyond(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    let head = snapshot.head().position;
    let found = snapshot.entries(&LogFilter::default(), head + 1, 1).await;
    let is_there = match found {
        Ok(entries) => !entries.is_empty(),
        Err(StoreError::Data(_)) => true,
        Err(error) => return Err(error.into()),
    };
    match is_there {
        false => Ok(()),
        true => Err(bad(
            head + 1,
            format!("there is an entry, but the head says that the log ends at position {head}"),
        )),
    }
}

async fn against_head(
    snapshot: &mut dyn Snapshot,
    whole: &Whole,
    anchor: Option<Anchor>,
) -> Result<(), Trouble> {
    let head = snapshot.head().clone();
    let last = whole.recorded_at.unwrap_or(NEVER);
    let hash = whole.hash.unwrap_or(Hash::ZERO);
    if (head.hash, head.recorded_at) != (hash, last) {
        return Err(bad(head.position, "the head does not match the last entry"));
    }
    if let Some(anchor) = anchor
        && anchor.position > head.position
    {
        return Err(bad(
            head.position + 1,
            format!(
                "the log ends before the anchor at position {}",
                anchor.position
            ),
        ));
    }
    let counted = snapshot.sequences().await?;
    for kind in Kind::ALL {
        let (counter, last) = (counted.get(kind), whole.sequences.get(kind));
        if counter.unwrap_or(&0) != last.unwrap_or(&0) {
            return Err(bad(
                head.position,
                format!("the counter of {kind} does not match the history"),
            ));
        }
    }
    Ok(())
}

/// Compares the current tables with the latest history.
async fn tables(
    reader: &Arc<dyn Reader>,
    crew: Crew,
    snapshot: &mut dyn Snapshot,
) -> Result<(), Trouble> {
    let parts = tables::divided(snapshot, crew.part).await?;
    let (count, source) = (parts.len(), Arc::clone(reader));
    let work = move |number: usize| {
        let (reader, rows) = (Arc::clone(&source), parts[number]);
        let part = async move {
            let mut snapshot = reader.snapshot().await?;
            tables::compare(snapshot.as_mut(), rows).await
        };
        Box::pin(part) as _
    };
    each(crew, count, work, |_| (), |()| Ok(())).await
}
