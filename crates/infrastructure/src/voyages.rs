//! Tables and searches of voyages.

mod migrations;
mod queries;
mod rows;
mod vessels;

pub(crate) use migrations::search_voyages;

use crate::table::{Room, Table};

/// What this subdomain provides to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    tables: &[
        Table::listed::<rows::Entity>().beside::<rows::voyage_calls::Entity>(),
        Table::listed::<vessels::Entity>(),
    ],
    migrations: migrations::MIGRATIONS,
};
