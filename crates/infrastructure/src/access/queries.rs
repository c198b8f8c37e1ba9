//! The list of users.

use super::rows::users::{Column, Entity};
use crate::aggregates::{ListOrder, found, page};
use crate::log::has_within;
use crate::session::Session;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

/// Users by name. Names are lowercase.
pub(crate) async fn list(
    session: &Session,
    name: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let select = Entity::find().apply_if(name, |select, name| {
        select.filter(Column::Name.like(has_within(&name.to_lowercase())))
    });
    found(session, page(select, ListOrder::Key, after, limit)?).await
}
