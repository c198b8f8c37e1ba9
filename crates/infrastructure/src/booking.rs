//! Tables and searches of cargoes.

mod containers;
mod migrations;
mod queries;
mod rows;

use crate::table::{Room, Table};

/// What this subdomain provides to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    tables: &[Table::listed::<rows::Entity>()
        .beside::<rows::cargo_legs::Entity>()
        .beside::<containers::Entity>()],
    migrations: migrations::MIGRATIONS,
};
