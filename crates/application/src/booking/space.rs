//! Takes and frees the space of cargoes on voyages.

use super::views::LegView;
use crate::schema;
use crate::voyages::known_voyage;
use crate::work::UnitOfWork;
use domain::Versioned;
use domain::booking::{Cargo, ComesFrom, Itinerary, Leg, TrackingId, WantedLeg, stretches_aboard};
use domain::repository::{Failure, Repository};
use domain::space::Space;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The cargo that an operation booked, with its delivery.
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

/// Assigns an itinerary to a cargo. Books all its legs or none.
pub(super) async fn assign(
    uow: &mut UnitOfWork<'_>,
    cargo: Versioned<Cargo>,
    wanted: &[WantedLeg],
) -> Result<BookedOutcome, Failure> {
    let customer = crate::customers::known_customer(uow, cargo.state.customer).await?;
    cargo
        .state
        .may_be_given_itinerary(&customer.state, uow.now())?;
    let current = match cargo.state.delivery().current_voyage {
        Some(voyage) => Some(known_voyage(uow, &voyage).await?.state),
        None => None,
    };
    let legs = timed(uow, wanted, cargo.state.comes_from(current.as_ref())).await?;
    let version = cargo.version;
    let before = cargo.state.clone();
    let (state, assigned) =
        cargo
            .state
            .assign(&customer.state, current.as_ref(), legs, uow.now())?;
    uow.record(assigned);
    let approach = state.itinerary().and_then(Itinerary::approach);
    let first = &state.legs()[0];
    let goes_on = before.goes_on(first);
    let held = state.held();
    for leg in &held {
        // It is already on board for the approach, or for a leg that continues.
        let is_aboard = approach == Some(leg) || (goes_on && leg == first);
        may_be_booked(uow, &state, leg, is_aboard).await?;
    }
    hold(uow, state.space(), &before.held(), &held).await?;
    let outcome = BookedOutcome::new(state.tracking_id.clone(), state.legs());
    uow.update(Versioned { version, state }).await?;
    Ok(outcome)
}

/// The wanted legs with the times of their calls, one after another from where the cargo comes.
pub(super) async fn timed(
    uow: &mut UnitOfWork<'_>,
    wanted: &[WantedLeg],
    mut from: ComesFrom,
) -> Result<Vec<Leg>, Failure> {
    let mut legs: Vec<Leg> = Vec::with_capacity(wanted.len());
    for leg in wanted {
        let voyage = known_voyage(uow, &leg.voyage).await?;
        let leg = leg.aboard(&voyage.state, &from, uow.now())?;
        if let Some(before) = legs.pop() {
            legs.push(before.until(&leg, &voyage.state));
        }
        from = ComesFrom::Leg(leg.clone());
        legs.push(leg);
    }
    Ok(legs)
}

/// Whether the voyage of a leg accepts the cargo, apart from space.
pub(super) async fn may_be_booked(
    uow: &mut UnitOfWork<'_>,
    cargo: &Cargo,
    leg: &Leg,
    is_aboard: bool,
) -> Result<(), Failure> {
    let voyage = known_voyage(uow, &leg.voyage).await?.state;
    let stretch = leg.stretch(&voyage)?;
    if is_aboard {
        return Ok(voyage.may_be_gone_on(&stretch, uow.now())?);
    }
    voyage.may_be_boarded(&stretch, uow.now())?;
    Ok(voyage.must_take(&cargo.classes())?)
}

/// Exchanges what a cargo takes on everything that it holds. A larger one must still be able to come
/// aboard.
pub(super) async fn resize(
    uow: &mut UnitOfWork<'_>,
    cargo: &Cargo,
    before: Space,
) -> Result<(), Failure> {
    let after = cargo.space();
    let held = cargo.held();
    if after.quarter_teu > before.quarter_teu || after.plugs > before.plugs {
        for leg in &held {
            may_be_booked(uow, cargo, leg, false).await?;
        }
    }
    let voyages: BTreeSet<_> = held.iter().map(|leg| &leg.voyage).collect();
    for number in voyages {
        let mut voyage = known_voyage(uow, number).await?;
        let stretches = stretches_aboard(&held, &voyage.state)?;
        let now = uow.now();
        if voyage.state.resize((before, after), &stretches, now)? {
            uow.update(voyage).await?;
        }
    }
    Ok(())
}

/// Whether every voyage that a cargo is booked on and that has not sailed with it takes its dangerous
/// goods.
pub(super) async fn must_be_taken(uow: &mut UnitOfWork<'_>, cargo: &Cargo) -> Result<(), Failure> {
    let classes = cargo.classes();
    for leg in cargo.held() {
        let voyage = known_voyage(uow, &leg.voyage).await?.state;
        let stretch = leg.stretch(&voyage)?;
        if !voyage.has_departed_over(&stretch, uow.now()) {
            voyage.must_take(&classes)?;
        }
    }
    Ok(())
}

/// Moves the space of a cargo from its old legs to its new ones.
pub(crate) async fn hold(
    uow: &mut UnitOfWork<'_>,
    size: Space,
    before: &[Leg],
    after: &[Leg],
) -> Result<(), Failure> {
    let voyages: BTreeSet<_> = before.iter().chain(after).map(|leg| &leg.voyage).collect();
    for number in voyages {
        let mut voyage = known_voyage(uow, number).await?;
        let before = stretches_aboard(before, &voyage.state)?;
        let after = stretches_aboard(after, &voyage.state)?;
        if voyage.state.hold(size, &before, &after, uow.now())? {
            uow.update(voyage).await?;
        }
    }
    Ok(())
}
