//! The keys of personal fields, as an import writes them.

use domain::Kind;
use domain::log::seal::{Keyring, Subject, by_kind};
use domain::log::store::{Change, StoreError, Transaction};
use domain::log::{HistoryRow, KeyChanges, SealKey};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Keys from the file that are not written yet.
pub(super) type Keys = Vec<(Kind, Uuid, SealKey)>;

/// Reads a key from hexadecimal.
pub(super) fn read(text: &str) -> Option<SealKey> {
    let mut key = [0; domain::log::SEAL_KEY_BYTES];
    hex::decode_to_slice(text, &mut key).ok()?;
    Some(SealKey(key))
}

/// The keys of these rows: those that are stored, and those of the file.
pub(super) async fn ring(
    transaction: &mut dyn Transaction,
    history: &[HistoryRow],
    keys: &Keys,
) -> Result<Keyring, StoreError> {
    let stored = stored(transaction, history.iter().map(|row| (row.kind, row.id))).await?;
    let file = keys.iter().cloned();
    let all = stored.into_iter().chain(file);
    Ok(Keyring::of(all.map(|(kind, id, key)| ((kind, id), key))))
}

/// What becomes of keys with these changes: those of the file are new unless they are there already,
/// and those of erased things are destroyed.
pub(super) async fn changes(
    transaction: &mut dyn Transaction,
    changes: &[Change],
    keys: &Keys,
) -> Result<KeyChanges, StoreError> {
    let states = changes.iter().map(|change| &change.new.state);
    let erased = states.filter(|state| state.is_erased());
    let erased: BTreeSet<_> = erased.map(|state| (state.kind(), state.id())).collect();
    let named = keys.iter().map(|(kind, id, _)| (*kind, *id));
    let stored = stored(transaction, named.chain(erased.iter().copied())).await?;
    let stored: BTreeSet<_> = stored.into_iter().map(|(kind, id, _)| (kind, id)).collect();
    let is_new = |(kind, id, _): &&(Kind, Uuid, SealKey)| {
        let place = (*kind, *id);
        !stored.contains(&place) && !erased.contains(&place)
    };
    Ok(KeyChanges {
        new: keys.iter().filter(is_new).cloned().collect(),
        destroyed: erased.intersection(&stored).copied().collect(),
    })
}

async fn stored(
    transaction: &mut dyn Transaction,
    named: impl Iterator<Item = Subject>,
) -> Result<Keys, StoreError> {
    let mut stored = Keys::new();
    for (kind, ids) in by_kind(named) {
        let found = transaction.keys(kind, &ids).await?.into_iter();
        stored.extend(found.map(|(id, key)| (kind, id, key)));
    }
    Ok(stored)
}
