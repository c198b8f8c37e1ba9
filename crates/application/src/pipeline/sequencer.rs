//! The queue, and the one task that empties it batch by batch.

use super::batch::{Batch, CachedStates};
use crate::access::policy::CLOCK_AHEAD_MICROS_MAX;
use crate::call::{Call, Failed, Reply};
use domain::log::store::{CommitError, CommitMarker, Store, StoreError};
use domain::ports::Clock;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot};

/// How much is taken at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most calls waiting; the next one is turned away.
    pub queue: usize,
    /// Most bytes waiting.
    pub queue_bytes: usize,
    /// Most calls in one batch; 1 means one transaction per operation.
    pub batch: usize,
    /// Most bytes in one batch, well under what the database takes in one statement.
    pub batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 4_096,
            queue_bytes: 64 << 20,
            batch: 512,
            batch_bytes: 4 << 20,
        }
    }
}

/// How often a batch is tried before its callers are told that the database does not work.
/// Each try waits as long as the database's lock wait (5 s on MySQL), so this bounds an answer.
const TRIES_MAX: u32 = 5;

/// How many of those that wait go together, after a batch of `last`: all when they are few; else
/// half of those that were under way, so that answers are sent and requests are read for one half
/// while the database works for the other. Round numbers need fewer statements.
fn most_of(last: usize, waiting: usize) -> usize {
    const FEW: usize = 32;
    const ROUND: usize = 16;
    if waiting <= FEW {
        return waiting;
    }
    let most = FEW.max((last + waiting).div_ceil(2)).min(waiting);
    most - most % ROUND
}

struct Waiting {
    call: Call,
    answer: oneshot::Sender<Reply>,
}

/// The entrance: puts calls on the queue. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    queue: mpsc::Sender<Waiting>,
    queue_bytes: usize,
    /// Bytes waiting now.
    waiting_bytes: Arc<AtomicUsize>,
    counts: Arc<Counts>,
}

/// What the pipeline has done since it was started.
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
    /// A pipeline into a store. The sequencer does the work: run it in a task of its own. It ends
    /// when every clone of the pipeline is dropped and the queue is empty.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        program: String,
    ) -> (Self, Sequencer) {
        let (queue, calls) = mpsc::channel(limits.queue);
        let counts = Arc::new(Counts::default());
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let sequencer = Sequencer {
            calls,
            waiting_bytes: Arc::clone(&waiting_bytes),
            store,
            clock,
            limits,
            program,
            counts: Arc::clone(&counts),
            kept: None,
        };
        let pipeline = Self {
            queue,
            queue_bytes: limits.queue_bytes,
            waiting_bytes,
            counts,
        };
        (pipeline, sequencer)
    }

    /// Runs a call. It is on the queue when this returns, before the answer is awaited: calls
    /// are applied in the order of submitting. Whoever stops waiting does not stop the call.
    pub fn submit(&self, call: Call) -> impl Future<Output = Reply> + Send + use<> {
        let (answer, reply) = oneshot::channel();
        let weight = call.weight();
        let waiting = self.waiting_bytes.fetch_add(weight, Ordering::Relaxed);
        let queued = waiting + weight <= self.queue_bytes
            && self.queue.try_send(Waiting { call, answer }).is_ok();
        if !queued {
            self.waiting_bytes.fetch_sub(weight, Ordering::Relaxed);
        }
        async move {
            if !queued {
                return Reply::Failed(Failed::Overloaded);
            }
            reply.await.unwrap_or(Reply::Failed(Failed::OutcomeUnknown))
        }
    }

    /// How many calls are waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// What has been done so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// The one task that applies calls, in the order they came.
pub struct Sequencer {
    calls: mpsc::Receiver<Waiting>,
    waiting_bytes: Arc<AtomicUsize>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    program: String,
    counts: Arc<Counts>,
    /// What the last batch left for the next, when its commit was answered with a yes.
    kept: Option<CachedStates>,
}

/// Why a batch came to no replies.
enum Trouble {
    /// Nothing was kept.
    Store(StoreError),
    /// Nobody knows whether it was kept.
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
    /// Applies calls until the pipeline is dropped. What queued while one batch committed makes
    /// the next; nothing waits for a timer.
    pub async fn run(mut self) {
        let mut next = None;
        let mut last = 0;
        loop {
            let Some(first) = (match next.take() {
                Some(waiting) => Some(waiting),
                None => self.calls.recv().await,
            }) else {
                return;
            };
            let mut bytes = first.call.weight();
            let mut batch = vec![first];
            let most = most_of(last, 1 + self.calls.len()).min(self.limits.batch);
            while batch.len() < most {
                let Ok(waiting) = self.calls.try_recv() else {
                    break;
                };
                bytes += waiting.call.weight();
                if bytes > self.limits.batch_bytes {
                    next = Some(waiting);
                    break;
                }
                batch.push(waiting);
            }
            last = batch.len();
            self.serve(batch).await;
        }
    }

    async fn serve(&mut self, batch: Vec<Waiting>) {
        let calls: Vec<&Call> = batch.iter().map(|waiting| &waiting.call).collect();
        let bytes = calls.iter().map(|call| call.weight()).sum();
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        let replies = self.apply(&calls).await;
        self.counts.batches.fetch_add(1, Ordering::Relaxed);
        for (waiting, reply) in batch.into_iter().zip(replies) {
            self.counts.reply(&reply);
            // A client that hung up does not wait for its answer; its operation stands all the same.
            drop(waiting.answer.send(reply));
        }
    }

    /// Applies calls as one batch; after a data error one by one, so that only the bad one fails.
    async fn apply(&mut self, calls: &[&Call]) -> Vec<Reply> {
        match self.attempt_until_settled(calls).await {
            Ok(replies) => replies,
            Err(StoreError::Data(reason)) if calls.len() > 1 => {
                tracing::warn!(
                    calls = calls.len(),
                    reason,
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
                    Ok(false) => StoreError::Retry("the commit did not happen".to_owned()),
                    Err(error) => {
                        tracing::error!(%error, "the outcome of a commit is unknown");
                        return Ok(vec![Reply::Failed(Failed::OutcomeUnknown); calls.len()]);
                    }
                },
            };
            let again = match &error {
                StoreError::Retry(_) => tries < TRIES_MAX,
                // Once more: the connection may have died while it was idle.
                StoreError::Unavailable(_) => tries < 2,
                StoreError::Data(_) => false,
            };
            if !again {
                return Err(error);
            }
            tracing::warn!(%error, tries, "retrying a batch");
            tries += 1;
        }
    }

    /// One transaction.
    async fn attempt(&mut self, calls: &[&Call]) -> Result<Vec<Reply>, Trouble> {
        let mut tx = self.store.begin().await?;
        let clock = self.clock.now();
        if tx.head().recorded_at.micros() - clock.micros() > CLOCK_AHEAD_MICROS_MAX {
            tx.rollback().await;
            return Ok(vec![Reply::Failed(Failed::ClockBehind); calls.len()]);
        }
        // Taken, so that nothing is kept unless all goes well.
        let kept = self
            .kept
            .take()
            .and_then(|kept| kept.into_set_of(tx.head()));
        let set = kept.unwrap_or_default();
        let judged = async {
            let mut batch = Batch::load(&self.program, calls, set, clock, tx.as_mut()).await?;
            let mut replies = Vec::with_capacity(calls.len());
            for call in calls {
                replies.push(batch.judge(call, clock, tx.as_mut()).await?);
            }
            Ok((replies, batch.flush(tx.as_mut()).await?))
        };
        // A panic outside of an operation's run is the fault of one call as well: which one shows
        // when they are applied one by one.
        let judged = AssertUnwindSafe(judged).catch_unwind().await;
        let judged = judged.unwrap_or_else(|_| Err(StoreError::Data("a panic".to_owned())));
        let (replies, (written, kept)) = match judged {
            Ok(judged) => judged,
            Err(error) => {
                tx.rollback().await;
                return Err(Trouble::Store(error));
            }
        };
        let Some(written) = written else {
            tx.rollback().await;
            self.kept = Some(kept);
            return Ok(replies);
        };
        match tx.commit().await {
            Ok(()) => {
                self.kept = Some(kept);
                Ok(replies)
            }
            Err(CommitError::Failed(error)) => Err(Trouble::Store(error)),
            Err(CommitError::Unknown { connection, reason }) => {
                tracing::warn!(reason, "lost the answer to a commit; checking its outcome");
                Err(Trouble::Unknown {
                    connection,
                    written,
                    replies,
                })
            }
        }
    }
}

fn give_up(error: &StoreError) -> Reply {
    tracing::error!(%error, "giving up on an operation");
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
