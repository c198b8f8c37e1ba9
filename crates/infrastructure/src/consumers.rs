//! Table and list of consumers. How far they have come is in the table `checkpoints` of the log.

mod add_consumers;
mod note_refused_reports;
mod rows;

use crate::table::{Room, Table};

/// What this subdomain provides to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    tables: &[Table::listed::<rows::Entity>()],
    migrations: &[
        || Box::new(add_consumers::Migration),
        || Box::new(note_refused_reports::Migration),
    ],
};
