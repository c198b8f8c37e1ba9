//! `find-routes`: routes from one location to another by a deadline, with space for a cargo on
//! every movement.
//!
//! Each process keeps the timetable of all voyages in memory. Every search first checks whether the
//! log has grown and loads the voyages that have changed. It therefore knows everything that any
//! process committed before it began, even right after a start.

use super::views::LegView;
use crate::access::policy::{READERS, Read, Readable};
use crate::follow::{FollowError, Follower, FollowerMeter, Standing, Unmeasured};
use crate::queries::{Page, Queries, QueryError, Reading};
use crate::schema;
use domain::booking::{Route, Timetable, Wanted};
use domain::causes::WithCauses;
use domain::list::AnyFilter;
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::space::{CUSTOMER_STEP, Capacity, SpaceLimit};
use domain::voyages::{Voyage, VoyageFilter};
use domain::{Aggregate, AnyAggregate, Kind, Moment, Versioned};
use futures::lock::Mutex;
use serde::Serialize;
use std::sync::{Arc, RwLock};
use utoipa::ToSchema;

/// The read of routes through the timetable.
pub const ROUTES: Read = Read::Of(&Readable {
    word: "find-routes",
    roles: READERS,
});

/// The default maximum of transhipments.
pub const TRANSHIPMENTS_DEFAULT: usize = 3;
/// The number of voyages read at a time.
const CHUNK: usize = 500;
/// With more changes than this, reading all voyages is cheaper than finding the changed ones.
const CHANGES_MAX: u64 = 20_000;

/// A route from an origin to a destination.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteView {
    /// The legs, as `assign-itinerary` takes them.
    pub legs: Vec<LegView>,
    /// The departure.
    #[schema(schema_with = schema::moment)]
    pub departs: Moment,
    /// The arrival.
    #[schema(schema_with = schema::moment)]
    pub arrives: Moment,
    /// The number of transhipments.
    pub transhipments: usize,
    /// The space left within the limit line on the tightest movement.
    #[schema(schema_with = schema::space)]
    pub free: Capacity,
}

impl From<&Route> for RouteView {
    fn from(route: &Route) -> Self {
        let legs: Vec<LegView> = route.legs.iter().map(LegView::from).collect();
        Self {
            departs: legs[0].load_time,
            arrives: legs[legs.len() - 1].unload_time,
            transhipments: legs.len() - 1,
            free: route.free.into(),
            legs,
        }
    }
}

impl Queries {
    /// Finds routes for the principal, from the earliest departure that can be booked.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn find_routes(
        &self,
        reading: &mut Reading,
        wanted: &Wanted,
    ) -> Result<Page<RouteView>, QueryError> {
        reading.permit(ROUTES)?;
        // Uses the open snapshot. Taking a second one while holding one could wait forever if other
        // requests did the same.
        let snapshot = reading.snapshot.as_mut();
        if reading.principal.confined_to().is_none() {
            return self.timetables.routes(snapshot, wanted).await;
        }
        let wanted = Wanted {
            size: wanted.size.rounded_up(CUSTOMER_STEP),
            ..wanted.clone()
        };
        let mut page = self.timetables.routes(snapshot, &wanted).await?;
        for route in &mut page.items {
            route.free = SpaceLimit::from(route.free)
                .rounded_down(CUSTOMER_STEP)
                .into();
        }
        page.position = reading.position;
        Ok(page)
    }
}

/// The timetable of all voyages that have not arrived, kept up to date.
#[derive(Clone)]
pub(crate) struct Timetables {
    /// The state of the log at which the timetable is true. Locked while the timetable is updated.
    seen: Arc<Mutex<Option<Seen>>>,
    timetable: Arc<RwLock<Timetable>>,
    lag: Arc<dyn FollowerMeter>,
}

impl Default for Timetables {
    fn default() -> Self {
        Self::measured(Arc::new(Unmeasured))
    }
}

/// A state of the log.
struct Seen {
    follower: Follower,
    /// The last sequence of voyages.
    sequence: u64,
    /// When this process saw it.
    at: Moment,
}

/// How much older than the last seen state a snapshot may be, in hours, because another search was
/// faster. An older one belongs to a log that was cut.
const OLDER_HOURS_MAX: i64 = 1;

impl Timetables {
    /// An empty timetable that reports how far it was behind the log at each search.
    pub(crate) fn measured(lag: Arc<dyn FollowerMeter>) -> Self {
        Self {
            seen: Arc::default(),
            timetable: Arc::default(),
            lag,
        }
    }

    /// The Pareto set over arrival time and number of transhipments, earliest arrival first, with
    /// later sailings if they are asked for.
    pub(crate) async fn routes(
        &self,
        snapshot: &mut dyn Snapshot,
        wanted: &Wanted,
    ) -> Result<Page<RouteView>, QueryError> {
        let position = self.catch_up(snapshot, wanted.now).await?;
        let timetable = self
            .timetable
            .read()
            .expect("no holder of this lock panics");
        let routes = timetable.routes(wanted);
        Ok(Page {
            items: routes.iter().map(RouteView::from).collect(),
            next: None,
            position,
        })
    }

    /// Takes over the changes. Returns the position at which the timetable is true: that of the
    /// snapshot, or a later one if another search was faster.
    async fn catch_up(&self, snapshot: &mut dyn Snapshot, now: Moment) -> Result<u64, StoreError> {
        let mut seen = self.seen.lock().await;
        let known = match seen.as_ref() {
            None => None,
            Some(seen) => match seen.follower.standing(snapshot).await {
                Ok(Standing::Behind(entries)) => {
                    self.lag.lag("timetable", entries);
                    Some(seen.sequence)
                }
                Ok(Standing::Ahead(_)) if now >= seen.at.plus_hours(OLDER_HOURS_MAX) => None,
                Ok(Standing::AtHead | Standing::Ahead(_)) => {
                    self.lag.lag("timetable", 0);
                    return Ok(seen.follower.at().position);
                }
                Err(FollowError::Store(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(error = %WithCauses(&error), "reading the whole timetable again");
                    None
                }
            },
        };
        let sequences = snapshot.sequences().await?;
        let sequence = sequences.get(&Kind::Voyage).copied().unwrap_or(0);
        match known {
            Some(known) if known == sequence => {}
            Some(known) if sequence - known <= CHANGES_MAX => {
                self.read_changed(snapshot, known).await?;
            }
            _ => self.read_all(snapshot, now).await?,
        }
        let follower = Follower::new(snapshot.head().into());
        let position = follower.at().position;
        *seen = Some(Seen {
            follower,
            sequence,
            at: now,
        });
        self.lag.lag("timetable", 0);
        Ok(position)
    }

    async fn read_all(&self, snapshot: &mut dyn Snapshot, now: Moment) -> Result<(), StoreError> {
        let mut timetable = Timetable::default();
        let sailing = VoyageFilter {
            arrives_from: Some(now),
            ..VoyageFilter::default()
        };
        let mut after: Option<String> = None;
        loop {
            let limit = CHUNK as u64;
            let found = snapshot.list(&sailing, after.as_deref(), limit).await?;
            put(&mut timetable, &found);
            let Some(last) = found.last() else {
                break;
            };
            after = sailing.place_of(&last.state);
        }
        timetable.settle();
        *self
            .timetable
            .write()
            .expect("no holder of this lock panics") = timetable;
        Ok(())
    }

    async fn read_changed(
        &self,
        snapshot: &mut dyn Snapshot,
        after: u64,
    ) -> Result<(), StoreError> {
        let changed = snapshot.changed_since(Kind::Voyage, after).await?;
        let mut all = Vec::with_capacity(changed.len());
        for ids in changed.chunks(CHUNK) {
            all.extend(snapshot.load(Kind::Voyage, ids, &[]).await?);
        }
        let mut timetable = self
            .timetable
            .write()
            .expect("no holder of this lock panics");
        put(&mut timetable, &all);
        timetable.settle();
        Ok(())
    }
}

fn put(timetable: &mut Timetable, found: &[Versioned<AnyAggregate>]) {
    for voyage in found
        .iter()
        .filter_map(|found| Voyage::from_any(&found.state))
    {
        timetable.put(voyage);
    }
}
