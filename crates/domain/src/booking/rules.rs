//! The rules of booking.

use super::handled::Handled;
use super::{EquipmentLine, TrackingId};
use crate::handling::{HandlingEvent, HandlingType};
use crate::limits::{CONNECTION_HOURS_MIN, CONTAINER_GROSS_WEIGHT_KG_MAX};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, rules};

rules! {
    /// The cargo must exist and be visible to the caller.
    CargoMustBeKnown,
    /// A tracking ID must be unique.
    TrackingIdMustBeUnique,
    /// Origin and destination must differ.
    OriginAndDestinationMustDiffer,
    /// The arrival deadline must be in the future when it is set.
    DeadlineMustLieAhead,
    /// A container with its goods must not weigh more than 36,000 kg (ISO 668).
    ContainerMayNotBeOverweight,
    /// A booked cargo must be released or rolled before it is booked again, unless it is misrouted or misdirected, or a leg ahead is broken.
    CargoMayNotBeBookedTwice,
    /// Legs must connect in time and place, use the scheduled times, and leave at least six hours for each transhipment.
    ItineraryMustConnect,
    /// An itinerary must start at the origin, end at the destination and arrive by the deadline.
    ItineraryMustSatisfySpecification,
    /// This is not possible in the cargo's present status.
    StatusMustAllow,
    /// A cargo aboard a voyage keeps its space on it.
    LoadedCargoMayNotBeReleased,
    /// A claimed cargo cannot be handled or changed any more.
    ClaimedCargoIsFinished,
    /// A cargo can be rolled only from a voyage it is booked on, onto another one.
    CargoMustBeOnVoyage,
    /// A cargo must be rerouted from where it was last handled or, if it is aboard, from a later call of its voyage.
    RerouteMustStartWhereCargoIs,
    /// The handling history of a cargo has a limit.
    CargoHistoryMustHaveRoom,
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
        format!("The deadline {deadline} is not in the future. It is now {now}.")
    })
}

pub(super) fn container_may_not_be_overweight(
    equipment: &[EquipmentLine],
    gross_weight_kg: u64,
) -> Result<(), Rejection> {
    let containers: u64 = equipment.iter().map(|line| u64::from(line.count)).sum();
    let most = containers * CONTAINER_GROSS_WEIGHT_KG_MAX;
    ContainerMayNotBeOverweight.require(gross_weight_kg <= most, || {
        let each = CONTAINER_GROSS_WEIGHT_KG_MAX;
        match containers {
            1 => format!(
                "A container with its goods may weigh at most {each} kg, but this one weighs {gross_weight_kg} kg. Correct the weight or add containers."
            ),
            _ => format!(
                "{containers} containers with their goods may weigh at most {most} kg, {each} kg each, but these weigh {gross_weight_kg} kg. Correct the weight or add containers."
            ),
        }
    })
}

/// Whether a cargo that arrives at one time can be loaded at another.
#[must_use]
pub fn connects(arrives: Moment, departs: Moment) -> bool {
    arrives.plus_hours(CONNECTION_HOURS_MIN) <= departs
}

pub(super) fn claimed_cargo_is_finished(holds: bool, cargo: &TrackingId) -> Result<(), Rejection> {
    ClaimedCargoIsFinished.require(holds, || {
        format!("Cargo {cargo} has been claimed and cannot be changed any more.")
    })
}

/// Reports may be late, but what they report must have happened before the claim.
pub(super) fn nothing_follows_the_claim(
    cargo: &TrackingId,
    handled: &[Handled],
    event: &HandlingEvent,
) -> Result<(), Rejection> {
    let claim = HandlingType::Claim;
    let claimed = handled
        .iter()
        .find(|handled| handled.activity.handling_type == claim)
        .map(|handled| handled.completed_at);
    if let Some(claimed) = claimed {
        return ClaimedCargoIsFinished.require(
            event.completed_at < claimed && event.activity.handling_type != claim,
            || {
                format!(
                    "Cargo {cargo} was claimed at {claimed}, so {} at {} cannot follow. Retract the wrong report first.",
                    event.activity, event.completed_at
                )
            },
        );
    }
    let last = handled.iter().max_by_key(|handled| handled.completed_at);
    match last.filter(|_| event.activity.handling_type == claim) {
        None => Ok(()),
        Some(last) => {
            ClaimedCargoIsFinished.require(last.completed_at <= event.completed_at, || {
                format!(
                    "{} was reported for {}, after a claim at {}. Retract the wrong report first.",
                    last.activity, last.completed_at, event.completed_at
                )
            })
        }
    }
}

pub(super) fn loaded_cargo_may_not_be_released(
    aboard: Option<impl std::fmt::Display>,
    cargo: &TrackingId,
) -> Result<(), Rejection> {
    LoadedCargoMayNotBeReleased.require(aboard.is_none(), || {
        let voyage = aboard.expect("it is aboard");
        format!("Cargo {cargo} is aboard {voyage}.")
    })
}
