//! Public tracking: the one read that needs no caller.

use super::{TrackView, TrackVoyageView};
use crate::queries::{Queries, QueryError, Viewed, load_one, unknown};
use domain::booking::{Cargo, TrackingId};
use domain::locations::Location;
use domain::voyages::Voyage;
use domain::{Aggregate, Kind, Names, Versioned};

/// A cargo as the public may see it.
#[derive(Debug)]
pub struct Tracked {
    /// The public view.
    pub view: TrackView,
}

impl Queries {
    /// The public view of a cargo. The policy is not asked, because it decides about callers, and
    /// here there is none: knowing the tracking id is the permission. The result is not a
    /// [`Reading`] that could be asked for more, but only this view.
    ///
    /// [`Reading`]: crate::queries::Reading
    ///
    /// # Errors
    ///
    /// Not found if the cargo does not exist. Fails if the store cannot be read.
    pub async fn track(&self, cargo: &TrackingId) -> Result<Tracked, QueryError> {
        let mut snapshot = self.reader.snapshot().await?;
        let lookup = Names::<Cargo>::lookup(cargo);
        let found = load_one(snapshot.as_mut(), &lookup).await?;
        let found = found.ok_or_else(|| unknown(&lookup))?;
        let state = Cargo::from_any(&found.state).ok_or_else(|| unknown(&lookup))?;
        let now = self.clock.now();
        let mut view = TrackView::of(state, now);
        let voyages = snapshot.load(Kind::Voyage, &[], &view.numbers()).await?;
        let mut voyages: Vec<TrackVoyageView> = voyages
            .iter()
            .filter_map(|found| Voyage::from_any(&found.state).map(Into::into))
            .collect();
        voyages.sort_by(|a, b| a.voyage.cmp(&b.voyage));
        let places = snapshot.load(Kind::Location, &[], &view.places()).await?;
        let places = places.into_iter().filter_map(|found| {
            let state = Location::from_any(&found.state)?.clone();
            let version = found.version;
            Some(Location::view(Versioned { version, state }, now))
        });
        view.voyages = voyages;
        view.locations = places.collect();
        view.locations.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(Tracked { view })
    }
}
