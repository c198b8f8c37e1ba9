//! Reads. Each answer is one consistent snapshot, permitted by policy and true at a position.

mod answers;
mod difference;
mod feed;
mod history;
mod lists;
mod log;
mod mementos;
mod missing;
mod permits;
mod proof;
mod rehearsal;
mod viewed;
mod views;

pub use answers::{At, CauseView, Found, MakerView, Page, Period, VersionState, VersionView, When};
pub use difference::FieldDifference;
pub use feed::{FEED_PAGE_ITEMS, FeedChange, FeedPage};
pub use lists::{FoundPage, WhenListed};
pub use mementos::{MEMENTOS_MAX, Memento, Neighbours, TimeMap};
pub use missing::Missing;
pub use proof::{ConsistencyView, Proof, ProofView, ProvenHead, tree_root};
pub use rehearsal::{Changed, Rehearsal, Rehearsed, affected_lists};
pub use viewed::Viewed;
pub use views::{ChangeView, ChangedView, EntryView, HeadView, PastEpochView, RefusalView};

use crate::access::policy::{Principal, Read};
use crate::booking::Timetables;
use crate::caller::Caller;
use crate::follow::{FollowerMeter, Tail, TailReader};
use crate::lanes::{Lane, Lanes, Place, Places};
use domain::access::{Token, User};
use domain::aggregate::Name;
use domain::log::reader::{LogFilter, Reader, Snapshot};
use domain::log::seal;
use domain::log::store::StoreError;
use domain::ports::{Clock, Timer};
use domain::{Aggregate, AnyAggregate, Lookup, Moment, Names, Rejection, Versioned};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use uuid::Uuid;

/// The maximum number of items on a page.
pub const PAGE_ITEMS_MAX: u64 = 200;
/// The default number of items on a page.
pub const PAGE_ITEMS_DEFAULT: u64 = 50;

/// The maximum number of snapshots that one caller may hold at a time. Half of the default number of
/// read connections, so that nobody keeps all of them busy. Further reads of that caller wait.
const SNAPSHOTS_EACH_MAX: usize = 4;

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The caller is not authentic.
    #[error("the token is unknown or revoked, or its user is suspended")]
    Unauthenticated,
    /// The policy forbids it.
    #[error("{0}")]
    Forbidden(Rejection),
    /// It does not exist, or the caller may not see it.
    #[error("{0}")]
    NotFound(Missing),
    /// The cursor does not come from an earlier page.
    #[error("the cursor does not come from an earlier page")]
    BadCursor,
    /// A rehearsed operation panicked.
    #[error("the operation failed unexpectedly")]
    Broken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens readings.
#[derive(Clone)]
pub struct Queries {
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timetables: Timetables,
    lanes: Arc<Lanes>,
    /// The snapshots that each caller may hold.
    places: Arc<Places>,
    /// Whether any user is known to have a password.
    pub(crate) has_passwords: Arc<AtomicBool>,
}

/// A snapshot for one principal. Each read asks the policy.
pub struct Reading {
    pub(crate) snapshot: Box<dyn Snapshot>,
    pub(crate) principal: Principal,
    pub(crate) position: u64,
    /// When the snapshot was opened.
    now: Moment,
    _place: Place,
}

impl Queries {
    /// Queries on a store. The clock decides whether sessions have expired.
    #[must_use]
    pub fn new(reader: Arc<dyn Reader>, clock: Arc<dyn Clock>) -> Self {
        Self {
            reader,
            clock,
            timetables: Timetables::default(),
            lanes: Arc::default(),
            places: Arc::new(Places::new(SNAPSHOTS_EACH_MAX)),
            has_passwords: Arc::default(),
        }
    }

    /// The lane of a caller.
    #[must_use]
    pub fn lane_of(&self, caller: &Caller) -> Lane {
        self.lanes.of(caller)
    }

    /// The same queries, which report how far they are behind the log.
    #[must_use]
    pub fn measured(self, lag: Arc<dyn FollowerMeter>) -> Self {
        Self {
            timetables: Timetables::measured(lag),
            ..self
        }
    }

    /// The position of the last entry, without a caller.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn position(&self) -> Result<u64, StoreError> {
        Ok(self.reader.snapshot().await?.head().position)
    }

    /// The id of the log, without a caller.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn epoch(&self) -> Result<Uuid, StoreError> {
        Ok(self.reader.snapshot().await?.head().epoch)
    }

    /// A tail of the log for many readers. Each must have permission to read the log.
    #[must_use]
    pub fn tail(
        &self,
        name: &'static str,
        timer: Arc<dyn Timer>,
        lag: Arc<dyn FollowerMeter>,
    ) -> (Tail<ChangeView>, TailReader<ChangeView>) {
        Tail::new(name, Arc::clone(&self.reader), ChangeView::from, timer, lag)
    }

    /// Opens a snapshot for a caller who may make this reading.
    ///
    /// # Errors
    ///
    /// Refuses a caller who is not authentic, and what the policy forbids. Fails if the store
    /// cannot be read.
    pub async fn open(&self, caller: &Caller, read: Read) -> Result<Reading, QueryError> {
        let reading = self.visit(caller).await?;
        reading.permit(read)?;
        Ok(reading)
    }

    /// Checks that a caller is authentic, without one of its places: reads that take long do not
    /// delay its operations.
    ///
    /// # Errors
    ///
    /// Refuses a caller who is not authentic. Fails if the store cannot be read.
    pub async fn authenticate(&self, caller: &Caller) -> Result<(), QueryError> {
        let mut snapshot = self.reader.snapshot().await?;
        let principal = authenticate(snapshot.as_mut(), caller, self.clock.now()).await?;
        self.remember(caller, &principal);
        Ok(())
    }

    fn remember(&self, caller: &Caller, principal: &Principal) {
        if let (Some(hash), Principal::User(user)) = (caller.secret(), principal) {
            self.lanes.remember(hash, &user.name);
        }
    }

    /// Opens a snapshot for an authentic caller.
    ///
    /// # Errors
    ///
    /// Refuses a caller who is not authentic. Fails if the store cannot be read.
    pub async fn visit(&self, caller: &Caller) -> Result<Reading, QueryError> {
        let place = self.places.take(self.lanes.of(caller)).await;
        let mut snapshot = self.reader.snapshot().await?;
        let now = self.clock.now();
        let principal = authenticate(snapshot.as_mut(), caller, now).await?;
        self.remember(caller, &principal);
        let position = told_position(snapshot.as_mut(), &principal).await?;
        Ok(Reading {
            snapshot,
            principal,
            position,
            now,
            _place: place,
        })
    }
}

/// The position that a principal may see. The log's position would tell a customer how much others
/// do, so a customer sees the position of its own newest entry, by which it finds what it wrote.
async fn told_position(
    snapshot: &mut dyn Snapshot,
    principal: &Principal,
) -> Result<u64, StoreError> {
    if principal.confined_to().is_none() {
        return Ok(snapshot.head().position);
    }
    let own = LogFilter {
        actor: Some(principal.actor().to_string()),
        ..LogFilter::default()
    };
    let newest = snapshot.entries_before(&own, u64::MAX, 1).await?;
    Ok(newest.first().map_or(0, |entry| entry.position))
}

async fn authenticate(
    snapshot: &mut dyn Snapshot,
    caller: &Caller,
    now: Moment,
) -> Result<Principal, QueryError> {
    let hash = match caller {
        Caller::System(part) => return Ok(Principal::System((*part).into())),
        Caller::Token(hash) | Caller::Session(hash) => hash,
    };
    let token: Option<Token> = find(snapshot, hash).await?;
    let Some(token) = token else {
        return Err(QueryError::Unauthenticated);
    };
    let user: Option<User> = find(snapshot, &token.user).await?;
    user.and_then(|user| Principal::of_token(caller, &token, &user, now))
        .ok_or(QueryError::Unauthenticated)
}

pub(crate) async fn find<A: Aggregate>(
    snapshot: &mut dyn Snapshot,
    name: &(impl Names<A> + Sync),
) -> Result<Option<A>, StoreError> {
    let found = load_one(snapshot, &name.lookup()).await?;
    Ok(found.and_then(|found| A::from_any(&found.state).cloned()))
}

pub(crate) async fn load_one(
    snapshot: &mut dyn Snapshot,
    lookup: &Lookup,
) -> Result<Option<Versioned<AnyAggregate>>, StoreError> {
    let (ids, keys) = match &lookup.name {
        Name::Id(id) => (vec![*id], vec![]),
        Name::Key(key) => (vec![], vec![key.clone()]),
    };
    Ok(snapshot.load(lookup.kind, &ids, &keys).await?.pop())
}

impl Reading {
    /// The reader.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The position at which this snapshot is true. For a customer, the position of its own newest
    /// entry.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether the reader is a customer, who sees only its own data.
    #[must_use]
    pub fn is_for_customer(&self) -> bool {
        self.principal.confined_to().is_some()
    }

    /// The view of a state for this principal.
    fn view<A: Viewed>(&self, found: Versioned<A>, now: Moment, is_past: bool) -> A::View {
        let view = A::view(found, now);
        if self.is_for_customer() {
            A::for_customer(view, is_past)
        } else {
            view
        }
    }

    /// The position at that point of the past.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn position_at(&mut self, at: At) -> Result<u64, StoreError> {
        match at {
            At::Position(position) => Ok(position),
            At::Time(time) => self.snapshot.position_at(time).await,
        }
    }

    /// The time at which a question is asked, for what follows the clock: now, or the time of the
    /// point in the past.
    async fn time_of(&mut self, when: When) -> Result<Moment, StoreError> {
        let time = match (when.happened_by, when.at) {
            (Some(time), _) | (None, Some(At::Time(time))) => time,
            (None, Some(At::Position(position))) => {
                let entries = self.snapshot.entries_at(&[position]).await?;
                entries.first().map_or(self.now, |entry| entry.recorded_at)
            }
            (None, None) => self.now,
        };
        Ok(time.min(self.now))
    }

    /// When the last entry was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Moment {
        self.snapshot.head().recorded_at
    }

    /// One resource, now or in the past.
    ///
    /// # Errors
    ///
    /// Not found if it does not exist or is not visible to the caller. Refuses what the policy
    /// forbids. Fails if the store cannot be read.
    pub async fn one<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
        when: When,
    ) -> Result<Found<A::View>, QueryError> {
        self.permit(A::READ)?;
        let lookup = name.lookup();
        let (position, provisional) = self.point(when.at).await?;
        let found = if position >= self.snapshot.head().position {
            load_one(self.snapshot.as_mut(), &lookup).await?
        } else {
            self.past(&lookup, position).await?
        };
        let (version, state) = found
            .filter(|found| self.may_find(&found.state))
            .and_then(|found| Some((found.version, A::from_any(&found.state)?.clone())))
            .ok_or_else(|| unknown(&lookup))?;
        let state = match when.happened_by {
            Some(time) => state.happened_by(time),
            None => state,
        };
        let now = self.time_of(when).await?;
        let is_shared = A::ADDS_UP_CUSTOMERS && self.is_for_customer();
        Ok(Found {
            version: (!is_shared).then_some(version),
            view: self.view(Versioned { version, state }, now, when.at.is_some()),
            provisional,
        })
    }

    /// Those of these resources that exist and are visible to the principal, in any order.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn some<A: Viewed>(
        &mut self,
        names: impl IntoIterator<Item = Lookup>,
    ) -> Result<Vec<A::View>, QueryError> {
        self.permit(A::READ)?;
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for lookup in names {
            match lookup.name {
                Name::Id(id) => drop(ids.insert(id)),
                Name::Key(key) => drop(keys.insert(key)),
            }
        }
        let (ids, keys): (Vec<_>, Vec<_>) = (ids.into_iter().collect(), keys.into_iter().collect());
        let found = self.snapshot.load(A::KIND, &ids, &keys).await?;
        Ok(self.views::<A>(found, self.now, false))
    }

    /// The views, at a time, of those states that are visible to the principal.
    fn views<A: Viewed>(
        &self,
        found: Vec<Versioned<AnyAggregate>>,
        now: Moment,
        is_past: bool,
    ) -> Vec<A::View> {
        let seen = found
            .into_iter()
            .filter(|found| self.may_find(&found.state));
        seen.filter_map(|found| {
            let state = A::from_any(&found.state)?.clone();
            let version = found.version;
            Some(self.view::<A>(Versioned { version, state }, now, is_past))
        })
        .collect()
    }

    async fn past(
        &mut self,
        lookup: &Lookup,
        position: u64,
    ) -> Result<Option<Versioned<AnyAggregate>>, StoreError> {
        let Some(row) = self.snapshot.state_at(lookup, position).await? else {
            return Ok(None);
        };
        Ok(seal::states(self.snapshot.as_mut(), &[row]).await?.pop())
    }

    /// When the snapshot was opened.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The state that a resource has now, as it is stored.
    pub(crate) async fn state<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
    ) -> Result<A, QueryError> {
        let found = self.current(name).await?;
        let state = A::from_any(&found.state).cloned();
        state.ok_or_else(|| unknown(&name.lookup()))
    }

    /// The same, or `None` if there is none or the caller may not know of it.
    pub(crate) async fn find_state<A: Aggregate>(
        &mut self,
        name: &(impl Names<A> + Sync),
    ) -> Result<Option<A>, QueryError> {
        let found = load_one(self.snapshot.as_mut(), &name.lookup()).await?;
        let found = found.filter(|found| self.may_find(&found.state));
        Ok(found.and_then(|found| A::from_any(&found.state).cloned()))
    }

    /// The current state of a resource.
    pub(crate) async fn current<A: Viewed>(
        &mut self,
        name: &(impl Names<A> + Sync),
    ) -> Result<Versioned<AnyAggregate>, QueryError> {
        self.permit(A::READ)?;
        let lookup = name.lookup();
        let found = load_one(self.snapshot.as_mut(), &lookup).await?;
        found
            .filter(|found| self.may_find(&found.state))
            .ok_or_else(|| unknown(&lookup))
    }

    /// Makes a page of items that were read with a limit one higher than asked for.
    pub(crate) fn page<T>(
        &self,
        mut items: Vec<T>,
        limit: u64,
        cursor: impl Fn(&T) -> String,
    ) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|item| hex::encode(cursor(item)));
        Page {
            items,
            next,
            position: self.position(),
        }
    }
}

/// Parses a cursor.
///
/// # Errors
///
/// The text is not a cursor.
pub fn decode(cursor: &str) -> Result<String, QueryError> {
    let bytes = hex::decode(cursor).map_err(|_| QueryError::BadCursor)?;
    String::from_utf8(bytes).map_err(|_| QueryError::BadCursor)
}

pub(crate) fn unknown(lookup: &Lookup) -> QueryError {
    QueryError::NotFound(lookup.into())
}
