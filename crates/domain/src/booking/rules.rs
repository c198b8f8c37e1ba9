//! The rules of booking.

use super::handled::Handled;
use super::statuses::{BookingStatus, BookingStep, RoutingStatus};
use super::{ContainerNumber, EquipmentLine, SetPoint, SizeType, TrackingId, has_reefer};
use crate::handling::{HandlingEvent, HandlingType, Report};
use crate::limits::{CONNECTION_HOURS_MIN, CONTAINER_GROSS_WEIGHT_KG_MAX};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require, rules};
use crate::voyages::VoyageNumber;

rules! {
    /// The cargo must exist and be visible to the caller.
    CargoMustBeKnown { cargo: TrackingId },
    /// A container must travel, or have travelled, on a cargo.
    ContainerMustBeKnown { container: ContainerNumber },
    /// A tracking ID must be unique.
    TrackingIdMustBeUnique { key: String },
    /// Origin and destination must differ.
    OriginAndDestinationMustDiffer { port: UnLocode },
    /// The arrival deadline must be in the future when it is set.
    DeadlineMustLieAhead { deadline: Moment, now: Moment },
    /// The ready date must be before the arrival deadline.
    ReadyDateMustPrecedeDeadline { ready_from: Moment, deadline: Moment },
    /// A container with its goods must not weigh more than 36,000 kg (ISO 668).
    ContainerMayNotBeOverweight {
        containers: u64,
        weight_kg: u64,
        weight_kg_max: u64,
        container_kg_max: u64,
    },
    /// Only a cargo with a reefer container (type group R) has a temperature set point.
    SetPointNeedsReefer { set_point: SetPoint, size_types: Vec<String> },
    /// A booked cargo must be released or rolled before it is booked again, unless it is misrouted or misdirected, or a leg ahead is broken.
    CargoMayNotBeBookedTwice [
        ReleaseOrRoll { cargo: TrackingId },
        Roll { cargo: TrackingId },
    ],
    /// Legs must connect in time and place, use the best known times, and leave at least six hours for each transhipment.
    ItineraryMustConnect [
        PortsMustMeet {
            voyage: VoyageNumber,
            unload_at: UnLocode,
            next: VoyageNumber,
            load_at: UnLocode,
        },
        TooShort {
            voyage: VoyageNumber,
            port: UnLocode,
            arrives: Moment,
            next: VoyageNumber,
            departs: Moment,
            hours_min: u64,
        },
        ConnectionMissed {
            cargo: TrackingId,
            port: UnLocode,
            voyage: VoyageNumber,
            next: VoyageNumber,
        },
        AboardElsewhere { voyage: VoyageNumber, port: UnLocode },
        AboardTooLate {
            voyage: VoyageNumber,
            port: UnLocode,
            arrives: Moment,
            next: VoyageNumber,
            departs: Moment,
        },
        StartsElsewhere { location: UnLocode, load_at: UnLocode },
        StillAboard { voyage: VoyageNumber, load_at: UnLocode },
        TimesDiffer {
            voyage: VoyageNumber,
            load_at: UnLocode,
            departs: Moment,
            unload_at: UnLocode,
            arrives: Moment,
        },
    ],
    /// An itinerary must start at the origin, load no earlier than the ready date, end at the destination and arrive by the deadline.
    ItineraryMustSatisfySpecification [
        OriginDiffers { load_at: UnLocode, origin: UnLocode },
        DestinationDiffers { unload_at: UnLocode, destination: UnLocode },
        TooLate { arrives: Moment, deadline: Moment },
        LoadsBeforeReady {
            voyage: VoyageNumber,
            load_at: UnLocode,
            departs: Moment,
            ready_from: Moment,
        },
        TooManyLegs { legs: usize, legs_max: u64 },
    ],
    /// This is not possible in the cargo's present status.
    StatusMustAllow [
        NotInThisStatus { cargo: TrackingId, status: BookingStatus, action: BookingStep },
        NotRouted { cargo: TrackingId, routing: RoutingStatus, action: BookingStep },
        HasArrived { cargo: TrackingId, port: UnLocode },
        ClaimNeedsPort { cargo: TrackingId },
        PartlyAboard { cargo: TrackingId, voyage: VoyageNumber },
        NeverInPort { cargo: TrackingId },
        ContainerWasSplitOff { cargo: TrackingId, container: ContainerNumber },
        ContainerNeverInPort { cargo: TrackingId, container: ContainerNumber },
        HasBeenLoaded {
            cargo: TrackingId,
            report: Report,
            location: UnLocode,
            action: BookingStep,
        },
        OnlyByTheCarrier { cargo: TrackingId, status: BookingStatus, action: BookingStep },
    ],
    /// A cargo aboard a voyage keeps its space on it.
    LoadedCargoMayNotBeReleased { cargo: TrackingId, voyage: VoyageNumber },
    /// A claimed cargo cannot be handled or changed any more.
    ClaimedCargoIsFinished [
        Claimed { cargo: TrackingId },
        ReportAfterClaim {
            cargo: TrackingId,
            claimed: Moment,
            report: Report,
            location: UnLocode,
            completed_at: Moment,
        },
        ClaimBeforeReport {
            report: Report,
            location: UnLocode,
            completed_at: Moment,
            claimed: Moment,
        },
    ],
    /// A cargo can be rolled only from a voyage it is booked on, onto another one.
    CargoMustBeOnVoyage [
        NoLegAhead { cargo: TrackingId, voyage: VoyageNumber },
        SameCall { cargo: TrackingId, voyage: VoyageNumber },
    ],
    /// A cargo must be rerouted from where it was last handled or, if it is aboard, from a later call of its voyage.
    RerouteMustStartWhereCargoIs [
        NotReceived { cargo: TrackingId },
        IsElsewhere { cargo: TrackingId, location: UnLocode, origin: UnLocode },
        AboardElsewhere {
            cargo: TrackingId,
            voyage: VoyageNumber,
            location: UnLocode,
            origin: UnLocode,
        },
    ],
    /// A container can be on only one unfinished cargo at a time.
    ContainerMayNotTravelTwice [
        OnAnotherCargo { container: ContainerNumber, cargo: TrackingId },
        NamedTwice { container: ContainerNumber },
    ],
    /// The containers with a number must be among the cargo's equipment, by size and type.
    ContainersMustFitEquipment [
        TooMany { cargo: TrackingId, size_type: SizeType, has: u64, numbered: u64 },
        TypeNeeded { cargo: TrackingId, container: ContainerNumber },
        NotOnCargo { cargo: TrackingId, container: ContainerNumber },
        Reported { cargo: TrackingId, container: ContainerNumber },
    ],
    /// A split must leave containers and weight in both cargoes, and a cargo can be split at most 100 times.
    SplitMustLeaveBoth [
        NotThatMany { cargo: TrackingId, size_type: SizeType, has: u64, asked: u64 },
        NoContainerLeft { cargo: TrackingId, containers: u64 },
        NoWeightLeft { cargo: TrackingId, weight_kg: u64, asked_kg: u64 },
        TooOften { cargo: TrackingId, splits_max: usize },
    ],
    /// The handling history of a cargo has a limit.
    CargoHistoryMustHaveRoom { cargo: TrackingId, events_max: usize },
}

pub(super) fn origin_and_destination_must_differ(
    origin: &UnLocode,
    destination: &UnLocode,
) -> Result<(), Rejection> {
    require(origin != destination, || OriginAndDestinationMustDiffer {
        port: origin.clone(),
    })
}

pub(super) fn deadline_must_lie_ahead(deadline: Moment, now: Moment) -> Result<(), Rejection> {
    require(deadline > now, || DeadlineMustLieAhead { deadline, now })
}

pub(super) fn ready_date_must_precede_deadline(
    ready_from: Option<Moment>,
    deadline: Moment,
) -> Result<(), Rejection> {
    let Some(ready_from) = ready_from else {
        return Ok(());
    };
    require(ready_from < deadline, || ReadyDateMustPrecedeDeadline {
        ready_from,
        deadline,
    })
}

pub(super) fn container_may_not_be_overweight(
    equipment: &[EquipmentLine],
    gross_weight_kg: u64,
) -> Result<(), Rejection> {
    let containers: u64 = equipment.iter().map(|line| u64::from(line.count)).sum();
    let most = containers * CONTAINER_GROSS_WEIGHT_KG_MAX;
    require(gross_weight_kg <= most, || ContainerMayNotBeOverweight {
        containers,
        weight_kg: gross_weight_kg,
        weight_kg_max: most,
        container_kg_max: CONTAINER_GROSS_WEIGHT_KG_MAX,
    })
}

pub(super) fn set_point_needs_reefer(
    set_point: Option<SetPoint>,
    equipment: &[EquipmentLine],
) -> Result<(), Rejection> {
    let Some(set_point) = set_point else {
        return Ok(());
    };
    require(has_reefer(equipment), || SetPointNeedsReefer {
        set_point,
        size_types: equipment
            .iter()
            .map(|line| line.size_type.to_string())
            .collect(),
    })
}

/// Whether a cargo that arrives at one time can be loaded at another.
#[must_use]
pub fn connects(arrives: Moment, departs: Moment) -> bool {
    arrives.plus_hours(CONNECTION_HOURS_MIN) <= departs
}

pub(super) fn claimed_cargo_is_finished(holds: bool, cargo: &TrackingId) -> Result<(), Rejection> {
    require(holds, || ClaimedCargoIsFinished::Claimed {
        cargo: cargo.clone(),
    })
}

/// Reports may be late, but what they report must have happened before the claim. A step that the
/// itinerary expects may have the completion time of the claim.
pub(super) fn nothing_follows_the_claim(
    cargo: &TrackingId,
    claimed: Option<Moment>,
    event: &HandlingEvent,
    is_expected: bool,
) -> Result<(), Rejection> {
    let Some(claimed) = claimed else {
        return Ok(());
    };
    let was_before = event.completed_at < claimed || (event.completed_at == claimed && is_expected);
    let may = was_before && event.activity.handling_type != HandlingType::Claim;
    require(may, || ClaimedCargoIsFinished::ReportAfterClaim {
        cargo: cargo.clone(),
        claimed,
        report: event.activity.report(),
        location: event.activity.location.clone(),
        completed_at: event.completed_at,
    })
}

/// A claim comes last. `last` is the last report about the same container or cargo.
pub(super) fn nothing_precedes_the_claim(
    last: Option<&Handled>,
    event: &HandlingEvent,
) -> Result<(), Rejection> {
    let Some(last) = last else { return Ok(()) };
    require(last.completed_at <= event.completed_at, || {
        ClaimedCargoIsFinished::ClaimBeforeReport {
            report: last.activity.report(),
            location: last.activity.location.clone(),
            completed_at: last.completed_at,
            claimed: event.completed_at,
        }
    })
}
