//! The rules of itineraries: legs connect, and lead to the cargo's destination.

use super::rules::{ItineraryMustConnect, ItineraryMustSatisfySpecification};
use super::{Leg, RouteSpecification};
use crate::limits::CONNECTION_HOURS_MIN;
use crate::rejection::Rejection;

/// The scheduled legs follow one another.
pub(super) fn itinerary_must_connect(legs: &[Leg]) -> Result<(), Rejection> {
    for pair in legs.windows(2) {
        let (last, next) = (&pair[0], &pair[1]);
        ItineraryMustConnect.require(last.unload_at == next.load_at, || {
            format!(
                "{} unloads in {}, but {} loads in {}.",
                last.voyage, last.unload_at, next.voyage, next.load_at
            )
        })?;
        ItineraryMustConnect.require(last.leads_to(next), || {
            format!(
                "{} arrives in {} at {}, but {} departs at {}, less than {CONNECTION_HOURS_MIN} h later.",
                last.voyage, last.unload_at, last.unload_time, next.voyage, next.load_time
            )
        })?;
    }
    Ok(())
}

pub(super) fn itinerary_must_satisfy_specification(
    legs: &[Leg],
    specification: &RouteSpecification,
) -> Result<(), Rejection> {
    let RouteSpecification {
        origin,
        destination,
        arrival_deadline,
    } = specification;
    let (first, last) = (&legs[0], &legs[legs.len() - 1]);
    ItineraryMustSatisfySpecification.require(first.load_at == *origin, || {
        format!(
            "The itinerary starts in {}, but the cargo starts in {origin}.",
            first.load_at
        )
    })?;
    ItineraryMustSatisfySpecification.require(last.unload_at == *destination, || {
        format!(
            "The itinerary ends in {}, but the cargo goes to {destination}.",
            last.unload_at
        )
    })?;
    ItineraryMustSatisfySpecification.require(last.unload_time <= *arrival_deadline, || {
        format!(
            "The itinerary arrives at {}, after the deadline {arrival_deadline}.",
            last.unload_time
        )
    })
}
