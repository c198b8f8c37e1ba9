//! Reads the head and the counters, for the writer and for readers, and past states in bulk.

use super::remembered::derived;
use super::rows::{counters, history, log_head};
use crate::bulk::{Shape, columns, names};
use crate::columns::{Unreadable, bound, unsigned};
use crate::errors::orm_error;
use crate::session::Session;
use domain::Kind;
use domain::log::Head;
use domain::log::store::StoreError;
use sea_orm::{FromQueryResult, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Reads the head. With `lock`, as the first statement of a write transaction, it waits for the
/// previous writer. SQLite has already taken the lock at the beginning of the transaction.
pub(super) async fn head(session: &Session, lock: bool) -> Result<Head, StoreError> {
    let lock = lock && !session.is_sqlite();
    let shape = Shape::Special(if lock { "lock" } else { "read" });
    let text = session.texts.get(shape, "log_head", 1, || {
        format!(
            "SELECT {} FROM `log_head` WHERE `id` = 1{}",
            names("", &columns::<log_head::Entity>()),
            if lock { " FOR UPDATE" } else { "" }
        )
    });
    let rows = session.query(text, Vec::new()).await?;
    let row = rows
        .first()
        .ok_or_else(|| StoreError::unavailable("the tables are not set up: log_head is empty"))?;
    log_head::Model::from_query_result(row, "")
        .map_err(|error| orm_error(&error))?
        .try_into()
}

/// Reads the last sequence of each kind.
pub(super) async fn sequences(session: &Session) -> Result<BTreeMap<Kind, u64>, StoreError> {
    let text = session
        .texts
        .get(Shape::Special("read"), "counters", 1, || {
            "SELECT `kind`, `last_sequence` FROM `counters`".to_owned()
        });
    let rows = session.query(text, Vec::new()).await?;
    rows.iter()
        .map(|row| {
            let row = counters::Model::from_query_result(row, "");
            let row = row.map_err(|error| orm_error(&error))?;
            let broken = |Unreadable(reason): Unreadable| {
                StoreError::data(format!("a row of counters cannot be read: {reason}"))
            };
            let kind = row.kind.parse().map_err(StoreError::data)?;
            Ok((
                kind,
                unsigned("last_sequence", row.last_sequence).map_err(broken)?,
            ))
        })
        .collect()
}

/// Reads the newest history row, up to a position, of each of these aggregates of a kind. Unused
/// places hold NULL, which equals nothing.
pub(super) async fn newest(
    session: &Session,
    kind: Kind,
    ids: &[Uuid],
    position: u64,
) -> Result<Vec<history::Model>, StoreError> {
    let places = ids.len().next_power_of_two();
    let text = session
        .texts
        .get(Shape::Special("newest"), "history", places, || {
            let columns = names("h.", &columns::<history::Entity>());
            let wanted = derived(session.is_sqlite(), &["id"], places);
            let (join, id) = match session.is_sqlite() {
                true => ("CROSS JOIN", "n.column1"),
                false => ("STRAIGHT_JOIN", "n.`id`"),
            };
            format!(
                "SELECT {columns} FROM {wanted} {join} `history` AS h ON h.`kind` = ? \
                 AND h.`id` = {id} AND h.`position` = (SELECT MAX(p.`position`) \
                 FROM `history` AS p WHERE p.`kind` = ? AND p.`id` = {id} AND p.`position` <= ?)"
            )
        });
    let mut values: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    values.resize(places, Value::Uuid(None));
    values.push(kind.word().into());
    values.push(kind.word().into());
    values.push(bound(position).into());
    let rows = session.query(text, values).await?;
    let read = |row| history::Model::from_query_result(row, "").map_err(|error| orm_error(&error));
    rows.iter().map(read).collect()
}
