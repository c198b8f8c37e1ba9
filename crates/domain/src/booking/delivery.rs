//! The state of a cargo's transport, derived from its specification, its itinerary and its handling
//! events.

use super::handled::Handled;
use super::progress::{Progress, Step};
use super::statuses::RoutingStatus;
use super::{Itinerary, Leg, RouteSpecification};
use crate::handling::{Activity, HandlingType};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::voyages::VoyageNumber;
use serde::Serialize;

/// The state of a cargo's transport.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// The stage of its transport.
    pub transport_status: TransportStatus,
    /// Whether its itinerary leads to its destination.
    pub routing_status: RoutingStatus,
    /// Whether the last handling event was off the itinerary.
    pub misdirected: bool,
    /// Whether it has an estimated arrival that is not after its deadline.
    pub on_track: bool,
    /// The location of the last handling event, without customs inspections.
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is on.
    pub current_voyage: Option<VoyageNumber>,
    /// The next expected step.
    pub next_expected: Option<Activity>,
    /// The time by which the next step is due. `None` if the voyage for it is cancelled.
    pub due_at: Option<Moment>,
    /// The first time from which something is overdue, unless it is reported.
    pub overdue_at: Option<Moment>,
    /// The estimated arrival or, once reported, the actual one. `None` while the cargo is misrouted
    /// or misdirected, or while a leg ahead is broken.
    pub eta: Option<Moment>,
    /// Whether it was unloaded at its destination.
    pub unloaded_at_destination: bool,
    /// The problems of the itinerary ahead.
    pub flags: Vec<Flag>,
    /// The legs ahead that cannot be kept, each with the voyage that causes it.
    pub broken_legs: Vec<BrokenLeg>,
}

/// A leg ahead that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenLeg {
    /// The reason.
    pub flag: Flag,
    /// The index of the leg in the itinerary, from 0. Also 0 for the approach.
    pub leg: usize,
    /// The voyage of the leg.
    pub voyage: VoyageNumber,
    /// The port of loading, where the cargo would be stranded. If a call is omitted, its port.
    pub location: UnLocode,
    /// The voyage that causes this: the cancelled one, the one that omits the call, the one that
    /// arrives too late, the one that departs too early, or the one that has gone.
    pub cause: VoyageNumber,
}

impl BrokenLeg {
    /// Whether the same leg is broken for the same reason, regardless of the voyage that causes it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.flag, self.leg) == (other.flag, other.leg)
    }
}

/// The stage of a cargo's transport.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TransportStatus {
    /// Not handled yet.
    NotReceived,
    /// Ashore, in a port or inland.
    InPort,
    /// On board a voyage.
    OnboardCarrier,
    /// Claimed by its consignee.
    Claimed,
}

impl TransportStatus {
    /// The words of all statuses.
    pub const WORDS: &[&str] = <Self as strum::VariantNames>::VARIANTS;

    /// The word in JSON and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A problem of the itinerary ahead. Those that a change of itinerary or timetable causes have the
/// name of the event that reports it; those that the clock causes have no event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::IntoStaticStr, strum::VariantArray,
)]
pub enum Flag {
    /// A leg ahead is on a cancelled voyage.
    VoyageCancelled,
    /// The cargo is to be loaded or unloaded at a call that the ship omits.
    CallOmitted,
    /// A leg ahead departs too soon after the one before it arrives.
    ConnectionMissed,
    /// The ship of the first leg departs before the cargo is ready.
    DepartsBeforeReady,
    /// The ship of a leg ahead has gone without the cargo.
    LeftBehind,
    /// The cargo was not received by the cut-off.
    NotReceived,
    /// The cargo was not unloaded in time after its ship arrived.
    NotUnloaded,
    /// The cargo was not claimed in time after it arrived.
    NotClaimed,
    /// The cargo arrives after the deadline.
    DeadlineAtRisk,
}

impl Flag {
    /// All of them, worst first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Whether the clock alone causes it.
    #[must_use]
    pub fn follows_the_clock(self) -> bool {
        match self {
            Self::LeftBehind | Self::NotReceived | Self::NotUnloaded | Self::NotClaimed => true,
            Self::VoyageCancelled
            | Self::CallOmitted
            | Self::ConnectionMissed
            | Self::DepartsBeforeReady
            | Self::DeadlineAtRisk => false,
        }
    }
}

/// What is due next, and what is overdue.
#[derive(Debug, Default)]
struct Due {
    due_at: Option<Moment>,
    overdue_at: Option<Moment>,
    /// The flag of the next step, if it is overdue.
    flag: Option<Flag>,
    left_behind: Vec<BrokenLeg>,
}

impl Due {
    /// Derives it for a cargo that follows its itinerary. `broken` are the legs that cannot be kept
    /// in any case: nothing is due from there on.
    fn of(progress: &Progress<'_>, broken: &[BrokenLeg], now: Moment) -> Self {
        let holds = |step: &&Step| !broken.iter().any(|broken| broken.leg <= step.leg);
        let next = progress.next().filter(holds);
        let waits = next.filter(|step| step.activity.handling_type != HandlingType::Load);
        // A ship that leaves too early leaves without the cargo.
        let for_good = |own: &BrokenLeg| own.flag != Flag::DepartsBeforeReady;
        let first_broken = broken.iter().filter(|own| for_good(own)).map(|own| own.leg);
        let first_broken = first_broken.min();
        let is_sailed = |step: &&Step| first_broken.is_none_or(|leg| step.leg < leg);
        let loads: Vec<_> = progress.loads_ahead().filter(is_sailed).collect();
        let overdue = |step: &&&Step| step.overdue_at <= now;
        let left_behind = loads.iter().filter(overdue).filter_map(|step| {
            let voyage = step.activity.voyage.clone()?;
            Some(BrokenLeg {
                flag: Flag::LeftBehind,
                leg: step.leg,
                cause: voyage.clone(),
                voyage,
                location: step.activity.location.clone(),
            })
        });
        let left_behind: Vec<_> = left_behind.collect();
        let all = waits.iter().chain(&loads).map(|step| step.overdue_at);
        let flag = waits.as_ref().filter(overdue).and_then(|step| {
            match step.activity.handling_type {
                // Without its ship, there is nothing to be received for.
                HandlingType::Receive if left_behind.is_empty() => Some(Flag::NotReceived),
                HandlingType::Unload => Some(Flag::NotUnloaded),
                HandlingType::Claim => Some(Flag::NotClaimed),
                HandlingType::Receive | HandlingType::Load | HandlingType::Customs => None,
            }
        });
        Self {
            due_at: next.map(|step| step.due_at),
            overdue_at: all.min(),
            flag,
            left_behind,
        }
    }
}

impl Delivery {
    /// Derives the delivery at a time. `moves` are the events that moved the cargo, and `awaited_from`
    /// is its ready date until there are any.
    #[must_use]
    pub fn derive(
        specification: &RouteSpecification,
        itinerary: Option<&Itinerary>,
        moves: &[&Handled],
        awaited_from: Option<Moment>,
        now: Moment,
    ) -> Self {
        let last = moves.last().map(|handled| &handled.activity);
        let transport_status = transport_status(last);
        let routing_status = routing_status(specification, itinerary);
        let progress = itinerary.map(|itinerary| Progress::of(itinerary, moves));
        let misdirected = progress.as_ref().is_some_and(|progress| progress.strayed);
        let routed = routing_status == RoutingStatus::Routed && !misdirected;
        let mut broken_legs = match &progress {
            Some(progress) if transport_status != TransportStatus::Claimed => {
                broken_legs(progress, awaited_from)
            }
            _ => Vec::new(),
        };
        let due = progress.as_ref().filter(|_| routed);
        let due = due.map_or_else(Due::default, |progress| {
            Due::of(progress, &broken_legs, now)
        });
        if due.left_behind.iter().any(|own| own.leg == 0) {
            broken_legs.retain(|own| own.flag != Flag::DepartsBeforeReady);
        }
        broken_legs.extend(due.left_behind);
        let arrived = moves
            .iter()
            .rfind(|handled| handled.activity.handling_type != HandlingType::Claim)
            .filter(|handled| {
                handled.activity.handling_type == HandlingType::Unload
                    && handled.activity.location == specification.destination
            });
        let unloaded_at_destination = arrived.is_some();
        // Once the cargo has arrived, reports count and not the timetable.
        let eta = itinerary
            .filter(|_| routed && broken_legs.is_empty())
            .map(|itinerary| match arrived {
                Some(handled) => handled.completed_at,
                None => itinerary.last().unload_time,
            });
        let late = eta.is_some_and(|eta| eta > specification.arrival_deadline);
        let is_under_way = transport_status != TransportStatus::Claimed && !unloaded_at_destination;
        let flags = flags(&broken_legs, due.flag, late && is_under_way);
        Self {
            transport_status,
            routing_status,
            misdirected,
            on_track: eta.is_some() && !late,
            last_known_location: last.map(|last| last.location.clone()),
            current_voyage: last
                .filter(|_| transport_status == TransportStatus::OnboardCarrier)
                .and_then(|last| last.voyage.clone()),
            next_expected: progress
                .filter(|_| routed)
                .and_then(|progress| progress.next().map(|step| step.activity.clone())),
            due_at: due.due_at,
            overdue_at: due.overdue_at,
            eta,
            unloaded_at_destination,
            flags,
            broken_legs,
        }
    }

    /// Whether the report of the next step is overdue, and the cargo may still go as planned.
    #[must_use]
    pub fn awaits_report(&self) -> bool {
        let mut flags = self.flags.iter();
        self.broken_legs.is_empty() && flags.any(|flag| flag.follows_the_clock())
    }

    /// Whether the cargo needs attention: it has an itinerary that it does not follow, that does
    /// not lead to its destination, or that cannot be kept, or a report is overdue.
    #[must_use]
    pub fn at_risk(&self) -> bool {
        self.transport_status != TransportStatus::Claimed
            && (self.routing_status == RoutingStatus::Misrouted
                || self.misdirected
                || !self.flags.is_empty())
    }
}

fn transport_status(last: Option<&Activity>) -> TransportStatus {
    match last.map(|last| last.handling_type) {
        None => TransportStatus::NotReceived,
        Some(HandlingType::Load) => TransportStatus::OnboardCarrier,
        Some(HandlingType::Claim) => TransportStatus::Claimed,
        Some(HandlingType::Unload | HandlingType::Receive | HandlingType::Customs) => {
            TransportStatus::InPort
        }
    }
}

fn routing_status(
    specification: &RouteSpecification,
    itinerary: Option<&Itinerary>,
) -> RoutingStatus {
    match itinerary {
        None => RoutingStatus::NotRouted,
        Some(itinerary)
            if itinerary.first().load_at == specification.origin
                && itinerary.last().unload_at == specification.destination =>
        {
            RoutingStatus::Routed
        }
        Some(_) => RoutingStatus::Misrouted,
    }
}

fn broken_legs(progress: &Progress<'_>, awaited_from: Option<Moment>) -> Vec<BrokenLeg> {
    let (approach, ahead) = (progress.approach(), progress.legs_ahead());
    let behind = progress.legs_behind();
    let held: Vec<&Leg> = approach.into_iter().chain(ahead).collect();
    let mut broken = Vec::new();
    for (index, leg) in held.iter().enumerate() {
        let broken_by = |flag, cause: &Leg| BrokenLeg {
            flag,
            leg: behind + index.saturating_sub(usize::from(approach.is_some())),
            voyage: leg.voyage.clone(),
            location: leg.load_at.clone(),
            cause: cause.voyage.clone(),
        };
        if leg.voyage_cancelled {
            broken.push(broken_by(Flag::VoyageCancelled, leg));
        }
        if let Some(port) = progress.omitted_call(leg) {
            broken.push(BrokenLeg {
                location: port.clone(),
                ..broken_by(Flag::CallOmitted, leg)
            });
        }
        if let Some(before) = index.checked_sub(1).map(|before| held[before])
            && !before.leads_to(leg)
        {
            broken.push(broken_by(Flag::ConnectionMissed, before));
        }
        if index == 0 && awaited_from.is_some_and(|ready_from| leg.load_time < ready_from) {
            broken.push(broken_by(Flag::DepartsBeforeReady, leg));
        }
    }
    broken
}

/// The flags, worst first.
fn flags(broken_legs: &[BrokenLeg], overdue: Option<Flag>, late: bool) -> Vec<Flag> {
    let of_legs = [
        Flag::VoyageCancelled,
        Flag::CallOmitted,
        Flag::ConnectionMissed,
        Flag::DepartsBeforeReady,
        Flag::LeftBehind,
    ];
    let is_broken = |flag: &Flag| broken_legs.iter().any(|broken| broken.flag == *flag);
    let of_legs = of_legs.into_iter().filter(is_broken);
    let late = late.then_some(Flag::DeadlineAtRisk);
    of_legs.chain(overdue).chain(late).collect()
}
