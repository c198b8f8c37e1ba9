//! The list of voyages.

use super::rows::{Column, Entity, voyage_calls};
use crate::columns::{at_most, begins, bound, contains, equals};
use crate::table::ListedTable;
use domain::Moment;
use domain::locations::UnLocode;
use domain::log::store::StoreError;
use domain::voyages::{ImoNumber, VoyageFilter, VoyageNumber, VoyageStatus, departure_place};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

impl ListedTable for Entity {
    fn select(filter: &VoyageFilter) -> Select<Self> {
        let status = filter.status.map(VoyageStatus::word);
        let imo = filter.imo.as_ref().map(ImoNumber::as_str);
        Self::find()
            .apply_if(filter.number.as_deref(), |select, number| {
                select.filter(begins(Column::Number, number.to_uppercase()))
            })
            .apply_if(filter.name.as_deref(), |select, name| {
                select.filter(Column::Searched.like(contains(name)))
            })
            .apply_if(filter.port.as_ref(), |select, port| {
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
            .apply_if(equals(Column::Status, status), Select::filter)
            .apply_if(equals(Column::VesselImo, imo), Select::filter)
            .apply_if(filter.quarter_teu_left, |select, left| {
                select.filter(Column::QuarterTeuLeft.gte(bound(left)))
            })
    }

    /// By departure, then by number.
    fn page(
        select: Select<Self>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Select<Self>, StoreError> {
        let select = match after {
            Some(after) => select.filter(later(place(after)?)),
            None => select,
        };
        Ok(select
            .order_by_asc(Column::FirstDeparture)
            .order_by_asc(Column::Number)
            .limit(at_most(limit)))
    }
}

fn calling_at(port: &UnLocode) -> SelectStatement {
    voyage_calls::Entity::find()
        .select_only()
        .column(voyage_calls::Column::VoyageId)
        .filter(voyage_calls::Column::UnLocode.eq(port.as_str()))
        .into_query()
}

fn later((departs, number): (Moment, VoyageNumber)) -> Condition {
    let departs = departs.to_chrono();
    let later_by_number = Condition::all()
        .add(Column::FirstDeparture.eq(departs))
        .add(Column::Number.gt(number.as_str()));
    let later = Condition::any().add(Column::FirstDeparture.gt(departs));
    later.add(later_by_number)
}

fn place(text: &str) -> Result<(Moment, VoyageNumber), StoreError> {
    departure_place(text).ok_or_else(|| StoreError::data("after: must be a departure and a number"))
}
