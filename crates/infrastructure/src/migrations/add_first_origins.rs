//! Where a cargo started, once it was rerouted from somewhere else.

use super::table::Holds::Word;
use sea_orm_migration::prelude::*;

/// Adds the column. What was rerouted before keeps none: only the log tells where it started.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0007_add_first_origins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("cargoes", "first_origin").await? {
            return Ok(());
        }
        let holds = Word(5).sql(manager.get_database_backend());
        let add = format!("ALTER TABLE `cargoes` ADD COLUMN `first_origin` {holds} NULL");
        let database = manager.get_connection();
        database.execute_unprepared(&add).await.map(|_| ())
    }
}
