//! Consumers and how far they have come, for readers, and what a confirmation depends on.

use super::confirmations::Asked;
use super::reset_consumer::ResetConsumer;
use crate::access::policy::{Read, Readable};
use crate::operation::Operation;
use crate::queries::{Page, QueryError, Reading, decode, load_one, unknown};
use crate::schema;
use domain::access::{Role, UserName};
use domain::consumers::{
    Confirmation, Consumer, ConsumerFilter, ConsumerName, ConsumerStatus, LogAround,
};
use domain::limits::{CONSUMER_DESCRIPTION_CHARS_MAX, REPORTED_ERROR_CHARS_MAX};
use domain::log::{Hash, Progress};
use domain::text::Text;
use domain::{Aggregate, AnyAggregate, Lookup, Moment, Names, Rejection, Versioned};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How many log entries are read at a time to date the positions of consumers.
const ENTRIES_TOGETHER: usize = 20;

/// The reading of consumers and their progress.
pub const CONSUMERS: Read = Read::Of(&Readable {
    word: "consumers",
    roles: &[Role::Auditor, Role::Integrator],
});

/// A consumer and how far it has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsumerView {
    /// The name.
    #[schema(schema_with = schema::consumer_name)]
    pub consumer: ConsumerName,
    /// The version, which an operation on it can require with If-Match.
    pub version: u64,
    /// The user who registered it.
    #[schema(schema_with = schema::user_name)]
    pub owner: UserName,
    /// What it is for.
    #[schema(value_type = Option<String>)]
    pub description: Option<Text<CONSUMER_DESCRIPTION_CHARS_MAX>>,
    /// ACTIVE, PAUSED or REMOVED.
    #[schema(value_type = String)]
    pub status: ConsumerStatus,
    /// The position up to which it has handled everything. It continues after this one.
    pub position: u64,
    /// The hash of the entry at its position, in hexadecimal, or zeros at the beginning.
    #[schema(schema_with = schema::hash)]
    pub hash: Hash,
    /// The number of entries that it has not confirmed.
    pub lag_entries: u64,
    /// For how many seconds the oldest entry that it has not confirmed has been in the log. 0 at the
    /// end of the log.
    pub lag_seconds: u64,
    /// When it last confirmed a position or reported an error, or was refused.
    #[schema(schema_with = schema::maybe_moment)]
    pub seen_at: Option<Moment>,
    /// What keeps it from going on, as it reported.
    pub error: Option<ConsumerErrorView>,
    /// Why its last confirmation was refused. Null as soon as one is taken.
    pub refused: Option<RefusedConfirmationView>,
    /// Whether the log no longer has the entry that it confirmed.
    pub is_forked: bool,
}

/// An error that a consumer reported.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsumerErrorView {
    /// The error in its words.
    #[schema(value_type = String)]
    pub text: Text<REPORTED_ERROR_CHARS_MAX>,
    /// When it reported the error.
    #[schema(schema_with = schema::moment)]
    pub at: Moment,
}

/// A confirmation that was refused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedConfirmationView {
    /// The name of the rule that refused it.
    pub rule: String,
    /// When it was refused.
    #[schema(schema_with = schema::moment)]
    pub at: Moment,
    /// The rule with its facts, for pages.
    #[serde(skip)]
    pub rejection: Rejection,
}

/// A consumer with what is stored about it.
struct Found {
    version: u64,
    consumer: Consumer,
    reported: Option<Progress>,
}

impl Reading {
    /// Registered consumers by name.
    ///
    /// # Errors
    ///
    /// Refuses an invalid cursor and what the policy forbids. Fails if the store cannot be read.
    pub async fn consumers(
        &mut self,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<ConsumerView>, QueryError> {
        self.permit(CONSUMERS)?;
        let after = cursor.map(decode).transpose()?;
        let filter = ConsumerFilter {};
        let states = self.snapshot.list(&filter, after.as_deref(), limit + 1);
        let states = states.await?;
        let views = self.consumer_views(states).await?;
        Ok(self.page(views, limit, |view| view.consumer.to_string()))
    }

    /// One consumer, also a removed one.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist. Refuses what the policy forbids. Fails if the store cannot be
    /// read.
    pub async fn consumer(&mut self, name: &ConsumerName) -> Result<ConsumerView, QueryError> {
        self.permit(CONSUMERS)?;
        let lookup = Names::<Consumer>::lookup(name);
        let state = load_one(self.snapshot.as_mut(), &lookup).await?;
        let views = self.consumer_views(Vec::from_iter(state)).await?;
        views.into_iter().next().ok_or_else(|| unknown(&lookup))
    }

    /// Whether the reader may run the operations on a consumer, as its owner or an administrator.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn may_manage_consumer(&mut self, name: &ConsumerName) -> Result<bool, QueryError> {
        let lookup = Names::<Consumer>::lookup(name);
        let state = load_one(self.snapshot.as_mut(), &lookup).await?;
        let permits = |state: &AnyAggregate| self.permit_to_run_on(&ResetConsumer::ABOUT, state);
        Ok(state.is_some_and(|found| permits(&found.state).is_ok()))
    }

    /// What a consumer wants to confirm, with all that decides on it. Only its owner and
    /// administrators may confirm, as they may reset it.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist. Refuses what the policy forbids. Fails if the store cannot be
    /// read.
    pub async fn confirmation(
        &mut self,
        name: &ConsumerName,
        confirmation: Confirmation,
    ) -> Result<Asked, QueryError> {
        self.permit(CONSUMERS)?;
        let lookup: Lookup = Names::<Consumer>::lookup(name);
        let state = load_one(self.snapshot.as_mut(), &lookup).await?;
        let state = state.ok_or_else(|| unknown(&lookup))?;
        self.permit_to_run_on(&ResetConsumer::ABOUT, &state.state)?;
        let found = self.with_progress(vec![state]).await?;
        let found = found.into_iter().next().ok_or_else(|| unknown(&lookup))?;
        let generation = found.consumer.generation;
        let noted = found.reported.as_ref().map(|reported| reported.at);
        let positions = [
            Some(confirmation.position),
            Some(found.consumer.start),
            noted.map(|noted| noted.position),
        ];
        let positions = positions.into_iter().flatten();
        let (log, _) = self.around(positions.collect()).await?;
        Ok(Asked {
            name: name.clone(),
            confirmation,
            log,
            noted,
            generation,
        })
    }

    async fn with_progress(
        &mut self,
        states: Vec<Versioned<AnyAggregate>>,
    ) -> Result<Vec<Found>, QueryError> {
        let consumers = states.into_iter().filter_map(|found| {
            Some(Versioned {
                version: found.version,
                state: Consumer::from_any(&found.state)?.clone(),
            })
        });
        let consumers: Vec<_> = consumers.collect();
        let readers = consumers.iter().map(|found| found.state.follower());
        let readers: Vec<_> = readers.collect();
        let mut reported = self.snapshot.progress(&readers).await?;
        let with_progress = consumers.into_iter().map(|found| Found {
            version: found.version,
            reported: reported.remove(&found.state.follower()),
            consumer: found.state,
        });
        Ok(with_progress.collect())
    }

    /// The hashes of the entries at these positions, and when they were recorded.
    async fn around(
        &mut self,
        positions: BTreeSet<u64>,
    ) -> Result<(LogAround, BTreeMap<u64, Moment>), QueryError> {
        let head = self.snapshot.head();
        let mut log = LogAround {
            epoch: head.epoch,
            head: head.position,
            hashes: BTreeMap::from([(head.position, head.hash)]),
        };
        let mut times = BTreeMap::from([(head.position, head.recorded_at)]);
        let positions = positions.into_iter();
        let missing = positions.filter(|position| *position > 0 && *position < log.head);
        let missing: Vec<_> = missing.collect();
        for positions in missing.chunks(ENTRIES_TOGETHER) {
            for entry in self.snapshot.entries_at(positions).await? {
                log.hashes.insert(entry.position, entry.hash);
                times.insert(entry.position, entry.recorded_at);
            }
        }
        Ok((log, times))
    }

    async fn consumer_views(
        &mut self,
        states: Vec<Versioned<AnyAggregate>>,
    ) -> Result<Vec<ConsumerView>, QueryError> {
        let found = self.with_progress(states).await?;
        let mut positions = BTreeSet::new();
        for own in &found {
            let reported = own.reported.as_ref();
            let position = own.consumer.position(reported);
            positions.extend([position, position + 1]);
            positions.extend(reported.map(|reported| reported.at.position));
        }
        let (log, times) = self.around(positions).await?;
        let now = self.now();
        Ok(found
            .into_iter()
            .map(|own| view(own, &log, &times, now))
            .collect())
    }
}

fn view(
    Found {
        version,
        consumer,
        reported,
    }: Found,
    log: &LogAround,
    times: &BTreeMap<u64, Moment>,
    now: Moment,
) -> ConsumerView {
    let reported = reported.as_ref();
    let position = consumer.position(reported);
    let current = consumer.current(reported);
    let noted = current.filter(|noted| noted.at.position == position);
    let hash = noted.map(|noted| noted.at.hash);
    let oldest = times.get(&(position + 1));
    let waiting = oldest.map_or(0, |oldest| now.micros().saturating_sub(oldest.micros()));
    let error = current.and_then(|noted| noted.error.clone());
    let refused = current.and_then(|noted| noted.refused.clone());
    ConsumerView {
        hash: hash.or_else(|| log.hash(position)).unwrap_or(Hash::ZERO),
        lag_entries: log.head.saturating_sub(position),
        lag_seconds: u64::try_from(waiting / 1_000_000).unwrap_or(0),
        seen_at: current.map(|noted| noted.seen_at),
        error: error.map(|error| ConsumerErrorView {
            text: error.text,
            at: error.at,
        }),
        refused: refused.map(|refused| RefusedConfirmationView {
            rule: refused.rejection.rule.to_string(),
            at: refused.at,
            rejection: refused.rejection,
        }),
        is_forked: consumer.is_forked(reported, log),
        version,
        position,
        consumer: consumer.name,
        owner: consumer.owner,
        description: consumer.description,
        status: consumer.status,
    }
}
