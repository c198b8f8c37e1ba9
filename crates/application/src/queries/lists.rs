//! Lists, now and in the past.

use super::{At, Page, QueryError, Reading, Viewed, When, decode};
use domain::list::Filter;
use domain::log::reader::PastList;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Versioned};

type States = Vec<Versioned<AnyAggregate>>;

/// The point of the past at which a list is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WhenListed {
    /// The list at this point. Without it, the list now.
    pub at: Option<At>,
    /// Only what changed after this position, up to that point.
    pub changed_after: Option<u64>,
}

/// A page of a list.
#[derive(Debug)]
pub struct FoundPage<V> {
    pub page: Page<V>,
    /// Whether the answer must not be cached. See [`Found`](super::Found).
    pub provisional: bool,
}

impl Reading {
    /// A list.
    ///
    /// # Errors
    ///
    /// Refuses an invalid cursor and what the policy forbids. Fails if the store cannot be read.
    pub async fn list<A: Viewed>(
        &mut self,
        filter: A::Filter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<A::View>, QueryError> {
        let when = WhenListed::default();
        Ok(self.list_when::<A>(filter, when, cursor, limit).await?.page)
    }

    /// A list, now or in the past. A page may have fewer items than the limit although more follow,
    /// if few of those that were looked at belong to the list.
    ///
    /// # Errors
    ///
    /// Refuses an invalid cursor and what the policy forbids. Fails if the store cannot be read.
    pub async fn list_when<A: Viewed>(
        &mut self,
        filter: A::Filter,
        when: WhenListed,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<FoundPage<A::View>, QueryError> {
        self.permit(A::READ)?;
        if when != WhenListed::default() {
            self.permit_versions::<A>()?;
        }
        let (position, provisional) = self.point(when.at).await?;
        let filter = match self.principal.confined_to() {
            Some(own) => A::confined(filter, own),
            None => Some(filter),
        };
        let after = cursor.map(decode).transpose()?;
        if after.as_deref().is_some_and(|after| !A::is_cursor(after)) {
            return Err(QueryError::BadCursor);
        }
        let now = self.time_of(When::from(when.at)).await?;
        let (found, read_to) = match filter {
            None => (Vec::new(), None),
            Some(filter) => {
                let asked = PastList {
                    filter: &Filter::at_time(filter, now),
                    position,
                    changed_after: when.changed_after,
                    after: after.as_deref(),
                    limit: limit + 1,
                };
                self.found(asked).await?
            }
        };
        let items = self.views::<A>(found, now, when.at.is_some());
        let mut page = self.page(items, limit, A::cursor);
        page.next = page.next.or(read_to.map(hex::encode));
        if when.at.is_some() && !self.is_for_customer() {
            page.position = position;
        }
        Ok(FoundPage { page, provisional })
    }

    /// The states of a list, and the place up to which it was read, if that was not to the end.
    async fn found(&mut self, asked: PastList<'_>) -> Result<(States, Option<String>), StoreError> {
        let is_now = asked.position >= self.snapshot.head().position;
        if is_now && asked.changed_after.is_none() {
            let PastList {
                filter,
                after,
                limit,
                ..
            } = asked;
            return Ok((self.snapshot.list(filter, after, limit).await?, None));
        }
        let found = self.snapshot.list_at(asked).await?;
        Ok((found.states, found.read_to))
    }

    /// The position at that point of the past, at most the head's, and whether an answer about it
    /// must not be cached: the point may not have come yet, and customers may not learn whether it has.
    pub(super) async fn point(&mut self, at: Option<At>) -> Result<(u64, bool), StoreError> {
        let head = self.snapshot.head();
        let (end, ended_at) = (head.position, head.recorded_at);
        let (position, is_ahead) = match at {
            None => return Ok((end, false)),
            Some(At::Position(position)) => (position, position > end),
            Some(At::Time(time)) => (self.snapshot.position_at(time).await?, time > ended_at),
        };
        Ok((position.min(end), is_ahead || self.is_for_customer()))
    }
}
