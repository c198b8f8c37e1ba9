//! What all handlers share.

use crate::clock::SystemTimer;
use crate::limits::{
    BATCH_BODIES_BYTES_MAX, BATCH_IN_FLIGHT_MAX, BATCHES_EACH_MAX, CONFIRMATIONS_EACH_MAX,
    EXPORTS_EACH_MAX, EXPORTS_MAX, IMPORTS_MAX, KNOWN_TOKENS, KNOWN_TOKENS_AGE, PLACE_TIMEOUT,
    UPLOADS_EACH_MAX, UPLOADS_MAX,
};
use crate::measured::Pulse;
use crate::metrics::Metrics;
use crate::pages::gate::Gate;
use crate::problem::Problem;
use application::follow::Tail;
use application::lanes::{Place, Places};
use application::queries::{ChangeView, Queries, QueryError};
use application::{Caller, Confirmations, Failed, Pipeline};
use axum::body::Body;
use axum::response::Response;
use domain::ports::Clock;
use http_body_util::BodyExt;
use moka::sync::Cache;
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// What all handlers share.
pub struct Site {
    /// Applies all changes.
    pub pipeline: Pipeline,
    /// Answers all reads.
    pub queries: Queries,
    /// Takes the positions that consumers confirm.
    pub confirmations: Confirmations,
    /// New entries of the log, for everyone who follows it.
    pub tail: Tail<ChangeView>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    /// Whether the pipeline is making progress.
    pub pulse: Arc<Pulse>,
    /// The gate of the pages.
    pub gate: Gate,
    /// Slots for receiving files.
    pub uploads: Arc<Semaphore>,
    /// Slots for importing files of handling events. Each takes memory for all of its rows.
    pub imports: Arc<Semaphore>,
    /// Slots for writing lists as CSV. Each holds a snapshot for a long time.
    exports: Arc<Semaphore>,
    /// The total size of batch bodies that may be held, in KiB.
    pub batch_bodies: Arc<Semaphore>,
    /// What each caller may have at a time.
    pub(crate) shares: Shares,
    /// Tokens that were valid a moment ago. Each is forgotten after a few seconds, so that a token
    /// revoked by any process is soon looked up again.
    known_tokens: Cache<Caller, ()>,
    /// The id of the first entry of the log, once there is one. The ids of feeds follow from it.
    pub(crate) feed_origin: OnceLock<Uuid>,
}

/// What each caller may have at a time, so that nobody has it all.
pub(crate) struct Shares {
    /// Files being written, and sent.
    exports: Places,
    /// Files being received.
    pub(crate) uploads: Places,
    /// Batches being received, applied and answered.
    pub(crate) batches: Places,
    /// Confirmations waiting to be written.
    pub(crate) confirmations: Places,
    /// Lines of all batches in the queue.
    pub(crate) batch_lines: Places,
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
        let (confirmations, confirmer) = Confirmations::new(&pipeline, Arc::clone(&clock));
        tokio::spawn(confirmer.run());
        Self {
            pipeline,
            confirmations,
            tail,
            queries,
            clock,
            metrics,
            pulse,
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            imports: Arc::new(Semaphore::new(IMPORTS_MAX)),
            exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
            batch_bodies: Arc::new(Semaphore::new(BATCH_BODIES_BYTES_MAX >> 10)),
            shares: Shares {
                exports: Places::new(EXPORTS_EACH_MAX),
                uploads: Places::new(UPLOADS_EACH_MAX),
                batches: Places::new(BATCHES_EACH_MAX),
                confirmations: Places::new(CONFIRMATIONS_EACH_MAX),
                batch_lines: Places::new((queue_limit / 4).clamp(1, BATCH_IN_FLIGHT_MAX)),
            },
            gate: Gate::default(),
            known_tokens: known_tokens(),
            feed_origin: OnceLock::new(),
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
        if caller.secret().is_none() || self.known_tokens.contains_key(caller) {
            return Ok(());
        }
        self.queries.authenticate(caller).await?;
        self.known_tokens.insert(caller.clone(), ());
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

    /// Waits a little for one of a caller's own places.
    pub(crate) async fn share(&self, places: &Places, caller: &Caller) -> Result<Place, Problem> {
        let place = places.take(self.queries.lane_of(caller));
        let place = tokio::time::timeout(PLACE_TIMEOUT, place).await;
        place.map_err(|_| Problem::too_many_at_once())
    }

    /// Sends a file. A caller has one at a time, from here until the client has read all of
    /// it; the place for writing it is free again once it is written.
    pub(crate) async fn export<E: From<Problem>>(
        &self,
        caller: &Caller,
        write: impl AsyncFnOnce() -> Result<Response, E>,
    ) -> Result<Response, E> {
        let places = async {
            let own = self.shares.exports.take(self.queries.lane_of(caller)).await;
            (own, Arc::clone(&self.exports).acquire_owned().await)
        };
        let places = tokio::time::timeout(PLACE_TIMEOUT, places).await;
        let Ok((own, Ok(place))) = places else {
            return Err(Problem::too_many_at_once().into());
        };
        let response = write().await?;
        drop(place);
        Ok(response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                let _held = &own;
                frame
            }))
        }))
    }

    /// Whether the caller is authentic, exactly.
    ///
    /// # Errors
    ///
    /// The caller is not authentic, or the store cannot be read.
    pub async fn authenticate(&self, caller: &Caller) -> Result<(), QueryError> {
        self.queries.authenticate(caller).await
    }

    /// Records that a token is no longer valid.
    pub fn forget(&self, caller: &Caller) {
        self.known_tokens.invalidate(caller);
    }
}

fn known_tokens() -> Cache<Caller, ()> {
    Cache::builder()
        .max_capacity(KNOWN_TOKENS)
        .time_to_live(KNOWN_TOKENS_AGE)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::TokenHash;

    #[test]
    fn tokens_are_known_until_forgotten_or_old() {
        let known = known_tokens();
        let hash = TokenHash::of("one");
        let (one, other) = (Caller::Token(hash.clone()), Caller::Session(hash));
        known.insert(one.clone(), ());
        assert!(known.contains_key(&one) && !known.contains_key(&other));
        known.invalidate(&one);
        assert!(!known.contains_key(&one));
        let policy = known.policy();
        assert_eq!(policy.max_capacity(), Some(KNOWN_TOKENS));
        assert_eq!(policy.time_to_live(), Some(KNOWN_TOKENS_AGE));
    }
}
