//! The table `vessels`, and their list.

use crate::columns::{Unreadable, begins, contains, parsed, signed, unsigned};
use crate::table::{AggregateTable, ListOrder, ListedTable};
use domain::log::store::StoreError;
use domain::space::SpaceLimit;
use domain::voyages::{RegisteredVessel, VesselFilter, VesselId, VesselParticulars};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryTrait, Select};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vessels")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) imo: String,
    pub(crate) name: String,
    pub(crate) capacity_quarter_teu: i64,
    pub(crate) capacity_kg: i64,
    pub(crate) capacity_plugs: Option<i64>,
    /// Folded number and name. Searches use them, so that they work the same on every database.
    pub(crate) searched: String,
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = RegisteredVessel;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::Imo);

    fn row(vessel: &RegisteredVessel, version: i64) -> Result<Model, StoreError> {
        let particulars = &vessel.particulars;
        Ok(Model {
            id: vessel.id.0,
            imo: vessel.imo.to_string(),
            name: particulars.name.to_string(),
            capacity_quarter_teu: signed(particulars.capacity.quarter_teu)?,
            capacity_kg: signed(particulars.capacity.kg)?,
            capacity_plugs: particulars.capacity.plugs.map(signed).transpose()?,
            searched: vessel.searched(),
            version,
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<RegisteredVessel, Unreadable> {
        let plugs = row.capacity_plugs;
        Ok(RegisteredVessel {
            id: VesselId(row.id),
            imo: parsed("imo", &row.imo)?,
            particulars: VesselParticulars {
                name: parsed("name", &row.name)?,
                capacity: SpaceLimit {
                    quarter_teu: unsigned("capacity_quarter_teu", row.capacity_quarter_teu)?,
                    kg: unsigned("capacity_kg", row.capacity_kg)?,
                    plugs: plugs
                        .map(|plugs| unsigned("capacity_plugs", plugs))
                        .transpose()?,
                },
            },
        })
    }
}

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Key;

    fn select(filter: &VesselFilter) -> Select<Self> {
        Self::find()
            .apply_if(filter.imo.as_deref(), |select, imo| {
                select.filter(begins(Column::Imo, imo.to_uppercase()))
            })
            .apply_if(filter.name.as_deref(), |select, name| {
                select.filter(Column::Searched.like(contains(name)))
            })
    }
}
