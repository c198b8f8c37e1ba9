//! The table `customers`.

use crate::columns::{Unreadable, parsed, personal, word};
use crate::table::AggregateTable;
use domain::customers::{Customer, CustomerId};
use domain::log::store::StoreError;
use domain::text::folded;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// Empty once the customer is erased, like the e-mail address.
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) country: String,
    pub(crate) status: String,
    /// The folded name. Searches use it, so that they work the same on every database.
    pub(crate) searched: String,
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Customer;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = None;

    fn row(customer: &Customer, version: i64) -> Result<Model, StoreError> {
        Ok(Model {
            id: customer.id.0,
            name: customer.name.column().to_owned(),
            email: customer.email.column().to_owned(),
            country: customer.country.to_string(),
            status: customer.status.word().to_owned(),
            searched: folded(customer.name.column()),
            version,
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Customer, Unreadable> {
        Ok(Customer {
            id: CustomerId(row.id),
            name: personal("name", &row.name)?,
            email: personal("email", &row.email)?,
            country: parsed("country", &row.country)?,
            status: word("status", &row.status)?,
        })
    }
}
