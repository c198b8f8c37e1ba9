//! How aggregates of all kinds are loaded and written.

use crate::session::Session;
use crate::table::Table;
use domain::list::AnyFilter;
use domain::log::store::{Change, StoreError};
use domain::{AnyAggregate, Kind, Versioned};
use uuid::Uuid;

/// The table of a kind.
pub(crate) fn table(kind: Kind) -> &'static Table {
    let mut tables = crate::ROOMS.iter().flat_map(|room| room.tables);
    let table = tables.find(|table| table.kind == kind);
    table.expect("every kind has a table")
}

/// Loads the states of one kind by ids and by natural keys.
pub(crate) async fn load(
    session: &Session,
    kind: Kind,
    ids: &[Uuid],
    keys: &[String],
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    table(kind).load(session, ids, keys).await
}

/// The ids of the aggregates that a filter admits.
pub(crate) async fn ids(
    session: &Session,
    filter: &dyn AnyFilter,
) -> Result<Vec<Uuid>, StoreError> {
    table(filter.kind()).ids(session, filter).await
}

/// Writes changed states grouped by kind, in the order of the kinds.
pub(crate) async fn write(session: &Session, changes: &[Change]) -> Result<(), StoreError> {
    for kind in Kind::ALL {
        let of_kind: Vec<_> = changes
            .iter()
            .filter(|change| change.new.state.kind() == *kind)
            .collect();
        if !of_kind.is_empty() {
            table(*kind).write(session, &of_kind).await?;
        }
    }
    Ok(())
}

/// Looks up the id of the aggregate with a natural key.
pub(crate) async fn id_of(
    session: &Session,
    kind: Kind,
    key: &str,
) -> Result<Option<Uuid>, StoreError> {
    let states = load(session, kind, &[], &[key.to_owned()]).await?;
    Ok(states.first().map(|state| state.state.id()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_one_table() {
        let tables = crate::ROOMS.iter().flat_map(|room| room.tables);
        let kinds: Vec<_> = tables.map(|table| table.kind).collect();
        let each: BTreeSet<_> = kinds.iter().copied().collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
        assert_eq!(each, Kind::ALL.iter().copied().collect());
    }
}
