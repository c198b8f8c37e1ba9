//! The migrations of handling events.

mod add_container;
mod add_doubts;

use sea_orm_migration::MigrationTrait;

/// In any order: migrations run in the order of their names.
pub(crate) const MIGRATIONS: &[fn() -> Box<dyn MigrationTrait>] = &[
    || Box::new(add_doubts::Migration),
    || Box::new(add_container::Migration),
];
