//! The table `cargo_containers`: the containers of each cargo, only for searching.

use crate::table::SideTable;
use domain::booking::Cargo;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cargo_containers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) cargo_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) container: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl SideTable for Entity {
    type Of = Cargo;
    const OWNER: Column = Column::CargoId;

    fn rows(cargo: &Cargo) -> Vec<Model> {
        let containers = cargo.particulars.containers.iter();
        let rows = containers.map(|container| Model {
            cargo_id: cargo.id.0,
            container: container.number.to_string(),
        });
        rows.collect()
    }

    fn has_same_rows(old: &Cargo, new: &Cargo) -> bool {
        let numbers = |cargo: &Cargo| -> Vec<_> {
            let containers = cargo.particulars.containers.iter();
            containers.map(|own| own.number.clone()).collect()
        };
        numbers(old) == numbers(new)
    }
}
