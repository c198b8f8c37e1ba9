//! The next expected step of each cargo, so that a port finds what it waits for.

use crate::migrations::table::Holds::{Time, Word};
use crate::migrations::table::add_column;
use domain::Kind;
use domain::booking::Cargo;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use sea_orm_migration::prelude::*;
use uuid::Uuid;

/// Adds the columns and the index, and fills the columns.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0019_await_cargoes"
    }
}

/// The number of rows read at once.
const CHUNK: u64 = 500;

const INDEX: &str = "cargoes_by_next_step";

/// The latest states from the history, because later migrations may add columns to the table.
const BOOKED: &str = "SELECT `cargoes`.`id`, `history`.`state` FROM `cargoes` \
     JOIN `history` ON `history`.`kind` = ? AND `history`.`id` = `cargoes`.`id` \
     AND `history`.`version` = `cargoes`.`version` \
     WHERE `cargoes`.`routing_status` <> 'NOT_ROUTED' AND `cargoes`.`id` > ? \
     ORDER BY `cargoes`.`id` LIMIT ?";

const DERIVED: &str = "UPDATE `cargoes` SET `next_location` = ?, `next_time` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step can be repeated, because MariaDB and MySQL commit it at once and a crash may come
    /// before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "cargoes", "next_location", Word(5), "NULL").await?;
        add_column(manager, "cargoes", "next_time", Time, "NULL").await?;
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        let mut after = Uuid::nil();
        loop {
            let from: [Value; 3] = [Kind::Cargo.to_string().into(), after.into(), CHUNK.into()];
            let rows = Statement::from_sql_and_values(backend, BOOKED, from);
            let rows = database.query_all_raw(rows).await?;
            for row in &rows {
                after = row.try_get("", "id")?;
                let state: String = row.try_get("", "state")?;
                derive(database, backend, after, &state).await?;
            }
            if rows.is_empty() {
                break;
            }
        }
        if manager.has_index("cargoes", INDEX).await? {
            return Ok(());
        }
        let index = Index::create()
            .name(INDEX)
            .table("cargoes")
            .col("next_location")
            .col("next_time")
            .to_owned();
        manager.create_index(index).await
    }
}

async fn derive(
    database: &impl ConnectionTrait,
    backend: DatabaseBackend,
    id: Uuid,
    state: &str,
) -> Result<(), DbErr> {
    let cargo: Cargo = serde_json::from_str(state)
        .map_err(|error| DbErr::Custom(format!("the state of cargo {id}: {error}")))?;
    let awaited = cargo.awaited();
    let time = awaited.as_ref().map(|awaited| awaited.planned_at);
    let time: Value = match backend {
        // Always with six fractional digits, and not as TIMESTAMP, which ends in 2038.
        DatabaseBackend::Sqlite => time.map(|time| time.to_string()).into(),
        _ => time.map(|time| time.to_chrono().naive_utc()).into(),
    };
    let location = awaited.map(|awaited| awaited.activity.location.to_string());
    let columns: [Value; 3] = [location.into(), time, id.into()];
    let update = Statement::from_sql_and_values(backend, DERIVED, columns);
    database.execute_raw(update).await.map(|_| ())
}
