//! Takes what consumers confirm, and writes it down.
//!
//! Confirmations are not log entries, so they do not pass through the pipeline. One task writes all that
//! wait in one short transaction. Like every writer it takes the head lock first, and does nothing else
//! while it holds it.

use crate::call::Failed;
use crate::pipeline::Pipeline;
use crate::schema;
use domain::causes::WithCauses;
use domain::consumers::rules::ConsumerMustBeKnown;
use domain::consumers::{Confirmation, Consumer, ConsumerName, LogAround};
use domain::log::store::{CommitError, Store, StoreError};
use domain::log::{Bookmark, Hash, Progress};
use domain::ports::Clock;
use domain::{Aggregate, Kind, Moment, Rejection};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;
use uuid::Uuid;

/// The most confirmations that wait. Further ones are answered at once that there is no room.
const WAITING_MAX: usize = 1_024;
/// The most confirmations in one transaction.
const TOGETHER_MAX: usize = 128;
/// How many times to try a transaction.
const TRIES_MAX: u32 = 3;

/// What a consumer wants to confirm, and the log around it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub(super) name: ConsumerName,
    pub(super) confirmation: Confirmation,
    pub(super) log: LogAround,
    /// What the consumer had confirmed when the log was read.
    pub(super) noted: Option<Bookmark>,
    /// The generation of the consumer then. A reset begins the next, and nothing of an earlier one
    /// counts any more.
    pub(super) generation: u64,
}

/// A confirmed position.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfirmedView {
    /// The name of the consumer.
    #[schema(schema_with = schema::consumer_name)]
    pub consumer: ConsumerName,
    /// The position up to which it has handled everything.
    pub position: u64,
    /// The hash of the entry at that position, in hexadecimal.
    #[schema(schema_with = schema::hash)]
    pub hash: Hash,
    /// The id of the log.
    #[schema(schema_with = schema::uuid)]
    pub epoch: Uuid,
    /// The number of entries after that position, when the request was read.
    pub lag_entries: u64,
}

/// Why a position was not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotConfirmed {
    /// A rule refused it, judged at this position.
    Refused(Rejection, u64),
    /// It could not be written. Confirming again is always safe.
    Failed(Failed),
}

type Answer = Result<ConfirmedView, NotConfirmed>;

struct Waiting {
    asked: Asked,
    answer: oneshot::Sender<Answer>,
}

/// The entrance. Cheap to clone.
#[derive(Clone)]
pub struct Confirmations(mpsc::Sender<Waiting>);

/// The task that writes. It ends when every clone of the entrance is dropped.
pub struct Confirmer {
    waiting: mpsc::Receiver<Waiting>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Confirmations {
    /// Confirmations in the store of a pipeline. Run the confirmer in a task of its own.
    #[must_use]
    pub fn new(pipeline: &Pipeline, clock: Arc<dyn Clock>) -> (Self, Confirmer) {
        let (entrance, waiting) = mpsc::channel(WAITING_MAX);
        let store = pipeline.store();
        let confirmer = Confirmer {
            waiting,
            store,
            clock,
        };
        (Self(entrance), confirmer)
    }

    /// Confirms a position. Returns after the commit.
    ///
    /// # Errors
    ///
    /// A rule refused it, there is no room, or the database does not work.
    pub async fn confirm(&self, asked: Asked) -> Answer {
        let (answer, confirmed) = oneshot::channel();
        let waiting = Waiting { asked, answer };
        if self.0.try_send(waiting).is_err() {
            return Err(NotConfirmed::Failed(Failed::Overloaded));
        }
        let confirmed = confirmed.await;
        confirmed.unwrap_or(Err(NotConfirmed::Failed(Failed::Unavailable)))
    }
}

/// Why a transaction did not commit.
enum Trouble {
    /// Another try may work.
    Again(StoreError),
    Broken(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Retry(_) => Self::Again(error),
            error => Self::Broken(error),
        }
    }
}

impl From<CommitError> for Trouble {
    /// Writing the same again is harmless. The head lock makes sure that the commit is decided by
    /// then.
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Failed(error) => error.into(),
            CommitError::Unknown { source, .. } => Self::Again(source),
        }
    }
}

impl Confirmer {
    /// Writes what is confirmed.
    pub async fn run(mut self) {
        while let Some(first) = self.waiting.recv().await {
            let mut together = vec![first];
            while together.len() < TOGETHER_MAX {
                match self.waiting.try_recv() {
                    Ok(next) => together.push(next),
                    Err(_) => break,
                }
            }
            let asked: Vec<_> = together.iter().map(|waiting| &waiting.asked).collect();
            let answers = self.write_all(&asked).await;
            for (waiting, answer) in together.into_iter().zip(answers) {
                // The client may have left.
                drop(waiting.answer.send(answer));
            }
        }
    }

    async fn write_all(&self, asked: &[&Asked]) -> Vec<Answer> {
        let mut tries = 1;
        loop {
            match self.write(asked).await {
                Ok(answers) => return answers,
                Err(Trouble::Again(_)) if tries < TRIES_MAX => tries += 1,
                Err(Trouble::Again(error) | Trouble::Broken(error)) => {
                    let error = WithCauses(&error);
                    tracing::warn!(%error, "failed to write what consumers confirm");
                    let failed = || Err(NotConfirmed::Failed(Failed::Unavailable));
                    return asked.iter().map(|_| failed()).collect();
                }
            }
        }
    }

    /// Judges all in turn and writes the results in one transaction.
    async fn write(&self, asked: &[&Asked]) -> Result<Vec<Answer>, Trouble> {
        let mut transaction = self.store.begin().await?;
        let names: Vec<_> = asked.iter().map(|asked| asked.name.to_string()).collect();
        let found = transaction.load(Kind::Consumer, &[], &names).await?;
        let consumers = found
            .iter()
            .filter_map(|own| Consumer::from_any(&own.state));
        let consumers: BTreeMap<_, _> = consumers.map(|own| (own.name.clone(), own)).collect();
        let readers: Vec<_> = consumers.values().map(|own| own.follower()).collect();
        let before = transaction.progress(&readers).await?;
        let mut progress = before.clone();
        let now = self.clock.now();
        let answers: Vec<_> = asked
            .iter()
            .map(|asked| {
                judge(
                    asked,
                    consumers.get(&asked.name).copied(),
                    &mut progress,
                    now,
                )
            })
            .collect();
        for (reader, progress) in &progress {
            let before = before.get(reader);
            if before != Some(progress) {
                transaction.report(reader, before, progress).await?;
            }
        }
        transaction.commit().await?;
        Ok(answers)
    }
}

/// Judges one confirmation by the consumer as it is now, after those before it.
fn judge(
    asked: &Asked,
    consumer: Option<&Consumer>,
    progress: &mut BTreeMap<String, Progress>,
    now: Moment,
) -> Answer {
    let Asked {
        name,
        confirmation,
        log,
        noted,
        generation,
    } = asked;
    let refused = |rejection| NotConfirmed::Refused(rejection, log.head);
    let consumer = consumer.ok_or_else(|| {
        let consumer = name.clone();
        refused(ConsumerMustBeKnown { consumer }.into())
    })?;
    if consumer.generation != *generation {
        return Err(NotConfirmed::Failed(Failed::Unavailable));
    }
    let reader = consumer.follower();
    let reported = progress.get(&reader);
    let mut log = log.clone();
    if let Some(reported) = reported.filter(|own| Some(own.at) != *noted) {
        // What was confirmed since the log was read was compared with it then.
        let hashes = log.hashes.entry(reported.at.position);
        hashes.or_insert(reported.at.hash);
    }
    let confirmed = match consumer.confirm(reported, confirmation, &log, now) {
        Ok(confirmed) => confirmed,
        Err(rejection) => {
            let noted = consumer.refused(reported, &rejection, &log, now);
            progress.extend(noted.map(|noted| (reader, noted)));
            return Err(refused(rejection));
        }
    };
    let view = ConfirmedView {
        consumer: name.clone(),
        position: confirmed.at.position,
        hash: confirmed.at.hash,
        epoch: confirmed.epoch,
        lag_entries: log.head.saturating_sub(confirmed.at.position),
    };
    progress.insert(reader, confirmed);
    Ok(view)
}
