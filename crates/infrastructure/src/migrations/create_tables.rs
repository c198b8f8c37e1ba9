//! The first tables.
//!
//! Column widths follow `domain::limits`, with room where a limit may grow. A value that does not
//! fit is an error and is never truncated. A search for part of a name scans the table in the order
//! of the list until a page is full, because no index finds the middle of a word.

use super::table::Holds::{Bytes, Flag, Float, Hash, Line, Number, Text, Time, Uuid, Word};
use super::table::Table;
use sea_orm_migration::prelude::*;

/// Creates all tables.
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "0001_create_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait leaves it out")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            table.create(manager).await?;
        }
        Ok(())
    }
}

const TABLES: &[Table] = &[
    LOG_HEAD,
    OPERATIONS,
    HISTORY,
    COUNTERS,
    REFUSALS,
    LOCATIONS,
    VOYAGES,
    VOYAGE_CALLS,
    CUSTOMERS,
    CARGOES,
    CARGO_LEGS,
    USERS,
    TOKENS,
];

const LOG_HEAD: Table = Table {
    name: "log_head",
    columns: &[
        ("id", Number),
        ("epoch", Uuid),
        ("position", Number),
        ("recorded_at", Time),
        ("hash", Hash),
    ],
    optional: &[],
    key: &["id"],
    unique: &[],
    indexes: &[],
};

const OPERATIONS: Table = Table {
    name: "operations",
    columns: &[
        ("position", Number),
        ("id", Uuid),
        ("operation", Word(100)),
        ("version", Number),
        ("subdomain", Word(50)),
        ("actor", Word(100)),
        ("input", Text),
        ("prepared", Text),
        ("events", Text),
        ("outcome", Text),
        ("recorded_at", Time),
        ("program", Word(200)),
        ("rules_version", Number),
        ("policy_version", Number),
        ("hash", Hash),
    ],
    optional: &[
        ("target", Word(255)),
        ("target_version", Number),
        ("key_text", Bytes(255)),
        ("fingerprint", Hash),
        ("caused_by", Number),
        ("reactor", Word(100)),
        ("reactor_step", Number),
        ("trace_id", Word(255)),
    ],
    key: &["position"],
    unique: &[
        // A commit whose answer was lost is settled by looking for the id.
        &["id"],
        // The answer under a caller's key.
        &["actor", "key_text"],
        // What a reactor did about an event.
        &["caused_by", "reactor", "reactor_step"],
    ],
    indexes: &[
        (&["recorded_at"], "the position at a time"),
        (&["operation", "position"], "the log of one operation"),
        (&["actor", "position"], "the log of one actor"),
        (&["target", "position"], "the log of one target"),
    ],
};

const HISTORY: Table = Table {
    name: "history",
    columns: &[
        ("kind", Word(20)),
        ("sequence", Number),
        ("id", Uuid),
        ("version", Number),
        ("position", Number),
        ("recorded_at", Time),
        ("state", Text),
    ],
    optional: &[],
    key: &["kind", "sequence"],
    // The history of one aggregate.
    unique: &[&["kind", "id", "version"]],
    indexes: &[
        (&["position"], "what an entry changed"),
        (&["kind", "id", "position"], "the state at a position"),
    ],
};

const COUNTERS: Table = Table {
    name: "counters",
    columns: &[("kind", Word(20)), ("last_sequence", Number)],
    optional: &[],
    key: &["kind"],
    unique: &[],
    indexes: &[],
};

const REFUSALS: Table = Table {
    name: "refusals",
    columns: &[
        ("id", Uuid),
        ("judged_at", Number),
        ("recorded_at", Time),
        ("operation", Word(100)),
        ("actor", Word(100)),
        ("status", Number),
        ("rule", Word(100)),
        ("detail", Text),
        ("input", Text),
    ],
    optional: &[
        ("target", Word(255)),
        ("key_text", Bytes(255)),
        ("fingerprint", Hash),
        ("trace_id", Word(255)),
    ],
    key: &["id"],
    unique: &[],
    indexes: &[
        (
            &["actor", "key_text", "recorded_at"],
            "what was answered under a caller's key",
        ),
        (&["actor", "id"], "the refusals of one actor"),
    ],
};

const LOCATIONS: Table = Table {
    name: "locations",
    columns: &[
        ("id", Uuid),
        ("un_locode", Word(5)),
        ("name", Line(200)),
        ("country", Word(2)),
        ("latitude", Float),
        ("longitude", Float),
        ("time_zone", Word(64)),
        ("searched", Text),
        ("version", Number),
    ],
    optional: &[],
    key: &["id"],
    unique: &[&["un_locode"]],
    indexes: &[(&["country", "un_locode"], "the locations of one country")],
};

const VOYAGES: Table = Table {
    name: "voyages",
    columns: &[
        ("id", Uuid),
        ("number", Word(20)),
        ("vessel_imo", Word(7)),
        ("vessel_name", Line(200)),
        ("capacity_quarter_teu", Number),
        ("capacity_kg", Number),
        ("overbooking_percent", Number),
        ("cut_off_hours", Number),
        ("status", Word(20)),
        ("movements", Text),
        ("version", Number),
    ],
    optional: &[("first_departure", Time), ("last_arrival", Time)],
    key: &["id"],
    unique: &[&["number"]],
    indexes: &[(
        &["first_departure", "number"],
        "the voyages that depart in a time",
    )],
};

const VOYAGE_CALLS: Table = Table {
    name: "voyage_calls",
    columns: &[("un_locode", Word(5)), ("voyage_id", Uuid)],
    optional: &[],
    // The voyages that call at a port.
    key: &["un_locode", "voyage_id"],
    unique: &[],
    indexes: &[],
};

const CUSTOMERS: Table = Table {
    name: "customers",
    columns: &[
        ("id", Uuid),
        ("name", Line(200)),
        ("email", Line(254)),
        ("country", Word(2)),
        ("status", Word(20)),
        ("searched", Text),
        ("version", Number),
    ],
    optional: &[],
    key: &["id"],
    unique: &[],
    indexes: &[],
};

const CARGOES: Table = Table {
    name: "cargoes",
    columns: &[
        ("id", Uuid),
        ("tracking_id", Word(11)),
        ("customer_id", Uuid),
        ("status", Word(20)),
        ("size_quarter_teu", Number),
        ("gross_weight_kg", Number),
        ("commodity", Line(200)),
        ("origin", Word(5)),
        ("destination", Word(5)),
        ("arrival_deadline", Time),
        ("equipment", Text),
        ("version", Number),
    ],
    optional: &[("itinerary", Text), ("cancellation_reason", Line(500))],
    key: &["id"],
    unique: &[&["tracking_id"]],
    indexes: &[
        (&["customer_id", "id"], "the cargoes of one customer"),
        (&["status", "id"], "the cargoes in one booking status"),
        (&["origin", "id"], "the cargoes from one port"),
        (&["destination", "id"], "the cargoes to one port"),
    ],
};

const CARGO_LEGS: Table = Table {
    name: "cargo_legs",
    columns: &[
        ("cargo_id", Uuid),
        ("leg", Number),
        ("voyage_number", Word(20)),
        ("load_at", Word(5)),
        ("load_time", Time),
        ("unload_at", Word(5)),
        ("unload_time", Time),
    ],
    optional: &[],
    key: &["cargo_id", "leg"],
    unique: &[],
    indexes: &[(
        &["voyage_number", "cargo_id"],
        "the cargoes aboard one voyage",
    )],
};

const USERS: Table = Table {
    name: "users",
    columns: &[
        ("id", Uuid),
        ("name", Word(64)),
        ("roles", Text),
        ("status", Word(20)),
        ("version", Number),
    ],
    optional: &[("customer_id", Uuid)],
    key: &["id"],
    unique: &[&["name"]],
    indexes: &[],
};

const TOKENS: Table = Table {
    name: "tokens",
    columns: &[
        ("id", Uuid),
        ("hash", Word(64)),
        ("user_id", Uuid),
        ("revoked", Flag),
        ("version", Number),
    ],
    optional: &[("label", Line(100))],
    key: &["id"],
    unique: &[&["hash"]],
    indexes: &[(&["user_id", "id"], "the tokens of one user")],
};
