//! The list of handling events.

use super::rows::{Column, Entity};
use crate::aggregates::{ListOrder, equals, found, page};
use crate::session::Session;
use domain::log::reader::HandlingFilter;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};
use sea_orm::{EntityTrait, QueryFilter, QueryTrait, Select};

/// Handling events, latest registration first.
pub(crate) async fn list(
    session: &Session,
    filter: &HandlingFilter,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let select = Entity::find()
        .apply_if(equals(Column::TrackingId, &filter.cargo), Select::filter)
        .apply_if(equals(Column::Location, &filter.location), Select::filter)
        .apply_if(equals(Column::VoyageNumber, &filter.voyage), Select::filter)
        .apply_if(equals(Column::Status, &filter.status), Select::filter);
    found(session, page(select, ListOrder::Newest, after, limit)?).await
}
