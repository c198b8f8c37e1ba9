use crate::work::UnitOfWork;
use domain::handling::rules::HandlingEventMustBeKnown;
use domain::handling::{HandlingEvent, HandlingEventId};
use domain::repository::{Failure, Repository};
use domain::{Rejection, Versioned};

/// Returns the handling event, or refuses by `HandlingEventMustBeKnown`.
pub(crate) async fn known_handling_event(
    uow: &mut UnitOfWork<'_>,
    id: HandlingEventId,
) -> Result<Versioned<HandlingEvent>, Failure> {
    let found = uow.find(&id).await?;
    Ok(found.ok_or_else(|| Rejection::from(HandlingEventMustBeKnown { event: id }))?)
}
