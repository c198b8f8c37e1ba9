//! The list of cargoes.

use super::rows::{Column, Entity, cargo_legs};
use crate::aggregates::{ListOrder, begins, equals, found, page};
use crate::errors::orm_error;
use crate::session::Session;
use domain::log::reader::CargoFilter;
use domain::log::store::StoreError;
use domain::voyages::VoyageNumber;
use domain::{AnyAggregate, Versioned};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

/// Cargoes, newest first.
pub(crate) async fn list(
    session: &Session,
    filter: &CargoFilter,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let by_leg = |holds: Condition| {
        let legs = cargo_legs::Entity::find();
        let cargoes = legs.select_only().column(cargo_legs::Column::CargoId);
        Column::Id.in_subquery(cargoes.filter(holds).into_query())
    };
    let touching = |port: &str| {
        let calls = Condition::any()
            .add(cargo_legs::Column::LoadAt.eq(port))
            .add(cargo_legs::Column::UnloadAt.eq(port));
        Condition::any()
            .add(Column::Origin.eq(port))
            .add(Column::Destination.eq(port))
            .add(Column::LastKnownLocation.eq(port))
            .add(by_leg(calls))
    };
    let aboard = |voyage: &str| Condition::all().add(cargo_legs::Column::VoyageNumber.eq(voyage));
    let select = Entity::find()
        .apply_if(filter.tracking_id.as_deref(), |select, text| {
            select.filter(begins(Column::TrackingId, text.to_uppercase()))
        })
        .apply_if(filter.customer, |select, customer| {
            select.filter(Column::CustomerId.eq(customer.0))
        })
        .apply_if(equals(Column::Status, &filter.status), Select::filter)
        .apply_if(equals(Column::Origin, &filter.origin), Select::filter)
        .apply_if(
            equals(Column::Destination, &filter.destination),
            Select::filter,
        )
        .apply_if(
            equals(Column::TransportStatus, &filter.transport_status),
            Select::filter,
        )
        .apply_if(filter.misdirected, |select, misdirected| {
            select.filter(Column::Misdirected.eq(misdirected))
        })
        .apply_if(filter.at_risk, |select, at_risk| {
            select.filter(Column::AtRisk.eq(at_risk))
        })
        .apply_if(filter.port.as_deref(), |select, port| {
            select.filter(touching(port))
        })
        .apply_if(filter.voyage.as_deref(), |select, voyage| {
            select.filter(by_leg(aboard(voyage)))
        });
    found(session, page(select, ListOrder::Newest, after, limit)?).await
}

/// Returns the ids of the cargoes that hold space on a voyage.
pub(crate) async fn cargoes_on(
    session: &Session,
    voyage: &VoyageNumber,
) -> Result<Vec<Uuid>, StoreError> {
    let legs = cargo_legs::Entity::find()
        .select_only()
        .column(cargo_legs::Column::CargoId)
        .distinct()
        .filter(cargo_legs::Column::VoyageNumber.eq(voyage.as_str()));
    let ids = legs.into_tuple().all(session).await;
    ids.map_err(|error| orm_error(&error))
}
