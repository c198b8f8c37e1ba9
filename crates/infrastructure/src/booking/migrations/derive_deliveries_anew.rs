//! Derives deliveries again by the rules of this release: a cargo with a broken leg ahead has no
//! estimated arrival, and a cargo that has arrived is no longer at risk of missing its deadline.

use domain::Kind;
use domain::booking::Cargo;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use sea_orm_migration::prelude::*;
use uuid::Uuid;

/// Derives the columns of all booked cargoes again.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0004_derive_deliveries_anew"
    }
}

/// The number of rows read at once.
const CHUNK: u64 = 500;

/// The latest states from the history, because later migrations may add columns to the table.
const BOOKED: &str = "SELECT `cargoes`.`id`, `history`.`state` FROM `cargoes` \
     JOIN `history` ON `history`.`kind` = ? AND `history`.`id` = `cargoes`.`id` \
     AND `history`.`version` = `cargoes`.`version` \
     WHERE `cargoes`.`routing_status` <> 'NOT_ROUTED' AND `cargoes`.`id` > ? \
     ORDER BY `cargoes`.`id` LIMIT ?";

const DERIVED: &str =
    "UPDATE `cargoes` SET `misdirected` = ?, `at_risk` = ?, `eta` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Can be repeated: derived values do not depend on earlier ones.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
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
                return Ok(());
            }
        }
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
    let delivery = cargo.delivery();
    let eta: Value = match backend {
        // Always with six fractional digits, and not as TIMESTAMP, which ends in 2038.
        DatabaseBackend::Sqlite => delivery.eta.map(|eta| eta.to_string()).into(),
        _ => delivery.eta.map(|eta| eta.to_chrono().naive_utc()).into(),
    };
    let columns: [Value; 4] = [
        delivery.misdirected.into(),
        delivery.at_risk().into(),
        eta,
        id.into(),
    ];
    let update = Statement::from_sql_and_values(backend, DERIVED, columns);
    database.execute_raw(update).await.map(|_| ())
}
