//! The table `handling_events`.

use crate::columns::{Unreadable, json, parsed, to_json, word};
use crate::table::AggregateTable;
use chrono::{DateTime, Utc};
use domain::Moment;
use domain::handling::{Activity, HandlingEvent, HandlingEventId, HandlingStatus};
use domain::log::store::StoreError;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "handling_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// The cargo's id.
    pub(crate) tracking_id: String,
    pub(crate) handling_type: String,
    pub(crate) location: String,
    pub(crate) completed_at: DateTime<Utc>,
    pub(crate) registered_at: DateTime<Utc>,
    pub(crate) status: String,
    pub(crate) voyage_number: Option<String>,
    /// The reason, if the report is retracted.
    pub(crate) retraction_reason: Option<String>,
    pub(crate) version: i64,
    /// How the report contradicted the timetable, as JSON.
    pub(crate) doubts: Option<String>,
    /// The container that the report named.
    pub(crate) container: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = HandlingEvent;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = None;

    fn row(event: &HandlingEvent, version: i64) -> Result<Model, StoreError> {
        Ok(Model {
            id: event.id.0,
            tracking_id: event.cargo.to_string(),
            handling_type: event.activity.handling_type.word().to_owned(),
            location: event.activity.location.to_string(),
            completed_at: event.completed_at.to_chrono(),
            registered_at: event.registered_at.to_chrono(),
            status: event.status.word().to_owned(),
            voyage_number: event.activity.voyage.as_ref().map(ToString::to_string),
            retraction_reason: match &event.status {
                HandlingStatus::Registered => None,
                HandlingStatus::Retracted { reason } => Some(reason.to_string()),
            },
            version,
            container: event.container.as_ref().map(ToString::to_string),
            doubts: (!event.doubts.is_empty()).then(|| to_json(&event.doubts)),
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<HandlingEvent, Unreadable> {
        let status = match (row.status.as_str(), &row.retraction_reason) {
            ("REGISTERED", None) => HandlingStatus::Registered,
            ("RETRACTED", Some(reason)) => HandlingStatus::Retracted {
                reason: parsed("retraction_reason", reason)?,
            },
            (status, _) => {
                return Err(Unreadable(format!(
                    "status {status} contradicts retraction_reason"
                )));
            }
        };
        let voyage = row.voyage_number.as_deref();
        let activity = Activity::new(
            word("handling_type", &row.handling_type)?,
            parsed("location", &row.location)?,
            voyage
                .map(|voyage| parsed("voyage_number", voyage))
                .transpose()?,
        );
        Ok(HandlingEvent {
            id: HandlingEventId(row.id),
            cargo: parsed("tracking_id", &row.tracking_id)?,
            activity: activity.map_err(|rejection| Unreadable(rejection.to_string()))?,
            completed_at: Moment::from(row.completed_at),
            registered_at: Moment::from(row.registered_at),
            container: match &row.container {
                None => None,
                Some(container) => Some(parsed("container", container)?),
            },
            doubts: match &row.doubts {
                None => Vec::new(),
                Some(doubts) => json("doubts", doubts)?,
            },
            status,
        })
    }
}
