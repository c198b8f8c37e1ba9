//! A customer is erased: no answer and no byte of the file has its name, its address or its key.

use crate::support::server::{Client, Server, issue_token, plimsoll};
use crate::support::world::{Database, World, cargo};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Output;

/// Texts that occur nowhere else.
const NAME: &str = "Quillfeather Maritime";
const EMAIL: &str = "desk@quillfeather.example";
const FORMER: &str = "Oldcastle Shipping";

fn customer_of(name: &str) -> Value {
    json!({ "name": name, "email": EMAIL, "country": "NL" })
}

fn text(output: &Output) -> String {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&said).into_owned()
}

/// Every answer that could tell who the customer is.
async fn answers(client: &Client, customer: &str, position: u64) -> String {
    let one = format!("/api/customers/{customer}");
    let mut all = String::new();
    for path in [
        one.clone(),
        format!("{one}?at={position}"),
        format!("{one}/history"),
        "/api/customers".to_owned(),
        "/api/customers?name=quill".to_owned(),
        format!("/api/customers?at={position}&name=quill"),
        "/api/log?limit=200".to_owned(),
        "/api/refusals".to_owned(),
        "/api/cargoes".to_owned(),
        "/api/snapshot/customers".to_owned(),
        "/feeds/customers".to_owned(),
        "/feeds/customers/pages/1".to_owned(),
        "/feeds/log".to_owned(),
        "/feeds/log/pages/1".to_owned(),
        "/metrics".to_owned(),
    ] {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        all.push_str(&answer.body.to_string());
    }
    all
}

/// The bytes of an SQLite database, its write-ahead log included.
fn bytes(database: &Database) -> Vec<u8> {
    let url = database.url();
    let file = PathBuf::from(url.trim_start_matches("sqlite:"));
    let log = file.with_extension("db-wal");
    let mut bytes = std::fs::read(&file).expect("the file");
    bytes.extend(std::fs::read(&log).unwrap_or_default());
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|own| own == part)
}

async fn key_of(url: &str, customer: &str) -> Option<Vec<u8>> {
    let raw = sea_orm::Database::connect(url).await.expect("connect");
    let id = uuid::Uuid::parse_str(customer).expect("an id");
    let sql = "SELECT seal_key FROM personal_keys WHERE id = ?";
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, [id.into()]);
    let row = raw.query_one_raw(statement).await.expect("keys");
    let key = row.map(|row| row.try_get("", "seal_key").expect("a key"));
    raw.close().await.expect("close");
    key
}

/// What a test knows of its customer.
struct Known {
    id: String,
    /// The erasure.
    erase: Value,
    /// The position before it.
    position: u64,
    key: Vec<u8>,
}

/// A customer among others, with a past, a refusal, and a cargo that prevents its erasure for a time.
async fn known(world: &World) -> Known {
    let made = world
        .clerk
        .accept("new-customer", customer_of(FORMER))
        .await;
    let id = made["customer"].as_str().expect("an id").to_owned();
    for _ in 0..30 {
        world.customer().await;
    }
    let change = |of: &str, name: &str| {
        let mut input = customer_of(name);
        input["customer"] = json!(of);
        input
    };
    world
        .clerk
        .accept("change-customer", change(&id, NAME))
        .await;
    let nobody = change(&uuid::Uuid::nil().to_string(), NAME);
    let refused = world.clerk.run("change-customer", nobody).await;
    assert_eq!(refused.rule(), "CustomerMustBeKnown");
    let created = cargo(&json!(id), 1);
    let created = world.clerk.accept("create-cargo", created).await;
    let erase = json!({ "customer": id, "reason": "Asked for it" });
    let refused = world.admin.run("erase-customer", erase.clone()).await;
    assert_eq!(refused.rule(), "CustomerMustHaveNoUnfinishedCargo");
    let cancel = json!({ "cargo": created["cargo"], "reason": "Asked for it" });
    world.clerk.accept("cancel-cargo", cancel).await;
    let log = world.admin.get("/api/log/head").await;
    Known {
        position: log.body["position"].as_u64().expect("a position"),
        key: key_of(&world.database.url(), &id).await.expect("a key"),
        id,
        erase,
    }
}

/// Rehearses the erasure. Nothing is destroyed.
async fn rehearse(world: &World, known: &Known) {
    let path = "/api/operations/erase-customer?rehearse=true";
    let json = [("content-type", "application/json")];
    let body = known.erase.to_string().into_bytes();
    let rehearsed = world
        .admin
        .send(reqwest::Method::POST, path, &json, Some(body))
        .await
        .expect("an answer");
    assert_eq!(rehearsed.status, 200, "{}", rehearsed.body);
    let key = key_of(&world.database.url(), &known.id).await;
    assert_eq!(key.as_ref(), Some(&known.key));
}

/// Nothing of the customer is in the file or its write-ahead log.
fn must_not_be_in_file(database: &Database, known: &Known) {
    let bytes = bytes(database);
    for gone in [
        NAME.as_bytes(),
        FORMER.as_bytes(),
        EMAIL.as_bytes(),
        &known.key,
    ] {
        let what = String::from_utf8_lossy(gone);
        assert!(!contains(&bytes, gone), "{what} is in the file");
    }
    let id = uuid::Uuid::parse_str(&known.id).expect("an id");
    assert!(contains(&bytes, id.as_bytes()), "its id stays");
}

async fn a_customer_is_forgotten(database: Database) {
    let url = database.url();
    let world = World::start(database, &[]);
    let second = Server::start(&url, &[]);
    let elsewhere = Client::new(&second.url, &issue_token(&url, "auditor", "auditor"));
    let known = known(&world).await;
    let before = answers(&elsewhere, &known.id, known.position).await;
    for text in [NAME, FORMER, EMAIL] {
        assert!(
            before.contains(text),
            "{text} is readable until it is erased"
        );
    }
    let page = elsewhere.get("/feeds/log/pages/1").await.body;
    rehearse(&world, &known).await;

    world
        .admin
        .accept("erase-customer", known.erase.clone())
        .await;
    assert_eq!(key_of(&url, &known.id).await, None);
    for reader in [&elsewhere, &world.admin] {
        let after = answers(reader, &known.id, known.position).await;
        for gone in [NAME, FORMER, EMAIL, "quillfeather"] {
            assert!(!after.contains(gone), "{gone} can still be read");
        }
    }
    let same = elsewhere.get("/feeds/log/pages/1").await.body;
    assert_eq!(same, page, "a full page never changes");
    let shown = format!("/api/customers/{}", known.id);
    let shown = elsewhere.get(&shown).await.body;
    assert_eq!(
        (&shown["name"], &shown["email"], &shown["status"]),
        (&json!(null), &json!(null), &json!("ERASED"))
    );
    let verified = plimsoll(&["verify", "--replay", "--database", &url]);
    assert!(verified.status.success(), "{}", text(&verified));
    if let Database::Sqlite(_) = &world.database {
        must_not_be_in_file(&world.database, &known);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten_on_sqlite() {
    a_customer_is_forgotten(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten_on_mariadb() {
    a_customer_is_forgotten(Database::mariadb()).await;
}
