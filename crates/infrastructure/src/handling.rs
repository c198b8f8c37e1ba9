//! Tables and searches of handling events.

mod migrations;
mod queries;
mod rows;

use crate::table::{Room, Table};

/// What this subdomain provides to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    tables: &[Table::listed::<rows::Entity>()],
    migrations: migrations::MIGRATIONS,
};
