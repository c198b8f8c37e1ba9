//! Derives again by the rules of this release when cargoes are overdue and at risk: a cargo that came off
//! late may be claimed later, and a ship may leave before a cargo is ready.

use super::derived::{derive_all, time};
use sea_orm_migration::prelude::*;

/// Derives the columns of all booked cargoes again.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0023_derive_due_times_anew"
    }
}

const DERIVED: &str =
    "UPDATE `cargoes` SET `at_risk` = ?, `eta` = ?, `overdue_at` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        derive_all(manager, DERIVED, |cargo, backend| {
            let delivery = cargo.delivery();
            vec![
                delivery.at_risk().into(),
                time(delivery.eta, backend),
                time(delivery.overdue_at, backend),
            ]
        })
        .await
    }
}
