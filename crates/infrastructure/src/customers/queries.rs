//! The list of customers.

use super::rows::{Column, Entity};
use crate::columns::contains;
use crate::table::{ListOrder, ListedTable};
use domain::customers::CustomerFilter;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Id;

    fn select(filter: &CustomerFilter) -> Select<Self> {
        Self::find()
            .apply_if(filter.id, |select, id| select.filter(Column::Id.eq(id.0)))
            .apply_if(filter.name.as_deref(), |select, name| {
                select.filter(Column::Searched.like(contains(name)))
            })
    }
}
