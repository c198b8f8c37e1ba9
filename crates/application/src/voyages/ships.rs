//! The ships of voyages: known ones keep their name, new ones are registered, and none is in two
//! places at once.

use crate::work::UnitOfWork;
use crate::work::working_set::Reads;
use domain::repository::{Failure, Repository};
use domain::space::SpaceLimit;
use domain::voyages::{RegisteredVessel, Vessel, VesselParticulars, Voyage, VoyageFilter};
use domain::{Moment, Versioned};

/// Registers the ship of a voyage if nobody has, with the capacity that was given for it.
///
/// # Errors
///
/// `VesselMayNotBeInTwoPlaces` if it is registered under another name.
pub(super) async fn registered_on_the_way(
    uow: &mut UnitOfWork<'_>,
    voyage: &Voyage,
    capacity: SpaceLimit,
) -> Result<(), Failure> {
    let Vessel { imo, name } = voyage.vessel.clone();
    if let Some(known) = uow.find(&imo).await? {
        known.state.must_be_named(&voyage.vessel)?;
        return Ok(());
    }
    let particulars = VesselParticulars { name, capacity };
    let (vessel, registered) = RegisteredVessel::register(imo, particulars, None);
    uow.record(registered);
    uow.add(vessel).await
}

/// Checks `VesselMayNotBeInTwoPlaces` for a voyage, as it was `before` and as it is now.
pub(super) async fn must_not_be_in_two_places(
    uow: &mut UnitOfWork<'_>,
    voyage: &Voyage,
    before: Option<&Voyage>,
) -> Result<(), Failure> {
    let (departs, arrives) = voyage.occupies();
    let filter = VoyageFilter {
        imo: Some(voyage.vessel.imo.clone()),
        arrives_from: Some(departs),
        departs_until: Some(arrives),
        ..VoyageFilter::default()
    };
    let others = uow.all(&filter).await?;
    let others = others.iter().map(|other| &other.state);
    Ok(voyage.must_leave_time_for(others, before)?)
}

/// The voyages of a vessel that have not ended.
pub(super) async fn voyages_ahead(
    uow: &mut UnitOfWork<'_>,
    vessel: &RegisteredVessel,
    now: Moment,
) -> Result<Vec<Versioned<Voyage>>, Failure> {
    let filter = VoyageFilter {
        imo: Some(vessel.imo.clone()),
        arrives_from: Some(now),
        ..VoyageFilter::default()
    };
    Ok(uow.all(&filter).await?)
}

/// Names the ship to be read.
pub(super) fn reads_ship(vessel: &Vessel, reads: &mut Reads) {
    reads.add::<RegisteredVessel>(&vessel.imo);
}
