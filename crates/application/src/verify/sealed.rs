//! What is stored sealed: it must open with the key of its thing, and the key of what was erased must be
//! gone.

use super::{CHUNK, Trouble, bad};
use crate::catalogue::Definition;
use domain::log::reader::Snapshot;
use domain::log::seal::{self, Keyring, subject_of};
use domain::log::store::StoreError;
use domain::log::{Entry, HistoryRow, SealKey};
use domain::{AnyAggregate, Kind, Lookup, Versioned};
use std::collections::HashMap;
use uuid::Uuid;

/// The input of an entry with its personal fields, to decide it again. Without the key it stays
/// sealed: operations only move personal fields and compare them, and equal texts have equal sealed
/// forms. Returns `None` for an entry that compared such a text with one that an earlier release had
/// stored in plain text. Nobody can tell any more whether they were equal.
pub(super) async fn input(
    snapshot: &mut dyn Snapshot,
    definition: &Definition,
    input: &str,
    entry: &Entry,
) -> Result<Option<String>, Trouble> {
    let Some(subject) = subject_of(entry.target.as_deref()) else {
        return Ok(Some(input.to_owned()));
    };
    let ring = Keyring::load(snapshot, [subject]).await?;
    let (mut opened, mut is_sealed) = (Ok(()), false);
    let input = definition.rewrite(input, &mut |fields| {
        is_sealed = fields.iter().any(|(_, field)| field.sealed().is_some());
        if let Some(key) = ring.get(subject) {
            opened = seal::open(key, subject, fields);
        }
    });
    let unreadable = |error| bad(entry.position, format!("the input cannot be read: {error}"));
    let input = input.map_err(unreadable)?;
    opened.map_err(|error| not_open(entry.position, error))?;
    if !is_sealed || ring.get(subject).is_some() {
        return Ok(Some(input));
    }
    let (kind, id) = subject;
    let lookup = Lookup::id(kind, id);
    let before = snapshot.state_at(&lookup, entry.position - 1).await?;
    let before = before.map(|row| ring.state(&row)).transpose()?;
    let is_plain = before.is_some_and(|mut state| {
        let fields = state.personal();
        fields.iter().any(|(_, field)| field.known().is_some())
    });
    Ok((!is_plain).then_some(input))
}

/// The states of history rows that have personal fields, with these as far as they can be read.
pub(super) async fn states(
    snapshot: &mut dyn Snapshot,
    history: &[HistoryRow],
) -> Result<Vec<Option<AnyAggregate>>, Trouble> {
    let ring = Keyring::load(snapshot, history.iter().map(|row| (row.kind, row.id))).await?;
    let read = |row: &HistoryRow| {
        let is_personal = row.kind.is_personal();
        let state = is_personal.then(|| ring.state(row)).transpose();
        state.map_err(|error| not_open(row.position, error))
    };
    history.iter().map(read).collect()
}

/// Checks that what was erased has no key, and that every key belongs to something.
pub(super) async fn keys(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    for kind in Kind::ALL {
        let (mut expected, mut after) = (0, None);
        while kind.is_personal() {
            let current = snapshot.all(*kind, after, CHUNK).await?;
            let Some(last) = current.last() else { break };
            after = Some(last.state.id());
            expected += keys_of(snapshot, *kind, &current).await?;
        }
        no_others(snapshot, *kind, expected).await?;
    }
    Ok(())
}

/// Checks the keys of current states, and returns how many they have.
async fn keys_of(
    snapshot: &mut dyn Snapshot,
    kind: Kind,
    current: &[Versioned<AnyAggregate>],
) -> Result<u64, Trouble> {
    let ids: Vec<Uuid> = current.iter().map(|current| current.state.id()).collect();
    let keys: HashMap<Uuid, SealKey> = snapshot.keys(kind, &ids).await?.into_iter().collect();
    for current in current {
        let id = current.state.id();
        if current.state.is_erased() && keys.contains_key(&id) {
            let what = format!("{kind} {id} is erased, but its key is still there");
            return Err(Trouble::Aside(what));
        }
    }
    Ok(keys.len() as u64)
}

/// Reads the newest state of a thing, to compare it with the current one.
pub(super) fn newest(ring: &Keyring, row: &HistoryRow) -> Result<Option<AnyAggregate>, Trouble> {
    let subject = (row.kind, row.id);
    let Ok(mut state) = row.aggregate() else {
        return Ok(None);
    };
    let fields = state.personal();
    let is_sealed = fields.iter().any(|(_, field)| field.sealed().is_some());
    if is_sealed && ring.get(subject).is_none() {
        let what = format!("the key of {} {} is missing", row.kind, row.id);
        return Err(bad(row.position, what));
    }
    let state = ring.state(row);
    state
        .map(Some)
        .map_err(|error| not_open(row.position, error))
}

/// Checks that every key belongs to something.
async fn no_others(snapshot: &mut dyn Snapshot, kind: Kind, expected: u64) -> Result<(), Trouble> {
    let (mut found, mut after) = (0, None);
    loop {
        let keys = snapshot.all_keys(kind, after, CHUNK).await?;
        let Some((last, _)) = keys.last() else { break };
        after = Some(*last);
        found += keys.len() as u64;
    }
    match found == expected {
        true => Ok(()),
        false => Err(Trouble::Aside(format!(
            "there are {found} keys of kind {kind}, but {expected} belong to something"
        ))),
    }
}

fn not_open(position: u64, error: StoreError) -> Trouble {
    match error {
        StoreError::Data(what) => bad(position, what.to_string()),
        error => error.into(),
    }
}
