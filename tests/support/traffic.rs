//! Background work by others: something changes every 50 ms.

use super::server::{Client, Server, issue_token};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often something changes.
const EVERY: Duration = Duration::from_millis(50);

/// The number of cargoes that wait for space at a time.
const WAITING_MAX: usize = 6;

/// Creates and cancels cargoes until the server or the test ends. Each has a deadline one second
/// before the last one, so that it goes to the top of those waiting.
pub fn start(database: &str, server: &Server) {
    let client = Client::new(&server.url, &issue_token(database, "traffic", "admin"));
    tokio::spawn(async move { keep_on(&client).await });
}

/// Moves a cargo's deadline back and forth until the server or the test ends.
pub fn touch(database: &str, server: &Server, cargo: &str) {
    let client = Client::new(&server.url, &issue_token(database, "toucher", "admin"));
    let cargo = cargo.to_owned();
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for n in 0_u32.. {
            interval.tick().await;
            let deadline = format!("2090-05-20T00:{:02}:00Z", n % 60);
            let input = json!({ "cargo": cargo, "arrival_deadline": deadline });
            run(&client, "change-arrival-deadline", &input).await?;
        }
        Some(())
    });
}

async fn keep_on(client: &Client) -> Option<()> {
    let customer = json!({ "name": "Passing Trade", "email": "desk@example.com", "country": "NL" });
    let customer = run(client, "new-customer", &customer).await?["customer"].clone();
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waiting = VecDeque::new();
    for n in 0_u32.. {
        interval.tick().await;
        let (minutes, seconds) = (59 - n / 60 % 60, 59 - n % 60);
        let cargo = json!({
            "customer": customer, "origin": "NLRTM", "destination": "USNYC",
            "arrival_deadline": format!("2089-05-20T00:{minutes:02}:{seconds:02}Z"),
            "gross_weight_kg": 10_000, "commodity": "Sundries",
            "equipment": [{ "type": "22G1", "count": 1 }],
        });
        waiting.push_back(run(client, "create-cargo", &cargo).await?["cargo"].clone());
        if waiting.len() > WAITING_MAX {
            interval.tick().await;
            let cancelled = json!({ "cargo": waiting.pop_front(), "reason": "No longer needed" });
            run(client, "cancel-cargo", &cancelled).await?;
        }
    }
    None
}

/// The outcome, or nothing if the server has ended.
async fn run(client: &Client, operation: &str, input: &Value) -> Option<Value> {
    let answer = client.try_run(operation, input, &[]).await.ok()?;
    // A server that is stopping refuses late requests.
    (answer.status != 503).then(|| {
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        answer.body["outcome"].clone()
    })
}
