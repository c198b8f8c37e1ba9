//! Handling events, the delivery of a cargo, and the space left on a voyage.

use super::table::Holds::{self, Flag, Line, Number, Text, Time, Uuid, Word};
use super::table::{Table, add_column, add_index};
use sea_orm::{DatabaseBackend, Statement};
use sea_orm_migration::prelude::*;
use serde::Deserialize;

/// Adds tables, columns and indexes, and derives their values for existing rows.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0003_add_handling"
    }
}

const HANDLING_EVENTS: Table = Table {
    name: "handling_events",
    columns: &[
        ("id", Uuid),
        ("tracking_id", Word(11)),
        ("handling_type", Word(20)),
        ("location", Word(5)),
        ("completed_at", Time),
        ("registered_at", Time),
        ("status", Word(20)),
        ("version", Number),
    ],
    optional: &[
        ("voyage_number", Word(20)),
        ("retraction_reason", Line(500)),
    ],
    key: &["id"],
    unique: &[],
    indexes: &[
        (&["tracking_id", "id"], "what was done with one cargo"),
        (&["location", "id"], "what was done at one port"),
        (&["voyage_number", "id"], "what was done with one voyage"),
    ],
};

/// Each column with the value that existing rows get.
const COLUMNS: &[(&str, &str, Holds, &str)] = &[
    ("cargoes", "rejection_reason", Line(500), "NULL"),
    ("cargoes", "former_status", Word(20), "NULL"),
    ("cargoes", "handling", Text, "NULL"),
    (
        "cargoes",
        "transport_status",
        Word(20),
        "NOT NULL DEFAULT 'NOT_RECEIVED'",
    ),
    (
        "cargoes",
        "routing_status",
        Word(20),
        "NOT NULL DEFAULT 'NOT_ROUTED'",
    ),
    ("cargoes", "misdirected", Flag, "NOT NULL DEFAULT 0"),
    ("cargoes", "at_risk", Flag, "NOT NULL DEFAULT 0"),
    ("cargoes", "last_known_location", Word(5), "NULL"),
    ("cargoes", "current_voyage", Word(20), "NULL"),
    ("cargoes", "eta", Time, "NULL"),
    ("voyages", "quarter_teu_left", Number, "NOT NULL DEFAULT 0"),
];

/// Each index with its purpose.
const INDEXES: &[(&str, &str, &str)] = &[
    ("cargoes", "at_risk", "the cargoes that need attention"),
    (
        "cargoes",
        "misdirected",
        "the cargoes that are off their way",
    ),
];

/// Cargoes booked earlier are routed and arrive with their last leg.
const ROUTED: &str = "UPDATE `cargoes` SET `routing_status` = 'ROUTED', `eta` = \
    (SELECT MAX(`unload_time`) FROM `cargo_legs` WHERE `cargo_id` = `cargoes`.`id`) \
    WHERE `status` = 'BOOKED' AND `routing_status` = 'NOT_ROUTED'";

const VOYAGES: &str = "SELECT `id`, `capacity_quarter_teu`, `overbooking_percent`, `movements` FROM `voyages` \
     WHERE `status` = 'SCHEDULED'";

/// The booked load of a movement, as stored in JSON.
#[derive(Deserialize)]
struct Movement {
    load: Load,
}

#[derive(Deserialize)]
struct Load {
    quarter_teu: i64,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each step can be repeated, because MariaDB and MySQL commit it at once and a crash may come
    /// before the next.
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let backend = manager.get_database_backend();
        HANDLING_EVENTS.create(manager).await?;
        for (table, column, holds, rest) in COLUMNS {
            add_column(manager, table, column, *holds, rest).await?;
        }
        for (table, column, _) in INDEXES {
            add_index(manager, table, column).await?;
        }
        database.execute_unprepared(ROUTED).await?;
        room_left(database, backend).await
    }
}

/// The same as `Voyage::quarter_teu_left`.
async fn room_left(database: &impl ConnectionTrait, backend: DatabaseBackend) -> Result<(), DbErr> {
    let voyages = Statement::from_string(backend, VOYAGES);
    for row in database.query_all_raw(voyages).await? {
        let capacity: i64 = row.try_get("", "capacity_quarter_teu")?;
        let percent: i64 = row.try_get("", "overbooking_percent")?;
        let movements: String = row.try_get("", "movements")?;
        let movements: Vec<Movement> = serde_json::from_str(&movements)
            .map_err(|error| DbErr::Custom(format!("movements of a voyage: {error}")))?;
        let limit = capacity * (100 + percent) / 100;
        let loads = movements.iter().map(|movement| movement.load.quarter_teu);
        let left = Ord::max(limit - loads.min().unwrap_or(limit), 0);
        let id: uuid::Uuid = row.try_get("", "id")?;
        let update = Statement::from_sql_and_values(
            backend,
            "UPDATE `voyages` SET `quarter_teu_left` = ? WHERE `id` = ?",
            [left.into(), id.into()],
        );
        database.execute_raw(update).await?;
    }
    Ok(())
}
