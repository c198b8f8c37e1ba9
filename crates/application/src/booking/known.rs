use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::booking::rules::CargoMustBeKnown;
use domain::booking::{Cargo, Consequences, SpecificationChanged, TrackingId};
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
