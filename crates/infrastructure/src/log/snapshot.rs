//! Snapshots: everything as of one position.

use super::retention;
use super::rows::{history, operations, refusals};
use super::{checkpoints, epochs, keys, past_lists, reading, tree};
use crate::aggregates;
use crate::columns::{at_most, bound, equals};
use crate::connection::Endpoint;
use crate::errors::orm_error;
use crate::session::Session;
use async_trait::async_trait;
use domain::aggregate::Name;
use domain::list::AnyFilter;
use domain::log::reader::{
    Entries, History, Lists, LogFilter, PastList, PastStates, Reader, Snapshot,
};
use domain::log::retention::RefusalCounts;
use domain::log::store::{Loader, StoreError};
use domain::log::tree::Row;
use domain::log::{Entry, Hash, Head, HistoryRow, PastEpoch, Progress, Refusal, SealKey};
use domain::{AnyAggregate, Kind, Lookup, Moment, Versioned};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Statement, Value,
};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use uuid::Uuid;

/// The maximum number of ids in one statement.
const IDS_MAX: usize = 256;

/// Opens snapshots on a database.
pub(crate) struct DatabaseReader {
    place: Arc<Endpoint>,
}

impl DatabaseReader {
    /// Creates a reader for this database.
    pub(crate) fn new(place: Arc<Endpoint>) -> Self {
        Self { place }
    }
}

#[async_trait]
impl Reader for DatabaseReader {
    /// Connections can die in the pool, for example if the server restarts. They are detected on
    /// use and dropped, so at most as many tries fail as the pool has connections.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let mut dead = 0;
        loop {
            let opened = match self.place.open_reader().await {
                Ok(session) => match reading::head(&session, false).await {
                    Ok(head) => return Ok(Box::new(DatabaseSnapshot { session, head })),
                    Err(error) => Err((error, session.is_broken())),
                },
                Err(error) => Err(error),
            };
            match opened {
                Err((_, true)) if dead < self.place.readers_max() => dead += 1,
                Err((error, _)) => return Err(error),
                Ok(never) => return never,
            }
        }
    }
}

/// Keeps the rows that match a filter, by their operation, actor and target.
fn matching<E: EntityTrait>(
    select: Select<E>,
    [operation, actor, target]: [E::Column; 3],
    filter: &LogFilter,
) -> Select<E> {
    select
        .apply_if(
            equals(operation, filter.operation.as_deref()),
            Select::filter,
        )
        .apply_if(equals(actor, filter.actor.as_deref()), Select::filter)
        .apply_if(equals(target, filter.target.as_deref()), Select::filter)
}

/// Selects the entries that match a filter.
fn entries_of(filter: &LogFilter) -> Select<operations::Entity> {
    use operations::Column;
    let columns = [Column::Operation, Column::Actor, Column::Target];
    matching(operations::Entity::find(), columns, filter)
}

/// A read transaction. Dropping it ends it and returns its connection to the pool.
pub(super) struct DatabaseSnapshot {
    pub(super) session: Session,
    pub(super) head: Head,
}

impl DatabaseSnapshot {
    /// The rows that a select finds, converted to domain types.
    async fn rows<E, T>(&self, select: Select<E>) -> Result<Vec<T>, StoreError>
    where
        E: EntityTrait<Model: Send + Sync>,
        T: TryFrom<E::Model, Error = StoreError>,
    {
        let rows = select.all(&self.session).await;
        let rows = rows.map_err(|error| orm_error(&error))?;
        rows.into_iter().map(T::try_from).collect()
    }
}

#[async_trait]
impl Loader for DatabaseSnapshot {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        aggregates::load(&self.session, kind, ids, keys).await
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        aggregates::ids(&self.session, filter).await
    }
}

#[async_trait]
impl Lists for DatabaseSnapshot {
    async fn list(
        &mut self,
        filter: &dyn AnyFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        let table = aggregates::table(filter.kind());
        table.list(&self.session, filter, after, limit).await
    }

    async fn list_at(&mut self, asked: PastList<'_>) -> Result<PastStates, StoreError> {
        past_lists::list_at(&self.session, asked).await
    }
}

#[async_trait]
impl Entries for DatabaseSnapshot {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn entries(
        &mut self,
        filter: &LogFilter,
        from: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let select = entries_of(filter)
            .filter(operations::Column::Position.gte(bound(from)))
            .order_by_asc(operations::Column::Position)
            .limit(at_most(limit));
        self.rows(select).await
    }

    async fn entries_before(
        &mut self,
        filter: &LogFilter,
        before: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let select = entries_of(filter)
            .filter(operations::Column::Position.lt(bound(before)))
            .order_by_desc(operations::Column::Position)
            .limit(at_most(limit));
        self.rows(select).await
    }

    async fn entries_at(&mut self, positions: &[u64]) -> Result<Vec<Entry>, StoreError> {
        let positions = positions.iter().map(|position| bound(*position));
        let select = operations::Entity::find()
            .filter(operations::Column::Position.is_in(positions))
            .order_by_asc(operations::Column::Position);
        self.rows(select).await
    }

    async fn refusals(
        &mut self,
        filter: &LogFilter,
        judged_at: RangeInclusive<u64>,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Refusal>, StoreError> {
        use refusals::Column;
        let (first, last) = (bound(*judged_at.start()), bound(*judged_at.end()));
        let everywhere = judged_at == (0..=u64::MAX);
        let columns = [Column::Operation, Column::Actor, Column::Target];
        let select = matching(refusals::Entity::find(), columns, filter)
            .apply_if((!everywhere).then_some(()), |select, ()| {
                select.filter(Column::JudgedAt.between(first, last))
            })
            .apply_if(before, |select, before| {
                select.filter(Column::Id.lt(before))
            })
            .order_by_desc(Column::Id)
            .limit(at_most(limit));
        self.rows(select).await
    }

    async fn refusal_counts(&mut self, from_day: &str) -> Result<RefusalCounts, StoreError> {
        retention::counts(&self.session, from_day).await
    }

    async fn past_epochs(&mut self) -> Result<Vec<PastEpoch>, StoreError> {
        epochs::past(&self.session).await
    }

    async fn tree_row(&mut self, row: &Row) -> Result<Vec<Hash>, StoreError> {
        tree::hashes(&self.session, row).await
    }

    async fn position_at(&mut self, time: Moment) -> Result<u64, StoreError> {
        let position = operations::Entity::find()
            .select_only()
            .column(operations::Column::Position)
            .filter(operations::Column::RecordedAt.lte(time.to_chrono()))
            .order_by_desc(operations::Column::RecordedAt)
            .limit(1)
            .into_tuple::<i64>()
            .one(&self.session)
            .await
            .map_err(|error| orm_error(&error))?;
        Ok(position.map_or(0, i64::unsigned_abs))
    }

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        checkpoints::progress(&self.session, readers).await
    }
}

#[async_trait]
impl History for DatabaseSnapshot {
    /// Natural keys never change and nothing is ever deleted, so an aggregate that had this key at
    /// `position` still has it.
    async fn state_at(
        &mut self,
        lookup: &Lookup,
        position: u64,
    ) -> Result<Option<HistoryRow>, StoreError> {
        let id = match &lookup.name {
            Name::Id(id) => Some(*id),
            Name::Key(key) => aggregates::id_of(&self.session, lookup.kind, key).await?,
        };
        let Some(id) = id else {
            return Ok(None);
        };
        let select = history::Entity::find()
            .filter(history::Column::Kind.eq(lookup.kind.word()))
            .filter(history::Column::Id.eq(id))
            .filter(history::Column::Position.lte(bound(position)))
            .order_by_desc(history::Column::Position)
            .limit(1);
        Ok(self.rows(select).await?.pop())
    }

    async fn history_of(
        &mut self,
        kind: Kind,
        id: Uuid,
        after: u64,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let select = history::Entity::find()
            .filter(history::Column::Kind.eq(kind.word()))
            .filter(history::Column::Id.eq(id))
            .filter(history::Column::Version.gt(bound(after)))
            .order_by_asc(history::Column::Version)
            .limit(at_most(limit));
        self.rows(select).await
    }

    async fn history(&mut self, from: u64, to: u64) -> Result<Vec<HistoryRow>, StoreError> {
        let select = history::Entity::find()
            .filter(history::Column::Position.between(bound(from), bound(to)));
        let mut rows: Vec<HistoryRow> = self.rows(select).await?;
        rows.sort_by_key(|row| (row.position, row.kind.word(), row.id));
        Ok(rows)
    }

    async fn changes(
        &mut self,
        kind: Kind,
        sequences: RangeInclusive<u64>,
    ) -> Result<Vec<(HistoryRow, Entry)>, StoreError> {
        use history::Column;
        let (first, last) = (bound(*sequences.start()), bound(*sequences.end()));
        let entry = history::Entity::belongs_to(operations::Entity)
            .from(Column::Position)
            .to(operations::Column::Position);
        let rows = history::Entity::find()
            .select_also(operations::Entity)
            .join(JoinType::InnerJoin, entry.into())
            .filter(Column::Kind.eq(kind.word()))
            .filter(Column::Sequence.between(first, last))
            .order_by_asc(Column::Sequence)
            .all(&self.session)
            .await
            .map_err(|error| orm_error(&error))?;
        let read = |(row, entry): (history::Model, Option<operations::Model>)| {
            let row = HistoryRow::try_from(row);
            entry.map(|entry| Ok((row?, Entry::try_from(entry)?)))
        };
        rows.into_iter().filter_map(read).collect()
    }

    /// The table of the kind gives the ids, and an index the newest row of each up to the position,
    /// so the number of versions does not matter.
    async fn states_at(
        &mut self,
        kind: Kind,
        position: u64,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        // The order of the join is fixed, and the plus keeps SQLite from looking for all ids above the
        // bound: otherwise each page would read the whole history of the kind.
        let (join, id) = match self.session.is_sqlite() {
            true => ("CROSS JOIN", "+`own`.`id`"),
            false => ("STRAIGHT_JOIN", "`own`.`id`"),
        };
        let sql = format!(
            "SELECT `history`.* FROM `{}` AS `own` {join} `history` ON `history`.`kind` = ? \
             AND `history`.`id` = {id} AND `history`.`position` = (SELECT MAX(`position`) \
             FROM `history` AS `past` WHERE `past`.`kind` = ? AND `past`.`id` = `own`.`id` \
             AND `past`.`position` <= ?) WHERE `own`.`id` > ? ORDER BY `own`.`id` LIMIT ?",
            aggregates::table(kind).name()
        );
        let (word, position) = (kind.word(), bound(position));
        let values: [Value; 5] = [
            word.into(),
            word.into(),
            position.into(),
            after.unwrap_or(Uuid::nil()).into(),
            bound(limit).into(),
        ];
        let backend = self.session.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let rows = history::Entity::find().from_raw_sql(statement);
        let rows = rows.all(&self.session).await;
        let rows = rows.map_err(|error| orm_error(&error))?;
        rows.into_iter().map(HistoryRow::try_from).collect()
    }

    async fn states_of(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        position: u64,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let mut states = Vec::with_capacity(ids.len());
        for ids in ids.chunks(IDS_MAX) {
            for row in reading::newest(&self.session, kind, ids, position).await? {
                states.push(row.try_into()?);
            }
        }
        Ok(states)
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        keys::keys(&self.session, kind, ids).await
    }

    async fn sequences(&mut self) -> Result<BTreeMap<Kind, u64>, StoreError> {
        reading::sequences(&self.session).await
    }

    async fn changed_since(&mut self, kind: Kind, sequence: u64) -> Result<Vec<Uuid>, StoreError> {
        let ids = history::Entity::find()
            .select_only()
            .column(history::Column::Id)
            .distinct()
            .filter(history::Column::Kind.eq(kind.word()))
            .filter(history::Column::Sequence.gt(bound(sequence)))
            .into_tuple()
            .all(&self.session)
            .await;
        ids.map_err(|error| orm_error(&error))
    }
}
