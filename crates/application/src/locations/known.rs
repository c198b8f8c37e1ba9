use crate::work::UnitOfWork;
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::rejection::require;
use domain::repository::{Failure, Repository};

/// Returns the location, or refuses by `LocationMustBeKnown`.
pub(crate) async fn must_be_known(
    uow: &mut UnitOfWork<'_>,
    location: &UnLocode,
) -> Result<(), Failure> {
    let found = uow.find(location).await?;
    Ok(require(found.is_some(), || LocationMustBeKnown {
        location: location.clone(),
    })?)
}
