use crate::pipeline::UnitOfWork;
use crate::pipeline::working_set::{Known, Reads};
use crate::schema;
use domain::Versioned;
use domain::booking::rules::CargoMustBeKnown;
use domain::booking::{Cargo, Leg, TrackingId};
use domain::repository::{Failure, Repository};
use domain::space::Space;
use serde::Serialize;
use utoipa::ToSchema;

/// `CargoMustBeKnown`.
pub(crate) async fn known_cargo(
    uow: &mut UnitOfWork<'_>,
    cargo: &TrackingId,
) -> Result<Versioned<Cargo>, Failure> {
    let found = uow.find(cargo).await?;
    Ok(found.ok_or_else(|| CargoMustBeKnown.broken(format!("There is no cargo {cargo}.")))?)
}

/// Names the voyages a cargo is booked on.
pub(super) fn reads_voyages_of(cargo: &TrackingId, known: &Known<'_>, reads: &mut Reads) {
    for leg in known.get::<Cargo>(cargo).map_or(&[][..], Cargo::legs) {
        reads.add(&leg.voyage);
    }
}

/// Gives back the space that the legs of a cargo took.
pub(super) async fn free_space(
    uow: &mut UnitOfWork<'_>,
    legs: &[Leg],
    size: Space,
) -> Result<(), Failure> {
    for leg in legs {
        let mut voyage = crate::voyages::known_voyage(uow, &leg.voyage).await?;
        let stretch = voyage.state.stretch(
            (&leg.load_at, Some(leg.load_time)),
            (&leg.unload_at, Some(leg.unload_time)),
        )?;
        voyage.state.free(&stretch, size);
        uow.update(voyage).await?;
    }
    Ok(())
}

/// The cargo that an operation changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CargoOutcome {
    #[schema(schema_with = schema::tracking_id)]
    pub(super) cargo: TrackingId,
}
