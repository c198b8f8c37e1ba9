//! A batch takes about the same number of statements, however many operations it contains.

use crate::support::world::{Database, cargo, voyage};
use application::{Call, Caller, Headers, Limits, Pipeline, Reply};
use domain::access::TokenHash;
use domain::ports::{Chance, Clock};
use plimsoll::clock::{SystemChance, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

struct Desk {
    database: infrastructure::Database,
    caller: Caller,
    _kept: Database,
}

impl Desk {
    async fn new(kept: Database) -> Self {
        let options = infrastructure::Options::default();
        let database = infrastructure::Database::connect(&kept.url(), &options)
            .await
            .expect("the database");
        database
            .migrate(SystemChance.id(SystemClock.now()))
            .await
            .expect("the tables");
        let mut desk = Self {
            database,
            caller: Caller::System("command-line"),
            _kept: kept,
        };
        let port = |code: &str| {
            json!({ "un_locode": code, "name": code, "country": "NL", "latitude": 1, "longitude": 2,
                "time_zone": "UTC" })
        };
        let ports = json!({ "locations": [port("HKHKG"), port("JPTYO"), port("USNYC")] });
        for (operation, input) in [
            ("add-locations", ports),
            ("register-user", json!({ "name": "anna" })),
            ("assign-role", json!({ "user": "anna", "role": "admin" })),
        ] {
            desk.batch(vec![(operation, input)]).await;
        }
        let issued = desk
            .batch(vec![("issue-token", json!({ "user": "anna" }))])
            .await
            .1
            .remove(0);
        let secret = match issued {
            Reply::Accepted(accepted) => accepted.once.expect("a secret")["token"].clone(),
            other => panic!("{other:?}"),
        };
        desk.caller = Caller::Token(TokenHash::of(secret.as_str().expect("text")));
        desk
    }

    /// Runs calls that wait together. Returns the number of statements per batch, and the replies.
    async fn batch(&self, asked: Vec<(&str, Value)>) -> (u64, Vec<Reply>) {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let program = "plimsoll test".to_owned();
        let (pipeline, sequencer) =
            Pipeline::new(self.database.store(), clock, Limits::default(), program);
        let submitted: Vec<_> = asked
            .into_iter()
            .map(|(operation, input)| {
                let definition = application::find(operation).expect("an operation");
                let json = serde_json::to_vec(&input).expect("JSON");
                let now = SystemClock.now();
                let ready = definition
                    .read(&json, now, &mut SystemChance)
                    .expect("the right shape");
                let id = SystemChance.id(now);
                let headers = Headers {
                    key: Some(id.to_string()),
                    ..Headers::default()
                };
                pipeline.submit(Call::new(
                    id,
                    definition,
                    ready,
                    self.caller.clone(),
                    headers,
                ))
            })
            .collect();
        let before = self.database.statements();
        let replies = tokio::select! {
            replies = futures::future::join_all(submitted) => replies,
            () = sequencer.run() => panic!("the pipeline is still there"),
        };
        for reply in &replies {
            assert!(matches!(reply, Reply::Accepted(_)), "{reply:?}");
        }
        let statements = self.database.statements() - before;
        let [(_, batches), ..] = pipeline.counts().read();
        (statements.div_ceil(batches), replies)
    }
}

fn outcome(reply: &Reply, field: &str) -> Value {
    match reply {
        Reply::Accepted(accepted) => {
            let outcome: Value = serde_json::from_str(&accepted.outcome).expect("JSON");
            outcome[field].clone()
        }
        other => panic!("{other:?}"),
    }
}

async fn a_batch_costs_the_same(kept: Database) {
    let desk = Desk::new(kept).await;
    let customer = json!({ "name": "A", "email": "a@example.com", "country": "NL" });
    let (_, replies) = desk.batch(vec![("new-customer", customer)]).await;
    let customer = outcome(&replies[0], "customer");
    let mut wide = voyage("V100");
    wide["capacity"] = json!({ "teu": 50_000, "tonnes": 1_000_000 });
    desk.batch(vec![("schedule-voyage", wide)]).await;
    let mut costs = Vec::new();
    for size in [1_usize, 2, 16, 256] {
        let create = (0..size).map(|_| ("create-cargo", cargo(&customer, 1)));
        let (creating, replies) = desk.batch(create.collect()).await;
        let book = replies.iter().map(|reply| {
            let input = json!({ "cargo": outcome(reply, "cargo"), "voyage": "V100" });
            ("book-onto-voyage", input)
        });
        let (booking, _) = desk.batch(book.collect()).await;
        costs.push((creating, booking));
    }
    // The rows of one table may be split into two round numbers: two history rows per booking, for
    // this many cargoes and one voyage.
    for pair in costs.windows(2) {
        assert!(
            pair[1].0 <= pair[0].0 + 1 && pair[1].1 <= pair[0].1 + 1,
            "{costs:?}"
        );
    }
    assert!(costs[3].1 <= 18, "{costs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_costs_the_same_on_sqlite() {
    a_batch_costs_the_same(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_costs_the_same_on_mariadb() {
    a_batch_costs_the_same(Database::mariadb()).await;
}
