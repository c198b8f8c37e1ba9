//! What an operation sees and changes while it runs.

use super::working_set::{Overlay, Reads, WorkingSet};
use crate::access::policy::{self, Action, Principal, Verdict};
use domain::access::UserName;
use domain::list::Filter;
use domain::log::store::{Loader, StoreError};
use domain::rejection::require;
use domain::repository::rules::StaleVersion;
use domain::repository::{Failure, Repository};
use domain::{Aggregate, AnyAggregate, Event, Lookup, Moment, Names, Versioned};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One operation's view of the store: its own changes on top of the batch's working set. It shows
/// only what the principal may see.
pub struct UnitOfWork<'a> {
    set: &'a mut WorkingSet,
    loader: &'a mut dyn Loader,
    principal: &'a Principal,
    now: Moment,
    head: u64,
    overlay: Overlay,
    events: Vec<Event>,
}

impl<'a> UnitOfWork<'a> {
    pub(crate) fn new(
        set: &'a mut WorkingSet,
        loader: &'a mut dyn Loader,
        principal: &'a Principal,
        now: Moment,
        head: u64,
    ) -> Self {
        Self {
            set,
            loader,
            principal,
            now,
            head,
            overlay: Overlay::default(),
            events: Vec::new(),
        }
    }

    /// The time at which the operation is recorded. The domain uses it as the current time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The position of the last entry before the operation.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The user who runs the operation.
    #[must_use]
    pub fn user(&self) -> Option<&UserName> {
        match self.principal {
            Principal::User(user) => Some(&user.name),
            Principal::System(_) => None,
        }
    }

    /// Whether the system itself runs the operation.
    #[must_use]
    pub fn is_by_the_system(&self) -> bool {
        matches!(self.principal, Principal::System(_))
    }

    /// Whether a customer runs the operation, who has no other role.
    #[must_use]
    pub fn is_by_a_customer(&self) -> bool {
        self.principal.confined_to().is_some()
    }

    /// The aggregates that a filter admits, by id.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub async fn all<F: Filter>(
        &mut self,
        filter: &F,
    ) -> Result<Vec<Versioned<F::Of>>, StoreError> {
        let kind = F::Of::KIND;
        let mut ids: BTreeSet<Uuid> = self.loader.ids(filter).await?.into_iter().collect();
        // The database does not have the batch's changes yet.
        ids.extend(self.set.changed(kind));
        ids.extend(self.overlay.ids(kind));
        let lookups: Vec<_> = ids.into_iter().map(|id| Lookup::id(kind, id)).collect();
        let mut reads = Reads::default();
        for lookup in &lookups {
            reads.lookup(lookup.clone());
        }
        self.set.load(reads, self.loader).await?;
        let mut all = Vec::new();
        for lookup in &lookups {
            let found: Option<Versioned<F::Of>> = self.find_as(lookup).await?;
            all.extend(found.filter(|found| filter.admits(&found.state)));
        }
        Ok(all)
    }

    /// Records an event.
    pub fn record(&mut self, event: impl Into<Event>) {
        self.events.push(event.into());
    }

    /// Records several events in this order.
    pub fn record_all(&mut self, events: impl IntoIterator<Item = impl Into<Event>>) {
        self.events.extend(events.into_iter().map(Into::into));
    }

    fn may_find(&self, state: &AnyAggregate) -> bool {
        let verdict = policy::decide(self.principal, Action::Find, Some(state), self.now);
        verdict == Verdict::Permitted
    }

    /// The operation's changes and events.
    pub(crate) fn finish(self) -> (Overlay, Vec<Event>) {
        (self.overlay, self.events)
    }

    async fn find_as<A: Aggregate>(
        &mut self,
        lookup: &Lookup,
    ) -> Result<Option<Versioned<A>>, StoreError> {
        let found = self.look_up(lookup).await?;
        let seen = found.filter(|found| self.may_find(&found.state));
        Ok(seen.and_then(|found| {
            Some(Versioned {
                version: found.version,
                state: A::from_any(&found.state)?.clone(),
            })
        }))
    }

    async fn look_up(
        &mut self,
        lookup: &Lookup,
    ) -> Result<Option<Versioned<AnyAggregate>>, StoreError> {
        if let Some(changed) = self.overlay.get(lookup) {
            return Ok(Some(changed.clone()));
        }
        if self.set.get(lookup).is_none() {
            let mut reads = Reads::default();
            reads.lookup(lookup.clone());
            self.set.load(reads, self.loader).await?;
        }
        Ok(self.set.get(lookup).flatten().cloned())
    }
}

impl<A: Aggregate> Repository<A> for UnitOfWork<'_> {
    async fn find<N>(&mut self, name: &N) -> Result<Option<Versioned<A>>, StoreError>
    where
        N: Names<A> + Sync,
    {
        self.find_as(&name.lookup()).await
    }

    async fn add(&mut self, aggregate: A) -> Result<(), Failure> {
        if let (Some(rejection), Some(key)) = (A::UNIQUE, aggregate.natural_key()) {
            let taken = self.look_up(&Lookup::key(A::KIND, key)).await?;
            require(taken.is_none(), || rejection(key.to_owned()))?;
        }
        let new = Versioned {
            version: 1,
            state: aggregate.into_any(),
        };
        self.overlay.0.insert((A::KIND, new.state.id()), new);
        Ok(())
    }

    async fn update(&mut self, changed: Versioned<A>) -> Result<(), Failure> {
        let place = (A::KIND, changed.state.id());
        let newest = self.look_up(&Lookup::id(A::KIND, place.1)).await?;
        let is_newest = newest.is_some_and(|newest| newest.version == changed.version);
        require(is_newest, || StaleVersion::Changed {
            kind: A::KIND,
            id: place.1,
            since_version: changed.version,
        })?;
        // An operation creates one version, however many times it changes the aggregate.
        let version = match self.overlay.0.get(&place) {
            Some(_) => changed.version,
            None => changed.version + 1,
        };
        let state = changed.state.into_any();
        self.overlay.0.insert(place, Versioned { version, state });
        Ok(())
    }
}
