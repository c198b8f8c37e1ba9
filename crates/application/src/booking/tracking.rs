//! Public tracking: the one read that needs no caller.

use super::known::travelling;
use super::{TrackView, TrackVoyageView};
use crate::queries::{Queries, QueryError, Viewed, unknown};
use domain::booking::{Cargo, CargoFilter, ContainerNumber, TrackingId};
use domain::locations::Location;
use domain::log::reader::Snapshot;
use domain::voyages::Voyage;
use domain::{Aggregate, AnyAggregate, Kind, Lookup, Versioned};

/// A cargo as the public may see it.
#[derive(Debug)]
pub struct Tracked {
    /// The public view.
    pub view: TrackView,
}

/// What a cargo is tracked by. A few texts are both a tracking ID and a container number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedBy {
    cargo: Option<TrackingId>,
    container: Option<ContainerNumber>,
}

impl TrackedBy {
    /// Parses what a person typed. Lowercase letters, spaces and hyphens are fine.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text.
    pub fn typed(text: &str) -> Result<Self, String> {
        let container = ContainerNumber::typed(text);
        match (TrackingId::typed(text), container) {
            (Err(_), Err(complaint)) if looks_like_a_container(text) => Err(complaint),
            (Err(complaint), Err(_)) => Err(complaint),
            (cargo, container) => Ok(Self {
                cargo: cargo.ok(),
                container: container.ok(),
            }),
        }
    }

    /// Its usual form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let cargo = self.cargo.as_ref().map(TrackingId::as_str);
        let container = self.container.as_ref().map(ContainerNumber::as_str);
        cargo.or(container).expect("it is one of them")
    }

    /// The cargo: the one with this tracking ID, else the one that travels in this container or, if
    /// none does now, the last one that did, with the container.
    async fn find(
        &self,
        snapshot: &mut dyn Snapshot,
    ) -> Result<Option<(Versioned<Cargo>, Option<&ContainerNumber>)>, QueryError> {
        if let Some(cargo) = &self.cargo {
            let found = snapshot
                .load(Kind::Cargo, &[], &[cargo.to_string()])
                .await?;
            if let Some(found) = found.iter().find_map(cargo_of) {
                return Ok(Some((found, None)));
            }
        }
        let Some(container) = &self.container else {
            return Ok(None);
        };
        let ids = snapshot.ids(&CargoFilter::in_container(container)).await?;
        let found = snapshot.load(Kind::Cargo, &ids, &[]).await?;
        let found = travelling(found.iter().filter_map(cargo_of));
        Ok(found.map(|found| (found, Some(container))))
    }
}

/// Four letters at the beginning make a container number more likely than a tracking ID.
fn looks_like_a_container(text: &str) -> bool {
    let letters = text.trim().bytes().take(4);
    letters.filter(u8::is_ascii_alphabetic).count() == 4
}

fn cargo_of(found: &Versioned<AnyAggregate>) -> Option<Versioned<Cargo>> {
    let state = Cargo::from_any(&found.state)?.clone();
    let version = found.version;
    Some(Versioned { version, state })
}

impl Queries {
    /// The public view of a cargo. The policy is not asked, because it decides about callers, and
    /// here there is none: knowing the tracking id, or a
    /// container, is the permission. The result is not a
    /// [`Reading`] that could be asked for more, but only this view.
    ///
    /// [`Reading`]: crate::queries::Reading
    ///
    /// # Errors
    ///
    /// Not found if the cargo does not exist. Fails if the store cannot be read.
    pub async fn track(&self, cargo: &TrackedBy) -> Result<Tracked, QueryError> {
        let mut snapshot = self.reader.snapshot().await?;
        let found = cargo.find(snapshot.as_mut()).await?;
        let unknown = || unknown(&Lookup::key(Kind::Cargo, cargo.as_str()));
        let (found, container) = found.ok_or_else(unknown)?;
        let now = self.clock.now();
        let mut view = TrackView::of(&found.state, container, now);
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
