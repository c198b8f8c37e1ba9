//! The migrations of cargoes.

mod add_containers;
mod add_due_times;
mod add_first_origins;
mod add_particulars;
mod add_ready_dates;
mod await_cargoes;
mod derive_deliveries_anew;
mod derive_due_times_anew;
mod derived;

use sea_orm_migration::MigrationTrait;

/// In any order: migrations run in the order of their names.
pub(crate) const MIGRATIONS: &[fn() -> Box<dyn MigrationTrait>] = &[
    || Box::new(derive_deliveries_anew::Migration),
    || Box::new(add_first_origins::Migration),
    || Box::new(add_particulars::Migration),
    || Box::new(await_cargoes::Migration),
    || Box::new(add_due_times::Migration),
    || Box::new(add_containers::Migration),
    || Box::new(add_ready_dates::Migration),
    || Box::new(derive_due_times_anew::Migration),
];
