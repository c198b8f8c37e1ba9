//! Reefer plugs and dangerous goods: what a voyage offers and takes, and which cargoes need it.

use crate::migrations::table::Holds::{self, Flag, Number, Text};
use crate::migrations::table::{add_column, add_index};
use sea_orm_migration::prelude::*;

/// Adds the columns. No earlier voyage states its plugs or takes dangerous goods, and no earlier
/// cargo has any.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0016_add_special_cargo"
    }
}

/// Each column with the value that existing rows get.
const COLUMNS: &[(&str, &str, Holds, &str)] = &[
    ("voyages", "capacity_plugs", Number, "NULL"),
    ("voyages", "dangerous_goods_classes", Text, "NULL"),
    ("cargoes", "reefer", Flag, "NOT NULL DEFAULT 0"),
    ("cargoes", "dangerous", Flag, "NOT NULL DEFAULT 0"),
];

/// The same as `has_reefer`: a size and type code whose third character is R.
const REEFERS: &str =
    "UPDATE `cargoes` SET `reefer` = 1 WHERE `equipment` LIKE '%\"type\":\"__R_\"%'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, holds, rest) in COLUMNS {
            add_column(manager, table, column, *holds, rest).await?;
        }
        for column in ["reefer", "dangerous"] {
            add_index(manager, "cargoes", column).await?;
        }
        let database = manager.get_connection();
        database.execute_unprepared(REEFERS).await.map(|_| ())
    }
}
