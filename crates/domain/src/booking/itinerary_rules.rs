//! The rules of itineraries: legs connect, and lead to the cargo's destination.

use super::rules::{ItineraryMustConnect, ItineraryMustSatisfySpecification};
use super::{Cargo, Leg, RouteSpecification};
use crate::limits::CONNECTION_HOURS_MIN;
use crate::rejection::{Rejection, require};

/// The legs follow one another.
pub(super) fn itinerary_must_connect(legs: &[Leg]) -> Result<(), Rejection> {
    for pair in legs.windows(2) {
        let (last, next) = (&pair[0], &pair[1]);
        require(last.unload_at == next.load_at, || {
            ItineraryMustConnect::PortsMustMeet {
                voyage: last.voyage.clone(),
                unload_at: last.unload_at.clone(),
                next: next.voyage.clone(),
                load_at: next.load_at.clone(),
            }
        })?;
        require(last.leads_to(next), || ItineraryMustConnect::TooShort {
            voyage: last.voyage.clone(),
            port: last.unload_at.clone(),
            arrives: last.unload_time,
            next: next.voyage.clone(),
            departs: next.load_time,
            hours_min: CONNECTION_HOURS_MIN.unsigned_abs(),
        })?;
    }
    Ok(())
}

/// The legs lead where the cargo goes, in time.
pub(super) fn itinerary_must_satisfy_specification(
    legs: &[Leg],
    cargo: &Cargo,
) -> Result<(), Rejection> {
    let RouteSpecification {
        origin,
        destination,
        arrival_deadline,
        ready_from: _,
    } = &cargo.route_specification;
    let (first, last) = (&legs[0], &legs[legs.len() - 1]);
    require(first.load_at == *origin, || {
        ItineraryMustSatisfySpecification::OriginDiffers {
            load_at: first.load_at.clone(),
            origin: origin.clone(),
        }
    })?;
    require(last.unload_at == *destination, || {
        ItineraryMustSatisfySpecification::DestinationDiffers {
            unload_at: last.unload_at.clone(),
            destination: destination.clone(),
        }
    })?;
    require(last.unload_time <= *arrival_deadline, || {
        ItineraryMustSatisfySpecification::TooLate {
            arrives: last.unload_time,
            deadline: *arrival_deadline,
        }
    })?;
    cargo.must_be_ready_for(first)
}

impl Cargo {
    /// Checks `ItineraryMustSatisfySpecification`: the first leg does not load before the ready date.
    pub(super) fn must_be_ready_for(&self, first: &Leg) -> Result<(), Rejection> {
        let Some(ready_from) = self.awaited_from() else {
            return Ok(());
        };
        require(first.load_time >= ready_from, || {
            ItineraryMustSatisfySpecification::LoadsBeforeReady {
                voyage: first.voyage.clone(),
                load_at: first.load_at.clone(),
                departs: first.load_time,
                ready_from,
            }
        })
    }
}
