//! What all handlers share.

use crate::clock::SystemTimer;
use crate::limits::{
    BATCH_BODIES_BYTES_MAX, BATCH_IN_FLIGHT_MAX, EXPORTS_MAX, IMPORTS_MAX, KNOWN_TOKENS,
    KNOWN_TOKENS_AGE, PLACE_TIMEOUT, UPLOADS_MAX,
};
use crate::measured::Pulse;
use crate::metrics::Metrics;
use crate::pages::gate::Gate;
use crate::problem::Problem;
use application::follow::Tail;
use application::queries::{ChangeView, Queries, QueryError};
use application::{Caller, Failed, Pipeline};
use domain::access::TokenHash;
use domain::ports::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all handlers share.
pub struct Site {
    /// Applies all changes.
    pub pipeline: Pipeline,
    /// Answers all reads.
    pub queries: Queries,
    /// New entries of the log, for everyone who follows it.
    pub tail: Tail<ChangeView>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    /// Whether the pipeline is making progress.
    pub pulse: Arc<Pulse>,
    /// The maximum number of operations of one batch in the queue at a time.
    pub batch_in_flight_max: usize,
    /// The gate of the pages.
    pub gate: Gate,
    /// Slots for receiving files.
    pub uploads: Arc<Semaphore>,
    /// Slots for importing files of handling events. Each takes memory for all of its rows.
    pub imports: Arc<Semaphore>,
    /// Slots for writing lists as CSV. Each holds a snapshot for a long time.
    pub exports: Arc<Semaphore>,
    /// The total size of batch bodies that may be held, in KiB.
    pub batch_bodies: Arc<Semaphore>,
    known_tokens: KnownTokens,
}

/// The state as handlers get it.
pub type Shared = Arc<Site>;

impl Site {
    /// Creates a site over a pipeline and queries, and starts to read the tail of the log. Requires a
    /// runtime.
    #[must_use]
    pub fn new(
        pipeline: Pipeline,
        queries: Queries,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        pulse: Arc<Pulse>,
        queue_limit: usize,
    ) -> Self {
        let lag = Arc::clone(&metrics);
        let (tail, tail_reader) = queries.tail("event-stream", Arc::new(SystemTimer), lag);
        tokio::spawn(tail_reader.run());
        Self {
            pipeline,
            tail,
            queries,
            clock,
            metrics,
            pulse,
            batch_in_flight_max: (queue_limit / 4).clamp(1, BATCH_IN_FLIGHT_MAX),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            imports: Arc::new(Semaphore::new(IMPORTS_MAX)),
            exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
            batch_bodies: Arc::new(Semaphore::new(BATCH_BODIES_BYTES_MAX >> 10)),
            gate: Gate::default(),
            known_tokens: KnownTokens::default(),
        }
    }

    /// The same site with another gate.
    #[must_use]
    pub fn behind(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }

    /// Whether it is worth reading on: the caller's token is, or recently was, valid. The pipeline
    /// decides exactly, at the operation's own position. This only stops strangers from having
    /// large bodies read.
    ///
    /// # Errors
    ///
    /// The caller is not authentic, or the store cannot be read.
    pub async fn admit(&self, caller: &Caller) -> Result<(), Problem> {
        let Caller::Token(hash) = caller else {
            return Ok(());
        };
        if self.known_tokens.has(hash) {
            return Ok(());
        }
        self.queries.visit(caller).await?;
        self.known_tokens.add(hash);
        Ok(())
    }

    /// Waits a little for a slot for large work.
    pub(crate) async fn place(
        &self,
        places: &Arc<Semaphore>,
    ) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Arc::clone(places).acquire_owned();
        let place = tokio::time::timeout(PLACE_TIMEOUT, place).await;
        let place = place.ok().and_then(Result::ok);
        place.ok_or_else(|| Problem::from(Failed::Overloaded))
    }

    /// Whether the caller is authentic, exactly.
    ///
    /// # Errors
    ///
    /// The caller is not authentic, or the store cannot be read.
    pub async fn authenticate(&self, caller: &Caller) -> Result<(), QueryError> {
        self.queries.visit(caller).await.map(drop)
    }

    /// Records that a token is no longer valid.
    pub fn forget(&self, caller: &Caller) {
        if let Caller::Token(hash) = caller {
            self.known_tokens.remove(hash);
        }
    }
}

/// Recently valid tokens, by the first 64 bits of their hash. A table without locks, in which a new
/// entry replaces the previous one in its place. It is cleared every few seconds, so that a token
/// revoked anywhere is soon looked up again.
struct KnownTokens {
    places: Box<[AtomicU64]>,
    started: Instant,
    /// The age of the marks, in multiples of [`KNOWN_TOKENS_AGE`].
    age: AtomicU64,
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self {
            places: (0..KNOWN_TOKENS).map(|_| AtomicU64::new(0)).collect(),
            started: Instant::now(),
            age: AtomicU64::new(0),
        }
    }
}

impl KnownTokens {
    fn place(&self, hash: &TokenHash) -> (&AtomicU64, u64) {
        let digits = hash.as_str().get(..16).unwrap_or_default();
        let mark = u64::from_str_radix(digits, 16).unwrap_or(0).max(1);
        let places = self.places.len() as u64;
        let index = usize::try_from(mark % places).unwrap_or(0);
        (&self.places[index], mark)
    }

    fn has(&self, hash: &TokenHash) -> bool {
        let age = self.started.elapsed().as_secs() / KNOWN_TOKENS_AGE.as_secs();
        self.has_in(age, hash)
    }

    fn has_in(&self, age: u64, hash: &TokenHash) -> bool {
        if self.age.swap(age, Ordering::Relaxed) != age {
            for place in &self.places {
                place.store(0, Ordering::Relaxed);
            }
        }
        let (place, mark) = self.place(hash);
        place.load(Ordering::Relaxed) == mark
    }

    fn add(&self, hash: &TokenHash) {
        let (place, mark) = self.place(hash);
        place.store(mark, Ordering::Relaxed);
    }

    fn remove(&self, hash: &TokenHash) {
        let (place, mark) = self.place(hash);
        let _ = place.compare_exchange(mark, 0, Ordering::Relaxed, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_until_removed() {
        let known = KnownTokens::default();
        let (one, other) = (TokenHash::of("one"), TokenHash::of("other"));
        known.add(&one);
        assert!(known.has(&one) && !known.has(&other));
        known.remove(&other);
        assert!(known.has(&one));
        known.remove(&one);
        assert!(!known.has(&one));
    }

    #[test]
    fn tokens_are_forgotten_with_every_age() {
        let known = KnownTokens::default();
        let one = TokenHash::of("one");
        known.add(&one);
        assert!(known.has_in(0, &one));
        assert!(!known.has_in(1, &one), "looked up again");
        known.add(&one);
        assert!(known.has_in(1, &one));
    }
}
