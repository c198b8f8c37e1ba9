//! Every byte of log and history counts: whatever is altered, missing or added, `verify` names the
//! position.

mod aside;
mod past_lists;

use crate::support::server::plimsoll;
use crate::support::world::{Database, World};
use application::verify::{Anchor, Crew, Options, Trouble, verify};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::json;
use uuid::Uuid;

/// Parts so short that the log has many seams.
const CREW: Crew = Crew {
    size: 3,
    part: 20,
    spawn: Some(|work| {
        tokio::spawn(work);
    }),
};

/// The tables that are put back after each alteration.
const KEPT: [&str; 5] = [
    "operations",
    "history",
    "log_head",
    "counters",
    "list_changes",
];

/// A store with a history, and a second connection that bypasses the pipeline.
struct Target {
    world: World,
    raw: DatabaseConnection,
    infrastructure: infrastructure::Database,
    sqlite: bool,
    /// One of the cargoes.
    cargo: String,
}

impl Target {
    async fn new(database: Database) -> Self {
        let sqlite = matches!(database, Database::Sqlite(_));
        let world = World::start(database, &[]);
        world.voyage("V100").await;
        let cargoes = world.cargoes(4, 2).await;
        for cargo in &cargoes {
            let input = json!({ "cargo": cargo, "voyage": "V100" });
            let key = [("idempotency-key", cargo.as_str())];
            let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            let mut headers = key.to_vec();
            headers.push(("traceparent", traceparent));
            let booked = world
                .clerk
                .try_run("book-onto-voyage", &input, &headers)
                .await;
            assert_eq!(booked.expect("an answer").status, 200);
        }
        world
            .admin
            .accept("register-consumer", json!({ "name": "billing" }))
            .await;
        let cancel = json!({ "cargo": cargoes[0], "reason": "Order withdrawn" });
        world.clerk.accept("cancel-cargo", cancel).await;
        // An entry without history, at the end.
        world
            .admin
            .accept("assign-role", json!({ "user": "clerk", "role": "clerk" }))
            .await;
        let url = world.database.url();
        let options = infrastructure::Options::default();
        Self {
            raw: sea_orm::Database::connect(&url)
                .await
                .expect("the database"),
            infrastructure: infrastructure::Database::connect(&url, &options)
                .await
                .expect("the database"),
            world,
            sqlite,
            cargo: cargoes[1].clone(),
        }
    }

    async fn execute(&self, sql: &str) -> u64 {
        let done = self.raw.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"))
            .rows_affected()
    }

    async fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        let statement = Statement::from_string(self.raw.get_database_backend(), sql);
        let rows = self.raw.query_all_raw(statement).await.expect("rows");
        let text = |row: &sea_orm::QueryResult, column| -> String {
            row.try_get_by_index::<String>(column).expect("text")
        };
        rows.iter()
            .map(|row| {
                (0..row.column_names().len())
                    .map(|column| text(row, column))
                    .collect()
            })
            .collect()
    }

    /// Columns of a table, with their types.
    async fn columns(&self, table: &str) -> Vec<(String, String)> {
        let sql = if self.sqlite {
            format!("SELECT name, lower(type) FROM pragma_table_info('{table}')")
        } else {
            format!(
                "SELECT CAST(column_name AS CHAR), CAST(data_type AS CHAR) FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = '{table}'"
            )
        };
        let rows = self.texts(&sql).await;
        rows.into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect()
    }

    /// An expression for another value in a column.
    fn other(&self, column: &str, kind: &str) -> String {
        let is_null = match kind {
            kind if kind.contains("int") => "1".to_owned(),
            kind if kind.contains("bin") || kind.contains("blob") => {
                format!("X'{}'", "01".repeat(32))
            }
            _ => "'x'".to_owned(),
        };
        let changed = match kind {
            kind if kind.contains("int") => format!("{column} + 1000"),
            kind if kind.contains("datetime") => format!("{column} + INTERVAL 1 SECOND"),
            kind if kind.contains("bin") || kind.contains("blob") => {
                if self.sqlite {
                    format!(
                        "CAST(substr({column}, 1, length({column}) - 1) || CASE WHEN substr({column}, -1) = X'01' THEN X'02' ELSE X'01' END AS BLOB)"
                    )
                } else {
                    format!(
                        "CONCAT(LEFT({column}, LENGTH({column}) - 1), IF(RIGHT({column}, 1) = X'01', X'02', X'01'))"
                    )
                }
            }
            // Changes one letter or digit within the text, so that JSON stays JSON if possible.
            _ if self.sqlite => format!("substr({column}, 1, length({column}) - 1) || 'x'"),
            _ => format!("CONCAT(LEFT({column}, CHAR_LENGTH({column}) - 1), 'x')"),
        };
        format!("CASE WHEN {column} IS NULL THEN {is_null} ELSE {changed} END")
    }

    /// The bad position that `verify` finds.
    async fn finding(&self, anchor: Option<Anchor>) -> Option<u64> {
        self.found(anchor, false).await
    }

    /// The same, with every decision again if that is asked for.
    async fn found(&self, anchor: Option<Anchor>, replay: bool) -> Option<u64> {
        let options = Options {
            anchor,
            replay,
            crew: CREW,
            ..Options::default()
        };
        match verify(self.infrastructure.reader(), options, |_, _| {}).await {
            Ok(_) => None,
            Err(Trouble::Bad { position, .. }) => Some(position),
            Err(error) => panic!("{error}"),
        }
    }

    /// What `verify` finds that has no position.
    async fn aside(&self, epoch: Option<Uuid>) -> Option<String> {
        let options = Options {
            epoch,
            crew: CREW,
            ..Options::default()
        };
        match verify(self.infrastructure.reader(), options, |_, _| {}).await {
            Ok(_) => None,
            Err(Trouble::Aside(what)) => Some(what),
            Err(error) => panic!("{error}"),
        }
    }

    /// Alters data, expects a finding at `position`, and restores everything.
    async fn expect(&self, what: &str, alter: &[String], position: u64) {
        self.expect_of(false, what, alter, position).await;
    }

    /// The same of `verify`, with or without `--replay`.
    async fn expect_of(&self, replay: bool, what: &str, alter: &[String], position: u64) {
        for table in KEPT {
            self.execute(&format!(
                "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            ))
            .await;
        }
        for sql in alter {
            assert!(self.execute(sql).await > 0, "{sql} did nothing");
        }
        let found = self.found(None, replay).await;
        for table in KEPT {
            self.execute(&format!("DELETE FROM {table}")).await;
            self.execute(&format!("INSERT INTO {table} SELECT * FROM kept_{table}"))
                .await;
            self.execute(&format!("DROP TABLE kept_{table}")).await;
        }
        assert_eq!(found, Some(position), "{what}");
    }
}

async fn every_column_counts(database: Database) {
    let target = Target::new(database).await;
    assert_eq!(target.finding(None).await, None);
    let booked = target
        .world
        .admin
        .get("/api/log?operation=book-onto-voyage")
        .await;
    let keyed = booked.body["items"][1]["position"]
        .as_u64()
        .expect("a position");
    let bare = target
        .world
        .admin
        .get("/api/log?operation=cancel-cargo")
        .await;
    let bare = bare.body["items"][0]["position"]
        .as_u64()
        .expect("a position");
    for table in ["operations", "history"] {
        for (column, kind) in target.columns(table).await {
            let other = target.other(&column, &kind);
            // One row of the entry, because MySQL and SQLite have no common UPDATE … LIMIT.
            let one = match table {
                "history" => " AND kind = 'cargo'",
                _ => "",
            };
            for position in [keyed, bare] {
                let sql = format!(
                    "UPDATE {table} SET {column} = {other} WHERE position = {position}{one}"
                );
                target
                    .expect(&format!("{table}.{column} at {position}"), &[sql], position)
                    .await;
            }
        }
    }
    aside::aside(&target).await;
    let n = target.world.admin.get("/api/log/head").await.body["position"]
        .as_u64()
        .expect("a position");
    forms(&target, keyed).await;
    searching(&target, n).await;
    past_lists::altered(&target, bare, n).await;
    rows(&target, keyed, n).await;
    tail(&target, n).await;
    tables(&target).await;
}

/// Rows before the first position, and values that read the same but are no longer found.
async fn forms(target: &Target, p: u64) {
    let before = |table: &str| format!("UPDATE {table} SET position = -{p} WHERE position = {p}");
    let cases = [
        ("an entry before the first", before("operations"), p),
        (
            "history before the first",
            before("history") + " AND kind = 'voyage'",
            p,
        ),
    ];
    for (what, alter, position) in cases {
        target.expect(what, &[alter], position).await;
    }
    if !target.sqlite {
        return;
    }
    for (what, alter) in [
        (
            "a key as text",
            format!("UPDATE operations SET key_text = CAST(key_text AS TEXT) WHERE position = {p}"),
        ),
        (
            "an id as text",
            format!(
                "UPDATE history SET id = CAST(substr('0123456789abcdef', 1, 16) AS TEXT) WHERE position = {p} AND kind = 'cargo'"
            ),
        ),
        (
            "a time in other letters",
            format!(
                "UPDATE operations SET recorded_at = replace(recorded_at, 'Z', 'z') WHERE position = {p}"
            ),
        ),
        (
            "a time with a blank",
            format!(
                "UPDATE history SET recorded_at = replace(recorded_at, 'T', ' ') WHERE position = {p}"
            ),
        ),
    ] {
        target.expect(what, &[alter], p).await;
    }
}

/// The columns that lists are answered from.
async fn searching(target: &Target, n: u64) {
    for (alter, restore) in [
        (
            "UPDATE cargo_legs SET voyage_number = 'V999'",
            "UPDATE cargo_legs SET voyage_number = 'V100'",
        ),
        (
            "UPDATE voyage_calls SET un_locode = 'NLRTM' WHERE un_locode = 'HKHKG'",
            "UPDATE voyage_calls SET un_locode = 'HKHKG' WHERE un_locode = 'NLRTM'",
        ),
        (
            "UPDATE customers SET searched = 'x'",
            "UPDATE customers SET searched = 'blue anchor'",
        ),
    ] {
        assert!(target.execute(alter).await > 0, "{alter}");
        assert_eq!(target.finding(None).await, Some(n), "{alter}");
        target.execute(restore).await;
        assert_eq!(target.finding(None).await, None, "{restore}");
    }
}

/// Whole rows deleted, inserted, swapped.
async fn rows(target: &Target, p: u64, n: u64) {
    let columns: Vec<_> = target
        .columns("operations")
        .await
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let copied: Vec<_> = columns
        .iter()
        .map(|column| match column.as_str() {
            "position" => format!("{}", n + 1),
            "id" => "X'01020304050607080102030405060708'".to_owned(),
            "key_text" | "fingerprint" => "NULL".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let insert = format!(
        "INSERT INTO operations ({}) SELECT {} FROM operations WHERE position = {p}",
        columns.join(", "),
        copied.join(", ")
    );
    let swap = |from: u64, to: u64| {
        format!("UPDATE operations SET position = {to} WHERE position = {from}")
    };
    let swap_history =
        |from: u64, to: u64| format!("UPDATE history SET position = {to} WHERE position = {from}");
    for (what, alter, position) in [
        (
            "a deleted entry",
            vec![format!("DELETE FROM operations WHERE position = {p}")],
            p,
        ),
        (
            "a deleted history row",
            vec![format!(
                "DELETE FROM history WHERE position = {p} AND kind = 'voyage'"
            )],
            p,
        ),
        (
            "the first entry deleted",
            vec!["DELETE FROM operations WHERE position = 1".to_owned()],
            1,
        ),
        (
            "the last entry deleted",
            vec![format!("DELETE FROM operations WHERE position = {n}")],
            n,
        ),
        ("an added entry", vec![insert], n + 1),
        (
            "two swapped entries",
            vec![
                swap(p, n + 9),
                swap(p + 1, p),
                swap(n + 9, p + 1),
                swap_history(p, n + 9),
                swap_history(p + 1, p),
                swap_history(n + 9, p + 1),
            ],
            p,
        ),
        (
            "a history row of no entry",
            vec![format!(
                "UPDATE history SET position = {} WHERE position = {p} AND kind = 'voyage'",
                n + 5
            )],
            p,
        ),
    ] {
        target.expect(what, &alter, position).await;
    }
}

/// A truncated log is sound by itself. Without later refusals, only an anchor reveals it.
async fn tail(target: &Target, n: u64) {
    let hash = target.world.admin.get("/api/log/head").await.body["hash"].clone();
    let anchor = Some(Anchor {
        position: n,
        hash: hash.as_str().expect("text").parse().expect("a hash"),
        root: None,
        recorded_at: None,
    });
    assert_eq!(target.finding(anchor).await, None);
    target
        .execute(&format!(
            "UPDATE log_head SET position = {m}, \
             hash = (SELECT hash FROM operations WHERE position = {m}), \
             recorded_at = (SELECT recorded_at FROM operations WHERE position = {m})",
            m = n - 1
        ))
        .await;
    target
        .execute(&format!("DELETE FROM operations WHERE position = {n}"))
        .await;
    // A refusal that was judged later betrays it.
    let judged = target.aside(None).await.unwrap_or_default();
    assert!(judged.contains("after the end of the log"), "{judged}");
    target.execute("DELETE FROM refusals").await;
    assert_eq!(target.finding(None).await, None);
    assert_eq!(target.finding(anchor).await, Some(n));
    let url = target.world.database.url();
    let anchor = format!("{n}:{}", hash.as_str().expect("text"));
    let verified = plimsoll(&["verify", "--anchor", &anchor, "--database", &url]);
    assert_eq!(verified.status.code(), Some(1));
    let said = [&verified.stdout, &verified.stderr].map(|said| String::from_utf8_lossy(said));
    let said = said.concat();
    assert!(said.contains(&n.to_string()), "{said}");
}

/// A row changed outside the pipeline.
async fn tables(target: &Target) {
    let cancelled = target
        .world
        .admin
        .get("/api/log?operation=cancel-cargo")
        .await;
    let position = cancelled.body["items"][0]["position"].as_u64();
    for sql in [
        "UPDATE cargoes SET commodity = 'Arms' WHERE status = 'CANCELLED'",
        "UPDATE cargoes SET commodity = 'Machine parts', version = version + 1 WHERE status = 'CANCELLED'",
    ] {
        assert_eq!(target.execute(sql).await, 1);
        assert_eq!(target.finding(None).await, position, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_counts_on_sqlite() {
    every_column_counts(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_counts_on_mariadb() {
    every_column_counts(Database::mariadb()).await;
}
