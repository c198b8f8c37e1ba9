//! The table `refusal_counts`: refusals that are only counted, by day, caller, operation and rule.

use super::rows::{broken, refusals};
use crate::columns::{Unreadable, at_most, parsed, signed, unsigned};
use crate::connection::Endpoint;
use crate::errors::{orm_error, store_error};
use crate::session::Session;
use async_trait::async_trait;
use domain::Moment;
use domain::log::retention::{RefusalCounts, RefusalSort, Retention};
use domain::log::store::StoreError;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{QueryOrder, QuerySelect};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refusal_counts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    day: String,
    #[sea_orm(primary_key, auto_increment = false)]
    actor: String,
    #[sea_orm(primary_key, auto_increment = false)]
    operation: String,
    #[sea_orm(primary_key, auto_increment = false)]
    rule: String,
    refused: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for (RefusalSort, u64) {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = |row: Model| -> Result<Self, Unreadable> {
            let sort = RefusalSort {
                day: row.day,
                actor: parsed("actor", &row.actor)?,
                operation: row.operation,
                rule: row.rule,
            };
            Ok((sort, unsigned("refused", row.refused)?))
        };
        let name = format!("{} {} {}", row.day, row.actor, row.operation);
        read(row).map_err(broken("refusal_counts", name))
    }
}

async fn add(session: &Session, counts: &RefusalCounts) -> Result<(), StoreError> {
    for (sort, count) in counts {
        let count = signed(*count)?;
        let row = ActiveModel {
            day: Set(sort.day.clone()),
            actor: Set(sort.actor.to_string()),
            operation: Set(sort.operation.clone()),
            rule: Set(sort.rule.clone()),
            refused: Set(count),
        };
        let key = [Column::Day, Column::Actor, Column::Operation, Column::Rule];
        let known = OnConflict::columns(key)
            .value(Column::Refused, Expr::col(Column::Refused).add(count))
            .to_owned();
        let insert = Entity::insert(row).on_conflict(known);
        let added = insert.exec_without_returning(session).await;
        added.map_err(|error| orm_error(&error))?;
    }
    Ok(())
}

async fn expire(session: &Session, before: Moment, limit: u64) -> Result<u64, StoreError> {
    use refusals::Column as Refused;
    // Ids are in the order of time, so the oldest rows come first by primary key.
    let oldest = refusals::Entity::find()
        .select_only()
        .columns([Refused::Id, Refused::RecordedAt, Refused::Actor])
        .columns([Refused::Operation, Refused::Rule])
        .filter(Refused::RecordedAt.lt(before.to_chrono()))
        .order_by_asc(Refused::Id)
        .limit(at_most(limit))
        .into_tuple::<(Uuid, ChronoDateTimeUtc, String, String, String)>()
        .all(session)
        .await;
    let oldest = oldest.map_err(|error| orm_error(&error))?;
    let mut counts = RefusalCounts::new();
    for (id, recorded_at, actor, operation, rule) in &oldest {
        let actor = parsed("actor", actor).map_err(broken("refusals", id))?;
        let at = Moment::from(*recorded_at);
        let sort = RefusalSort::new(at, actor, operation.clone(), rule.clone());
        *counts.entry(sort).or_default() += 1;
    }
    let ids: Vec<Uuid> = oldest.into_iter().map(|(id, ..)| id).collect();
    let deleted = refusals::Entity::delete_many()
        .filter(Refused::Id.is_in(ids.iter().copied()))
        .exec(session)
        .await;
    deleted.map_err(|error| orm_error(&error))?;
    add(session, &counts).await?;
    Ok(ids.len() as u64)
}

/// Keeps refusals in a database.
pub(crate) struct DatabaseRetention {
    place: Arc<Endpoint>,
}

impl DatabaseRetention {
    /// Works on this database.
    pub(crate) fn new(place: Arc<Endpoint>) -> Self {
        Self { place }
    }

    /// Runs work in a transaction on a connection of its own.
    async fn in_transaction<T>(
        &self,
        work: impl AsyncFnOnce(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let session = self.place.open_writer().await?;
        let begin = match session.is_sqlite() {
            true => "BEGIN IMMEDIATE",
            false => "START TRANSACTION",
        };
        let begun = session.command(begin).await;
        begun.map_err(|error| store_error(&error))?;
        // If the work fails, closing the connection rolls back.
        let done = work(&session).await?;
        let committed = session.command("COMMIT").await;
        committed.map_err(|error| store_error(&error))?;
        session.close().await;
        Ok(done)
    }
}

#[async_trait]
impl Retention for DatabaseRetention {
    async fn expire_refusals(&self, before: Moment, limit: u64) -> Result<u64, StoreError> {
        self.in_transaction(async |session| expire(session, before, limit).await)
            .await
    }

    async fn count_refusals(&self, counts: &RefusalCounts) -> Result<(), StoreError> {
        self.in_transaction(async |session| add(session, counts).await)
            .await
    }
}

/// The numbers from a day on.
pub(super) async fn counts(session: &Session, from_day: &str) -> Result<RefusalCounts, StoreError> {
    let rows = Entity::find().filter(Column::Day.gte(from_day));
    let rows = rows.all(session).await.map_err(|error| orm_error(&error))?;
    rows.into_iter().map(TryFrom::try_from).collect()
}
