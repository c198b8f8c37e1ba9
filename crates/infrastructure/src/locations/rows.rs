//! The table `locations`.

use crate::columns::{Unreadable, json, parsed, to_json};
use crate::table::AggregateTable;
use domain::locations::{Location, LocationId};
use domain::log::store::StoreError;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "locations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) un_locode: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) time_zone: String,
    /// Folded names and UN/LOCODE. Searches use them, so that they work the same on every database.
    pub(crate) searched: String,
    /// Other names as a JSON list, or null if there are none.
    pub(crate) aliases: Option<String>,
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Location;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::UnLocode);

    fn row(location: &Location, version: i64) -> Result<Model, StoreError> {
        Ok(Model {
            id: location.id.0,
            un_locode: location.un_locode.to_string(),
            name: location.name.to_string(),
            country: location.country.to_string(),
            latitude: location.latitude,
            longitude: location.longitude,
            time_zone: location.time_zone.to_string(),
            searched: location.searched(),
            aliases: match location.aliases.as_slice() {
                [] => None,
                aliases => Some(to_json(&aliases)),
            },
            version,
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Location, Unreadable> {
        Ok(Location {
            id: LocationId(row.id),
            un_locode: parsed("un_locode", &row.un_locode)?,
            name: parsed("name", &row.name)?,
            aliases: match &row.aliases {
                None => Vec::new(),
                Some(aliases) => json("aliases", aliases)?,
            },
            country: parsed("country", &row.country)?,
            latitude: row.latitude,
            longitude: row.longitude,
            time_zone: parsed("time_zone", &row.time_zone)?,
        })
    }
}
