//! The table `consumers`, and its list.

use crate::columns::{Unreadable, parsed, signed, unsigned, word};
use crate::table::{AggregateTable, ListOrder, ListedTable};
use domain::consumers::{Consumer, ConsumerFilter, ConsumerId, ConsumerStatus};
use domain::log::store::StoreError;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, Select};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consumers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) description: Option<String>,
    pub(crate) status: String,
    pub(crate) start: i64,
    pub(crate) skipped_to: Option<i64>,
    pub(crate) generation: i64,
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Consumer;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::Name);

    fn row(consumer: &Consumer, version: i64) -> Result<Model, StoreError> {
        let description = consumer.description.as_ref();
        Ok(Model {
            id: consumer.id.0,
            name: consumer.name.to_string(),
            owner: consumer.owner.to_string(),
            description: description.map(ToString::to_string),
            status: consumer.status.word().to_owned(),
            start: signed(consumer.start)?,
            skipped_to: consumer.skipped_to.map(signed).transpose()?,
            generation: signed(consumer.generation)?,
            version,
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Consumer, Unreadable> {
        let description = row.description.as_deref();
        let description = description.map(|text| parsed("description", text));
        let skipped_to = row.skipped_to;
        let skipped_to = skipped_to.map(|position| unsigned("skipped_to", position));
        Ok(Consumer {
            id: ConsumerId(row.id),
            name: parsed("name", &row.name)?,
            owner: parsed("owner", &row.owner)?,
            description: description.transpose()?,
            status: word("status", &row.status)?,
            start: unsigned("start", row.start)?,
            skipped_to: skipped_to.transpose()?,
            generation: unsigned("generation", row.generation)?,
        })
    }
}

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Key;

    fn select(_: &ConsumerFilter) -> Select<Self> {
        Self::find().filter(Column::Status.ne(ConsumerStatus::Removed.word()))
    }
}
