//! Clients that record what they see, for the checker.

use super::checker::{Answer, Logged, Recorded};
use super::server::{Client, PATIENCE, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The records of all clients of a test, on one clock.
#[derive(Clone)]
pub struct Recorder {
    started: Instant,
    calls: Arc<Mutex<Vec<Recorded>>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            calls: Arc::default(),
        }
    }
}

impl Recorder {
    pub fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).expect("a test ends")
    }

    pub fn record(&self, call: Recorded) {
        self.calls.lock().expect("no panic").push(call);
    }

    pub fn calls(&self) -> Vec<Recorded> {
        self.calls.lock().expect("no panic").clone()
    }

    /// Runs an operation and records it. Returns `None` if the outcome is unknown or nothing was
    /// applied. In that case, retry with the same key.
    pub async fn run(
        &self,
        client: &Client,
        operation: &str,
        input: &Value,
        target: &str,
        key: &str,
        if_match: Option<u64>,
    ) -> Option<Response> {
        let tag = if_match.map(|version| format!("\"{version}\""));
        let mut headers = vec![("idempotency-key", key)];
        headers.extend(tag.as_deref().map(|tag| ("if-match", tag)));
        let sent = self.now();
        let response = tokio::time::timeout(
            Duration::from_secs(65),
            client.try_run(operation, input, &headers),
        )
        .await;
        let response = response.ok().and_then(Result::ok);
        let answer = response.as_ref().map_or(Answer::Unknown, answer);
        let settled = answer.is_settled();
        self.record(Recorded {
            sent,
            answered: self.now(),
            operation: operation.to_owned(),
            key: Some(key.to_owned()),
            if_match,
            target: target.to_owned(),
            answer,
        });
        response.filter(|_| settled)
    }

    /// Runs an operation and retries with the same key until it is settled. `to` names the server
    /// for each try, because it may have changed.
    pub async fn settle(
        &self,
        to: impl Fn() -> Client,
        operation: &str,
        input: &Value,
        target: &str,
        key: &str,
    ) -> Response {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(response) = self.run(&to(), operation, input, target, key, None).await {
                return response;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{operation} with key {key} was never settled");
    }
}

fn answer(response: &Response) -> Answer {
    let replayed = response.header("idempotency-replayed") == Some("true");
    match response.status {
        200 => Answer::Accepted {
            position: response.position(),
            outcome: response.body["outcome"].to_string(),
            version: response
                .header("etag")
                .and_then(|tag| tag.trim_matches('"').parse().ok()),
            replayed,
        },
        409 | 412 => Answer::Refused {
            rule: response.rule().to_owned(),
            judged_at: response
                .header("plimsoll-position")
                .and_then(|position| position.parse().ok())
                .expect("a refusal says where it was judged"),
            replayed,
        },
        503 => Answer::Unknown,
        status => Answer::Wrong(status),
    }
}

/// The whole log, for the checker.
pub async fn log(client: &Client) -> Vec<Logged> {
    let entries = client.all("/api/log").await;
    entries.iter().map(logged).collect()
}

/// One entry.
pub fn logged(entry: &Value) -> Logged {
    Logged {
        position: entry["position"].as_u64().expect("a number"),
        operation: entry["operation"].as_str().expect("text").to_owned(),
        actor: entry["actor"].as_str().expect("text").to_owned(),
        outcome: entry["outcome"].to_string(),
        recorded_at_micros: chrono::DateTime::parse_from_rfc3339(
            entry["recorded_at"].as_str().expect("text"),
        )
        .expect("a time")
        .timestamp_micros(),
    }
}
