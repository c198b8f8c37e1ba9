//! Which cargoes to list.

use super::rows::{Column, Entity, cargo_legs};
use crate::aggregates::{Order, found, page};
use crate::session::Session;
use domain::customers::CustomerId;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

/// What cargoes are searched by; each that is given must hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Of one customer.
    pub(crate) customer: Option<CustomerId>,
    /// In one booking status.
    pub(crate) status: Option<&'a str>,
    /// From one UN/LOCODE.
    pub(crate) origin: Option<&'a str>,
    /// To one UN/LOCODE.
    pub(crate) destination: Option<&'a str>,
    /// With a leg aboard one voyage.
    pub(crate) voyage: Option<&'a str>,
}

/// Cargoes, the newest first.
pub(crate) async fn list(
    session: &Session,
    wanted: Wanted<'_>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let aboard = |voyage: &str| {
        cargo_legs::Entity::find()
            .select_only()
            .column(cargo_legs::Column::CargoId)
            .filter(cargo_legs::Column::VoyageNumber.eq(voyage))
            .into_query()
    };
    let select = Entity::find()
        .apply_if(wanted.customer, |select, customer| {
            select.filter(Column::CustomerId.eq(customer.0))
        })
        .apply_if(wanted.status, |select, status| {
            select.filter(Column::Status.eq(status))
        })
        .apply_if(wanted.origin, |select, origin| {
            select.filter(Column::Origin.eq(origin))
        })
        .apply_if(wanted.destination, |select, destination| {
            select.filter(Column::Destination.eq(destination))
        })
        .apply_if(wanted.voyage, |select, voyage| {
            select.filter(Column::Id.in_subquery(aboard(voyage)))
        });
    found(session, page(select, Order::Newest, after, limit)?).await
}
