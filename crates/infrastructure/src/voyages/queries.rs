//! The list of voyages.

use super::rows::{Column, Entity, voyage_calls};
use crate::aggregates::{at_most, begins, bound, equals, found};
use crate::log::contains;
use crate::session::Session;
use domain::log::reader::{VoyageFilter, departure_place};
use domain::log::store::StoreError;
use domain::voyages::VoyageNumber;
use domain::{AnyAggregate, Moment, Versioned};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

/// Voyages by departure, then by number.
pub(crate) async fn list(
    session: &Session,
    filter: &VoyageFilter,
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
        .apply_if(filter.number.as_deref(), |select, number| {
            select.filter(begins(Column::Number, number.to_uppercase()))
        })
        .apply_if(filter.name.as_deref(), |select, name| {
            select.filter(Column::Searched.like(contains(name)))
        })
        .apply_if(filter.port.as_deref(), |select, port| {
            select.filter(Column::Id.in_subquery(calling_at(port)))
        })
        .apply_if(filter.departs_from, |select, from| {
            select.filter(Column::FirstDeparture.gte(from.to_chrono()))
        })
        .apply_if(filter.departs_until, |select, until| {
            select.filter(Column::FirstDeparture.lt(until.to_chrono()))
        })
        .apply_if(filter.arrives_from, |select, from| {
            select.filter(Column::LastArrival.gte(from.to_chrono()))
        })
        .apply_if(equals(Column::Status, &filter.status), Select::filter)
        .apply_if(filter.quarter_teu_left, |select, left| {
            select.filter(Column::QuarterTeuLeft.gte(bound(left)))
        })
        .apply_if(
            after.map(place).transpose()?,
            |select, (departs, number)| {
                let departs = departs.to_chrono();
                let later_by_number = Condition::all()
                    .add(Column::FirstDeparture.eq(departs))
                    .add(Column::Number.gt(number.as_str()));
                let later = Condition::any().add(Column::FirstDeparture.gt(departs));
                select.filter(later.add(later_by_number))
            },
        )
        .order_by_asc(Column::FirstDeparture)
        .order_by_asc(Column::Number)
        .limit(at_most(limit));
    found(session, select).await
}

fn place(text: &str) -> Result<(Moment, VoyageNumber), StoreError> {
    departure_place(text)
        .ok_or_else(|| StoreError::Data("after: must be a departure and a number".to_owned()))
}
