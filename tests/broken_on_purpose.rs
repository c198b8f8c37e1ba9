//! The history checker fails when a guarantee is broken on purpose.
//!
//! Clients call a pipeline in this process. Its in-memory store breaks one guarantee.

use crate::support::checker::{Answer, Logged, Recorded, check};
use crate::support::world::voyage;
use application::memory::MemoryStore;
use application::{Call, Caller, Headers, IfMatch, Limits, Pipeline, Reply};
use async_trait::async_trait;
use domain::Moment;
use domain::access::TokenHash;
use domain::list::AnyFilter;
use domain::log::reader::{LogFilter, Reader};
use domain::log::store::{
    Appended, Change, Checkpoints, CommitError, CommitMarker, Loader, Remembered, Store,
    StoreError, Transaction,
};
use domain::log::{Actor, Bookmark, Cause, Entry, Head, Progress, SealKey};
use domain::ports::{Chance, Clock};
use domain::{AnyAggregate, Kind, Versioned};
use futures::future::join_all;
use rand::RngExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// The guarantee that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    Nothing,
    /// Two writers at once, each on the state it saw.
    LockOrder,
    /// The answer is given although the commit never happens.
    WaitForCommit,
    /// The clients' `If-Match` is ignored.
    IfMatch,
}

/// A store without its lock, or without its commit.
struct BrokenStore {
    inner: MemoryStore,
    broken: Broken,
    commits: AtomicU64,
}

struct BrokenTransaction {
    /// `None` once the lock has been released too early. The writes wait for the commit.
    inner: Option<Box<dyn Transaction>>,
    store: MemoryStore,
    head: Head,
    sequences: BTreeMap<Kind, u64>,
    changes: Vec<Change>,
    appended: Appended,
    loses: bool,
}

#[async_trait]
impl Store for BrokenStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = self.inner.begin().await?;
        let commit = self.commits.fetch_add(1, Ordering::Relaxed);
        let (head, sequences) = (inner.head().clone(), inner.sequences().clone());
        Ok(Box::new(BrokenTransaction {
            inner: (self.broken != Broken::LockOrder).then_some(inner),
            store: self.inner.clone(),
            head,
            sequences,
            changes: Vec::new(),
            appended: Appended::default(),
            loses: self.broken == Broken::WaitForCommit && commit % 7 == 6,
        }))
    }

    async fn settle(
        &self,
        connection: Option<u64>,
        written: CommitMarker,
    ) -> Result<bool, StoreError> {
        self.inner.settle(connection, written).await
    }
}

#[async_trait]
impl Loader for BrokenTransaction {
    async fn load(
        &mut self,
        kind: Kind,
        ids: &[Uuid],
        keys: &[String],
    ) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
        tokio::task::yield_now().await;
        match &mut self.inner {
            Some(inner) => inner.load(kind, ids, keys).await,
            None => self.store.snapshot().await?.load(kind, ids, keys).await,
        }
    }

    async fn ids(&mut self, filter: &dyn AnyFilter) -> Result<Vec<Uuid>, StoreError> {
        match &mut self.inner {
            Some(inner) => inner.ids(filter).await,
            None => self.store.snapshot().await?.ids(filter).await,
        }
    }
}

#[async_trait]
impl Checkpoints for BrokenTransaction {
    async fn checkpoint(&mut self, follower: &str) -> Result<Option<Bookmark>, StoreError> {
        let inner = self.inner.as_mut().expect("the lock is held");
        inner.checkpoint(follower).await
    }

    async fn move_checkpoint(
        &mut self,
        follower: &str,
        from: Option<Bookmark>,
        to: Bookmark,
    ) -> Result<(), StoreError> {
        let inner = self.inner.as_mut().expect("the lock is held");
        inner.move_checkpoint(follower, from, to).await
    }

    async fn progress(
        &mut self,
        readers: &[String],
    ) -> Result<BTreeMap<String, Progress>, StoreError> {
        let inner = self.inner.as_mut().expect("the lock is held");
        inner.progress(readers).await
    }

    async fn report(
        &mut self,
        reader: &str,
        before: Option<&Progress>,
        now: &Progress,
    ) -> Result<(), StoreError> {
        let inner = self.inner.as_mut().expect("the lock is held");
        inner.report(reader, before, now).await
    }
}

#[async_trait]
impl Transaction for BrokenTransaction {
    fn head(&self) -> &Head {
        &self.head
    }

    fn sequences(&self) -> &BTreeMap<Kind, u64> {
        &self.sequences
    }

    async fn remembered(
        &mut self,
        _: &[(Actor, String)],
        _: Moment,
    ) -> Result<Vec<Remembered>, StoreError> {
        Ok(Vec::new())
    }

    async fn reactions(&mut self, _: &[Cause]) -> Result<Vec<Entry>, StoreError> {
        Ok(Vec::new())
    }

    async fn keys(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, StoreError> {
        match &mut self.inner {
            Some(inner) => inner.keys(kind, ids).await,
            None => self.store.snapshot().await?.keys(kind, ids).await,
        }
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.changes = changes.to_vec();
        Ok(())
    }

    async fn append(&mut self, batch: &Appended) -> Result<(), StoreError> {
        self.appended = batch.clone();
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<(), CommitError> {
        if self.loses {
            return Ok(());
        }
        let mut inner = match self.inner.take() {
            Some(inner) => inner,
            None => {
                tokio::task::yield_now().await;
                self.store.begin().await?
            }
        };
        // Without the lock, a stale write is not detected either. That is the fault under test.
        drop(inner.write(&self.changes).await);
        inner.append(&self.appended).await?;
        inner.commit().await
    }

    async fn rollback(self: Box<Self>) {}
}

struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        Moment::from_micros(1_771_545_600_000_000 + self.0.fetch_add(10, Ordering::Relaxed))
    }
}

struct Dice;

impl Chance for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        rand::rng().fill(bytes);
    }
}

struct House {
    pipelines: Vec<Pipeline>,
    clock: Arc<Ticking>,
    store: MemoryStore,
    broken: Broken,
}

impl House {
    /// Two pipelines on one store, like two server processes.
    fn new(broken: Broken) -> Self {
        let store = MemoryStore::default();
        let clock = Arc::new(Ticking(AtomicI64::new(0)));
        let shared: Arc<dyn Store> = Arc::new(BrokenStore {
            inner: store.clone(),
            broken,
            commits: AtomicU64::new(0),
        });
        let pipelines = (0..2).map(|_| {
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            let limits = Limits {
                batch: 4,
                ..Limits::default()
            };
            let program = "plimsoll test".to_owned();
            let (pipeline, sequencer) = Pipeline::new(Arc::clone(&shared), clock, limits, program);
            tokio::spawn(sequencer.run());
            pipeline
        });
        Self {
            pipelines: pipelines.collect(),
            clock,
            store,
            broken,
        }
    }

    async fn run(
        &self,
        through: usize,
        caller: &Caller,
        operation: &str,
        input: &Value,
        if_match: Option<u64>,
    ) -> Reply {
        let definition = application::find(operation).expect("an operation");
        let json = serde_json::to_vec(input).expect("JSON");
        let now = self.clock.now();
        let ready = definition
            .read(&json, now, &mut Dice)
            .expect("the right shape");
        let looked_at = if_match.filter(|_| self.broken != Broken::IfMatch);
        let headers = Headers {
            if_match: looked_at.map(|version| IfMatch::OneOf(vec![version])),
            ..Headers::default()
        };
        let id = Dice.id(now);
        let call = Call::new(id, definition, ready, caller.clone(), headers);
        self.pipelines[through % self.pipelines.len()]
            .submit(call)
            .await
    }

    /// Sets up an administrator, two ports and the voyage V100.
    async fn furnish(&self) -> Caller {
        let port = |code: &str| {
            json!({ "un_locode": code, "name": code, "country": "NL", "latitude": 1, "longitude": 2,
                "time_zone": "UTC" })
        };
        let ports = json!({ "locations": [port("HKHKG"), port("JPTYO"), port("USNYC")] });
        let system = Caller::System("command-line");
        let mut once = None;
        for (operation, input) in [
            ("add-locations", ports),
            ("register-user", json!({ "name": "anna" })),
            ("assign-role", json!({ "user": "anna", "role": "admin" })),
            ("issue-token", json!({ "user": "anna" })),
        ] {
            match self.run(0, &system, operation, &input, None).await {
                Reply::Accepted(accepted) => once = accepted.once,
                other => panic!("{operation}: {other:?}"),
            }
        }
        let secret = once.expect("a secret")["token"]
            .as_str()
            .expect("text")
            .to_owned();
        let anna = Caller::Token(TokenHash::of(&secret));
        let scheduled = self
            .run(0, &anna, "schedule-voyage", &voyage("V100"), None)
            .await;
        assert!(matches!(scheduled, Reply::Accepted(_)), "{scheduled:?}");
        anna
    }

    async fn log(&self) -> Vec<Logged> {
        let mut snapshot = self.store.snapshot().await.expect("memory");
        let all = LogFilter::default();
        let entries = snapshot.entries(&all, 0, 10_000).await.expect("memory");
        entries
            .iter()
            .map(|entry| Logged {
                position: entry.position,
                operation: entry.operation.clone(),
                actor: match entry.operation.as_str() {
                    "schedule-voyage" => "someone else".to_owned(),
                    _ => entry.actor.to_string(),
                },
                outcome: entry.outcome.clone(),
                recorded_at_micros: entry.recorded_at.micros(),
            })
            .collect()
    }
}

fn answer(reply: Reply) -> Answer {
    match reply {
        Reply::Accepted(accepted) => Answer::Accepted {
            position: accepted.position,
            outcome: accepted.outcome,
            version: accepted.target_version,
            replayed: accepted.replayed,
        },
        Reply::Refused(refused) => Answer::Refused {
            rule: refused.rule().to_owned(),
            judged_at: refused.judged_at,
            replayed: refused.replayed,
        },
        Reply::Failed(_) => Answer::NotApplied,
    }
}

/// Runs clients that add customers, and clients that change one voyage's capacity from the version
/// they last saw.
async fn history(broken: Broken) -> Result<(), String> {
    let house = House::new(broken);
    let anna = house.furnish().await;
    let ticks = AtomicU64::new(0);
    let newest = AtomicU64::new(1);
    let calls = std::sync::Mutex::new(Vec::new());
    let ask = async |client: usize, operation: &str, target: &str, input: Value, if_match| {
        let sent = ticks.fetch_add(1, Ordering::SeqCst);
        let reply = house.run(client, &anna, operation, &input, if_match).await;
        let answer = answer(reply);
        if let Answer::Accepted {
            version: Some(version),
            ..
        } = answer
        {
            newest.fetch_max(version, Ordering::SeqCst);
        }
        calls.lock().expect("no panic").push(Recorded {
            sent,
            answered: ticks.fetch_add(1, Ordering::SeqCst),
            operation: operation.to_owned(),
            key: None,
            if_match,
            target: target.to_owned(),
            answer,
        });
    };
    join_all((0..12).map(async |client| {
        for round in 0..7 {
            let name = format!("customer-{client}-{round}");
            let input = json!({ "name": name, "email": "a@example.com", "country": "NL" });
            ask(client, "new-customer", &name, input, None).await;
            let version = newest.load(Ordering::SeqCst);
            let input = json!({ "voyage": "V100", "overbooking_percent": 0,
                "capacity": { "teu": 100 + client, "tonnes": 2000 + round } });
            ask(
                client,
                "change-voyage-capacity",
                "V100",
                input,
                Some(version),
            )
            .await;
        }
    }))
    .await;
    let calls = calls.into_inner().expect("no panic");
    check(&calls, &house.log().await, "user:anna")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unbroken_store_passes() {
    assert_eq!(history(Broken::Nothing).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_lock_order_shows() {
    let found = history(Broken::LockOrder).await.expect_err("two orders");
    assert!(
        found.starts_with("G1") || found.starts_with("G4"),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_the_commit_shows() {
    let found = history(Broken::WaitForCommit)
        .await
        .expect_err("something is missing");
    assert!(
        found.starts_with("G7") || found.starts_with("G4") || found.starts_with("G1"),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchecked_if_match_shows() {
    let found = history(Broken::IfMatch)
        .await
        .expect_err("a stale version passed");
    assert!(found.starts_with("If-Match"), "{found}");
}
