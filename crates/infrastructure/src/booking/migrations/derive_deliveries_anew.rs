//! Derives deliveries again by the rules of this release: a cargo with a broken leg ahead has no
//! estimated arrival, and a cargo that has arrived is no longer at risk of missing its deadline.

use super::derived::{derive_all, time};
use sea_orm_migration::prelude::*;

/// Derives the columns of all booked cargoes again.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0004_derive_deliveries_anew"
    }
}

const DERIVED: &str =
    "UPDATE `cargoes` SET `misdirected` = ?, `at_risk` = ?, `eta` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        derive_all(manager, DERIVED, |cargo, backend| {
            let delivery = cargo.delivery();
            vec![
                delivery.misdirected.into(),
                delivery.at_risk().into(),
                time(delivery.eta, backend),
            ]
        })
        .await
    }
}
