use crate::work::UnitOfWork;
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeKnown;
use domain::repository::{Failure, Repository};

/// Returns the location, or refuses by `LocationMustBeKnown`.
pub(crate) async fn must_be_known(
    uow: &mut UnitOfWork<'_>,
    location: &UnLocode,
) -> Result<(), Failure> {
    let found = uow.find(location).await?;
    Ok(LocationMustBeKnown.require(found.is_some(), || {
        format!("There is no location {location}.")
    })?)
}
