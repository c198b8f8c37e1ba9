//! Aggregates and their rows: how each kind describes its table, and how all kinds are loaded and
//! written.

use crate::bulk;
use crate::errors::orm_error;
use crate::session::Session;
use crate::{booking, voyages};
use domain::log::store::{Change, StoreError};
use domain::{Aggregate, AnyAggregate, Kind, Versioned};
use sea_orm::sea_query::{SimpleExpr, Value};
use sea_orm::{
    ColumnTrait, Condition, EntityName, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Select,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;
use std::collections::HashSet;
use std::str::FromStr;
use uuid::Uuid;

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
    /// Collects the rows of side tables for a new or changed state.
    fn attach(_old: Option<&Self::Of>, _new: &Self::Of, _attached: &mut Attached) {}
}

/// Rows of side tables. They are derived from states and used only for searching.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    /// Cargoes whose previous legs are out of date.
    pub(crate) rerouted: Vec<Uuid>,
    /// The legs of cargoes.
    pub(crate) legs: Vec<booking::rows::cargo_legs::Model>,
    /// The calls of new voyages. Calls never change.
    pub(crate) calls: Vec<voyages::rows::voyage_calls::Model>,
}

impl Attached {
    /// Compares with the stored rows for these aggregates.
    async fn must_be_stored(
        self,
        session: &Session,
        kind: Kind,
        ids: &[Uuid],
    ) -> Result<(), StoreError> {
        use booking::rows::cargo_legs;
        use voyages::rows::voyage_calls;
        let ids = || ids.iter().map(|id| Value::from(*id));
        match kind {
            Kind::Cargo => {
                let column = cargo_legs::Column::CargoId;
                let stored = bulk::select::<cargo_legs::Entity>(session, column, ids()).await?;
                same_rows("cargo_legs", &self.legs, &stored)
            }
            Kind::Voyage => {
                let column = voyage_calls::Column::VoyageId;
                let stored = bulk::select::<voyage_calls::Entity>(session, column, ids()).await?;
                same_rows("voyage_calls", &self.calls, &stored)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the stored rows are the same as these, in any order.
fn same_rows<M: FromQueryResult + PartialEq>(
    table: &str,
    expected: &[M],
    stored: &[QueryResult],
) -> Result<(), StoreError> {
    let stored: Result<Vec<M>, _> = stored
        .iter()
        .map(|row| M::from_query_result(row, ""))
        .collect();
    let stored = stored.map_err(|error| orm_error(&error))?;
    if stored.len() == expected.len() && stored.iter().all(|row| expected.contains(row)) {
        Ok(())
    } else {
        Err(StoreError::Data(format!(
            "{table} does not match the states it is derived from"
        )))
    }
}

/// Runs an expression with `$table` as the table type of a kind.
macro_rules! with_table {
    ($kind:expr, $table:ident => $run:expr) => {
        match $kind {
            domain::Kind::Location => {
                type $table = $crate::locations::rows::Entity;
                $run
            }
            domain::Kind::Voyage => {
                type $table = $crate::voyages::rows::Entity;
                $run
            }
            domain::Kind::Customer => {
                type $table = $crate::customers::rows::Entity;
                $run
            }
            domain::Kind::Cargo => {
                type $table = $crate::booking::rows::Entity;
                $run
            }
            domain::Kind::HandlingEvent => {
                type $table = $crate::handling::rows::Entity;
                $run
            }
            domain::Kind::User => {
                type $table = $crate::access::rows::users::Entity;
                $run
            }
            domain::Kind::Token => {
                type $table = $crate::access::rows::tokens::Entity;
                $run
            }
        }
    };
}
pub(crate) use with_table;

/// Why a row cannot become a state: a value in it does not parse.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

impl From<String> for Unreadable {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

/// Parses a text column.
pub(crate) fn parsed<T>(column: &str, text: &str) -> Result<T, Unreadable>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|reason| Unreadable(format!("{column} {reason}")))
}

/// A condition for a column to equal a text, if one is given.
pub(crate) fn equals(column: impl ColumnTrait, text: &Option<String>) -> Option<SimpleExpr> {
    text.as_deref().map(|text| column.eq(text))
}

/// Matches ASCII identifiers that start with a text. Uses a range, so that the index works on every
/// database.
pub(crate) fn begins(column: impl ColumnTrait, text: String) -> Condition {
    let beyond = format!("{text}\u{7f}");
    Condition::all()
        .add(column.gte(text))
        .add(column.lt(beyond))
}

/// Parses a column that holds the word of a plain enum.
pub(crate) fn word<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, Unreadable> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|reason| Unreadable(format!("{column}: {reason}")))
}

/// Parses a column that holds a JSON list.
pub(crate) fn json<'a, T: Deserialize<'a>>(column: &str, text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|reason| Unreadable(format!("{column}: {reason}")))
}

/// Converts a list to JSON for a column.
pub(crate) fn to_json(list: &impl serde::Serialize) -> String {
    serde_json::to_string(list).expect("a list of values with text keys and finite numbers")
}

/// Reads a count from a column.
pub(crate) fn unsigned<T: TryFrom<i64>>(column: &str, number: i64) -> Result<T, Unreadable> {
    T::try_from(number).map_err(|_| Unreadable(format!("{column} is {number}")))
}

/// Converts a count for a column.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Data(format!("{number} is too large")))
}

/// Converts a search bound. Caps it at the column's maximum, beyond which nothing is stored.
pub(crate) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Caps a limit at the maximum that the databases accept.
pub(crate) fn at_most(limit: u64) -> u64 {
    limit.min(i64::MAX.unsigned_abs())
}

fn read<E: AggregateTable>(row: E::Model) -> Result<Versioned<AnyAggregate>, StoreError> {
    let (id, version) = E::name(&row);
    let unreadable = |Unreadable(reason): Unreadable| {
        let table = EntityName::table_name(&E::default());
        StoreError::Data(format!("row {id} of {table} cannot be read: {reason}"))
    };
    Ok(Versioned {
        version: unsigned("version", version).map_err(unreadable)?,
        state: E::state(row).map_err(unreadable)?.into_any(),
    })
}

/// Loads the states of one kind by ids and by natural keys.
pub(crate) async fn load(
    session: &Session,
    kind: Kind,
    ids: &[Uuid],
    keys: &[String],
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    with_table!(kind, Table => load_from::<Table>(session, ids, keys).await)
}

async fn load_from<E: AggregateTable>(
    session: &Session,
    ids: &[Uuid],
    keys: &[String],
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
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

/// Loads the states that a select finds.
pub(crate) async fn found<E: AggregateTable>(
    session: &Session,
    select: Select<E>,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let rows = select.all(session).await;
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(read::<E>).collect()
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

/// One page of a select: at most `limit` rows after the row named `after`.
pub(crate) fn page<E: AggregateTable>(
    select: Select<E>,
    order: ListOrder,
    after: Option<&str>,
    limit: u64,
) -> Result<Select<E>, StoreError> {
    let id_of = |text: &str| {
        Uuid::parse_str(text).map_err(|_| StoreError::Data("after: must be an id".to_owned()))
    };
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

/// All states of a kind, by id.
pub(crate) async fn all(
    session: &Session,
    kind: Kind,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    with_table!(kind, Table => {
        let select = page(<Table as EntityTrait>::find(), ListOrder::Id, after, limit)?;
        all_of::<Table>(session, select).await
    })
}

/// Loads states and checks that their rows and side tables match them.
async fn all_of<E: AggregateTable>(
    session: &Session,
    select: Select<E>,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError>
where
    E::Model: PartialEq,
{
    let rows = select.all(session).await;
    let mut attached = Attached::default();
    let mut states = Vec::new();
    for row in rows.map_err(|error| orm_error(&error))? {
        let state = read::<E>(row.clone())?;
        let id = state.state.id();
        let typed = E::Of::from_any(&state.state).expect("a table holds one kind");
        if E::row(typed, signed(state.version)?)? != row {
            let table = EntityName::table_name(&E::default());
            return Err(StoreError::Data(format!(
                "a column of row {id} of {table} does not match its state"
            )));
        }
        E::attach(None, typed, &mut attached);
        states.push(state);
    }
    let ids: Vec<Uuid> = states.iter().map(|state| state.state.id()).collect();
    attached.must_be_stored(session, E::Of::KIND, &ids).await?;
    Ok(states)
}

/// Writes changed states grouped by kind, in the order of the kinds.
pub(crate) async fn write(session: &Session, changes: &[Change]) -> Result<(), StoreError> {
    let mut attached = Attached::default();
    for kind in Kind::ALL {
        let of_kind: Vec<_> = changes
            .iter()
            .filter(|change| change.new.state.kind() == *kind)
            .collect();
        if !of_kind.is_empty() {
            with_table!(*kind, Table => {
                write_to::<Table>(session, &of_kind, &mut attached).await
            })?;
        }
    }
    booking::rows::rewrite_legs(session, attached.rerouted, attached.legs).await?;
    bulk::insert::<voyages::rows::voyage_calls::Entity>(session, attached.calls).await
}

async fn write_to<E: AggregateTable>(
    session: &Session,
    changes: &[&Change],
    attached: &mut Attached,
) -> Result<(), StoreError> {
    let mut new = Vec::new();
    let mut changed = Vec::new();
    let typed = |state| E::Of::from_any(state).expect("grouped by kind");
    for change in changes {
        let state = typed(&change.new.state);
        let row = E::row(state, signed(change.new.version)?)?;
        match &change.loaded {
            None => {
                E::attach(None, state, attached);
                new.push(row);
            }
            Some(loaded) => {
                let old = typed(&loaded.state);
                E::attach(Some(old), state, attached);
                changed.push((E::row(old, signed(loaded.version)?)?, row));
            }
        }
    }
    bulk::insert::<E>(session, new).await?;
    bulk::update::<E>(session, changed).await
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
