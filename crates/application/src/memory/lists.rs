//! Lists of the store in memory, now and in the past.

use super::MemorySnapshot;
use async_trait::async_trait;
use domain::list::AnyFilter;
use domain::log::HistoryRow;
use domain::log::reader::{History, Lists, PastList, PastStates};
use domain::log::seal;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};

#[async_trait]
impl Lists for MemorySnapshot {
    async fn list(
        &mut self,
        filter: &dyn AnyFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        let states = self.0.admitted(filter).cloned().collect();
        Ok(limited(listed(states, filter, after).into_iter(), limit))
    }

    async fn list_at(&mut self, asked: PastList<'_>) -> Result<PastStates, StoreError> {
        let kind = asked.filter.kind();
        let rows = self.states_at(kind, asked.position, None, u64::MAX).await?;
        let is_changed = |row: &&HistoryRow| asked.changed_after.is_none_or(|p| row.position > p);
        let rows: Vec<_> = rows.iter().filter(is_changed).cloned().collect();
        let mut states = seal::states(self, &rows).await?;
        // As in a database, a state is found by its facets, even if the filter admits it without them.
        let facets = asked.filter.facets();
        states.retain(|Versioned { state, .. }| {
            let own = state.listing().map(|listing| listing.facets);
            let is_found = own.is_some_and(|own| facets.iter().all(|facet| own.contains(facet)));
            is_found && asked.filter.admits_any(state)
        });
        let listed = listed(states, asked.filter, asked.after);
        Ok(PastStates {
            states: limited(listed.into_iter(), asked.limit),
            read_to: None,
        })
    }
}

/// States in the order of a list, after a place.
fn listed(
    states: Vec<Versioned<AnyAggregate>>,
    filter: &dyn AnyFilter,
    after: Option<&str>,
) -> Vec<Versioned<AnyAggregate>> {
    let states = states.into_iter();
    let placed = states.filter_map(|state| Some((filter.place_of(&state.state)?, state)));
    let mut rows: Vec<_> = placed.collect();
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    if filter.is_newest_first() {
        rows.reverse();
    }
    let is_beyond = |place: &str, after: &str| match filter.is_newest_first() {
        true => place < after,
        false => place > after,
    };
    let rows = rows.into_iter();
    let beyond = rows.filter(|(place, _)| after.is_none_or(|after| is_beyond(place, after)));
    beyond.map(|(_, state)| state).collect()
}

pub(super) fn limited<T>(items: impl Iterator<Item = T>, limit: u64) -> Vec<T> {
    items
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect()
}
