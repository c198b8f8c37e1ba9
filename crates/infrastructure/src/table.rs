//! How aggregates are stored in tables: what each kind says about its table, and the descriptor by
//! which shared code reads and writes all kinds alike.

use crate::bulk;
use crate::columns::{Unreadable, at_most, signed, unsigned};
use crate::errors::orm_error;
use crate::session::Session;
use domain::list::{AnyFilter, Listed};
use domain::log::store::{Change, StoreError};
use domain::{Aggregate, AnyAggregate, Kind, Versioned};
use sea_orm::sea_query::Value;
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use sea_orm_migration::MigrationTrait;
use std::any::Any;
use std::collections::HashSet;
use std::pin::Pin;
use uuid::Uuid;

type States = Vec<Versioned<AnyAggregate>>;
/// The result of a descriptor's function.
type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The table of one kind of aggregate. It has the columns `id` and `version`.
pub(crate) trait AggregateTable:
    EntityTrait<Model: IntoActiveModel<Self::ActiveModel> + Clone + PartialEq + Send + Sync>
{
    /// The rows of the table.
    type Of: Aggregate;
    /// The id column.
    const ID: Self::Column;
    /// The column of the natural key, if the kind has one.
    const KEY: Option<Self::Column>;

    /// Converts a state to a row.
    fn row(state: &Self::Of, version: i64) -> Result<Self::Model, StoreError>;
    /// The id and version of a row.
    fn name(row: &Self::Model) -> (Uuid, i64);
    /// Converts a row to a state.
    fn state(row: Self::Model) -> Result<Self::Of, Unreadable>;
}

/// A table that can be listed.
pub(crate) trait ListedTable: AggregateTable<Of: Listed> {
    /// The order of its list, unless [`page`](Self::page) has its own.
    const ORDER: ListOrder = ListOrder::Newest;

    /// The rows of the states that a filter admits.
    fn select(filter: &<Self::Of as Listed>::Filter) -> Select<Self>;

    /// One page: at most `limit` rows after the place `after`.
    fn page(
        select: Select<Self>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Select<Self>, StoreError> {
        page(select, Self::ORDER, after, limit)
    }
}

/// A side table of a kind. Its rows are derived from states and used only for searching.
pub(crate) trait SideTable:
    EntityTrait<Model: IntoActiveModel<Self::ActiveModel> + FromQueryResult + PartialEq + Send + Sync>
{
    /// The states that its rows are derived from.
    type Of: Aggregate;
    /// The column of the aggregate's id.
    const OWNER: Self::Column;

    /// The rows of a state.
    fn rows(state: &Self::Of) -> Vec<Self::Model>;
    /// Whether a changed state keeps its rows.
    fn has_same_rows(old: &Self::Of, new: &Self::Of) -> bool;
}

/// The sort order of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ListOrder {
    /// By natural key.
    Key,
    /// By id, oldest first.
    Id,
    /// By id, newest first.
    Newest,
}

/// What a subdomain provides to the rest of this crate.
pub(crate) struct Room {
    pub(crate) tables: &'static [Table],
    /// Its migrations that concern no other subdomain.
    pub(crate) migrations: &'static [fn() -> Box<dyn MigrationTrait>],
}

/// The table of one kind, without its types.
pub(crate) struct Table {
    pub(crate) kind: Kind,
    name: fn() -> &'static str,
    load: for<'a> fn(&'a Session, &'a [Uuid], &'a [String]) -> Answer<'a, States>,
    write: for<'a> fn(&'a Session, &'a [&'a Change]) -> Answer<'a, ()>,
    all: for<'a> fn(&'a Session, Option<Uuid>, u64) -> Answer<'a, States>,
    count: for<'a> fn(&'a Session) -> Answer<'a, u64>,
    list: Option<List>,
    sides: [Option<Side>; 2],
}

struct List {
    page: for<'a> fn(&'a Session, &'a dyn AnyFilter, Option<&'a str>, u64) -> Answer<'a, States>,
    ids: for<'a> fn(&'a Session, &'a dyn AnyFilter) -> Answer<'a, Vec<Uuid>>,
}

struct Side {
    write: for<'a> fn(&'a Session, &'a [&'a Change]) -> Answer<'a, ()>,
    check: for<'a> fn(&'a Session, &'a [Versioned<AnyAggregate>]) -> Answer<'a, ()>,
}

impl Table {
    /// The descriptor of a table.
    pub(crate) const fn of<E: AggregateTable>() -> Self {
        Self {
            kind: E::Of::KIND,
            name: || E::default().table_name(),
            load: |session, ids, keys| Box::pin(load::<E>(session, ids, keys)),
            write: |session, changes| Box::pin(write::<E>(session, changes)),
            all: |session, after, limit| Box::pin(all::<E>(session, after, limit)),
            count: |session| Box::pin(count::<E>(session)),
            list: None,
            sides: [None, None],
        }
    }

    /// The descriptor of a table with a list.
    pub(crate) const fn listed<E: ListedTable>() -> Self {
        let mut table = Self::of::<E>();
        table.list = Some(List {
            page: |session, filter, after, limit| {
                Box::pin(list::<E>(session, filter, after, limit))
            },
            ids: |session, filter| Box::pin(ids::<E>(session, filter)),
        });
        table
    }

    /// The same table with a side table. A table has at most two.
    pub(crate) const fn beside<S: SideTable>(mut self) -> Self {
        let place = self.sides[0].is_some() as usize;
        self.sides[place] = Some(Side {
            write: |session, changes| Box::pin(write_side::<S>(session, changes)),
            check: |session, states| Box::pin(check_side::<S>(session, states)),
        });
        self
    }

    /// Its name in the database.
    pub(crate) fn name(&self) -> &'static str {
        (self.name)()
    }

    /// Loads the states with these ids and natural keys.
    pub(crate) async fn load(
        &self,
        session: &Session,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<States, StoreError> {
        (self.load)(session, ids, keys).await
    }

    /// Writes changed states of this kind, and the rows of its side tables.
    pub(crate) async fn write(
        &self,
        session: &Session,
        changes: &[&Change],
    ) -> Result<(), StoreError> {
        (self.write)(session, changes).await?;
        for side in self.sides.iter().flatten() {
            (side.write)(session, changes).await?;
        }
        Ok(())
    }

    /// Loads states by id, and checks that their rows and side tables match them.
    pub(crate) async fn all(
        &self,
        session: &Session,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<States, StoreError> {
        let states = (self.all)(session, after, limit).await?;
        for side in self.sides.iter().flatten() {
            (side.check)(session, &states).await?;
        }
        Ok(states)
    }

    /// The number of rows.
    pub(crate) async fn count(&self, session: &Session) -> Result<u64, StoreError> {
        (self.count)(session).await
    }

    /// One page of the states that a filter admits.
    pub(crate) async fn list(
        &self,
        session: &Session,
        filter: &dyn AnyFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<States, StoreError> {
        (self.filtered().page)(session, filter, after, limit).await
    }

    /// The ids of the states that a filter admits.
    pub(crate) async fn ids(
        &self,
        session: &Session,
        filter: &dyn AnyFilter,
    ) -> Result<Vec<Uuid>, StoreError> {
        (self.filtered().ids)(session, filter).await
    }

    fn filtered(&self) -> &List {
        let list = self.list.as_ref();
        list.expect("the table of a kind that has a filter is listed")
    }
}

fn read<E: AggregateTable>(row: E::Model) -> Result<Versioned<AnyAggregate>, StoreError> {
    let (id, version) = E::name(&row);
    let unreadable = |Unreadable(reason): Unreadable| {
        let table = EntityName::table_name(&E::default());
        StoreError::data(format!("row {id} of {table} cannot be read: {reason}"))
    };
    Ok(Versioned {
        version: unsigned("version", version).map_err(unreadable)?,
        state: E::state(row).map_err(unreadable)?.into_any(),
    })
}

async fn load<E: AggregateTable>(
    session: &Session,
    ids: &[Uuid],
    keys: &[String],
) -> Result<States, StoreError> {
    let mut rows = bulk::select::<E>(session, E::ID, ids.iter().map(|id| Value::from(*id))).await?;
    let by_id = rows.len();
    if let Some(column) = E::KEY {
        let keys = keys.iter().map(|key| Value::from(key.as_str()));
        rows.append(&mut bulk::select::<E>(session, column, keys).await?);
    }
    let (wanted_ids, wanted_keys): (HashSet<&Uuid>, HashSet<&str>) = if by_id == rows.len() {
        Default::default()
    } else {
        (
            ids.iter().collect(),
            keys.iter().map(String::as_str).collect(),
        )
    };
    let mut states: Vec<Versioned<AnyAggregate>> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let row = E::Model::from_query_result(row, "").map_err(|error| orm_error(&error))?;
        let state = read::<E>(row)?;
        // MariaDB and MySQL ignore trailing spaces when they compare keys, and the same row may
        // have been asked for by id and by key.
        let is_named = |key: &str| wanted_keys.contains(key);
        if index < by_id
            || (state.state.natural_key().is_some_and(is_named)
                && !wanted_ids.contains(&state.state.id()))
        {
            states.push(state);
        }
    }
    Ok(states)
}

/// One page of a select: at most `limit` rows after the row named `after`.
fn page<E: AggregateTable>(
    select: Select<E>,
    order: ListOrder,
    after: Option<&str>,
    limit: u64,
) -> Result<Select<E>, StoreError> {
    let id_of =
        |text: &str| Uuid::parse_str(text).map_err(|_| StoreError::data("after: must be an id"));
    let select = match (order, E::KEY, after) {
        (ListOrder::Key, Some(key), Some(after)) => select.filter(key.gt(after)),
        (ListOrder::Newest, _, Some(after)) => select.filter(E::ID.lt(id_of(after)?)),
        (_, _, Some(after)) => select.filter(E::ID.gt(id_of(after)?)),
        (_, _, None) => select,
    };
    let select = match (order, E::KEY) {
        (ListOrder::Key, Some(key)) => select.order_by_asc(key),
        (ListOrder::Newest, _) => select.order_by_desc(E::ID),
        _ => select.order_by_asc(E::ID),
    };
    Ok(select.limit(at_most(limit)))
}

/// The filter of a table's kind.
fn typed<E: ListedTable>(filter: &dyn AnyFilter) -> &<E::Of as Listed>::Filter {
    let filter: &dyn Any = filter;
    let filter = filter.downcast_ref();
    filter.expect("a kind has one type of filter")
}

async fn list<E: ListedTable>(
    session: &Session,
    filter: &dyn AnyFilter,
    after: Option<&str>,
    limit: u64,
) -> Result<States, StoreError> {
    let select = E::page(E::select(typed::<E>(filter)), after, limit)?;
    let rows = select.all(session).await;
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(read::<E>).collect()
}

async fn ids<E: ListedTable>(
    session: &Session,
    filter: &dyn AnyFilter,
) -> Result<Vec<Uuid>, StoreError> {
    let select = E::select(typed::<E>(filter)).select_only().column(E::ID);
    let ids = select.into_tuple().all(session).await;
    ids.map_err(|error| orm_error(&error))
}

async fn count<E: AggregateTable>(session: &Session) -> Result<u64, StoreError> {
    let count = E::find().count(session).await;
    count.map_err(|error| orm_error(&error))
}

async fn all<E: AggregateTable>(
    session: &Session,
    after: Option<Uuid>,
    limit: u64,
) -> Result<States, StoreError> {
    let after = after.map(|id| id.to_string());
    let select = page(E::find(), ListOrder::Id, after.as_deref(), limit)?;
    let rows = select.all(session).await;
    let mut states = Vec::new();
    for row in rows.map_err(|error| orm_error(&error))? {
        let state = read::<E>(row.clone())?;
        let id = state.state.id();
        if E::row(of(&state.state), signed(state.version)?)? != row {
            let table = EntityName::table_name(&E::default());
            return Err(StoreError::data(format!(
                "a column of row {id} of {table} does not match its state"
            )));
        }
        states.push(state);
    }
    Ok(states)
}

/// A state of the kind that a table holds.
fn of<A: Aggregate>(state: &AnyAggregate) -> &A {
    A::from_any(state).expect("a table holds one kind")
}

async fn write<E: AggregateTable>(
    session: &Session,
    changes: &[&Change],
) -> Result<(), StoreError> {
    let mut new = Vec::new();
    let mut changed = Vec::new();
    for change in changes {
        let state = of(&change.new.state);
        let row = E::row(state, signed(change.new.version)?)?;
        match &change.loaded {
            None => {
                new.push(row);
            }
            Some(loaded) => {
                let old = of(&loaded.state);
                changed.push((E::row(old, signed(loaded.version)?)?, row));
            }
        }
    }
    bulk::insert::<E>(session, new).await?;
    bulk::update::<E>(session, changed).await
}

/// Replaces the rows of changed states, and writes those of new ones.
async fn write_side<S: SideTable>(
    session: &Session,
    changes: &[&Change],
) -> Result<(), StoreError> {
    let (mut replaced, mut rows) = (Vec::new(), Vec::new());
    for change in changes {
        let new: &S::Of = of(&change.new.state);
        if let Some(loaded) = &change.loaded {
            let old = of(&loaded.state);
            if S::has_same_rows(old, new) {
                continue;
            }
            if !S::rows(old).is_empty() {
                replaced.push(Value::from(new.id()));
            }
        }
        rows.append(&mut S::rows(new));
    }
    bulk::delete::<S>(session, S::OWNER, replaced).await?;
    bulk::insert::<S>(session, rows).await
}

/// Compares with the stored rows of these states, in any order.
async fn check_side<S: SideTable>(
    session: &Session,
    states: &[Versioned<AnyAggregate>],
) -> Result<(), StoreError> {
    let ids = states.iter().map(|state| Value::from(state.state.id()));
    let stored = bulk::select::<S>(session, S::OWNER, ids).await?;
    let stored: Result<Vec<_>, _> = stored
        .iter()
        .map(|row| S::Model::from_query_result(row, ""))
        .collect();
    let stored = stored.map_err(|error| orm_error(&error))?;
    let expected: Vec<_> = states
        .iter()
        .flat_map(|state| S::rows(of(&state.state)))
        .collect();
    if stored.len() == expected.len() && stored.iter().all(|row| expected.contains(row)) {
        return Ok(());
    }
    let table = EntityName::table_name(&S::default());
    Err(StoreError::data(format!(
        "{table} does not match the states it is derived from"
    )))
}
