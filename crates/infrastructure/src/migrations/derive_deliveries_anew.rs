//! What is known of a cargo, by the rules of this release: with a broken leg ahead there is no
//! estimated arrival, and what has arrived is no longer at risk of its deadline.

use domain::Kind;
use domain::booking::Cargo;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use sea_orm_migration::prelude::*;
use uuid::Uuid;

/// Derives the columns of what was booked again.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0004_derive_deliveries_anew"
    }
}

/// Rows read at once.
const CHUNK: u64 = 500;

/// The newest states, as history has them: columns of the table may be added later.
const BOOKED: &str = "SELECT `cargoes`.`id`, `history`.`state` FROM `cargoes` \
     JOIN `history` ON `history`.`kind` = ? AND `history`.`id` = `cargoes`.`id` \
     AND `history`.`version` = `cargoes`.`version` \
     WHERE `cargoes`.`routing_status` <> 'NOT_ROUTED' AND `cargoes`.`id` > ? \
     ORDER BY `cargoes`.`id` LIMIT ?";

const DERIVED: &str =
    "UPDATE `cargoes` SET `misdirected` = ?, `at_risk` = ?, `eta` = ? WHERE `id` = ?";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Can be done again: what is derived does not depend on what was.
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
        // Always with six fraction digits, and no TIMESTAMP, which ends in 2038.
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
