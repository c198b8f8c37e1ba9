//! The list of locations.

use super::rows::{Column, Entity};
use crate::columns::{contains, equals};
use crate::table::{ListOrder, ListedTable};
use domain::locations::{CountryCode, LocationFilter};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Key;

    fn select(filter: &LocationFilter) -> Select<Self> {
        let country = filter.country.as_ref().map(CountryCode::as_str);
        Self::find()
            .apply_if(equals(Column::Country, country), Select::filter)
            .apply_if(filter.name.as_deref(), |select, name| {
                select.filter(Column::Searched.like(contains(name)))
            })
    }
}
