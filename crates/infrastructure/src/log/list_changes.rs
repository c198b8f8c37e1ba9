//! Reads the table `list_changes` as a whole, for `verify`.

use super::rows::broken;
use crate::bulk::Shape;
use crate::columns::{Unreadable, bound, parsed, signed, unsigned};
use crate::errors::orm_error;
use crate::session::Session;
use domain::log::ListChange;
use domain::log::store::StoreError;
use sea_orm::{DbErr, QueryResult, Value};

/// SQLite stores a value of any type in any column, and the driver reads some of them alike. Null if
/// one has another type.
const JOINS_ON_SQLITE: &str = "CASE WHEN typeof(`kind`) = 'text' AND typeof(`facet`) = 'text' \
    AND typeof(`place`) = 'text' AND typeof(`position`) = 'integer' AND typeof(`id`) = 'blob' \
    AND typeof(`joins`) = 'integer' THEN `joins` END";
/// What comes after a row in the order of the key. Either database finds only its own form by the key.
const AFTER_ON_SQLITE: &str = "(`kind`, `facet`, `place`, `position`) > (?, ?, ?, ?)";
const AFTER_ON_MYSQL: &str = "(`kind` > ? OR (`kind` = ? AND (`facet` > ? OR (`facet` = ? \
    AND (`place` > ? OR (`place` = ? AND `position` > ?))))))";

/// Rows in the order of the key: at most `limit`, after a row.
pub(super) async fn read(
    session: &Session,
    after: Option<&ListChange>,
    limit: u64,
) -> Result<Vec<ListChange>, StoreError> {
    let is_sqlite = session.is_sqlite();
    let shape = Shape::Special(if after.is_some() { "next" } else { "first" });
    let text = session.texts.get(shape, "list_changes", 1, || {
        let (joins, condition) = match is_sqlite {
            true => (JOINS_ON_SQLITE, AFTER_ON_SQLITE),
            false => ("`joins`", AFTER_ON_MYSQL),
        };
        let condition = match after {
            Some(_) => format!(" WHERE {condition}"),
            None => String::new(),
        };
        format!(
            "SELECT `kind`, `facet`, `place`, `position`, `id`, {joins} \
             FROM `list_changes`{condition} ORDER BY `kind`, `facet`, `place`, `position` LIMIT ?"
        )
    });
    let mut values: Vec<Value> = Vec::new();
    if let Some(after) = after {
        let times = if is_sqlite { 1 } else { 2 };
        for word in [after.kind.word(), &after.facet, &after.place] {
            values.extend(std::iter::repeat_n(Value::from(word), times));
        }
        values.push(signed(after.position)?.into());
    }
    values.push(bound(limit).into());
    let rows = session.query(text, values).await?;
    rows.iter().map(change).collect()
}

fn change(row: &QueryResult) -> Result<ListChange, StoreError> {
    let read = || -> Result<_, DbErr> {
        let text = |column| row.try_get_by_index::<String>(column);
        let position: i64 = row.try_get_by_index(3)?;
        let joins: Option<i64> = row.try_get_by_index(5)?;
        let words = (text(0)?, text(1)?, text(2)?);
        Ok((words, position, row.try_get_by_index(4)?, joins))
    };
    let ((kind, facet, place), position, id, joins) = read().map_err(|error| orm_error(&error))?;
    let checked = || {
        let joins = match joins {
            Some(joins @ (0 | 1)) => joins == 1,
            Some(joins) => return Err(Unreadable(format!("joins is {joins}"))),
            None => return Err(Unreadable("a column has another type".to_owned())),
        };
        let (kind, position) = (parsed("kind", &kind)?, unsigned("position", position)?);
        Ok((kind, position, joins))
    };
    let (kind, position, joins) = checked().map_err(|reason| {
        let name = format!("{kind} {facet} {place} {position}");
        broken("list_changes", name)(reason)
    })?;
    Ok(ListChange {
        kind,
        facet,
        place,
        position,
        id,
        joins,
    })
}
