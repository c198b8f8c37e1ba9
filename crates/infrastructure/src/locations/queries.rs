//! The list of locations.

use super::rows::{Column, Entity};
use crate::aggregates::{ListOrder, found, page};
use crate::log::contains;
use crate::session::Session;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

/// Locations by UN/LOCODE.
pub(crate) async fn list(
    session: &Session,
    country: Option<&str>,
    name: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let select = Entity::find()
        .apply_if(country, |select, country| {
            select.filter(Column::Country.eq(country))
        })
        .apply_if(name, |select, name| {
            select.filter(Column::Searched.like(contains(name)))
        });
    found(session, page(select, ListOrder::Key, after, limit)?).await
}
