//! The migrations of voyages.

mod add_special_cargo;
mod add_vessels;
pub(crate) mod search_voyages;

use sea_orm_migration::MigrationTrait;

/// In any order: migrations run in the order of their names.
pub(crate) const MIGRATIONS: &[fn() -> Box<dyn MigrationTrait>] = &[
    || Box::new(search_voyages::Migration),
    || Box::new(add_special_cargo::Migration),
    || Box::new(add_vessels::Migration),
];
