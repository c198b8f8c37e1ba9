use crate::pipeline::UnitOfWork;
use domain::Versioned;
use domain::booking::Turns;
use domain::handling::rules::HandlingEventMustBeKnown;
use domain::handling::{HandlingEvent, HandlingEventId};
use domain::repository::{Failure, Repository};

/// `HandlingEventMustBeKnown`.
pub(super) async fn known_handling_event(
    uow: &mut UnitOfWork<'_>,
    id: HandlingEventId,
) -> Result<Versioned<HandlingEvent>, Failure> {
    let found = uow.find(&id).await?;
    Ok(found.ok_or_else(|| {
        HandlingEventMustBeKnown.broken(format!("There is no handling event {id}."))
    })?)
}

/// Records what a report has changed about a cargo.
pub(super) fn record_turns(uow: &mut UnitOfWork<'_>, turns: &Turns) {
    if let Some(event) = &turns.misdirected {
        uow.record("CargoMisdirected", event);
    }
    if let Some(event) = &turns.arrived {
        uow.record("CargoArrived", event);
    }
    if let Some(event) = &turns.completed {
        uow.record("CargoCompleted", event);
    }
    if let Some(event) = &turns.reopened {
        uow.record("CargoReopened", event);
    }
}
