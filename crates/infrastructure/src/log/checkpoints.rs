//! The table `checkpoints`: the last entry that each follower of the log has handled, and what readers
//! outside this system report about themselves.

use super::rows::{broken, hash};
use super::transaction::WriteTransaction;
use crate::columns::{Unreadable, at_most, bound, parsed, signed, unsigned};
use crate::errors::orm_error;
use crate::session::Session;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::Moment;
use domain::log::store::{Checkpoints, StoreError};
use domain::log::{Bookmark, Progress, RefusedReport, ReportedError};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checkpoints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    follower: String,
    position: i64,
    hash: Vec<u8>,
    /// Only readers outside this system have a generation, an epoch and a time.
    generation: Option<i64>,
    epoch: Option<Uuid>,
    seen_at: Option<DateTime<Utc>>,
    error: Option<String>,
    error_at: Option<DateTime<Utc>>,
    #[sea_orm(column_type = "Text", nullable)]
    refused: Option<String>,
    refused_at: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Bookmark {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = |row: &Model| -> Result<Self, Unreadable> {
            Ok(Self {
                position: unsigned("position", row.position)?,
                hash: hash("hash", &row.hash)?,
            })
        };
        read(&row).map_err(broken("checkpoints", &row.follower))
    }
}

impl TryFrom<&Model> for Progress {
    type Error = Unreadable;

    fn try_from(row: &Model) -> Result<Self, Unreadable> {
        let (Some(generation), Some(epoch), Some(seen_at)) =
            (row.generation, row.epoch, row.seen_at)
        else {
            let reason = "generation, epoch and seen_at must be set";
            return Err(Unreadable(reason.to_owned()));
        };
        let error = match (&row.error, row.error_at) {
            (None, None) => None,
            (Some(text), Some(at)) => Some(ReportedError {
                text: parsed("error", text)?,
                at: Moment::from(at),
            }),
            _ => {
                let reason = "only one of error and error_at is set";
                return Err(Unreadable(reason.to_owned()));
            }
        };
        Ok(Self {
            generation: unsigned("generation", generation)?,
            at: Bookmark {
                position: unsigned("position", row.position)?,
                hash: hash("hash", &row.hash)?,
            },
            epoch,
            seen_at: Moment::from(seen_at),
            error,
            refused: refused(row)?,
        })
    }
}

/// Why the last report of a reader was refused.
fn refused(row: &Model) -> Result<Option<RefusedReport>, Unreadable> {
    match (&row.refused, row.refused_at) {
        (None, None) => Ok(None),
        (Some(json), Some(at)) => {
            let rejection = serde_json::from_str(json);
            let rejection = rejection.map_err(|error| Unreadable(format!("refused: {error}")))?;
            let at = Moment::from(at);
            Ok(Some(RefusedReport { rejection, at }))
        }
        _ => {
            let reason = "only one of refused and refused_at is set";
            Err(Unreadable(reason.to_owned()))
        }
    }
}

/// What these readers have reported.
pub(super) async fn progress(
    session: &Session,
    readers: &[String],
) -> Result<BTreeMap<String, Progress>, StoreError> {
    if readers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let names = readers.iter().map(String::as_str);
    let rows = Entity::find().filter(Column::Follower.is_in(names));
    let rows = rows.all(session).await.map_err(|error| orm_error(&error))?;
    let read = rows.into_iter().map(|row| {
        let progress = Progress::try_from(&row).map_err(broken("checkpoints", &row.follower))?;
        Ok((row.follower, progress))
    });
    read.collect()
}

/// All checkpoints by name: at most `limit`, after a name.
pub(super) async fn all(
    session: &Session,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<(String, Option<Progress>)>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Follower.gt(after.unwrap_or_default()))
        .order_by_asc(Column::Follower)
        .limit(at_most(limit))
        .all(session)
        .await;
    let read = |row: Model| -> Result<_, StoreError> {
        let is_within = row.generation.is_none()
            && row.epoch.is_none()
            && row.seen_at.is_none()
            && row.error.is_none()
            && row.error_at.is_none();
        if is_within {
            return Ok((row.follower, None));
        }
        let progress = Progress::try_from(&row).map_err(broken("checkpoints", &row.follower))?;
        Ok((row.follower, Some(progress)))
    };
    let rows = rows.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(read).collect()
}

/// The row of a reader.
fn row(reader: &str, progress: &Progress) -> Result<Model, StoreError> {
    let error = progress.error.as_ref();
    let refused = progress.refused.as_ref();
    Ok(Model {
        follower: reader.to_owned(),
        position: signed(progress.at.position)?,
        hash: progress.at.hash.0.to_vec(),
        generation: Some(signed(progress.generation)?),
        epoch: Some(progress.epoch),
        seen_at: Some(progress.seen_at.to_chrono()),
        error: error.map(|error| error.text.to_string()),
        error_at: error.map(|error| error.at.to_chrono()),
        refused: refused.map(|refused| refused.rejection.to_json()),
        refused_at: refused.map(|refused| refused.at.to_chrono()),
    })
}

#[async_trait]
impl Checkpoints for WriteTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        let found = Entity::find_by_id(follower).one(self.session()).await;
        let found = found.map_err(|error| orm_error(&error))?;
        found.map(Bookmark::try_from).transpose()
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        let Some(from) = from else {
            let first = ActiveModel {
                follower: Set(follower.to_owned()),
                position: Set(signed(to.position)?),
                hash: Set(to.hash.0.to_vec()),
                ..<ActiveModel as Default>::default()
            };
            let inserted = Entity::insert(first).exec_without_returning(self.session());
            return inserted.await.map(drop).map_err(|error| orm_error(&error));
        };
        let moved = Entity::update_many()
            .col_expr(Column::Position, Expr::value(signed(to.position)?))
            .col_expr(Column::Hash, Expr::value(to.hash.0.to_vec()))
            .filter(Column::Follower.eq(follower))
            .filter(Column::Position.eq(bound(from.position)))
            .filter(Column::Hash.eq(from.hash.0.to_vec()))
            .exec(self.session())
            .await;
        match moved.map_err(|error| orm_error(&error))?.rows_affected {
            1 => Ok(()),
            _ => Err(StoreError::data(format!(
                "the checkpoint of {follower} is not at position {}",
                from.position
            ))),
        }
    }

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        progress(self.session(), readers).await
    }

    async fn report(
        &mut self,
        reader: &str,
        before: Option<&Progress>,
        now: &Progress,
    ) -> Result<(), StoreError> {
        let row = row(reader, now)?;
        let Some(before) = before else {
            let inserted = Entity::insert(row.into_active_model());
            let inserted = inserted.exec_without_returning(self.session());
            return inserted.await.map(drop).map_err(|error| orm_error(&error));
        };
        let replaced = Entity::update_many()
            .col_expr(Column::Position, Expr::value(row.position))
            .col_expr(Column::Hash, Expr::value(row.hash))
            .col_expr(Column::Generation, Expr::value(row.generation))
            .col_expr(Column::Epoch, Expr::value(row.epoch))
            .col_expr(Column::SeenAt, Expr::value(row.seen_at))
            .col_expr(Column::Error, Expr::value(row.error))
            .col_expr(Column::ErrorAt, Expr::value(row.error_at))
            .col_expr(Column::Refused, Expr::value(row.refused))
            .col_expr(Column::RefusedAt, Expr::value(row.refused_at))
            .filter(Column::Follower.eq(reader))
            .filter(Column::Position.eq(bound(before.at.position)))
            .filter(Column::Generation.eq(bound(before.generation)))
            .filter(Column::SeenAt.eq(before.seen_at.to_chrono()))
            .exec(self.session())
            .await;
        match replaced.map_err(|error| orm_error(&error))?.rows_affected {
            1 => Ok(()),
            _ => Err(StoreError::data(format!(
                "{reader} has reported something else"
            ))),
        }
    }
}
