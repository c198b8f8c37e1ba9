//! The tables `voyages` and `voyage_calls`.

use crate::columns::{Unreadable, json, parsed, signed, to_json, unsigned, word};
use crate::table::{AggregateTable, SideTable};
use chrono::{DateTime, Utc};
use domain::log::store::StoreError;
use domain::space::SpaceLimit;
use domain::voyages::{DangerousGoodsClasses, Vessel, Voyage, VoyageId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "voyages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) number: String,
    pub(crate) vessel_imo: String,
    pub(crate) vessel_name: String,
    pub(crate) capacity_quarter_teu: i64,
    pub(crate) capacity_kg: i64,
    pub(crate) overbooking_percent: i64,
    pub(crate) cut_off_hours: i64,
    pub(crate) status: String,
    /// Derived from the movements, for searching.
    pub(crate) first_departure: Option<DateTime<Utc>>,
    /// Derived from the movements, for display.
    pub(crate) last_arrival: Option<DateTime<Utc>>,
    pub(crate) movements: String,
    pub(crate) version: i64,
    /// Derived, for searching: the most space left on any movement.
    pub(crate) quarter_teu_left: i64,
    /// Folded number and name of the vessel. Searches use them, so that they work the same on every
    /// database.
    pub(crate) searched: Option<String>,
    /// The number of reefer plugs, if it was stated.
    pub(crate) capacity_plugs: Option<i64>,
    /// The classes of dangerous goods that it takes, as JSON, if there are any.
    pub(crate) dangerous_goods_classes: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Voyage;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::Number);

    fn row(voyage: &Voyage, version: i64) -> Result<Model, StoreError> {
        let first = voyage.movements.first();
        let last = voyage.movements.last();
        let classes = &voyage.dangerous_goods_classes;
        Ok(Model {
            id: voyage.id.0,
            number: voyage.number.to_string(),
            vessel_imo: voyage.vessel.imo.to_string(),
            vessel_name: voyage.vessel.name.to_string(),
            capacity_quarter_teu: signed(voyage.capacity.quarter_teu)?,
            capacity_kg: signed(voyage.capacity.kg)?,
            overbooking_percent: voyage.overbooking_percent.into(),
            cut_off_hours: voyage.cut_off_hours.into(),
            status: voyage.status.word().to_owned(),
            first_departure: first.map(|movement| movement.departs.to_chrono()),
            last_arrival: last.map(|movement| movement.arrives.to_chrono()),
            movements: to_json(&voyage.movements),
            version,
            quarter_teu_left: signed(voyage.quarter_teu_left())?,
            searched: Some(voyage.searched()),
            capacity_plugs: voyage.capacity.plugs.map(signed).transpose()?,
            dangerous_goods_classes: (!classes.is_empty()).then(|| to_json(classes)),
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Voyage, Unreadable> {
        Ok(Voyage {
            id: VoyageId(row.id),
            number: parsed("number", &row.number)?,
            vessel: Vessel {
                imo: parsed("vessel_imo", &row.vessel_imo)?,
                name: parsed("vessel_name", &row.vessel_name)?,
            },
            capacity: SpaceLimit {
                quarter_teu: unsigned("capacity_quarter_teu", row.capacity_quarter_teu)?,
                kg: unsigned("capacity_kg", row.capacity_kg)?,
                plugs: match row.capacity_plugs {
                    None => None,
                    Some(plugs) => Some(unsigned("capacity_plugs", plugs)?),
                },
            },
            overbooking_percent: unsigned("overbooking_percent", row.overbooking_percent)?,
            cut_off_hours: unsigned("cut_off_hours", row.cut_off_hours)?,
            dangerous_goods_classes: match &row.dangerous_goods_classes {
                None => DangerousGoodsClasses::default(),
                Some(classes) => json("dangerous_goods_classes", classes)?,
            },
            status: word("status", &row.status)?,
            movements: json("movements", &row.movements)?,
        })
    }
}

impl SideTable for voyage_calls::Entity {
    type Of = Voyage;
    const OWNER: voyage_calls::Column = voyage_calls::Column::VoyageId;

    fn rows(voyage: &Voyage) -> Vec<voyage_calls::Model> {
        let movements = voyage.movements.iter();
        let ports: BTreeSet<_> = movements.flat_map(|own| [&own.from, &own.to]).collect();
        let calls = ports.into_iter().map(|port| voyage_calls::Model {
            un_locode: port.to_string(),
            voyage_id: voyage.id.0,
        });
        calls.collect()
    }

    /// The ports of a voyage never change.
    fn has_same_rows(_: &Voyage, _: &Voyage) -> bool {
        true
    }
}

/// The table `voyage_calls`: the ports at which a voyage calls, only for searching.
pub(crate) mod voyage_calls {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "voyage_calls")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) un_locode: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) voyage_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
