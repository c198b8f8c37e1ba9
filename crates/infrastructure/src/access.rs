//! Tables and searches of users and tokens.

mod add_password_links;
mod index_passwords;
mod queries;
mod rows;

use crate::table::{Room, Table};

/// What this subdomain provides to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    tables: &[
        Table::listed::<rows::users::Entity>(),
        Table::of::<rows::tokens::Entity>(),
    ],
    migrations: &[
        || Box::new(index_passwords::Migration),
        || Box::new(add_password_links::Migration),
    ],
};
