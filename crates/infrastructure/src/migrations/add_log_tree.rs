//! The tree over the log, for proofs.

use super::table::Holds::{Hash, Number};
use super::table::Table;
use crate::log::tree;
use domain::log::Hash as EntryHash;
use domain::log::tree::{Tree, WIDTH};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement};
use sea_orm_migration::prelude::*;

/// Creates the table, and fills it from the log.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0030_add_log_tree"
    }
}

const LOG_TREE: Table = Table {
    name: "log_tree",
    columns: &[("level", Number), ("number", Number), ("hash", Hash)],
    optional: &[],
    key: &["level", "number"],
    unique: &[],
    indexes: &[],
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        LOG_TREE.create(manager).await?;
        let database = manager.get_connection();
        // MariaDB and MySQL keep what an interrupted migration wrote.
        database
            .execute_unprepared("DELETE FROM `log_tree`")
            .await?;
        let mut tree = Tree::default();
        loop {
            let (from, to) = (tree.size(), tree.size() + WIDTH);
            let select = format!(
                "SELECT `hash` FROM `operations` WHERE `position` > {from} \
                 AND `position` <= {to} ORDER BY `position`"
            );
            let select = Statement::from_string(database.get_database_backend(), select);
            let rows = database.query_all_raw(select).await?;
            for row in &rows {
                let bytes: Vec<u8> = row.try_get_by_index(0)?;
                let hash = bytes.as_slice().try_into();
                let hash = hash.map_err(|_| DbErr::Custom("a hash has 32 bytes".to_owned()))?;
                for node in tree.push(EntryHash(hash)) {
                    let node = tree::row(node).map_err(|error| DbErr::Custom(error.to_string()))?;
                    tree::Entity::insert(node.into_active_model())
                        .exec_without_returning(database)
                        .await?;
                }
            }
            if (rows.len() as u64) < WIDTH {
                return Ok(());
            }
        }
    }
}
