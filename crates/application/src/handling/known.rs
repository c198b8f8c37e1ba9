use crate::work::UnitOfWork;
use domain::Versioned;
use domain::handling::rules::HandlingEventMustBeKnown;
use domain::handling::{HandlingEvent, HandlingEventId};
use domain::repository::{Failure, Repository};

/// Returns the handling event, or refuses by `HandlingEventMustBeKnown`.
pub(super) async fn known_handling_event(
    uow: &mut UnitOfWork<'_>,
    id: HandlingEventId,
) -> Result<Versioned<HandlingEvent>, Failure> {
    let found = uow.find(&id).await?;
    Ok(found.ok_or_else(|| {
        HandlingEventMustBeKnown.broken(format!("There is no handling event {id}."))
    })?)
}
