//! The current tables against the latest history.

use super::{CHUNK, Trouble, bad, sealed};
use domain::log::HistoryRow;
use domain::log::reader::Snapshot;
use domain::log::seal::Keyring;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Kind, Versioned};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The rows of a table with ids after the first and up to the last id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    kind: Kind,
    after: Option<Uuid>,
    until: Option<Uuid>,
}

/// Divides all tables into parts of this many rows.
///
/// # Errors
///
/// The store cannot be read.
pub(super) async fn divided(snapshot: &mut dyn Snapshot, part: u64) -> Result<Vec<Rows>, Trouble> {
    let mut parts = Vec::new();
    for kind in Kind::ALL {
        let mut after = None;
        loop {
            let until = snapshot.id_after(*kind, after, part).await?;
            parts.push(Rows {
                kind: *kind,
                after,
                until,
            });
            if until.is_none() {
                break;
            }
            after = until;
        }
    }
    Ok(parts)
}

/// Compares the numbers of rows with the numbers of aggregates in the history.
///
/// # Errors
///
/// The first kind whose number differs, or a failure of the store.
pub(super) async fn counts(
    snapshot: &mut dyn Snapshot,
    aggregates: &BTreeMap<Kind, u64>,
) -> Result<(), Trouble> {
    let head = snapshot.head().position;
    for kind in Kind::ALL {
        let rows = snapshot.count(*kind).await?;
        let known = aggregates.get(kind).copied().unwrap_or(0);
        if rows != known {
            return Err(bad(
                head,
                format!("the history has {known} of kind {kind}, but the table has {rows}"),
            ));
        }
    }
    Ok(())
}

/// Compares some rows with the history at the head of the snapshot.
///
/// # Errors
///
/// The first row that differs, or a failure of the store.
pub(super) async fn compare(snapshot: &mut dyn Snapshot, rows: Rows) -> Result<(), Trouble> {
    let present = snapshot.head().position;
    let Rows { kind, until, .. } = rows;
    let mut after = rows.after;
    loop {
        let found = snapshot.all(kind, after, CHUNK).await;
        let found = found.map_err(|error| match error {
            StoreError::Data(what) => bad(present, what.to_string()),
            error => error.into(),
        })?;
        let newest = snapshot.states_at(kind, present, after, CHUNK).await?;
        let ring = Keyring::load(snapshot, newest.iter().map(|row| (kind, row.id))).await?;
        let mut newest = newest.into_iter().peekable();
        for current in &found {
            let id = current.state.id();
            if until.is_some_and(|until| id > until) {
                return Ok(());
            }
            let Some(newest) = newest.next_if(|newest| newest.id == id) else {
                return Err(bad(present, format!("{kind} {id} has no history")));
            };
            matches(current, &newest, &ring)?;
        }
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = Some(last.state.id());
    }
}

fn matches(
    current: &Versioned<AnyAggregate>,
    newest: &HistoryRow,
    ring: &Keyring,
) -> Result<(), Trouble> {
    // An earlier release may have written the same state in another way, and personal fields are
    // sealed in the history.
    let is_same = newest.version == current.version
        && (current.state.json() == newest.state
            || sealed::newest(ring, newest)?.as_ref() == Some(&current.state));
    if is_same {
        return Ok(());
    }
    let (kind, id) = (newest.kind, newest.id);
    let what = format!("{kind} {id} differs from its state after this entry");
    Err(bad(newest.position, what))
}
