//! The limit of the database: a bare loop that writes the same rows a run has left behind, many
//! rows in each statement, over one connection, without a server, reads or decisions.

use super::client::Seen;
use sqlx::mysql::MySqlConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Column, ColumnIndex, Connection, Decode, Row, Type};
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
    Time(chrono::NaiveDateTime),
}

/// Rows of one table.
#[derive(Debug, Clone, Default)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Rows {
    fn place(&self, column: &str) -> usize {
        let place = self.columns.iter().position(|name| name == column);
        place.unwrap_or_else(|| panic!("no column {column} in {:?}", self.columns))
    }

    fn text(&self, row: usize, column: &str) -> &str {
        match &self.rows[row][self.place(column)] {
            Cell::Text(text) => text,
            other => panic!("{column} is {other:?}"),
        }
    }

    fn number(&self, row: usize, column: &str) -> i64 {
        match &self.rows[row][self.place(column)] {
            Cell::Number(number) => *number,
            other => panic!("{column} is {other:?}"),
        }
    }

    /// The rows grouped by the value of a column.
    fn by(&self, column: &str) -> HashMap<Vec<u8>, Vec<Cell>> {
        let place = self.place(column);
        let rows = self.rows.iter();
        rows.map(|row| (bytes(&row[place]), row.clone())).collect()
    }
}

fn bytes(cell: &Cell) -> Vec<u8> {
    match cell {
        Cell::Bytes(bytes) => bytes.clone(),
        other => panic!("an id is {other:?}"),
    }
}

/// A connection to either database, as durable as the server's.
pub enum Bare {
    MariaDb(Box<MySqlConnection>),
    Sqlite(Box<SqliteConnection>),
}

impl Bare {
    pub async fn connect(url: &str) -> Self {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::from_str(path)
                .expect("a path")
                .filename(path)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-16384")
                .pragma("wal_autocheckpoint", "4000")
                .statement_cache_capacity(1_024);
            let connection = SqliteConnection::connect_with(&options).await;
            return Self::Sqlite(Box::new(connection.expect("the file opens")));
        }
        let options = sqlx::mysql::MySqlConnectOptions::from_str(url)
            .expect("a URL")
            .charset("utf8mb4")
            .collation("utf8mb4_bin")
            .statement_cache_capacity(1_024);
        let connection = MySqlConnection::connect_with(&options).await;
        let mut bare = Self::MariaDb(Box::new(connection.expect("the server answers")));
        bare.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            .await;
        bare.run("SET SESSION autocommit = 0").await;
        bare
    }

    fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::MariaDb(connection) => sqlx::raw_sql(sql)
                .execute(&mut **connection)
                .await
                .map(drop),
            Self::Sqlite(connection) => sqlx::raw_sql(sql)
                .execute(&mut **connection)
                .await
                .map(drop),
        }
        .expect("a statement");
    }

    async fn execute(&mut self, sql: &str, cells: Vec<Cell>) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        macro_rules! send {
            ($connection:expr) => {{
                let mut query = sqlx::query(sql);
                for cell in cells {
                    query = match cell {
                        Cell::Null => query.bind(None::<String>),
                        Cell::Number(value) => query.bind(value),
                        Cell::Text(value) => query.bind(value),
                        Cell::Bytes(value) => query.bind(value),
                        Cell::Time(value) => query.bind(value),
                    };
                }
                query
                    .execute(&mut **$connection)
                    .await
                    .expect("a statement")
                    .rows_affected()
            }};
        }
        match self {
            Self::MariaDb(connection) => send!(connection),
            Self::Sqlite(connection) => send!(connection),
        }
    }

    async fn read(&mut self, sql: &str) -> Rows {
        self.look_up(sql, None).await
    }

    async fn look_up(&mut self, sql: &str, key: Option<String>) -> Rows {
        let sql = AssertSqlSafe(sql.to_owned());
        macro_rules! fetch {
            ($connection:expr) => {{
                let mut query = sqlx::query(sql);
                if let Some(key) = key {
                    query = query.bind(key);
                }
                let rows = query.fetch_all(&mut **$connection).await.expect("rows");
                Rows {
                    columns: rows.first().map_or_else(Vec::new, |row| {
                        row.columns()
                            .iter()
                            .map(|column| column.name().to_owned())
                            .collect()
                    }),
                    rows: rows
                        .iter()
                        .map(|row| (0..row.len()).map(|index| cell(row, index)).collect())
                        .collect(),
                }
            }};
        }
        match self {
            Self::MariaDb(connection) => fetch!(connection),
            Self::Sqlite(connection) => fetch!(connection),
        }
    }

    async fn insert(&mut self, table: &str, rows: &Rows) {
        for chunk in rows.rows.chunks(512) {
            let mut start = 0;
            // Chunks are powers of two, so that every statement is prepared once.
            while start < chunk.len() {
                let length = 1 << (chunk.len() - start).ilog2();
                let marks = format!("({})", vec!["?"; rows.columns.len()].join(", "));
                let sql = format!(
                    "INSERT INTO `{table}` (`{}`) VALUES {}",
                    rows.columns.join("`, `"),
                    vec![marks; length].join(", ")
                );
                let cells = chunk[start..start + length].concat();
                assert_eq!(self.execute(&sql, cells).await, length as u64, "{table}");
                start += length;
            }
        }
    }

    /// Updates columns of rows by id, as the server does.
    async fn update(&mut self, table: &str, rows: &Rows, changed: &[&str]) {
        let id = rows.place("id");
        let places: Vec<_> = changed.iter().map(|column| rows.place(column)).collect();
        for chunk in rows.rows.chunks(256) {
            let is_one = chunk.len() == 1;
            let pick = match chunk.len() {
                1 => "?".to_owned(),
                rows => format!("CASE id {}END", "WHEN ? THEN ? ".repeat(rows)),
            };
            let sets: Vec<_> = changed
                .iter()
                .map(|column| format!("`{column}` = {pick}"))
                .collect();
            let sql = format!(
                "UPDATE `{table}` SET {} WHERE id IN ({})",
                sets.join(", "),
                vec!["?"; chunk.len()].join(", ")
            );
            let mut cells = Vec::new();
            for place in &places {
                for row in chunk {
                    cells.extend((!is_one).then(|| row[id].clone()));
                    cells.push(row[*place].clone());
                }
            }
            cells.extend(chunk.iter().map(|row| row[id].clone()));
            let found = self.execute(&sql, cells).await;
            assert_eq!(found, chunk.len() as u64, "{table}");
        }
    }

    async fn close(self) {
        match self {
            Self::MariaDb(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        }
        .expect("it closes");
    }
}

fn cell<'r, R: Row>(row: &'r R, index: usize) -> Cell
where
    usize: ColumnIndex<R>,
    Option<i64>: Type<R::Database> + Decode<'r, R::Database>,
    Option<String>: Type<R::Database> + Decode<'r, R::Database>,
    Option<chrono::NaiveDateTime>: Type<R::Database> + Decode<'r, R::Database>,
    Option<Vec<u8>>: Type<R::Database> + Decode<'r, R::Database>,
{
    if let Ok(number) = row.try_get::<Option<i64>, _>(index) {
        return number.map_or(Cell::Null, Cell::Number);
    }
    if let Ok(text) = row.try_get::<Option<String>, _>(index) {
        return text.map_or(Cell::Null, Cell::Text);
    }
    if let Ok(bytes) = row.try_get::<Option<Vec<u8>>, _>(index) {
        return bytes.map_or(Cell::Null, Cell::Bytes);
    }
    let time: Option<chrono::NaiveDateTime> = row.get(index);
    time.map_or(Cell::Null, Cell::Time)
}

/// The rows that one transaction writes.
struct Batch {
    inserts: Vec<(&'static str, Rows)>,
    /// Rows, and their columns that change.
    updates: Vec<(&'static str, Rows, &'static [&'static str])>,
    counters: BTreeMap<String, i64>,
    head: Vec<Cell>,
}

/// The rows of one kind of operation, from the log of a run.
pub struct Taken {
    before: Vec<(&'static str, Rows)>,
    batches: Vec<Batch>,
    operations: usize,
}

/// The first log entry of an operation after a position, and the last entry of that stretch.
pub struct Stretch<'a> {
    pub operation: &'a str,
    pub after: u64,
    pub until: u64,
}

impl Taken {
    /// Groups the rows of a stretch of the log into transactions of this many operations.
    pub async fn from(source: &str, stretch: &Stretch<'_>, size: usize) -> Self {
        let mut source = Bare::connect(source).await;
        let (after, until) = (stretch.after, stretch.until);
        let between = format!("position > {after} AND position <= {until}");
        let operations = source
            .read(&format!(
                "SELECT * FROM operations WHERE {between} ORDER BY position"
            ))
            .await;
        let history = source
            .read(&format!(
                "SELECT * FROM history WHERE {between} ORDER BY position, kind"
            ))
            .await;
        let list_changes = source
            .read(&format!(
                "SELECT * FROM list_changes WHERE {between} ORDER BY position"
            ))
            .await;
        let cargoes = source.read("SELECT * FROM cargoes").await;
        let voyages = source.read("SELECT * FROM voyages").await;
        let legs = source.read("SELECT * FROM cargo_legs").await;
        source.close().await;
        let books = stretch.operation == "book-onto-voyage";
        for row in 0..operations.rows.len() {
            assert_eq!(operations.text(row, "operation"), stretch.operation);
        }
        let (cargo_of, leg_of) = (
            cargoes.by("id"),
            if books {
                legs.by("cargo_id")
            } else {
                HashMap::new()
            },
        );
        let voyage_of = voyages.by("id");
        let mut batches = Vec::new();
        let (mut next, mut next_change, mut booked) = (0, 0, cargoes.with(Vec::new()));
        for chunk in operations.rows.chunks(size) {
            let last = chunk.last().expect("a chunk has rows");
            let end = &last[operations.place("position")];
            let from = next;
            while next < history.rows.len() && history.rows[next][history.place("position")] <= *end
            {
                next += 1;
            }
            let (mut new, mut changed, mut loaded) = (Vec::new(), BTreeMap::new(), Vec::new());
            let mut counters = BTreeMap::new();
            for row in from..next {
                let id = bytes(&history.rows[row][history.place("id")]);
                let kind = history.text(row, "kind").to_owned();
                if kind == "cargo" {
                    let cargo = cargo_of[&id].clone();
                    loaded.extend(leg_of.get(&id).cloned());
                    booked.rows.push(cargo.clone());
                    new.push(cargo);
                } else {
                    // The voyage at that time. Its text has the same length as the text in its row.
                    let mut voyage = voyage_of[&id].clone();
                    voyage[voyages.place("movements")] =
                        history.rows[row][history.place("state")].clone();
                    voyage[voyages.place("version")] = Cell::Number(history.number(row, "version"));
                    changed.insert(id, voyage);
                }
                counters.insert(kind, history.number(row, "sequence"));
            }
            let until = list_changes.rows.iter().skip(next_change);
            let place = list_changes.place("position");
            let listed: Vec<_> = until
                .take_while(|row| row[place] <= *end)
                .cloned()
                .collect();
            next_change += listed.len();
            let cargo_rows = cargoes.with(new);
            let mut batch = Batch {
                inserts: vec![
                    ("operations", operations.with(chunk.to_vec())),
                    ("history", history.with(history.rows[from..next].to_vec())),
                    ("list_changes", list_changes.with(listed)),
                ],
                updates: Vec::new(),
                counters,
                head: ["position", "recorded_at", "hash"]
                    .map(|column| last[operations.place(column)].clone())
                    .into(),
            };
            if books {
                batch.inserts.push(("cargo_legs", legs.with(loaded)));
                let columns = &["status", "itinerary", "version"];
                batch.updates.push(("cargoes", cargo_rows, columns));
                let voyages = voyages.with(changed.into_values().collect());
                batch
                    .updates
                    .push(("voyages", voyages, &["movements", "version"]));
            } else {
                batch.inserts.push(("cargoes", cargo_rows));
            }
            batches.push(batch);
        }
        let mut before = vec![("voyages", voyages)];
        if books {
            for column in ["status", "itinerary", "version"] {
                let place = booked.place(column);
                for row in &mut booked.rows {
                    row[place] = match column {
                        "status" => Cell::Text("REQUESTED".to_owned()),
                        "itinerary" => Cell::Null,
                        _ => Cell::Number(1),
                    };
                }
            }
            before.push(("cargoes", booked));
        }
        Self {
            before,
            batches,
            operations: operations.rows.len(),
        }
    }

    /// Writes the rows into an empty database. Returns the average time of each operation within
    /// its transaction.
    pub async fn write(self, target: &str) -> Seen {
        let mut target = Bare::connect(target).await;
        begin(&mut target).await;
        for (table, rows) in &self.before {
            target.insert(table, rows).await;
        }
        target.run("COMMIT").await;
        let started = Instant::now();
        let mut latencies: Vec<Duration> = Vec::with_capacity(self.operations);
        for batch in self.batches {
            let began = Instant::now();
            let operations = batch.inserts[0].1.rows.len();
            batch.write(&mut target).await;
            latencies.extend(vec![began.elapsed(); operations]);
        }
        let seconds = started.elapsed().as_secs_f64();
        target.close().await;
        latencies.sort_unstable();
        Seen { seconds, latencies }
    }
}

async fn begin(target: &mut Bare) {
    if target.is_sqlite() {
        target.run("BEGIN IMMEDIATE").await;
    }
}

impl Batch {
    async fn write(self, target: &mut Bare) {
        begin(target).await;
        let lock = if target.is_sqlite() {
            ""
        } else {
            " FOR UPDATE"
        };
        let head = target
            .read(&format!("SELECT * FROM log_head WHERE id = 1{lock}"))
            .await;
        assert_eq!(head.rows.len(), 1);
        for (table, rows, changed) in &self.updates {
            if rows.rows.len() == 1 && *table == "cargoes" {
                // A server that books a single cargo has to look it up first.
                let key = rows.text(0, "tracking_id").to_owned();
                let sql = "SELECT * FROM cargoes WHERE tracking_id IN (?)";
                assert_eq!(target.look_up(sql, Some(key)).await.rows.len(), 1);
            }
            target.update(table, rows, changed).await;
        }
        for (table, rows) in &self.inserts {
            target.insert(table, rows).await;
        }
        let mut cells = Vec::new();
        for (kind, sequence) in &self.counters {
            cells.extend([Cell::Text(kind.clone()), Cell::Number(*sequence)]);
        }
        cells.extend(self.counters.keys().cloned().map(Cell::Text));
        let kinds = self.counters.len();
        let sql = format!(
            "UPDATE counters SET last_sequence = CASE kind {} END WHERE kind IN ({})",
            "WHEN ? THEN ? ".repeat(kinds),
            vec!["?"; kinds].join(", ")
        );
        assert_eq!(target.execute(&sql, cells).await, kinds as u64);
        let sql = "UPDATE log_head SET position = ?, recorded_at = ?, hash = ? WHERE id = 1";
        assert_eq!(target.execute(sql, self.head).await, 1);
        target.run("COMMIT").await;
    }
}

impl Rows {
    /// Other rows of the same table.
    fn with(&self, rows: Vec<Vec<Cell>>) -> Self {
        Self {
            columns: self.columns.clone(),
            rows,
        }
    }
}
