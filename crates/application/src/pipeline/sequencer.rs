//! The entrance of calls, and the one task that applies them batch by batch.

use super::batch::{Batch, CachedStates};
use super::limits::Limits;
use super::queue::{Queue, Waiting};
use super::refusals::{KeptRefusals, NewRefusals};
use crate::access::policy::CLOCK_AHEAD_MICROS_MAX;
use crate::call::{Call, Failed, Reply};
use domain::causes::WithCauses;
use domain::log::retention::RefusalCounts;
use domain::log::store::{CommitError, CommitMarker, Store, StoreError};
use domain::ports::Clock;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// How many times to try a batch before its callers are told that the database is unavailable. Each
/// try waits as long as the database's lock wait (5 s on MySQL), so this limits the time to an
/// answer.
const TRIES_MAX: u32 = 5;

/// How many of the waiting calls go together, after a batch of `last`: all if there are few,
/// otherwise half of the calls in flight. The server then sends answers and reads requests for one
/// half while the database works on the other. Round numbers need fewer statements.
fn most_of(last: usize, waiting: usize) -> usize {
    const FEW: usize = 32;
    const ROUND: usize = 16;
    if waiting <= FEW {
        return waiting;
    }
    let most = FEW.max((last + waiting).div_ceil(2)).min(waiting);
    most - most % ROUND
}

/// The entrance, which puts calls on the queue. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    entrance: Arc<Entrance>,
    counts: Arc<Counts>,
    refusals: Arc<Mutex<KeptRefusals>>,
    store: Arc<dyn Store>,
}

/// Closes the queue when the last clone of the pipeline is dropped.
struct Entrance(Arc<Queue>);

impl Drop for Entrance {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Counts of what the pipeline has done since it started.
#[derive(Debug, Default)]
pub struct Counts {
    batches: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    fn reply(&self, reply: &Reply) {
        let counter = match reply {
            Reply::Accepted(_) => &self.accepted,
            Reply::Refused(_) => &self.refused,
            Reply::Failed(_) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Batches, accepted, refused and failed calls, by name.
    #[must_use]
    pub fn read(&self) -> [(&'static str, u64); 4] {
        [
            ("batches", &self.batches),
            ("accepted", &self.accepted),
            ("refused", &self.refused),
            ("failed", &self.failed),
        ]
        .map(|(name, counter)| (name, counter.load(Ordering::Relaxed)))
    }
}

impl Pipeline {
    /// Creates a pipeline into a store. Run the sequencer in its own task. It ends when every clone
    /// of the pipeline is dropped and the queue is empty.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        program: String,
    ) -> (Self, Sequencer) {
        let queue = Arc::new(Queue::new(limits));
        let counts = Arc::new(Counts::default());
        let refusals = Arc::new(Mutex::new(KeptRefusals::default()));
        let sequencer = Sequencer {
            queue: Arc::clone(&queue),
            store: Arc::clone(&store),
            clock,
            program,
            counts: Arc::clone(&counts),
            kept: None,
            refusals: Arc::clone(&refusals),
        };
        let pipeline = Self {
            entrance: Arc::new(Entrance(queue)),
            counts,
            refusals,
            store,
        };
        (pipeline, sequencer)
    }

    /// The store that it writes to.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Submits a call and waits for its reply. The call is on the queue before the returned future
    /// is awaited, and the calls of one caller are applied in the order of submission. Dropping the
    /// future does not stop the call.
    pub fn submit(&self, call: Call) -> impl Future<Output = Reply> + Send + use<> {
        let (answer, reply) = oneshot::channel();
        self.entrance.0.push(Waiting { call, answer });
        async move { reply.await.unwrap_or(Reply::Failed(Failed::OutcomeUnknown)) }
    }

    /// The number of waiting calls.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.entrance.0.len()
    }

    /// Takes the numbers of refusals that were not kept one by one since they were last taken.
    #[must_use]
    pub fn take_counted_refusals(&self) -> RefusalCounts {
        let all = self.refusals.lock();
        all.expect("no holder of this lock panics").take_counted()
    }

    /// The counts so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// The one task that applies calls, one after the other.
pub struct Sequencer {
    queue: Arc<Queue>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    program: String,
    counts: Arc<Counts>,
    /// The states that the last batch left for the next one, if its commit was acknowledged.
    kept: Option<CachedStates>,
    /// What became of refusals so far.
    refusals: Arc<Mutex<KeptRefusals>>,
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}

/// Why a batch has no replies.
enum Trouble {
    /// Nothing was committed.
    Store(StoreError),
    /// It is unknown whether the batch was committed.
    Unknown {
        connection: Option<u64>,
        written: CommitMarker,
        replies: Vec<Reply>,
    },
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Sequencer {
    /// Applies calls until the pipeline is dropped. The calls that queue during one commit form the
    /// next batch. Nothing waits for a timer.
    pub async fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        let mut last = 0;
        while let Some(batch) = queue.next(|waiting| most_of(last, waiting)).await {
            last = batch.len();
            self.serve(batch).await;
        }
    }

    async fn serve(&mut self, batch: Vec<Waiting>) {
        let calls: Vec<&Call> = batch.iter().map(|waiting| &waiting.call).collect();
        let replies = self.apply(&calls).await;
        self.counts.batches.fetch_add(1, Ordering::Relaxed);
        for (waiting, reply) in batch.into_iter().zip(replies) {
            self.counts.reply(&reply);
            // A client that disconnected does not wait for its answer, but its operation stands.
            drop(waiting.answer.send(reply));
        }
    }

    /// Applies calls as one batch. After a data error, applies them one by one, so that only the
    /// bad one fails.
    async fn apply(&mut self, calls: &[&Call]) -> Vec<Reply> {
        match self.attempt_until_settled(calls).await {
            Ok(replies) => replies,
            Err(error @ StoreError::Data(_)) if calls.len() > 1 => {
                tracing::warn!(
                    calls = calls.len(),
                    error = %WithCauses(&error),
                    "a batch failed; applying its operations one by one"
                );
                let mut replies = Vec::with_capacity(calls.len());
                for call in calls {
                    replies.push(match self.attempt_until_settled(&[*call]).await {
                        Ok(mut reply) => reply.remove(0),
                        Err(error) => give_up(&error),
                    });
                }
                replies
            }
            Err(error) => vec![give_up(&error); calls.len()],
        }
    }

    async fn attempt_until_settled(&mut self, calls: &[&Call]) -> Result<Vec<Reply>, StoreError> {
        let mut tries = 1;
        loop {
            let error = match self.attempt(calls).await {
                Ok(replies) => return Ok(replies),
                Err(Trouble::Store(error)) => error,
                Err(Trouble::Unknown {
                    connection,
                    written,
                    replies,
                }) => match self.store.settle(connection, written).await {
                    Ok(true) => return Ok(replies),
                    Ok(false) => StoreError::retry("the commit did not happen"),
                    Err(error) => {
                        let error = WithCauses(&error);
                        tracing::error!(%error, "the outcome of a commit is unknown");
                        return Ok(vec![Reply::Failed(Failed::OutcomeUnknown); calls.len()]);
                    }
                },
            };
            let again = match &error {
                StoreError::Retry(_) => tries < TRIES_MAX,
                // Try once more, because the connection may have died while it was idle.
                StoreError::Unavailable(_) => tries < 2,
                StoreError::Data(_) => false,
            };
            if !again {
                return Err(error);
            }
            tracing::warn!(error = %WithCauses(&error), tries, "retrying a batch");
            tries += 1;
        }
    }

    /// Runs one transaction.
    async fn attempt(&mut self, calls: &[&Call]) -> Result<Vec<Reply>, Trouble> {
        let mut tx = self.store.begin().await?;
        let clock = self.clock.now();
        if tx.head().recorded_at.micros() - clock.micros() > CLOCK_AHEAD_MICROS_MAX {
            tx.rollback().await;
            return Ok(vec![Reply::Failed(Failed::ClockBehind); calls.len()]);
        }
        // Taken here and put back only on success.
        let kept = self
            .kept
            .take()
            .and_then(|kept| kept.into_set_of(tx.head()));
        let set = kept.unwrap_or_default();
        let judged = async {
            let refusals = &self.refusals;
            let batch = Batch::load(&self.program, calls, set, clock, refusals, tx.as_mut());
            let mut batch = batch.await?;
            let mut replies = Vec::with_capacity(calls.len());
            for call in calls {
                replies.push(batch.judge(call, clock, tx.as_mut()).await?);
            }
            Ok((replies, batch.flush(tx.as_mut()).await?))
        };
        // A panic outside an operation's run is also caused by one call. Applying the calls one by
        // one shows which.
        let judged = AssertUnwindSafe(judged).catch_unwind().await;
        let judged = judged.unwrap_or_else(|_| Err(StoreError::data("a panic")));
        let (replies, (written, kept, refusals)) = match judged {
            Ok(judged) => judged,
            Err(error) => {
                tx.rollback().await;
                return Err(Trouble::Store(error));
            }
        };
        let Some(written) = written else {
            tx.rollback().await;
            self.kept = Some(kept);
            self.count(refusals);
            return Ok(replies);
        };
        match tx.commit().await {
            Ok(()) => {
                self.kept = Some(kept);
                self.count(refusals);
                Ok(replies)
            }
            Err(CommitError::Failed(error)) => Err(Trouble::Store(error)),
            Err(CommitError::Unknown { connection, source }) => {
                let error = WithCauses(&source);
                tracing::warn!(%error, "lost the answer to a commit; checking its outcome");
                Err(Trouble::Unknown {
                    connection,
                    written,
                    replies,
                })
            }
        }
    }
}

impl Sequencer {
    fn count(&self, refusals: NewRefusals) {
        let all = self.refusals.lock();
        all.expect("no holder of this lock panics").add(refusals);
    }
}

fn give_up(error: &StoreError) -> Reply {
    tracing::error!(error = %WithCauses(error), "an operation failed");
    Reply::Failed(match error {
        StoreError::Retry(_) | StoreError::Unavailable(_) => Failed::Unavailable,
        StoreError::Data(_) => Failed::Broken,
    })
}

#[cfg(test)]
mod tests {
    use super::most_of;

    #[test]
    fn batches_are_halves_in_round_numbers_unless_few_wait() {
        for (last, waiting, expected) in [
            (0, 1, 1),
            (0, 15, 15),
            (64, 16, 16),
            (64, 20, 20),
            (0, 31, 31),
            (0, 32, 32),
            (1, 127, 64),
            (64, 64, 64),
            (64, 200, 128),
            (512, 4_096, 2_304),
        ] {
            assert_eq!(most_of(last, waiting), expected, "{waiting} after {last}");
        }
    }
}
