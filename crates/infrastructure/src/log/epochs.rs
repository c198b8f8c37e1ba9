//! The table `past_epochs`: the names that the log had before backups were put back, and where it was
//! exported.

use super::reading;
use super::rows::broken;
use crate::bulk::{self, Shape, columns, names};
use crate::columns::{Unreadable, signed, unsigned};
use crate::connection::Endpoint;
use crate::errors::{orm_error, store_error};
use crate::session::Session;
use chrono::{DateTime, Utc};
use domain::Moment;
use domain::log::PastEpoch;
use domain::log::store::StoreError;
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "past_epochs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    epoch: Uuid,
    position: i64,
    ended_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for PastEpoch {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = |row: &Model| -> Result<Self, Unreadable> {
            Ok(Self {
                epoch: row.epoch,
                position: unsigned("position", row.position)?,
                ended_at: Moment::from(row.ended_at),
            })
        };
        read(&row).map_err(broken("past_epochs", row.epoch))
    }
}

/// The past epochs, oldest first.
pub(super) async fn past(session: &Session) -> Result<Vec<PastEpoch>, StoreError> {
    let text = session
        .texts
        .get(Shape::Special("read"), "past_epochs", 1, || {
            let columns = names("", &columns::<Entity>());
            format!("SELECT {columns} FROM `past_epochs` ORDER BY `ended_at`")
        });
    let rows = session.query(text, Vec::new()).await?;
    let read = |row| {
        let row = Model::from_query_result(row, "");
        row.map_err(|error| orm_error(&error))?.try_into()
    };
    rows.iter().map(read).collect()
}

/// Writes past epochs, in place of what is known of them.
pub(super) async fn write(session: &Session, epochs: &[PastEpoch]) -> Result<(), StoreError> {
    if epochs.is_empty() {
        return Ok(());
    }
    let named = epochs.iter().map(|own| own.epoch.into());
    bulk::delete::<Entity>(session, Column::Epoch, named).await?;
    let rows = epochs.iter().map(|own| {
        Ok(Model {
            epoch: own.epoch,
            position: signed(own.position)?,
            ended_at: own.ended_at.to_chrono(),
        })
    });
    let rows: Result<Vec<_>, StoreError> = rows.collect();
    bulk::insert::<Entity>(session, rows?).await
}

/// Gives the log a new name under the head lock, and keeps the old one on record.
pub(crate) async fn begin(
    place: &Endpoint,
    epoch: Uuid,
    now: Moment,
) -> Result<PastEpoch, StoreError> {
    let session = place.open_writer().await?;
    let begun = in_transaction(&session, epoch, now).await;
    session.close().await;
    begun
}

/// Ends with the session if it fails.
async fn in_transaction(
    session: &Session,
    epoch: Uuid,
    now: Moment,
) -> Result<PastEpoch, StoreError> {
    let failed = |error| store_error(&error);
    let begin = if session.is_sqlite() {
        "BEGIN IMMEDIATE"
    } else {
        "START TRANSACTION"
    };
    session.command(begin).await.map_err(failed)?;
    let head = reading::head(session, true).await?;
    let ended = PastEpoch {
        epoch: head.epoch,
        position: head.position,
        ended_at: now.max(head.recorded_at),
    };
    let insert = "INSERT INTO `past_epochs` (`epoch`, `position`, `ended_at`) VALUES (?, ?, ?)";
    let values = vec![
        ended.epoch.into(),
        signed(ended.position)?.into(),
        ended.ended_at.to_chrono().into(),
    ];
    session.execute(insert.into(), values).await?;
    let update = "UPDATE `log_head` SET `epoch` = ? WHERE `id` = 1";
    session.execute(update.into(), vec![epoch.into()]).await?;
    session.command("COMMIT").await.map_err(failed)?;
    Ok(ended)
}
