//! Columns of cargoes that are derived from their deliveries, written again.

use domain::booking::Cargo;
use domain::{Kind, Moment};
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use sea_orm_migration::prelude::*;
use uuid::Uuid;

/// The number of rows read at once.
const CHUNK: u64 = 500;

/// The latest states from the history, because later migrations may add columns to the table.
const BOOKED: &str = "SELECT `cargoes`.`id`, `history`.`state` FROM `cargoes` \
     JOIN `history` ON `history`.`kind` = ? AND `history`.`id` = `cargoes`.`id` \
     AND `history`.`version` = `cargoes`.`version` \
     WHERE `cargoes`.`routing_status` <> 'NOT_ROUTED' AND `cargoes`.`id` > ? \
     ORDER BY `cargoes`.`id` LIMIT ?";

/// Runs an update for each booked cargo, with these values and the id. It can be repeated, because
/// derived values do not depend on earlier ones.
pub(super) async fn derive_all(
    manager: &SchemaManager<'_>,
    update: &str,
    values: impl Fn(&Cargo, DatabaseBackend) -> Vec<Value>,
) -> Result<(), DbErr> {
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
            let cargo: Cargo = serde_json::from_str(&state)
                .map_err(|error| DbErr::Custom(format!("the state of cargo {after}: {error}")))?;
            let mut values = values(&cargo, backend);
            values.push(after.into());
            let update = Statement::from_sql_and_values(backend, update, values);
            database.execute_raw(update).await?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// A time as its column holds it.
pub(super) fn time(time: Option<Moment>, backend: DatabaseBackend) -> Value {
    match backend {
        // Always with six fractional digits, and not as TIMESTAMP, which ends in 2038.
        DatabaseBackend::Sqlite => time.map(|time| time.to_string()).into(),
        _ => time.map(|time| time.to_chrono().naive_utc()).into(),
    }
}
