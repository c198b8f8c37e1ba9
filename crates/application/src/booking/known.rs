use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};

use domain::booking::rules::{CargoMustBeKnown, ContainerMustBeKnown};
use domain::booking::{
    Cargo, CargoFilter, Consequences, ContainerNumber, SpecificationChanged, TrackingId,
};
use domain::repository::{Failure, Repository};
use domain::{Rejection, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the cargo, or refuses by `CargoMustBeKnown`.
pub(crate) async fn known_cargo(
    uow: &mut UnitOfWork<'_>,
    cargo: &TrackingId,
) -> Result<Versioned<Cargo>, Failure> {
    let found = uow.find(cargo).await?;
    let unknown = || CargoMustBeKnown {
        cargo: cargo.clone(),
    };
    Ok(found.ok_or_else(|| Rejection::from(unknown()))?)
}

/// Returns the cargo that travels in a container or, if none does now, the last one that did.
/// Refuses by `ContainerMustBeKnown`.
pub(crate) async fn cargo_in(
    uow: &mut UnitOfWork<'_>,
    container: &ContainerNumber,
) -> Result<Versioned<Cargo>, Failure> {
    let found = uow.all(&CargoFilter::in_container(container)).await?;
    let unknown = || ContainerMustBeKnown {
        container: container.clone(),
    };
    Ok(travelling(found.into_iter()).ok_or_else(|| Rejection::from(unknown()))?)
}

/// The cargo that travels in a container, out of all that ever did: the unfinished one, else the
/// newest.
pub(super) fn travelling(
    cargoes: impl Iterator<Item = Versioned<Cargo>>,
) -> Option<Versioned<Cargo>> {
    let stands = cargoes.filter(|found| !found.state.is_given_up());
    stands.max_by_key(|found| (!found.state.is_completed(), found.state.id.0))
}

/// Names the voyages on which a cargo holds space.
pub(crate) fn reads_voyages_of(cargo: &TrackingId, known: &Known<'_>, reads: &mut Reads) {
    for leg in known.get::<Cargo>(cargo).map(Cargo::held).iter().flatten() {
        reads.add(&leg.voyage);
    }
}

/// Also names the customer of a cargo.
pub(super) fn reads_customer_and_voyages_of(
    cargo: &TrackingId,
    known: &Known<'_>,
    reads: &mut Reads,
) {
    if let Some(cargo) = known.get::<Cargo>(cargo) {
        reads.add(&cargo.customer);
    }
    reads_voyages_of(cargo, known, reads);
}

/// Saves a cargo that has a new route specification.
pub(super) async fn specified(
    uow: &mut UnitOfWork<'_>,
    version: u64,
    (state, changed, consequences): (Cargo, SpecificationChanged, Consequences),
) -> Result<CargoOutcome, Failure> {
    let cargo = state.tracking_id.clone();
    uow.record(changed);
    uow.record_all(consequences.into_events());
    uow.update(Versioned { version, state }).await?;
    Ok(CargoOutcome { cargo })
}

/// The cargo that an operation changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CargoOutcome {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
}
