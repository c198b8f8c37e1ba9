//! The list of users.

use super::rows::users::{Column, Entity};
use crate::columns::has_within;
use crate::table::{ListOrder, ListedTable};
use domain::access::UserFilter;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Key;

    /// Names are lowercase.
    fn select(filter: &UserFilter) -> Select<Self> {
        Self::find()
            .apply_if(filter.name.as_deref(), |select, name| {
                select.filter(Column::Name.like(has_within(&name.to_lowercase())))
            })
            .apply_if(filter.has_password.then_some(()), |select, ()| {
                select.filter(Column::PasswordSetAt.is_not_null())
            })
    }
}
