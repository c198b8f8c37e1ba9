//! The rules of booking.

use super::itinerary::Leg;
use super::{RouteSpecification, TrackingId};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, rules};

rules! {
    /// A cargo is known, to whoever names it, by its tracking id.
    CargoMustBeKnown,
    /// There is one cargo to a tracking id.
    TrackingIdMustBeUnique,
    /// Origin and destination of a route specification differ.
    OriginAndDestinationMustDiffer,
    /// An arrival deadline lies ahead when it is set.
    DeadlineMustLieAhead,
    /// A cargo booked on a voyage is released or rolled before it is booked again.
    CargoMayNotBeBookedTwice,
    /// An itinerary starts at the origin, ends at the destination and arrives no later than the deadline.
    ItineraryMustSatisfySpecification,
    /// What is asked of a cargo goes with its booking status.
    StatusMustAllow,
}

pub(super) fn origin_and_destination_must_differ(
    origin: &UnLocode,
    destination: &UnLocode,
) -> Result<(), Rejection> {
    OriginAndDestinationMustDiffer.require(origin != destination, || {
        format!("Origin and destination are both {origin}.")
    })
}

pub(super) fn deadline_must_lie_ahead(deadline: Moment, now: Moment) -> Result<(), Rejection> {
    DeadlineMustLieAhead.require(deadline > now, || {
        format!("The deadline {deadline} does not lie ahead; it is {now}.")
    })
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
            "The itinerary starts at {}, the cargo at {origin}.",
            first.load_at
        )
    })?;
    ItineraryMustSatisfySpecification.require(last.unload_at == *destination, || {
        format!(
            "The itinerary ends at {}, the cargo goes to {destination}.",
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

pub(super) fn status_must_allow(
    allowed: bool,
    what: &str,
    cargo: &TrackingId,
    status: &str,
) -> Result<(), Rejection> {
    StatusMustAllow.require(allowed, || {
        format!("Cargo {cargo} is {status} and cannot be {what}.")
    })
}
