//! The list of customers.

use super::rows::{Column, Entity};
use crate::aggregates::{ListOrder, found, page};
use crate::log::contains;
use crate::session::Session;
use domain::customers::CustomerId;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

/// Customers in the order in which they were added.
pub(crate) async fn list(
    session: &Session,
    id: Option<CustomerId>,
    name: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let select = Entity::find()
        .apply_if(id, |select, id| select.filter(Column::Id.eq(id.0)))
        .apply_if(name, |select, name| {
            select.filter(Column::Searched.like(contains(name)))
        });
    found(session, page(select, ListOrder::Id, after, limit)?).await
}
