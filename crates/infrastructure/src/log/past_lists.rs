//! Lists in the past.
//!
//! `list_changes` says what had which facet when. Its primary key holds the changes of one facet
//! together, in the order of the list, so that a page of a past list is one range of it, from which
//! later changes are left out. The state at the position is then found by the index of `history`.

use super::keys;
use super::rows::{history, operations};
use crate::columns::bound;
use crate::errors::orm_error;
use crate::session::Session;
use chrono::{DateTime, Utc};
use domain::log::reader::{PastList, PastStates};
use domain::log::seal::Keyring;
use domain::log::store::StoreError;
use domain::log::{HistoryRow, ListChange};
use domain::{Kind, Versioned};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Statement, Value};

/// The number of states read at once.
const CHUNK: usize = 200;
/// How many states one read looks at. What it takes to look at one is about 20 to 50 µs.
const LOOKED_AT_MAX: usize = 2_000;

/// What had a facet, in the order of the list. Something has it if the last change of its facet up to
/// the position is that it got it.
const HAD: &str = "SELECT `history`.* FROM `list_changes` AS `own` JOIN `history` \
    ON `history`.`kind` = ? AND `history`.`id` = `own`.`id` AND `history`.`position` = \
    (SELECT MAX(`position`) FROM `history` AS `past` WHERE `past`.`kind` = ? \
    AND `past`.`id` = `own`.`id` AND `past`.`position` <= ?) \
    WHERE `own`.`kind` = ? AND `own`.`facet` = ? AND `own`.`position` <= ? AND `own`.`joins` = 1 \
    AND NOT EXISTS (SELECT 1 FROM `list_changes` AS `later` WHERE `later`.`kind` = `own`.`kind` \
    AND `later`.`facet` = `own`.`facet` AND `later`.`place` = `own`.`place` \
    AND `later`.`position` > `own`.`position` AND `later`.`position` <= ?)";
const CHANGED: &str = " AND `history`.`position` > ? AND `own`.`id` IN \
    (SELECT `id` FROM `history` WHERE `kind` = ? AND `position` > ? AND `position` <= ?)";

/// Reads a part of a past list.
pub(super) async fn list_at(
    session: &Session,
    asked: PastList<'_>,
) -> Result<PastStates, StoreError> {
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let mut states = Vec::new();
    let mut looked_at = 0;
    let mut after = beginning(session, asked).await?;
    while states.len() < limit {
        let rows = had(session, asked, after.as_deref()).await?;
        let count = rows.len();
        looked_at += count;
        let ring = ring(session, &rows).await?;
        for row in rows {
            let (state, version) = (ring.state(&row)?, row.version);
            after = asked.filter.place_of(&state);
            if states.len() < limit && asked.filter.admits_any(&state) {
                states.push(Versioned { version, state });
            }
        }
        if count < CHUNK {
            after = None;
            break;
        }
        if looked_at >= LOOKED_AT_MAX {
            break;
        }
    }
    let is_full = states.len() >= limit;
    Ok(PastStates {
        states,
        read_to: after.filter(|_| !is_full),
    })
}

/// The place after which to begin. Newest first, that passes over what was created later.
async fn beginning(session: &Session, asked: PastList<'_>) -> Result<Option<String>, StoreError> {
    let recorded_at = operations::Entity::find_by_id(bound(asked.position))
        .select_only()
        .column(operations::Column::RecordedAt)
        .into_tuple::<DateTime<Utc>>()
        .one(session)
        .await
        .map_err(|error| orm_error(&error))?;
    let newest = recorded_at.and_then(|time| asked.filter.place_beyond(time.into()));
    let after = asked.after.map(str::to_owned);
    Ok(after.into_iter().chain(newest).min())
}

/// The keys of rows, all of one kind.
async fn ring(session: &Session, rows: &[HistoryRow]) -> Result<Keyring, StoreError> {
    let kind = rows.first().map(|row| row.kind);
    let Some(kind) = kind.filter(|kind| kind.is_personal()) else {
        return Ok(Keyring::default());
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let keys = keys::keys(session, kind, &ids).await?.into_iter();
    Ok(Keyring::of(keys.map(|(id, key)| ((kind, id), key))))
}

/// The states at the position of what had the rarest facet, after a place.
async fn had(
    session: &Session,
    asked: PastList<'_>,
    after: Option<&str>,
) -> Result<Vec<HistoryRow>, StoreError> {
    let kind: Kind = asked.filter.kind();
    let word = || Value::from(kind.word());
    let position = || Value::from(bound(asked.position));
    let facet = asked.filter.facets().into_iter().next();
    let facet = facet.unwrap_or_else(|| ListChange::EXISTS.to_owned());
    let mut sql = HAD.to_owned();
    let mut values = vec![
        word(),
        word(),
        position(),
        word(),
        facet.into(),
        position(),
        position(),
    ];
    if let Some(changed_after) = asked.changed_after {
        sql.push_str(CHANGED);
        let changed_after = || Value::from(bound(changed_after));
        values.extend([changed_after(), word(), changed_after(), position()]);
    }
    let (beyond, direction) = match asked.filter.is_newest_first() {
        true => ("<", "DESC"),
        false => (">", "ASC"),
    };
    if let Some(after) = after {
        sql.push_str(&format!(" AND `own`.`place` {beyond} ?"));
        values.push(after.into());
    }
    sql.push_str(&format!(
        " ORDER BY `own`.`place` {direction} LIMIT {CHUNK}"
    ));
    let backend = session.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = history::Entity::find().from_raw_sql(statement);
    let rows = rows.all(session).await;
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(HistoryRow::try_from).collect()
}
