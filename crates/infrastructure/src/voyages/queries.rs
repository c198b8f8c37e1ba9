//! Which voyages to list.

use super::rows::{Column, Entity, voyage_calls};
use crate::aggregates::{Order, found, page};
use crate::session::Session;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Moment, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

/// Voyages by number.
pub(crate) async fn list(
    session: &Session,
    port: Option<&str>,
    departs_from: Option<Moment>,
    departs_until: Option<Moment>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let calling_at = |port: &str| {
        voyage_calls::Entity::find()
            .select_only()
            .column(voyage_calls::Column::VoyageId)
            .filter(voyage_calls::Column::UnLocode.eq(port))
            .into_query()
    };
    let select = Entity::find()
        .apply_if(port, |select, port| {
            select.filter(Column::Id.in_subquery(calling_at(port)))
        })
        .apply_if(departs_from, |select, from| {
            select.filter(Column::FirstDeparture.gte(from.to_chrono()))
        })
        .apply_if(departs_until, |select, until| {
            select.filter(Column::FirstDeparture.lt(until.to_chrono()))
        });
    found(session, page(select, Order::Key, after, limit)?).await
}
