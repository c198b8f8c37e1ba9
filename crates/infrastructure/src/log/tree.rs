//! The table `log_tree`: whole subtrees of the Merkle tree over the log, every 8th level of it. Its
//! rows follow from the log and never change.

use super::rows::{broken, hash};
use crate::bulk;
use crate::columns::{Unreadable, at_most, bound, signed, unsigned};
use crate::errors::orm_error;
use crate::session::Session;
use domain::log::store::StoreError;
use domain::log::tree::{self, Node, Row, WIDTH};
use domain::log::{Entry, Hash};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, Value};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log_tree")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    level: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Converts a node to a row.
pub(crate) fn row(node: Node) -> Result<Model, StoreError> {
    Ok(Model {
        level: node.level.into(),
        number: signed(node.number)?,
        hash: node.hash.0.to_vec(),
    })
}

/// The hashes of a row of the tree, up to the first that is not there.
pub(super) async fn hashes(session: &Session, row: &Row) -> Result<Vec<Hash>, StoreError> {
    let numbers = &row.numbers;
    // Leaf i belongs to position i + 1.
    let (sql, values): (_, Vec<Value>) = match row.level {
        0 => (
            "SELECT `hash`, `position` - 1 FROM `operations` WHERE `position` > ? AND `position` <= ? \
             ORDER BY `position`",
            Vec::new(),
        ),
        level => (
            "SELECT `hash`, `number` FROM `log_tree` WHERE `level` = ? AND `number` >= ? AND `number` < ? \
             ORDER BY `number`",
            vec![i64::from(level).into()],
        ),
    };
    let bounds = [numbers.start, numbers.end].map(|number| Value::from(bound(number)));
    let values = values.into_iter().chain(bounds).collect();
    let rows = session.query(sql.into(), values).await?;
    let mut hashes = Vec::with_capacity(rows.len());
    for (found, expected) in rows.iter().zip(numbers.start..) {
        let number: i64 = found.try_get_by_index(1).map_err(|e| orm_error(&e))?;
        if number != signed(expected)? {
            break;
        }
        let bytes: Vec<u8> = found.try_get_by_index(0).map_err(|e| orm_error(&e))?;
        let own = hash("hash", &bytes);
        let own = own.map_err(|Unreadable(reason)| StoreError::data(reason))?;
        hashes.push(if row.level == 0 { tree::leaf(own) } else { own });
    }
    Ok(hashes)
}

/// Subtrees by level and number: at most `limit`, after a level and a number.
pub(super) async fn nodes(
    session: &Session,
    after: Option<(u32, u64)>,
    limit: u64,
) -> Result<Vec<Node>, StoreError> {
    let mut select = Entity::find();
    if let Some((level, number)) = after {
        let level = i64::from(level);
        let own_level = Condition::all()
            .add(Column::Level.eq(level))
            .add(Column::Number.gt(signed(number)?));
        let higher = Column::Level.gt(level);
        select = select.filter(Condition::any().add(higher).add(own_level));
    }
    let rows = select
        .order_by_asc(Column::Level)
        .order_by_asc(Column::Number)
        .limit(at_most(limit))
        .all(session)
        .await;
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.iter().map(node).collect()
}

fn node(row: &Model) -> Result<Node, StoreError> {
    let name = format!("{}, {}", row.level, row.number);
    let read = |row: &Model| -> Result<Node, Unreadable> {
        Ok(Node {
            level: unsigned("level", row.level)?,
            number: unsigned("number", row.number)?,
            hash: hash("hash", &row.hash)?,
        })
    };
    read(row).map_err(broken("log_tree", name))
}

/// Adds the subtrees that new entries complete, once the entries are written.
pub(super) async fn extend(session: &Session, entries: &[Entry]) -> Result<(), StoreError> {
    let mut nodes = Vec::new();
    let whole = entries.iter().map(|entry| entry.position);
    for position in whole.filter(|position| position % WIDTH == 0) {
        let (mut level, mut count) = (0, position);
        while count % WIDTH == 0 {
            count /= WIDTH;
            let number = count - 1;
            let below = Row {
                level,
                numbers: number * WIDTH..count * WIDTH,
            };
            // What this batch completes is not in the table yet.
            let own = nodes
                .iter()
                .filter(|node: &&Node| node.level == level && below.numbers.contains(&node.number));
            let own: Vec<Hash> = own.map(|node| node.hash).collect();
            let mut hashes = hashes(session, &below).await?;
            hashes.extend(own);
            if hashes.len() as u64 != WIDTH {
                // Somebody deleted rows. `verify` says so; it is no reason to refuse operations.
                tracing::error!(position, level, "the tree over the log has a gap");
                break;
            }
            level += 1;
            let hash = tree::root(&[hashes]);
            nodes.push(Node {
                level,
                number,
                hash,
            });
        }
    }
    let rows: Result<Vec<_>, _> = nodes.into_iter().map(row).collect();
    bulk::insert::<Entity>(session, rows?).await
}
