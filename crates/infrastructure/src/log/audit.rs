//! What `verify` reads of the store itself, in the transaction of a snapshot.

use super::rows::{history, operations};
use super::snapshot::DatabaseSnapshot;
use super::{checkpoints, keys, list_changes, tree};
use crate::migrations::schema;
use crate::session::Session;
use crate::{aggregates, columns::bound, errors::orm_error};
use async_trait::async_trait;
use domain::log::reader::Audit;
use domain::log::store::StoreError;
use domain::log::tree::Node;
use domain::log::{ListChange, Progress, SealKey};
use domain::{AnyAggregate, Kind, Versioned};
use sea_orm::{EntityTrait, PaginatorTrait, Value};
use uuid::Uuid;

/// SQLite stores a value of any type in any column and compares by type. The driver reads texts and
/// bytes alike. MariaDB and MySQL enforce the column's type.
const OPERATIONS_ILL_FORMED: &str = "typeof(`position`) <> 'integer' OR typeof(`id`) <> 'blob' \
    OR typeof(`hash`) <> 'blob' OR typeof(`key_text`) NOT IN ('blob', 'null') \
    OR typeof(`fingerprint`) NOT IN ('blob', 'null') OR typeof(`actor`) <> 'text' \
    OR typeof(`operation`) <> 'text' OR typeof(`target`) NOT IN ('text', 'null')";
const HISTORY_ILL_FORMED: &str = "typeof(`position`) <> 'integer' OR typeof(`id`) <> 'blob' \
    OR typeof(`kind`) <> 'text' OR typeof(`sequence`) <> 'integer' OR typeof(`version`) <> 'integer'";
const REFUSALS_ILL_FORMED: &str = "typeof(`judged_at`) <> 'integer' OR typeof(`id`) <> 'blob' \
    OR typeof(`key_text`) NOT IN ('blob', 'null') OR typeof(`fingerprint`) NOT IN ('blob', 'null') \
    OR typeof(`actor`) <> 'text' OR typeof(`operation`) <> 'text' OR typeof(`rule`) <> 'text' \
    OR typeof(`target`) NOT IN ('text', 'null')";
const HEAD_ILL_FORMED: &str = "typeof(`epoch`) <> 'blob' OR typeof(`hash`) <> 'blob' \
    OR typeof(`position`) <> 'integer'";
/// SQLite stores times as text and sorts them as text. A time that names the same instant in
/// another notation would be sorted wrongly.
const TIME_ILL_FORMED: &str = "`recorded_at` NOT GLOB \
    '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'";
/// A checkpoint names an entry and its hash, or the beginning.
const CHECKPOINTS_ASTRAY: &str = "SELECT `follower` AS found FROM `checkpoints` LEFT JOIN \
    `operations` ON `operations`.`position` = `checkpoints`.`position` WHERE \
    COALESCE(`operations`.`hash`, CASE WHEN `checkpoints`.`position` = 0 THEN \
    X'0000000000000000000000000000000000000000000000000000000000000000' ELSE X'00' END) \
    <> `checkpoints`.`hash` ORDER BY `follower` LIMIT 1";

/// The value in the column `found` of the first row.
async fn found<T: sea_orm::TryGetable>(
    session: &Session,
    sql: String,
) -> Result<Option<T>, StoreError> {
    first(session, sql, Vec::new()).await
}

/// The same for a statement with values.
async fn first<T: sea_orm::TryGetable>(
    session: &Session,
    sql: String,
    values: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    let rows = session.query(sql.into(), values).await?;
    let first = rows
        .first()
        .map(|row| row.try_get::<Option<T>>("", "found"));
    let first = first.transpose().map_err(|error| orm_error(&error))?;
    Ok(first.flatten())
}

#[async_trait]
impl Audit for DatabaseSnapshot {
    async fn all(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        aggregates::table(kind)
            .all(&self.session, after, limit)
            .await
    }

    async fn id_after(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        rows: u64,
    ) -> Result<Option<Uuid>, StoreError> {
        let sql = format!(
            "SELECT `id` AS found FROM `{}` WHERE `id` > ? ORDER BY `id` LIMIT 1 OFFSET ?",
            aggregates::table(kind).name()
        );
        let skipped = bound(rows.saturating_sub(1));
        let values = vec![after.unwrap_or(Uuid::nil()).into(), skipped.into()];
        first(&self.session, sql, values).await
    }

    async fn all_keys(
        &mut self,
        kind: Kind,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        keys::keys_after(&self.session, kind, after, limit).await
    }

    async fn count(&mut self, kind: Kind) -> Result<u64, StoreError> {
        aggregates::table(kind).count(&self.session).await
    }

    async fn totals(&mut self) -> Result<(u64, u64), StoreError> {
        let entries = operations::Entity::find().count(&self.session).await;
        let history = history::Entity::find().count(&self.session).await;
        Ok((
            entries.map_err(|error| orm_error(&error))?,
            history.map_err(|error| orm_error(&error))?,
        ))
    }

    async fn list_changes(
        &mut self,
        after: Option<&ListChange>,
        limit: u64,
    ) -> Result<Vec<ListChange>, StoreError> {
        list_changes::read(&self.session, after, limit).await
    }

    async fn nodes(
        &mut self,
        after: Option<(u32, u64)>,
        limit: u64,
    ) -> Result<Vec<Node>, StoreError> {
        tree::nodes(&self.session, after, limit).await
    }

    async fn checkpoints(
        &mut self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(String, Option<Progress>)>, StoreError> {
        checkpoints::all(&self.session, after, limit).await
    }

    async fn ill_formed(&mut self) -> Result<Option<(u64, String)>, StoreError> {
        for (table, position, least, condition) in [
            ("operations", "position", 1, OPERATIONS_ILL_FORMED),
            ("history", "position", 1, HISTORY_ILL_FORMED),
            ("refusals", "judged_at", 0, REFUSALS_ILL_FORMED),
            ("log_head", "position", 0, HEAD_ILL_FORMED),
        ] {
            let condition = if self.session.is_sqlite() {
                format!("`{position}` < {least} OR {condition} OR {TIME_ILL_FORMED}")
            } else {
                format!("`{position}` < {least}")
            };
            let sql = format!("SELECT MIN(`{position}`) AS found FROM `{table}` WHERE {condition}");
            if let Some(first) = found::<i64>(&self.session, sql).await? {
                let what = format!("a row of {table} is not well formed");
                return Ok(Some((u64::try_from(first).unwrap_or(0), what)));
            }
        }
        Ok(None)
    }

    async fn damage(&mut self) -> Result<Option<String>, StoreError> {
        schema::damage(&self.session).await
    }

    async fn set_up(&mut self) -> Result<Option<String>, StoreError> {
        if let Some(difference) = schema::difference(&self.session).await? {
            return Ok(Some(difference));
        }
        let heads = "SELECT COUNT(*) AS found FROM `log_head`".to_owned();
        if found::<i64>(&self.session, heads).await? != Some(1) {
            return Ok(Some("log_head must have a single row".to_owned()));
        }
        let astray = found::<String>(&self.session, CHECKPOINTS_ASTRAY.to_owned()).await?;
        Ok(astray.map(|follower| {
            format!("the checkpoint of {follower} does not match the entry at its position")
        }))
    }
}
