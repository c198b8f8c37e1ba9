use crate::schema;
use crate::work::UnitOfWork;
use domain::repository::{Failure, Repository};
use domain::voyages::rules::VoyageMustBeKnown;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Rejection, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the voyage, or refuses by `VoyageMustBeKnown`.
pub(crate) async fn known_voyage(
    uow: &mut UnitOfWork<'_>,
    number: &VoyageNumber,
) -> Result<Versioned<Voyage>, Failure> {
    let found = uow.find(number).await?;
    let unknown = || VoyageMustBeKnown {
        voyage: number.clone(),
    };
    Ok(found.ok_or_else(|| Rejection::from(unknown()))?)
}

/// The voyage that an operation added or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoyageOutcome {
    #[schema(schema_with = schema::voyage_number)]
    pub(super) voyage: VoyageNumber,
}
