//! Many rows of any table in few statements: one implementation for all kinds.
//!
//! Rows go in chunks of a power of two, so that only a handful of statement texts exist for each
//! table and every one of them stays prepared: texts of ever-changing length would be prepared
//! anew each time, which costs more than the writing. Texts are made once and kept in [`Texts`].

use crate::session::Session;
use domain::log::store::StoreError;
use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityName, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    QueryResult,
};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

/// Most rows of one statement.
const ROWS_MAX: usize = 512;
/// Most placeholders of one statement; SQLite takes 32,766, MySQL 65,535.
const PLACEHOLDERS_MAX: usize = 32_000;
/// Most bytes of values in one statement: well under the smallest `max_allowed_packet` in use
/// (MariaDB: 16 MiB, MySQL: 64 MiB), with room for the protocol's own bytes.
const BYTES_MAX: usize = 4 << 20;

/// What a statement does; with the table and the number of rows it makes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Inserts rows.
    Insert,
    /// Replaces rows of known versions.
    Update,
    /// Deletes the rows in which this column has one of some values.
    Delete(&'static str),
    /// Selects the rows in which this column has one of some values.
    Select(&'static str),
    /// A text made elsewhere, by its purpose.
    Special(&'static str),
}

type Key = (Shape, &'static str, usize);

/// The statement texts made so far.
#[derive(Debug, Default)]
pub(crate) struct Texts(Mutex<HashMap<Key, Arc<str>>>);

impl Texts {
    /// The text for a shape, a table and a number of rows; made when it is asked for first.
    pub(crate) fn get(
        &self,
        shape: Shape,
        table: &'static str,
        rows: usize,
        make: impl FnOnce() -> String,
    ) -> Arc<str> {
        let mut texts = self.0.lock().expect("no holder of this lock panics");
        let text = texts
            .entry((shape, table, rows))
            .or_insert_with(|| make().into());
        Arc::clone(text)
    }
}

/// The columns of a table, in the order of its model's fields.
pub(crate) fn columns<E: EntityTrait>() -> Vec<&'static str> {
    E::Column::iter().map(|column| column.as_str()).collect()
}

fn table<E: EntityTrait>() -> &'static str {
    EntityName::table_name(&E::default())
}

/// The names with a prefix, quoted as both databases take it, with commas between.
pub(crate) fn names(prefix: &str, columns: &[&str]) -> String {
    let quoted: Vec<_> = columns
        .iter()
        .map(|column| format!("{prefix}`{column}`"))
        .collect();
    quoted.join(", ")
}

/// `?, ?, ?`.
pub(crate) fn marks(count: usize) -> String {
    let mut marks = "?, ".repeat(count);
    marks.truncate(marks.len().saturating_sub(2));
    marks
}

/// Rows as a derived table that a join can read: on MariaDB and MySQL selects with named columns,
/// on SQLite values, whose columns are called `column1`, `column2`, ….
pub(crate) fn derived(is_sqlite: bool, columns: &[&str], rows: usize) -> String {
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

/// Rows as values, one after the other.
#[derive(Debug, Default)]
struct Rows {
    values: Vec<Value>,
    /// The size of each row, in bytes.
    sizes: Vec<usize>,
}

impl Rows {
    fn push<E>(&mut self, before: Option<Value>, row: E::Model)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let start = self.values.len();
        self.values.extend(before);
        let mut row = row.into_active_model();
        for column in E::Column::iter() {
            match row.take(column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => self.values.push(value),
                ActiveValue::NotSet => unreachable!("a model sets every column"),
            }
        }
        self.sizes.push(self.values[start..].iter().map(size).sum());
    }

    /// Takes as many rows from the front as one statement may have.
    fn take_chunk(&mut self, width: usize) -> Option<(usize, Vec<Value>)> {
        let rows = chunk(&self.sizes, width);
        if rows == 0 {
            return None;
        }
        if rows == self.sizes.len() {
            self.sizes.clear();
            return Some((rows, std::mem::take(&mut self.values)));
        }
        self.sizes.drain(..rows);
        Some((rows, self.values.drain(..rows * width).collect()))
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(Some(text)) => text.len() + 4,
        Value::Bytes(Some(bytes)) => bytes.len() + 4,
        _ => 16,
    }
}

/// The largest power of two that fits rows, placeholders and bytes; a row too large for any
/// chunk goes alone.
fn chunk(sizes: &[usize], width: usize) -> usize {
    let most = sizes.len().min(ROWS_MAX).min(PLACEHOLDERS_MAX / width);
    if most == 0 {
        return 0;
    }
    let mut rows = 1 << most.ilog2();
    while rows > 1 && sizes[..rows].iter().sum::<usize>() > BYTES_MAX {
        rows /= 2;
    }
    rows
}

/// Inserts new rows. A row that is there already is a `Data` error.
pub(crate) async fn insert<E>(
    session: &Session,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut values = Rows::default();
    for row in rows {
        values.push::<E>(None, row);
    }
    let columns = columns::<E>();
    let table = table::<E>();
    while let Some((rows, values)) = values.take_chunk(columns.len()) {
        let text = session.texts.get(Shape::Insert, table, rows, || {
            let row = format!("({})", marks(columns.len()));
            format!(
                "INSERT INTO `{table}` ({}) VALUES {}",
                names("", &columns),
                vec![row; rows].join(", ")
            )
        });
        let found = session.execute(text, values).await?;
        must_be(found, rows, table)?;
    }
    Ok(())
}

/// Replaces rows that have an `id` and a `version`, each of them given with the version it was
/// read at. A row that has another version by now, or is not there, is a `Data` error.
pub(crate) async fn update<E>(
    session: &Session,
    rows: impl IntoIterator<Item = (i64, E::Model)>,
) -> Result<(), StoreError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut values = Rows::default();
    for (loaded, row) in rows {
        values.push::<E>(Some(loaded.into()), row);
    }
    let table = table::<E>();
    let mut columns = columns::<E>();
    columns.insert(0, "loaded");
    while let Some((rows, values)) = values.take_chunk(columns.len()) {
        let text = session.texts.get(Shape::Update, table, rows, || {
            update_text(session.is_sqlite(), table, &columns, rows)
        });
        let found = session.execute(text, values).await?;
        must_be(found, rows, table)?;
    }
    Ok(())
}

/// The straight join makes MariaDB and MySQL go through the new rows and look each one up by its
/// primary key, whatever they guess about the table's size.
fn update_text(is_sqlite: bool, table: &str, columns: &[&str], rows: usize) -> String {
    let derived = derived(is_sqlite, columns, rows);
    let new = |index: usize, column: &str| {
        if is_sqlite {
            format!("n.column{}", index + 1)
        } else {
            format!("n.`{column}`")
        }
    };
    let target = if is_sqlite { "" } else { "t." };
    let mut sets = Vec::new();
    let mut id = String::new();
    for (index, column) in columns.iter().enumerate() {
        match *column {
            "loaded" => {}
            "id" => id = new(index, column),
            _ => sets.push(format!("{target}`{column}` = {}", new(index, column))),
        }
    }
    let (sets, loaded) = (sets.join(", "), new(0, "loaded"));
    if is_sqlite {
        format!(
            "UPDATE `{table}` SET {sets} FROM {derived} \
             WHERE `{table}`.`id` = {id} AND `{table}`.`version` = {loaded}"
        )
    } else {
        format!(
            "UPDATE {derived} STRAIGHT_JOIN `{table}` AS t ON t.`id` = {id} \
             SET {sets} WHERE t.`version` = {loaded}"
        )
    }
}

fn must_be(found: u64, rows: usize, table: &str) -> Result<(), StoreError> {
    if found == rows as u64 {
        return Ok(());
    }
    Err(StoreError::Data(format!(
        "{found} rows of {table} were written where {rows} should have been: \
         some have another version than was read"
    )))
}

/// The rows in which a column has one of these values.
pub(crate) async fn select<E: EntityTrait>(
    session: &Session,
    column: E::Column,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let table = table::<E>();
    let column = column.as_str();
    let mut rows = Vec::new();
    for values in padded(values) {
        let text = session
            .texts
            .get(Shape::Select(column), table, values.len(), || {
                format!(
                    "SELECT {} FROM `{table}` WHERE `{column}` IN ({})",
                    names("", &columns::<E>()),
                    marks(values.len())
                )
            });
        rows.append(&mut session.query(text, values).await?);
    }
    Ok(rows)
}

/// Deletes the rows in which a column has one of these values.
pub(crate) async fn delete<E: EntityTrait>(
    session: &Session,
    column: E::Column,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), StoreError> {
    let table = table::<E>();
    let column = column.as_str();
    for values in padded(values) {
        let text = session
            .texts
            .get(Shape::Delete(column), table, values.len(), || {
                format!(
                    "DELETE FROM `{table}` WHERE `{column}` IN ({})",
                    marks(values.len())
                )
            });
        session.execute(text, values).await?;
    }
    Ok(())
}

/// Lists of at most [`ROWS_MAX`] values, each padded to a power of two by repeating the last,
/// which a list of alternatives may do without changing its meaning.
fn padded(values: impl IntoIterator<Item = Value>) -> Vec<Vec<Value>> {
    let mut lists = Vec::new();
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        let mut list: Vec<_> = values.by_ref().take(ROWS_MAX).collect();
        let last = list[list.len() - 1].clone();
        list.resize(list.len().next_power_of_two(), last);
        lists.push(list);
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_powers_of_two_within_all_limits() {
        for (rows, size, width, expected) in [
            (0, 1, 10, 0),
            (1, 1, 10, 1),
            (100, 1, 10, 64),
            (512, 1, 10, 512),
            (5000, 1, 10, 512),
            (5000, 1, 100, 256),
            (8, BYTES_MAX / 4, 10, 4),
            (8, BYTES_MAX * 2, 10, 1),
        ] {
            let chunk = chunk(&vec![size; rows], width);
            assert_eq!(chunk, expected, "{rows} rows of {size} bytes, {width} wide");
        }
    }

    #[test]
    fn lists_are_padded() {
        for (count, expected) in [
            (0, vec![]),
            (1, vec![1]),
            (3, vec![4]),
            (512, vec![512]),
            (600, vec![512, 128]),
        ] {
            let lists = padded((0..count).map(Value::from));
            let lengths: Vec<_> = lists.iter().map(Vec::len).collect();
            assert_eq!(lengths, expected, "{count}");
        }
    }

    #[test]
    fn an_update_names_id_and_version() {
        let columns = ["loaded", "id", "name", "version"];
        assert_eq!(
            update_text(true, "users", &columns, 2),
            "UPDATE `users` SET `name` = n.column3, `version` = n.column4 \
             FROM (VALUES (?, ?, ?, ?), (?, ?, ?, ?)) AS n \
             WHERE `users`.`id` = n.column2 AND `users`.`version` = n.column1"
        );
        assert_eq!(
            update_text(false, "users", &columns, 2),
            "UPDATE (SELECT ? AS `loaded`, ? AS `id`, ? AS `name`, ? AS `version` \
             UNION ALL SELECT ?, ?, ?, ?) AS n STRAIGHT_JOIN `users` AS t ON t.`id` = n.`id` \
             SET t.`name` = n.`name`, t.`version` = n.`version` WHERE t.`version` = n.`loaded`"
        );
    }
}
