//! Reads and writes many rows of any table in few statements. All kinds share this implementation.
//!
//! Rows are grouped into chunks with only a few different lengths. Each table, with each set of
//! columns that operations change, therefore needs only about thirty statement texts, and all of
//! them stay prepared. Preparing a new text for every length would cost more than the writing.
//! Texts are built once and kept in [`Texts`].

use crate::session::Session;
use domain::log::store::StoreError;
use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityName, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    QueryResult,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The maximum number of rows in one statement.
pub(crate) const ROWS_MAX: usize = 512;
/// The maximum number of rows that one statement updates.
const UPDATED_MAX: usize = 256;
/// The maximum number of placeholders in one statement. SQLite allows 32,766 and MySQL 65,535.
const PLACEHOLDERS_MAX: usize = 32_000;
/// The maximum size of the values in one statement, in bytes. Well below the smallest
/// `max_allowed_packet` in use (MariaDB: 16 MiB, MySQL: 64 MiB), which leaves room for protocol
/// overhead.
const BYTES_MAX: usize = 4 << 20;

/// What a statement does. Together with the table and the number of rows it determines the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Inserts rows.
    Insert,
    /// Updates these columns, one bit each, in rows of known versions.
    Update(u64),
    /// Deletes the rows whose value in this column is in a list.
    Delete(&'static str),
    /// Selects the rows whose value in this column is in a list.
    Select(&'static str),
    /// A text built elsewhere, named by its purpose.
    Special(&'static str),
}

type Key = (Shape, &'static str, usize);

/// The statement texts built so far.
#[derive(Debug, Default)]
pub(crate) struct Texts(Mutex<HashMap<Key, Arc<str>>>);

impl Texts {
    /// Returns the text for a shape, a table and a number of rows. Builds it on first use.
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

/// The columns of a table, in the order of the model's fields.
pub(crate) fn columns<E: EntityTrait>() -> Vec<&'static str> {
    E::Column::iter().map(|column| column.as_str()).collect()
}

fn table<E: EntityTrait>() -> &'static str {
    EntityName::table_name(&E::default())
}

/// Column names with a prefix, quoted for both databases and separated by commas.
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

/// The values of all rows, one row after the other.
#[derive(Debug, Default)]
struct Rows {
    values: Vec<Value>,
    /// The size of each row, in bytes.
    sizes: Vec<usize>,
}

/// The values of a row, in the order of its columns.
fn values<E>(row: E::Model) -> impl Iterator<Item = Value>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut row = row.into_active_model();
    E::Column::iter().map(move |column| match row.take(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
        ActiveValue::NotSet => unreachable!("a model sets every column"),
    })
}

impl Rows {
    fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        let start = self.values.len();
        self.values.extend(row);
        self.sizes.push(self.values[start..].iter().map(size).sum());
    }

    /// Takes as many rows from the front as fit into one statement.
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

/// The largest length that respects the limits on rows, placeholders and bytes. A row larger than a
/// chunk gets a chunk of its own.
fn chunk(sizes: &[usize], width: usize) -> usize {
    let most = sizes.len().min(ROWS_MAX).min(PLACEHOLDERS_MAX / width);
    let mut rows = length(most);
    while rows > 1 && sizes[..rows].iter().sum::<usize>() > BYTES_MAX {
        rows = length(rows / 2);
    }
    rows
}

/// The largest chunk length up to `most`: every length up to 16, then every 16th up to 128, then
/// every 64th. Any number of rows up to [`ROWS_MAX`] takes at most three chunks.
fn length(most: usize) -> usize {
    let step = match most {
        0..16 => 1,
        16..128 => 16,
        _ => 64,
    };
    most - most % step
}

/// Inserts new rows. An existing row is a `Data` error.
pub(crate) async fn insert<E>(
    session: &Session,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut all = Rows::default();
    for row in rows {
        all.push(values::<E>(row));
    }
    let columns = columns::<E>();
    let table = table::<E>();
    while let Some((rows, values)) = all.take_chunk(columns.len()) {
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

/// Updates rows that have an `id` and a `version`. Each change gives the row as it was read and as
/// it will be. Columns that no row changes are not written. A row that is missing or has another
/// version is a `Data` error.
pub(crate) async fn update<E>(
    session: &Session,
    rows: impl IntoIterator<Item = (E::Model, E::Model)>,
) -> Result<(), StoreError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let columns = columns::<E>();
    let place = |name| columns.iter().position(|column| *column == name);
    let (id, version) = place("id")
        .zip(place("version"))
        .expect("every kind has both");
    let mut rows: Vec<Changed> = rows
        .into_iter()
        .map(|(old, new)| Changed {
            old: values::<E>(old).collect(),
            new: values::<E>(new).collect(),
        })
        .collect();
    let differing = |index: &usize| rows.iter().any(|row| row.old[*index] != row.new[*index]);
    let changed: Vec<usize> = (0..columns.len()).filter(differing).collect();
    let names: Vec<&str> = changed.iter().map(|index| columns[*index]).collect();
    let shape = Shape::Update(changed.iter().map(|index| 1 << index).sum());
    let table = table::<E>();
    while !rows.is_empty() {
        let first = &rows[..rows.len().min(UPDATED_MAX)];
        let sizes: Vec<usize> = first
            .iter()
            .map(|row| row.new.iter().map(size).sum())
            .collect();
        let count = chunk(&sizes, 2 * changed.len() + 3);
        let text = session
            .texts
            .get(shape, table, count, || update_text(table, &names, count));
        let chunk = rows.drain(..count).collect();
        let values = update_values(chunk, &changed, id, version);
        must_be(session.execute(text, values).await?, count, table)?;
    }
    Ok(())
}

/// A row as it was read and as it will be.
struct Changed {
    old: Vec<Value>,
    new: Vec<Value>,
}

/// Selects every new value by the row's id. The cost grows with the square of the number of rows,
/// but up to [`UPDATED_MAX`] rows this is cheaper on MariaDB than a join with the new rows as a
/// derived table. A single row needs no selection.
fn update_text(table: &str, changed: &[&str], rows: usize) -> String {
    let pick = match rows {
        1 => "?".to_owned(),
        _ => format!("CASE `id` {}END", "WHEN ? THEN ? ".repeat(rows)),
    };
    let sets: Vec<_> = changed
        .iter()
        .map(|column| format!("`{column}` = {pick}"))
        .collect();
    format!(
        "UPDATE `{table}` SET {} WHERE `id` IN ({}) AND `version` = {pick}",
        sets.join(", "),
        marks(rows)
    )
}

/// The values for [`update_text`], in its order.
fn update_values(
    mut rows: Vec<Changed>,
    changed: &[usize],
    id: usize,
    version: usize,
) -> Vec<Value> {
    let needs_picking = rows.len() > 1;
    let ids: Vec<Value> = rows.iter().map(|row| row.old[id].clone()).collect();
    let mut values = Vec::with_capacity(rows.len() * (2 * changed.len() + 3));
    for index in changed {
        for (row, id) in rows.iter_mut().zip(&ids) {
            values.extend(needs_picking.then(|| id.clone()));
            values.push(std::mem::replace(&mut row.new[*index], Value::Bool(None)));
        }
    }
    values.extend(ids.iter().cloned());
    for (mut row, id) in rows.into_iter().zip(ids) {
        values.extend(needs_picking.then_some(id));
        values.push(row.old.swap_remove(version));
    }
    values
}

fn must_be(found: u64, rows: usize, table: &str) -> Result<(), StoreError> {
    if found == rows as u64 {
        return Ok(());
    }
    Err(StoreError::data(format!(
        "{found} rows of {table} were written where {rows} should have been: \
         some have another version than was read"
    )))
}

/// Selects the rows whose value in a column is one of these.
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

/// Deletes the rows whose value in a column is one of these.
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

/// Splits values into lists of at most [`ROWS_MAX`]. Each list is padded to a power of two with its
/// last value, which does not change the meaning of `IN`.
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
    fn chunks_have_few_lengths_within_all_limits() {
        for (rows, size, width, expected) in [
            (0, 1, 10, 0),
            (1, 1, 10, 1),
            (15, 1, 10, 15),
            (17, 1, 10, 16),
            (100, 1, 10, 96),
            (128, 1, 10, 128),
            (191, 1, 10, 128),
            (512, 1, 10, 512),
            (5000, 1, 10, 512),
            (5000, 1, 100, 320),
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
        let changed = ["name", "version"];
        assert_eq!(
            update_text("users", &changed, 1),
            "UPDATE `users` SET `name` = ?, `version` = ? WHERE `id` IN (?) AND `version` = ?"
        );
        assert_eq!(
            update_text("users", &changed, 2),
            "UPDATE `users` SET `name` = CASE `id` WHEN ? THEN ? WHEN ? THEN ? END, \
             `version` = CASE `id` WHEN ? THEN ? WHEN ? THEN ? END WHERE `id` IN (?, ?) \
             AND `version` = CASE `id` WHEN ? THEN ? WHEN ? THEN ? END"
        );
        let row = |id: i64, name: &str, version: i64| -> Vec<Value> {
            vec![id.into(), name.into(), version.into()]
        };
        let rows = [(1, "a", 10), (2, "b", 20)].map(|(id, name, version)| Changed {
            old: row(id, "", version),
            new: row(id, name, version + 1),
        });
        let mut expected: Vec<Value> = Vec::new();
        expected.extend([1_i64.into(), "a".into(), 2_i64.into(), "b".into()]);
        expected.extend([1_i64, 11, 2, 21, 1, 2, 1, 10, 2, 20].map(Value::from));
        assert_eq!(update_values(rows.into(), &[1, 2], 0, 2), expected);
    }
}
