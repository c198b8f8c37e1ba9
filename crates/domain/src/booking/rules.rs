//! The rules of booking.

use super::handled::Handled;
use super::{EquipmentLine, TrackingId};
use crate::handling::{HandlingEvent, HandlingType};
use crate::limits::{CONNECTION_HOURS_MIN, CONTAINER_GROSS_WEIGHT_KG_MAX};
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
    /// No container weighs more than 36,000 kg with its goods (ISO 668).
    ContainerMayNotBeOverweight,
    /// A cargo booked on a voyage is released or rolled before it is booked again, unless it is misrouted or misdirected, or a leg ahead is broken.
    CargoMayNotBeBookedTwice,
    /// Legs are chronological and connected, with the times as scheduled and six hours or more for each transhipment.
    ItineraryMustConnect,
    /// An itinerary starts at the origin, ends at the destination and arrives no later than the deadline.
    ItineraryMustSatisfySpecification,
    /// What is asked of a cargo goes with its booking status.
    StatusMustAllow,
    /// A cargo aboard a voyage keeps its place on it.
    LoadedCargoMayNotBeReleased,
    /// After its claim nothing is done with a cargo, and nothing is changed about it.
    ClaimedCargoIsFinished,
    /// A cargo is rolled from a voyage that it is booked on, onto another.
    CargoMustBeOnVoyage,
    /// A cargo is rerouted from where it was handled last or, aboard, from a later call of its voyage.
    RerouteMustStartWhereCargoIs,
    /// A cargo has no more handling events than its history has room for.
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
        format!("The deadline {deadline} does not lie ahead; it is {now}.")
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
                "A container may weigh {each} kg with its goods; this one weighs {gross_weight_kg} kg. Correct the weight or add containers."
            ),
            _ => format!(
                "{containers} containers may weigh {most} kg with their goods, {each} kg each; these weigh {gross_weight_kg} kg. Correct the weight or add containers."
            ),
        }
    })
}

/// Whether a cargo that arrives then can be loaded then.
#[must_use]
pub fn connects(arrives: Moment, departs: Moment) -> bool {
    arrives.plus_hours(CONNECTION_HOURS_MIN) <= departs
}

pub(super) fn claimed_cargo_is_finished(holds: bool, cargo: &TrackingId) -> Result<(), Rejection> {
    ClaimedCargoIsFinished.require(holds, || {
        format!("Cargo {cargo} was claimed; nothing more is done with it.")
    })
}

/// Reports may come late, but what they tell of happened before the claim.
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
                    "Cargo {cargo} was claimed at {claimed}; {} at {} cannot follow. Retract what is wrong first.",
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
                    "{} was reported for {}, after a claim at {}. Retract what is wrong first.",
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
