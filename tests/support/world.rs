//! A sample world on a running server: users, a customer, voyages, cargoes.

use super::mariadb::MariaDb;
use super::server::{Client, Server, issue_token};
use serde_json::{Value, json};

/// Where a test keeps its data.
pub enum Database {
    /// A file in a folder that is deleted after the test.
    Sqlite(tempfile::TempDir),
    /// A separate database on a server that tests share.
    MariaDb(String),
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    pub fn mariadb() -> Self {
        Self::MariaDb(MariaDb::shared().fresh_database())
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("test.db").display()),
            Self::MariaDb(url) => url.clone(),
        }
    }
}

/// A server with users and places.
pub struct World {
    pub database: Database,
    pub server: Server,
    pub clerk: Client,
    pub planner: Client,
    pub admin: Client,
}

impl World {
    /// Starts a server on an empty database. Its first start loads the reference data.
    pub fn start(database: Database, arguments: &[&str]) -> Self {
        let url = database.url();
        let server = Server::start(&url, arguments);
        let client = |user: &str| Client::new(&server.url, &issue_token(&url, user, user));
        Self {
            clerk: client("clerk"),
            planner: client("planner"),
            admin: client("admin"),
            database,
            server,
        }
    }

    pub async fn customer(&self) -> Value {
        let input = json!({ "name": "Blue Anchor", "email": "desk@example.com", "country": "NL" });
        self.clerk.accept("new-customer", input).await["customer"].clone()
    }

    pub async fn voyage(&self, number: &str) {
        self.planner.accept("schedule-voyage", voyage(number)).await;
    }

    /// Creates cargoes with this many 20-foot containers each, in one NDJSON batch.
    pub async fn cargoes(&self, how_many: usize, containers: u32) -> Vec<String> {
        let customer = self.customer().await;
        let mut made = Vec::new();
        while made.len() < how_many {
            let lines: String = (made.len()..how_many.min(made.len() + 500))
                .map(|_| {
                    let input = cargo(&customer, containers);
                    format!(
                        "{}\n",
                        json!({ "operation": "create-cargo", "input": input })
                    )
                })
                .collect();
            let results = self.batch(&lines).await;
            made.extend(results.iter().map(|result| {
                let cargo = result["outcome"]["cargo"].as_str();
                cargo.unwrap_or_else(|| panic!("{result}")).to_owned()
            }));
        }
        made
    }

    /// Runs NDJSON lines as the clerk.
    pub async fn batch(&self, lines: &str) -> Vec<Value> {
        let response = self
            .clerk
            .send(
                reqwest::Method::POST,
                "/api/operations",
                &[("content-type", "application/x-ndjson")],
                Some(lines.as_bytes().to_vec()),
            )
            .await
            .expect("an answer");
        assert_eq!(response.status, 200, "{}", response.body);
        match response.body {
            Value::String(text) => text
                .lines()
                .map(|line| serde_json::from_str(line).expect("a result a line"))
                .collect(),
            one => vec![one],
        }
    }
}

/// The times of the acceptance scenarios are in 2127, so that they stay in the future.
pub fn day(month_day: &str) -> String {
    format!("2127-{month_day}T00:00:00Z")
}

/// HKHKG 03-03 → JPTYO 03-05; JPTYO 03-06 → USNYC 03-09; 100 TEU, 2,000 t, 10 %, 24 h.
pub fn voyage(number: &str) -> Value {
    json!({
        "number": number, "vessel": { "imo": ship(number), "name": "Ever Test" },
        "capacity": { "teu": 100, "tonnes": 2000 }, "overbooking_percent": 10, "cut_off_hours": 24,
        "movements": [
            { "from": "HKHKG", "to": "JPTYO", "departs": day("03-03"), "arrives": day("03-05") },
            { "from": "JPTYO", "to": "USNYC", "departs": day("03-06"), "arrives": day("03-09") },
        ],
    })
}

/// The IMO number of the ship that sails a voyage, which sails no other.
pub fn ship(voyage: &str) -> String {
    let place = voyage
        .bytes()
        .fold(7, |place, byte| (place * 31 + u32::from(byte)) % 900_000);
    with_check_digit(100_000 + place)
}

/// The IMO number with these first six digits.
pub fn with_check_digit(first: u32) -> String {
    let digits = first.to_string();
    let weighted = digits.bytes().zip((2..8).rev());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", sum % 10)
}

pub fn cargo(customer: &Value, containers: u32) -> Value {
    json!({
        "customer": customer, "origin": "HKHKG", "destination": "USNYC",
        "arrival_deadline": day("03-18"), "gross_weight_kg": 10_000, "commodity": "Machine parts",
        "equipment": [{ "type": "22G1", "count": containers }],
    })
}
