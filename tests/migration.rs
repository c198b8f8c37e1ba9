//! A database of an earlier release, with a history, becomes one of this release.

use crate::support::server::plimsoll;
use crate::support::world::{Database, World};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

/// Removes what 0003 and later migrations added.
const BEFORE_0003: &[&str] = &[
    "DELETE FROM seaql_migrations WHERE version >= '0003'",
    "CREATE TABLE kept AS SELECT id, aliases, searched FROM locations WHERE aliases IS NOT NULL",
    "CREATE INDEX kept_by_id ON kept (id)",
    "ALTER TABLE locations DROP COLUMN aliases",
    "UPDATE locations SET searched = 'as it was'",
    "UPDATE customers SET searched = 'as it was'",
    "DROP TABLE handling_events",
    "DROP INDEX cargoes_by_at_risk",
    "DROP INDEX cargoes_by_misdirected",
    "ALTER TABLE cargoes DROP COLUMN rejection_reason",
    "ALTER TABLE cargoes DROP COLUMN former_status",
    "ALTER TABLE cargoes DROP COLUMN handling",
    "ALTER TABLE cargoes DROP COLUMN transport_status",
    "ALTER TABLE cargoes DROP COLUMN routing_status",
    "ALTER TABLE cargoes DROP COLUMN misdirected",
    "ALTER TABLE cargoes DROP COLUMN at_risk",
    "ALTER TABLE cargoes DROP COLUMN last_known_location",
    "ALTER TABLE cargoes DROP COLUMN current_voyage",
    "ALTER TABLE cargoes DROP COLUMN eta",
    "ALTER TABLE voyages DROP COLUMN quarter_teu_left",
    "ALTER TABLE voyages DROP COLUMN searched",
];

/// The deliveries that releases before 0004 derived for a cargo with a broken leg ahead.
const BEFORE_0004: &[&str] = &[
    "DELETE FROM seaql_migrations WHERE version >= '0004'",
    "UPDATE cargoes SET eta = arrival_deadline, misdirected = 1, at_risk = 0 \
     WHERE routing_status <> 'NOT_ROUTED'",
];

/// The due times of releases before 0023, which knew nothing of late unloadings and of ships that leave
/// before a cargo is ready.
const BEFORE_0023: &[&str] = &[
    "DELETE FROM seaql_migrations WHERE version >= '0023'",
    "UPDATE cargoes SET eta = NULL, overdue_at = NULL, at_risk = 1 \
     WHERE routing_status <> 'NOT_ROUTED'",
];

/// Releases before 0025 did not note what changed in lists.
const BEFORE_0025: &[&str] = &[
    "DELETE FROM seaql_migrations WHERE version >= '0025'",
    "DROP TABLE list_changes",
];

/// Restores the other names of ports, which earlier releases did not know, for `verify`.
const OTHER_NAMES: &[&str] = &[
    "UPDATE locations SET aliases = (SELECT aliases FROM kept WHERE kept.id = locations.id), \
     searched = (SELECT searched FROM kept WHERE kept.id = locations.id) \
     WHERE id IN (SELECT id FROM kept)",
    "DROP TABLE kept",
];

/// The values that migrations derive for existing rows. These ports have no other names.
const DERIVED: [&str; 5] = [
    "SELECT tracking_id, status, transport_status, routing_status, misdirected, at_risk, \
     COALESCE(CAST(eta AS CHAR), ''), COALESCE(CAST(overdue_at AS CHAR), '') \
     FROM cargoes ORDER BY id",
    "SELECT number, quarter_teu_left, searched FROM voyages ORDER BY id",
    "SELECT un_locode, searched FROM locations WHERE aliases IS NULL ORDER BY id",
    "SELECT name, searched FROM customers ORDER BY id",
    "SELECT kind, facet, place, position, joins FROM list_changes \
     ORDER BY kind, facet, place, position",
];

async fn derived(raw: &DatabaseConnection) -> Vec<Value> {
    let mut all = Vec::new();
    for sql in DERIVED {
        let statement = Statement::from_string(raw.get_database_backend(), sql);
        for row in raw.query_all_raw(statement).await.expect("rows") {
            let column = |index| {
                let text = row.try_get_by_index::<String>(index).map(Value::from);
                let number = || row.try_get_by_index::<i64>(index).map(Value::from);
                let flag = || row.try_get_by_index::<bool>(index).map(Value::from);
                text.or_else(|_| number())
                    .or_else(|_| flag())
                    .expect("a value")
            };
            all.push((0..row.column_names().len()).map(column).collect());
        }
    }
    all
}

/// A world with a history, and then without the changes of later migrations.
async fn earlier_rows_are_as_this_release_writes_them(database: Database, before: &[&str]) {
    let world = World::start(database, &[]);
    for number in ["V100", "V200", "V300"] {
        world.voyage(number).await;
    }
    let cargoes = world.cargoes(4, 2).await;
    for (cargo, number) in cargoes.iter().zip(["V100", "V100", "V200"]) {
        let input = json!({ "cargo": cargo, "voyage": number });
        world.clerk.accept("book-onto-voyage", input).await;
    }
    let cancel = json!({ "cargo": cargoes[1], "reason": "Order withdrawn" });
    world.clerk.accept("cancel-cargo", cancel).await;
    if before == BEFORE_0004 {
        let cancel = json!({ "voyage": "V200", "reason": "Engine trouble" });
        world.planner.accept("cancel-voyage", cancel).await;
    }
    let World {
        database, server, ..
    } = world;
    assert!(server.stop().success());
    let url = database.url();
    let raw = sea_orm::Database::connect(&url)
        .await
        .expect("the database");
    let written = derived(&raw).await;
    assert!(written.iter().any(|row| row[3] == "ROUTED"), "{written:?}");
    for statement in before {
        let is_of_sqlite = url.starts_with("sqlite:");
        let statement = match statement.strip_prefix("DROP INDEX ") {
            Some(_) if !is_of_sqlite => format!("{statement} ON cargoes"),
            _ => (*statement).to_owned(),
        };
        let done = raw.execute_unprepared(&statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    for command in [&["migrate"][..], &["migrate"], &["verify", "--replay"]] {
        if command[0] == "verify" && before == BEFORE_0003 {
            for statement in OTHER_NAMES {
                raw.execute_unprepared(statement).await.expect(statement);
            }
        }
        let output = plimsoll(&[command, &["--database", &url]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
    }
    assert_eq!(derived(&raw).await, written);
}

#[tokio::test]
async fn earlier_rows_are_as_this_release_writes_them_on_sqlite() {
    for before in [BEFORE_0003, BEFORE_0004, BEFORE_0023, BEFORE_0025] {
        earlier_rows_are_as_this_release_writes_them(Database::sqlite(), before).await;
    }
}

#[tokio::test]
async fn earlier_rows_are_as_this_release_writes_them_on_mariadb() {
    for before in [BEFORE_0003, BEFORE_0004, BEFORE_0023, BEFORE_0025] {
        earlier_rows_are_as_this_release_writes_them(Database::mariadb(), before).await;
    }
}

/// What releases before 0009 stored for a refusal: a sentence instead of facts.
const BEFORE_0009: &[&str] = &[
    "DELETE FROM seaql_migrations WHERE version >= '0009'",
    "UPDATE refusals SET detail = 'Nobody knows of cargo 23456789AB3.'",
    "ALTER TABLE refusals DROP COLUMN facts",
];

async fn earlier_refusals_keep_their_sentence(database: Database) {
    let world = World::start(database, &[]);
    let cargo = json!({ "cargo": "23456789AB3" });
    let refused = world.clerk.run("release-cargo", cargo.clone()).await;
    assert_eq!(refused.body["facts"], cargo);
    let refused = world.clerk.get("/api/refusals").await;
    assert_eq!(refused.body["items"][0]["facts"], cargo);
    let World {
        database, server, ..
    } = world;
    assert!(server.stop().success());
    let raw = sea_orm::Database::connect(&database.url())
        .await
        .expect("the database");
    for statement in BEFORE_0009 {
        raw.execute_unprepared(statement).await.expect(statement);
    }
    let world = World::start(database, &[]);
    let refused = world.clerk.get("/api/refusals").await;
    let refused = &refused.body["items"][0];
    assert_eq!(refused["detail"], "Nobody knows of cargo 23456789AB3.");
    assert_eq!(refused["rule"], "CargoMustBeKnown");
    assert_eq!(refused.get("facts"), None);
}

#[tokio::test]
async fn earlier_refusals_keep_their_sentence_on_sqlite() {
    earlier_refusals_keep_their_sentence(Database::sqlite()).await;
}

#[tokio::test]
async fn earlier_refusals_keep_their_sentence_on_mariadb() {
    earlier_refusals_keep_their_sentence(Database::mariadb()).await;
}
