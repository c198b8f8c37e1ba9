//! Compares the load of every movement ahead with the cargoes that hold space on it.

use crate::verify::{CHUNK, Trouble, bad};
use domain::booking::{Cargo, CargoFilter};
use domain::log::reader::Snapshot;
use domain::voyages::{Holder, Voyage};
use domain::{Aggregate, Kind};

/// Checks all voyages. Departed movements are skipped: they keep the load they sailed with.
pub(crate) async fn of_what_lies_ahead(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    let (head, now) = (snapshot.head().position, snapshot.head().recorded_at);
    let mut after = None;
    loop {
        let found = snapshot.all(Kind::Voyage, after, CHUNK).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = Some(last.state.id());
        for voyage in found.iter().filter_map(|row| Voyage::from_any(&row.state)) {
            let holders = holders(snapshot, voyage, head).await?;
            if let Some((movement, held)) = voyage.wrong_load(&holders, now) {
                return Err(bad(
                    head,
                    format!(
                        "{}, {} → {}, has a load of {}, but its cargoes hold {held}",
                        voyage.number, movement.from, movement.to, movement.load
                    ),
                ));
            }
        }
    }
}

/// The space that each cargo holds on a voyage.
async fn holders(
    snapshot: &mut dyn Snapshot,
    voyage: &Voyage,
    head: u64,
) -> Result<Vec<Holder>, Trouble> {
    let ids = snapshot.ids(&CargoFilter::aboard(&voyage.number)).await?;
    let mut holders = Vec::with_capacity(ids.len());
    for ids in ids.chunks(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
        let cargoes = snapshot.load(Kind::Cargo, ids, &[]).await?;
        for cargo in cargoes.iter().filter_map(|row| Cargo::from_any(&row.state)) {
            let held = cargo.holds_on(voyage);
            holders.push(held.map_err(|rejection| bad(head, rejection.to_string()))?);
        }
    }
    Ok(holders)
}
