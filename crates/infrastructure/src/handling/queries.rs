//! The list of handling events.

use super::rows::{Column, Entity};
use crate::columns::equals;
use crate::table::{ListOrder, ListedTable};
use domain::booking::TrackingId;
use domain::handling::HandlingFilter;
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;
use sea_orm::{EntityTrait, QueryFilter, QueryTrait, Select};

impl ListedTable for Entity {
    const ORDER: ListOrder = ListOrder::Newest;

    fn select(filter: &HandlingFilter) -> Select<Self> {
        let cargo = filter.cargo.as_ref().map(TrackingId::as_str);
        let location = filter.location.as_ref().map(UnLocode::as_str);
        let voyage = filter.voyage.as_ref().map(VoyageNumber::as_str);
        let status = filter.status.map(Into::into);
        Self::find()
            .apply_if(equals(Column::TrackingId, cargo), Select::filter)
            .apply_if(equals(Column::Location, location), Select::filter)
            .apply_if(equals(Column::VoyageNumber, voyage), Select::filter)
            .apply_if(equals(Column::Status, status), Select::filter)
    }
}
