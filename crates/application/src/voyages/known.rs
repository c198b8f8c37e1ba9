use crate::schema;
use crate::work::UnitOfWork;
use domain::Versioned;
use domain::repository::{Failure, Repository};
use domain::voyages::rules::VoyageMustBeKnown;
use domain::voyages::{Voyage, VoyageNumber};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the voyage, or refuses by `VoyageMustBeKnown`.
pub(crate) async fn known_voyage(
    uow: &mut UnitOfWork<'_>,
    number: &VoyageNumber,
) -> Result<Versioned<Voyage>, Failure> {
    let found = uow.find(number).await?;
    Ok(found.ok_or_else(|| VoyageMustBeKnown.broken(format!("There is no voyage {number}.")))?)
}

/// The voyage that an operation added or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoyageOutcome {
    #[schema(schema_with = schema::voyage_number)]
    pub(super) voyage: VoyageNumber,
}
