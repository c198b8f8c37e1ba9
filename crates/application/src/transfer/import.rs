//! Reads a log into an empty database.

use super::keys::{self, Keys};
use super::{FORM, Line};
use crate::upcasters;
use domain::log::chain::entry_hash;
use domain::log::reader::{LogFilter, Reader};
use domain::log::seal::Keyring;
use domain::log::store::{Appended, Change, CommitError, Store, StoreError, Transaction};
use domain::log::{Entry, Hash, HistoryRow, ListChange, list_changes};
use domain::{AnyAggregate, Kind, Versioned};
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

/// Reads a log. The database must be empty, or have the beginning of the same log. Calls `progress` with
/// the number of entries read and the number of all.
///
/// # Errors
///
/// The file is damaged, altered or cut, the database has another log, or it fails.
pub async fn import(
    store: &dyn Store,
    reader: &dyn Reader,
    lines: impl Iterator<Item = io::Result<String>>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Imported, Trouble> {
    let mut lines = numbered(lines);
    let (end, known, hash) = begin(store, &mut lines).await?;
    let mut reading = Reading {
        known,
        known_hash: hash,
        position: 0,
        hash: Hash::ZERO,
        sequences: BTreeMap::new(),
    };
    let (mut chunk, mut bytes) = (Appended::default(), 0);
    let mut keys = Keys::new();
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
                let own = reading.entry(line, &entry, &history)?;
                if own {
                    bytes += length(&entry, &history);
                    chunk.entries.push(*entry);
                    chunk.history.extend(history);
                }
                if chunk.entries.len() >= ENTRIES_MAX || bytes > BYTES_MAX {
                    write(store, &reading, std::mem::take(&mut chunk), &mut keys).await?;
                    bytes = 0;
                    progress(reading.position, end);
                }
            }
            Line::Refusal(refusal) => {
                refusals += 1;
                if !known_refusals.contains(&refusal.id) {
                    chunk.refusals.push(*refusal);
                }
                if chunk.refusals.len() >= ENTRIES_MAX {
                    write(store, &reading, std::mem::take(&mut chunk), &mut keys).await?;
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
                write(store, &reading, chunk, &mut keys).await?;
                return Ok(Imported {
                    entries,
                    known,
                    refusals,
                    hash,
                });
            }
            Line::PlimsollLog { .. } => return Err(bad(line, "a second log begins here")),
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

/// Reads the first line. Returns the position where the exported log ends, and the position and hash
/// that the database is at.
async fn begin(
    store: &dyn Store,
    lines: &mut impl Iterator<Item = Result<(u64, Line), Trouble>>,
) -> Result<(u64, u64, Hash), Trouble> {
    let end = match lines.next().transpose()? {
        Some((_, Line::PlimsollLog { form, head })) if form <= FORM => head.position,
        Some((line, Line::PlimsollLog { form, .. })) => {
            let what = format!("form {form} of the file needs a newer release of Plimsoll");
            return Err(bad(line, what));
        }
        _ => return Err(bad(1, "not an exported log")),
    };
    let transaction = store.begin().await?;
    let head = transaction.head();
    let at = (end, head.position, head.hash);
    transaction.rollback().await;
    if at.1 > end {
        // An older file: it may have keys that were destroyed since.
        return Err(Trouble::OtherLog { position: at.1 });
    }
    Ok(at)
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

fn length(entry: &Entry, history: &[HistoryRow]) -> usize {
    let states: usize = history.iter().map(|row| row.state.len()).sum();
    entry.input.len() + entry.events.len() + entry.outcome.len() + states
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
        let state = state(row)?;
        let old = states.get(&(row.kind, row.id));
        noted.extend(list_changes(old, &state, row.position));
        states.insert((row.kind, row.id), state);
    }
    Ok(noted)
}

fn state(row: &HistoryRow) -> Result<AnyAggregate, StoreError> {
    let state = row.kind.state_from_json(&row.state);
    state.map_err(|error| StoreError::data(format!("history of {}: {error}", row.id)))
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
