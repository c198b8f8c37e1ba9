//! The space that cargoes take on voyages, and give back.

use super::views::LegView;
use crate::pipeline::UnitOfWork;
use crate::schema;
use crate::voyages::known_voyage;
use domain::booking::{Assigned, Cargo, Leg, TrackingId, WantedLeg};
use domain::repository::{Failure, Repository};
use domain::space::Space;
use domain::voyages::{Stretch, Voyage};
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// The cargo that an operation booked, and how it goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookedOutcome {
    #[schema(schema_with = schema::tracking_id)]
    cargo: TrackingId,
    legs: Vec<LegView>,
}

impl BookedOutcome {
    pub(super) fn new(cargo: TrackingId, legs: &[Leg]) -> Self {
        Self {
            cargo,
            legs: legs.iter().map(LegView::from).collect(),
        }
    }
}

/// Gives a cargo an itinerary: all its legs are booked, or nothing is.
pub(super) async fn assign(
    uow: &mut UnitOfWork<'_>,
    cargo: Versioned<Cargo>,
    wanted: &[WantedLeg],
) -> Result<BookedOutcome, Failure> {
    let customer = crate::customers::known_customer(uow, cargo.state.customer).await?;
    cargo.state.may_be_given_itinerary(&customer.state)?;
    let mut legs: Vec<Leg> = Vec::with_capacity(wanted.len());
    for leg in wanted {
        let voyage = known_voyage(uow, &leg.voyage).await?;
        legs.push(leg.aboard(&voyage.state, legs.last(), uow.now())?);
    }
    let current = match cargo.state.delivery().current_voyage {
        Some(voyage) => Some(known_voyage(uow, &voyage).await?.state),
        None => None,
    };
    let version = cargo.version;
    let before = cargo.state.clone();
    let (state, assigned) = cargo
        .state
        .assign(&customer.state, current.as_ref(), legs)?;
    let replaced = match &assigned {
        Assigned::Booked(event) => {
            uow.record("CargoBooked", event);
            &[][..]
        }
        Assigned::Replaced(event) => {
            uow.record("ItineraryReplaced", event);
            &event.replaced
        }
    };
    let first = &state.legs()[0];
    let goes_on = before.goes_on(first);
    // What the cargo still sails aboard, until it comes ashore where the itinerary begins, counts
    // as sailed: it is on the ship.
    let ashore = current.as_ref().filter(|_| !goes_on).and_then(|current| {
        let at = before.comes_ashore(current, &first.load_at)?;
        Some((&current.number, at.max(uow.now())))
    });
    for leg in replaced {
        let until = ashore.filter(|(voyage, _)| **voyage == leg.voyage);
        let until = until.map_or(uow.now(), |(_, at)| at);
        free(uow, leg, state.size, until).await?;
    }
    for leg in state.legs() {
        if goes_on && leg == first {
            book_aboard(uow, leg, before.legs(), state.size).await?;
        } else {
            book(uow, leg, state.size).await?;
        }
    }
    let outcome = BookedOutcome::new(state.tracking_id.clone(), state.legs());
    uow.update(Versioned { version, state }).await?;
    Ok(outcome)
}

/// Takes the space of one leg.
pub(super) async fn book(uow: &mut UnitOfWork<'_>, leg: &Leg, size: Space) -> Result<(), Failure> {
    let mut voyage = known_voyage(uow, &leg.voyage).await?;
    let stretch = crossed(&voyage.state, leg)?;
    voyage.state.book(&stretch, size, uow.now())?;
    uow.update(voyage).await
}

/// The same for the leg that a cargo is aboard for, with the legs that it held.
async fn book_aboard(
    uow: &mut UnitOfWork<'_>,
    leg: &Leg,
    held: &[Leg],
    size: Space,
) -> Result<(), Failure> {
    let mut voyage = known_voyage(uow, &leg.voyage).await?;
    let stretch = crossed(&voyage.state, leg)?;
    let held = held.iter().filter(|held| held.voyage == leg.voyage);
    let held: Result<Vec<_>, _> = held.map(|held| crossed(&voyage.state, held)).collect();
    voyage
        .state
        .book_aboard(&stretch, size, uow.now(), &held?)?;
    uow.update(voyage).await
}

/// Gives back the space of legs, as far as they have not sailed.
pub(super) async fn free_all(
    uow: &mut UnitOfWork<'_>,
    legs: &[Leg],
    size: Space,
) -> Result<(), Failure> {
    for leg in legs {
        free(uow, leg, size, uow.now()).await?;
    }
    Ok(())
}

/// Gives back the space of a leg, less what has sailed by a time.
pub(super) async fn free(
    uow: &mut UnitOfWork<'_>,
    leg: &Leg,
    size: Space,
    sailed_by: Moment,
) -> Result<(), Failure> {
    let mut voyage = known_voyage(uow, &leg.voyage).await?;
    let stretch = crossed(&voyage.state, leg)?;
    if voyage.state.free(&stretch, size, sailed_by) {
        uow.update(voyage).await?;
    }
    Ok(())
}

fn crossed(voyage: &Voyage, leg: &Leg) -> Result<Stretch, Failure> {
    let load = (&leg.load_at, Some(leg.load_time));
    Ok(voyage.stretch(load, (&leg.unload_at, Some(leg.unload_time)))?)
}
