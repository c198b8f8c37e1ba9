//! Answers that were given earlier under idempotency keys.

use super::rows::{operations, refusals};
use crate::bulk::{Shape, columns, marks, names};
use crate::columns::bound;
use crate::errors::orm_error;
use crate::session::Session;
use domain::Moment;
use domain::log::store::{Remembered, StoreError};
use domain::log::{Actor, Cause, Entry, Refusal};
use sea_orm::sea_query::Value;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The maximum number of keys in one statement.
const KEYS_MAX: usize = 512;

/// Returns the accepted operations under these keys, then the rejections not older than
/// `rejections_since`, latest first.
pub(super) async fn remembered(
    session: &Session,
    keys: &[(Actor, String)],
    rejections_since: Moment,
) -> Result<Vec<Remembered>, StoreError> {
    let wanted: BTreeSet<(String, &str)> = keys
        .iter()
        .map(|(actor, key)| (actor.to_string(), key.as_str()))
        .collect();
    let list: Vec<_> = wanted.iter().collect();
    // Compare again, byte for byte, because MariaDB and MySQL ignore trailing spaces in the actor,
    // which is text.
    let asked = |actor: &Actor, key: Option<&str>| {
        key.is_some_and(|key| wanted.contains(&(actor.to_string(), key)))
    };
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for chunk in list.chunks(KEYS_MAX) {
        for row in under_keys::<operations::Entity>(session, chunk, None).await? {
            let entry = Entry::try_from(row)?;
            let key = entry.key.as_ref().map(|key| key.text.as_str());
            if asked(&entry.actor, key) {
                accepted.push(entry);
            }
        }
        let since = Some(rejections_since);
        for row in under_keys::<refusals::Entity>(session, chunk, since).await? {
            let refusal = Refusal::try_from(row)?;
            let key = refusal.key.as_ref().map(|key| key.text.as_str());
            if asked(&refusal.actor, key) {
                refused.push(refusal);
            }
        }
    }
    refused.sort_by_key(|refusal| std::cmp::Reverse((refusal.recorded_at, refusal.id)));
    let accepted = accepted.into_iter().map(Box::new).map(Remembered::Accepted);
    let refused = refused.into_iter().map(Box::new).map(Remembered::Refused);
    Ok(accepted.chain(refused).collect())
}

/// The entries of these causes.
pub(super) async fn reactions(
    session: &Session,
    causes: &[Cause],
) -> Result<Vec<Entry>, StoreError> {
    let wanted: BTreeSet<u64> = causes.iter().map(|cause| cause.position).collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let mut found = Vec::new();
    for chunk in wanted.chunks(KEYS_MAX) {
        // Lists of few lengths, so that their statements stay prepared. Repeats change nothing.
        let positions = chunk.iter().cycle().take(chunk.len().next_power_of_two());
        let rows = operations::Entity::find()
            .filter(operations::Column::CausedBy.is_in(positions.map(|position| bound(*position))))
            .all(session)
            .await;
        for row in rows.map_err(|error| orm_error(&error))? {
            found.push(Entry::try_from(row)?);
        }
    }
    // MariaDB and MySQL ignore spaces at the end of a name.
    found.retain(|entry| {
        entry
            .cause
            .as_ref()
            .is_some_and(|cause| causes.contains(cause))
    });
    Ok(found)
}

/// Reads the rows of a table under the keys of some callers. The join order is fixed, so that each
/// key is looked up in the index on actor and key. Unused places hold NULL, which equals nothing.
async fn under_keys<E: EntityTrait>(
    session: &Session,
    keys: &[&(String, &str)],
    since: Option<Moment>,
) -> Result<Vec<E::Model>, StoreError> {
    let table = sea_orm::EntityName::table_name(&E::default());
    let places = keys.len().next_power_of_two();
    let text = session
        .texts
        .get(Shape::Special("keys"), table, places, || {
            let columns = names("t.", &columns::<E>());
            let wanted = derived(session.is_sqlite(), &["actor", "key_text"], places);
            let (join, actor, key) = if session.is_sqlite() {
                ("CROSS JOIN", "n.column1", "n.column2")
            } else {
                ("STRAIGHT_JOIN", "n.`actor`", "n.`key_text`")
            };
            let recent = match since {
                Some(_) => " WHERE t.`recorded_at` >= ?",
                None => "",
            };
            format!(
                "SELECT {columns} FROM {wanted} {join} `{table}` AS t \
                 ON t.`actor` = {actor} AND t.`key_text` = {key}{recent}"
            )
        });
    let mut values = Vec::with_capacity(places * 2 + 1);
    for (actor, key) in keys {
        values.push(Value::from(actor.as_str()));
        values.push(Value::from(key.as_bytes()));
    }
    for _ in keys.len()..places {
        values.push(Value::String(None));
        values.push(Value::Bytes(None));
    }
    values.extend(since.map(|since| Value::from(since.to_chrono())));
    let rows = session.query(text, values).await?;
    rows.iter()
        .map(|row| E::Model::from_query_result(row, "").map_err(|error| orm_error(&error)))
        .collect()
}

/// Builds a derived table for a join: selects with named columns on MariaDB and MySQL, values on
/// SQLite, which names their columns `column1`, `column2`, ….
pub(super) fn derived(is_sqlite: bool, columns: &[&str], rows: usize) -> String {
    let marks = marks(columns.len());
    if is_sqlite {
        return format!(
            "(VALUES {}) AS n",
            vec![format!("({marks})"); rows].join(", ")
        );
    }
    let named: Vec<_> = columns
        .iter()
        .map(|column| format!("? AS `{column}`"))
        .collect();
    let mut text = format!("(SELECT {}", named.join(", "));
    for _ in 1..rows {
        let _ = write!(text, " UNION ALL SELECT {marks}");
    }
    text + ") AS n"
}
