//! Reads a log into an empty database.

use super::keys::{self, Keys};
use super::{FORM, Line};
use crate::upcasters;
use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Reader};
use domain::log::seal::Keyring;
use domain::log::store::{Appended, Change, CommitError, Store, StoreError, Transaction};
use domain::log::{Entry, Hash, Head, HistoryRow, ListChange, PastEpoch, list_changes};
use domain::{Kind, Moment, Versioned};
use std::collections::{BTreeMap, HashSet};
use std::io;
use uuid::Uuid;

/// The most entries in one transaction, and the length of their text after which a transaction ends
/// (bytes).
const ENTRIES_MAX: usize = 200;
const BYTES_MAX: usize = 512 << 10;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The entries in the file.
    pub entries: u64,
    /// Those that were there already, from an earlier attempt.
    pub known: u64,
    pub refusals: u64,
    /// The hash of the last entry.
    pub hash: Hash,
}

/// Why an import failed. What was imported before is a whole log up to some position, and the same
/// file continues it.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file cannot be read any further.
    #[error("line {line} cannot be read")]
    File {
        line: u64,
        #[source]
        source: io::Error,
    },
    /// The file is not what an export wrote.
    #[error("line {line}: {what}")]
    Bad { line: u64, what: String },
    /// The database has another log.
    #[error(
        "the database has a log of its own: its entry at position {position} is not the one in the file"
    )]
    OtherLog { position: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Reads a log. The database must be empty, or have the beginning of the same log. It keeps the name of
/// its own log; the names that the log had before and in the file end now. Calls `progress` with the
/// number of entries read and the number of all.
///
/// # Errors
///
/// The file is damaged, altered or cut, the database has another log, or it fails.
pub async fn import(
    store: &dyn Store,
    reader: &dyn Reader,
    lines: impl Iterator<Item = io::Result<String>>,
    now: Moment,
    mut progress: impl FnMut(u64, u64),
) -> Result<Imported, Trouble> {
    let mut lines = numbered(lines);
    let (origin, known, hash) = begin(store, &mut lines).await?;
    let end = origin.head.position;
    let mut reading = Reading {
        known,
        known_hash: hash,
        position: 0,
        hash: Hash::ZERO,
        sequences: BTreeMap::new(),
    };
    let (mut chunk, mut keys) = (Chunk::default(), Keys::new());
    let known_refusals = known_refusals(reader).await?;
    let mut refusals = 0;
    for numbered in lines {
        let (line, read) = numbered?;
        match read {
            Line::Key { kind, id, key } => {
                let key = keys::read(&key).ok_or_else(|| bad(line, "not a key"))?;
                keys.push((kind, id, key));
            }
            Line::Entry { entry, history } => {
                if reading.entry(line, &entry, &history)? {
                    chunk.add(*entry, history);
                }
            }
            Line::Refusal(refusal) => {
                refusals += 1;
                if !known_refusals.contains(&refusal.id) {
                    chunk.appended.refusals.push(*refusal);
                }
            }
            Line::End {
                entries,
                refusals: written,
                hash,
            } => {
                if (entries, written, hash) != (reading.position, refusals, reading.hash) {
                    return Err(bad(line, "the file does not have all that was exported"));
                }
                let mut last = chunk.appended;
                last.past_epochs = origin.ended(reader, now).await?;
                write(store, &reading, last, &mut keys).await?;
                return Ok(Imported {
                    entries,
                    known,
                    refusals,
                    hash,
                });
            }
            Line::PlimsollLog { .. } => return Err(bad(line, "a second log begins here")),
        }
        if chunk.is_full() {
            let full = std::mem::take(&mut chunk).appended;
            write(store, &reading, full, &mut keys).await?;
            progress(reading.position, end);
        }
    }
    let what = "the file ends here, before the end of the export";
    Err(bad(reading.position + 1, what))
}

fn bad(line: u64, what: impl Into<String>) -> Trouble {
    Trouble::Bad {
        line,
        what: what.into(),
    }
}

/// The lines, with their numbers from 1.
fn numbered(
    lines: impl Iterator<Item = io::Result<String>>,
) -> impl Iterator<Item = Result<(u64, Line), Trouble>> {
    lines.zip(1..).map(|(text, line)| {
        let text = text.map_err(|source| Trouble::File { line, source })?;
        let read = serde_json::from_str(&text);
        let read = read.map_err(|error| bad(line, format!("not a line of an export: {error}")))?;
        Ok((line, read))
    })
}

/// The log as it was where it was exported.
struct Origin {
    head: Head,
    past_epochs: Vec<PastEpoch>,
}

impl Origin {
    /// The names that end with the import, as far as the database does not have them on record.
    async fn ended(
        mut self,
        reader: &dyn Reader,
        now: Moment,
    ) -> Result<Vec<PastEpoch>, StoreError> {
        let mut snapshot = reader.snapshot().await?;
        let (own, known) = (snapshot.head().epoch, snapshot.past_epochs().await?);
        let Head {
            epoch,
            position,
            recorded_at,
            ..
        } = self.head;
        let earlier = known.iter().chain(&self.past_epochs);
        let newest = earlier.map(|ended| ended.ended_at).max();
        // After all earlier ones, whatever the clocks said.
        let ended_at = now
            .max(recorded_at)
            .max(newest.unwrap_or(now).plus_micros(1));
        self.past_epochs.push(PastEpoch {
            epoch,
            position,
            ended_at,
        });
        let is_on_record = |ended: &PastEpoch| {
            let known = known.iter().find(|known| known.epoch == ended.epoch);
            ended.epoch == own || known.is_some_and(|known| known.position >= ended.position)
        };
        self.past_epochs.retain(|ended| !is_on_record(ended));
        Ok(self.past_epochs)
    }
}

/// Reads the first line. Returns where the log comes from, and the position and hash that the database
/// is at.
async fn begin(
    store: &dyn Store,
    lines: &mut impl Iterator<Item = Result<(u64, Line), Trouble>>,
) -> Result<(Origin, u64, Hash), Trouble> {
    let origin = match lines.next().transpose()? {
        Some((
            _,
            Line::PlimsollLog {
                form,
                head,
                past_epochs,
            },
        )) if form <= FORM => Origin { head, past_epochs },
        Some((line, Line::PlimsollLog { form, .. })) => {
            let what = format!("form {form} of the file needs a newer release of Plimsoll");
            return Err(bad(line, what));
        }
        _ => return Err(bad(1, "not an exported log")),
    };
    let transaction = store.begin().await?;
    let Head { position, hash, .. } = *transaction.head();
    transaction.rollback().await;
    if position > origin.head.position {
        // An older file: it may have keys that were destroyed since.
        return Err(Trouble::OtherLog { position });
    }
    Ok((origin, position, hash))
}

/// How far the file was read.
struct Reading {
    /// The position and hash of the database at the beginning.
    known: u64,
    known_hash: Hash,
    position: u64,
    hash: Hash,
    sequences: BTreeMap<Kind, u64>,
}

impl Reading {
    /// Checks an entry. Returns whether it is new to the database.
    fn entry(&mut self, line: u64, entry: &Entry, history: &[HistoryRow]) -> Result<bool, Trouble> {
        if entry.position != self.position + 1 {
            let what = format!("the entry after {} is missing", self.position);
            return Err(bad(line, what));
        }
        if let Err(unreadable) = upcasters::check(&entry.operation, entry.version) {
            return Err(bad(line, format!("entry {}: {unreadable}", entry.position)));
        }
        if entry_hash(self.hash, entry, history) != entry.hash {
            let what = format!("entry {} was altered", entry.position);
            return Err(bad(line, what));
        }
        for row in history {
            let sequence = self.sequences.entry(row.kind).or_insert(0);
            *sequence += 1;
            let is_own = (row.position, row.recorded_at) == (entry.position, entry.recorded_at);
            if !is_own || row.sequence != *sequence {
                let what = format!("the history of entry {} was altered", entry.position);
                return Err(bad(line, what));
            }
        }
        (self.position, self.hash) = (entry.position, entry.hash);
        if self.position == self.known && self.hash != self.known_hash {
            return Err(Trouble::OtherLog {
                position: self.position,
            });
        }
        Ok(self.position > self.known)
    }
}

/// What the next transaction writes.
#[derive(Default)]
struct Chunk {
    appended: Appended,
    /// The length of the text of its entries.
    bytes: usize,
}

impl Chunk {
    fn add(&mut self, entry: Entry, history: Vec<HistoryRow>) {
        let states: usize = history.iter().map(|row| row.state.len()).sum();
        self.bytes += entry.input.len() + entry.events.len() + entry.outcome.len() + states;
        self.appended.entries.push(entry);
        self.appended.history.extend(history);
    }

    fn is_full(&self) -> bool {
        let rows = self
            .appended
            .entries
            .len()
            .max(self.appended.refusals.len());
        rows >= ENTRIES_MAX || self.bytes > BYTES_MAX
    }
}

/// Writes a chunk in one transaction. All keys go with the first one, and not before: now the file is
/// known to have this database's log.
async fn write(
    store: &dyn Store,
    reading: &Reading,
    chunk: Appended,
    keys: &mut Keys,
) -> Result<(), Trouble> {
    if chunk == Appended::default() && keys.is_empty() {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    let written = put(transaction.as_mut(), reading, chunk, keys).await;
    match written {
        Ok(()) => {
            transaction.commit().await?;
            keys.clear();
            Ok(())
        }
        Err(trouble) => {
            transaction.rollback().await;
            Err(trouble)
        }
    }
}

async fn put(
    transaction: &mut dyn Transaction,
    reading: &Reading,
    mut chunk: Appended,
    keys: &Keys,
) -> Result<(), Trouble> {
    let first = chunk.entries.first().map(|entry| entry.position);
    let at = transaction.head().position;
    if first.unwrap_or(reading.position + 1) != at + 1 {
        return Err(Trouble::OtherLog { position: at });
    }
    let ring = keys::ring(transaction, &chunk.history, keys).await?;
    let changes = changes(transaction, &chunk.history, &ring).await?;
    chunk.keys = keys::changes(transaction, &changes, keys).await?;
    transaction.write(&changes).await?;
    chunk.list_changes = of_lists(&changes, &chunk.history)?;
    let counted = chunk.history.iter();
    chunk.sequences = counted.map(|row| (row.kind, row.sequence)).collect();
    Ok(transaction.append(&chunk).await?)
}

/// What history rows change in lists, from the states before the first of them.
fn of_lists(changes: &[Change], history: &[HistoryRow]) -> Result<Vec<ListChange>, StoreError> {
    let loaded = changes.iter().filter_map(|change| change.loaded.as_ref());
    let loaded = loaded.map(|before| ((before.state.kind(), before.state.id()), &before.state));
    let mut states: BTreeMap<_, _> = loaded.map(|(of, state)| (of, state.clone())).collect();
    let mut noted = Vec::new();
    for row in history {
        let state = row.aggregate()?;
        let old = states.get(&(row.kind, row.id));
        noted.extend(list_changes(old, &state, row.position));
        states.insert((row.kind, row.id), state);
    }
    Ok(noted)
}

/// The changes of the current states that history rows make together.
async fn changes(
    transaction: &mut dyn Transaction,
    history: &[HistoryRow],
    ring: &Keyring,
) -> Result<Vec<Change>, StoreError> {
    let rows = history.iter();
    let newest: BTreeMap<(Kind, Uuid), &HistoryRow> =
        rows.map(|row| ((row.kind, row.id), row)).collect();
    let mut by_kind: BTreeMap<Kind, Vec<Uuid>> = BTreeMap::new();
    for (kind, id) in newest.keys() {
        by_kind.entry(*kind).or_default().push(*id);
    }
    let mut loaded = BTreeMap::new();
    for (kind, ids) in by_kind {
        for found in transaction.load(kind, &ids, &[]).await? {
            loaded.insert((kind, found.state.id()), found);
        }
    }
    let changes = newest.into_iter().map(|(place, row)| {
        Ok(Change {
            loaded: loaded.remove(&place),
            new: Versioned {
                version: row.version,
                state: ring.state(row)?,
            },
        })
    });
    changes.collect()
}

/// The ids of the refusals that the database has, from an earlier attempt.
async fn known_refusals(reader: &dyn Reader) -> Result<HashSet<Uuid>, StoreError> {
    let (all, mut known, mut before) = (LogFilter::default(), HashSet::new(), None);
    loop {
        let mut snapshot = reader.snapshot().await?;
        let limit = ENTRIES_MAX as u64;
        let found = snapshot.refusals(&all, 0..=u64::MAX, before, limit).await?;
        let Some(last) = found.last() else {
            return Ok(known);
        };
        before = Some(last.id);
        known.extend(found.iter().map(|refusal| refusal.id));
    }
}
