//! The register of vessels, and the voyages of one vessel.

use crate::migrations::table::Holds::{Line, Number, Text, Uuid, Word};
use crate::migrations::table::{Table, add_index};
use sea_orm_migration::prelude::*;

const VESSELS: Table = Table {
    name: "vessels",
    columns: &[
        ("id", Uuid),
        ("imo", Word(7)),
        ("name", Line(200)),
        ("capacity_quarter_teu", Number),
        ("capacity_kg", Number),
        ("searched", Text),
        ("version", Number),
    ],
    optional: &[("capacity_plugs", Number)],
    key: &["id"],
    unique: &[&["imo"]],
    indexes: &[],
};

/// Adds the table and the index. The ships of earlier voyages are registered by the next operation
/// that names them, so that the log has their whole history.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0013_add_vessels"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        VESSELS.create(manager).await?;
        add_index(manager, "voyages", "vessel_imo").await
    }
}
