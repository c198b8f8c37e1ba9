//! What stands in the way of a cargo, what staff can do about it, and which reports are missing.

use super::{BrokenLegView, CargoView, HandledView, StepView};
use domain::Moment;
use domain::booking::{Flag, RoutingStatus};
use domain::handling::HandlingType;

/// How long after its time a step may be unreported before it is overdue.
const OVERDUE_HOURS: i64 = 6;

/// A problem of the transport ahead.
#[derive(Debug)]
pub struct CargoProblem<'c> {
    pub what: CargoTrouble<'c>,
    pub remedy: Remedy,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy)]
pub enum CargoTrouble<'c> {
    /// The cargo was handled off its itinerary.
    Misdirected,
    /// The itinerary does not lead from the origin to the destination.
    Misrouted,
    /// A leg ahead cannot be kept.
    BrokenLeg(&'c BrokenLegView),
    /// The cargo arrives after its deadline.
    Late,
}

/// What staff can do about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Choose another route.
    ChooseRoute,
    /// Reroute from the current location, then choose a route.
    RerouteFromHere,
    /// Reroute from the next port of the ship that the cargo is aboard.
    RerouteFromNextPort,
    /// Roll, or reroute from a port ahead.
    RollOrRerouteAhead,
    /// Roll, or reroute from the current location and choose a route.
    RollOrRerouteFromHere,
    /// Roll, assign a new itinerary, or release the space.
    RollOrReplan,
    /// Roll onto a faster voyage, or agree on a later deadline.
    RollOrMoveDeadline,
}

/// Why a leg cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegFault {
    /// Its voyage departs before it arrives in the port of loading.
    DepartsBeforeArrival,
    /// The voyage before it arrives too late.
    ArrivesTooLate,
    /// Its voyage, or one before it, is cancelled.
    VoyageCancelled,
    /// Its ship omits the call.
    CallOmitted,
}

impl BrokenLegView {
    /// Why the leg cannot be kept.
    #[must_use]
    pub fn fault(&self) -> LegFault {
        match self.flag {
            Flag::ConnectionMissed if self.cause == self.voyage => LegFault::DepartsBeforeArrival,
            Flag::ConnectionMissed => LegFault::ArrivesTooLate,
            Flag::CallOmitted => LegFault::CallOmitted,
            Flag::VoyageCancelled | Flag::DeadlineAtRisk => LegFault::VoyageCancelled,
        }
    }
}

impl CargoView {
    /// The problems of the transport ahead, each with what to do about it.
    #[must_use]
    pub fn problems(&self) -> Vec<CargoProblem<'_>> {
        let delivery = &self.delivery;
        let mut found = Vec::new();
        let mut add = |what, remedy| found.push(CargoProblem { what, remedy });
        if delivery.routing_status == RoutingStatus::Misrouted {
            add(CargoTrouble::Misrouted, Remedy::ChooseRoute);
        } else if delivery.misdirected {
            let origin = &self.route_specification.origin;
            let remedy = match delivery.last_known_location.as_ref() == Some(origin) {
                true => Remedy::ChooseRoute,
                false => Remedy::RerouteFromHere,
            };
            add(CargoTrouble::Misdirected, remedy);
        }
        for broken in &delivery.broken_legs {
            add(CargoTrouble::BrokenLeg(broken), self.remedy_of(broken));
        }
        if delivery.flags.contains(&Flag::DeadlineAtRisk) {
            add(CargoTrouble::Late, Remedy::RollOrMoveDeadline);
        }
        found
    }

    fn remedy_of(&self, broken: &BrokenLegView) -> Remedy {
        match &self.delivery.current_voyage {
            Some(aboard) if *aboard == broken.voyage => Remedy::RerouteFromNextPort,
            Some(_) => Remedy::RollOrRerouteAhead,
            None if self.stranded_at.is_some() => Remedy::RollOrRerouteFromHere,
            None => Remedy::RollOrReplan,
        }
    }

    /// Whether an event in the history is off the itinerary. Customs inspections never are.
    #[must_use]
    pub fn strays(&self, handled: &HandledView) -> bool {
        let mut plan = self.plan.iter();
        self.is_misdirected_after(handled.done.handling_type)
            && !plan.any(|step| step.event == Some(handled.event))
    }

    /// Whether a report of this type leaves the cargo off its itinerary. A customs inspection does
    /// not move it.
    #[must_use]
    pub fn is_misdirected_after(&self, handling_type: HandlingType) -> bool {
        self.delivery.misdirected && handling_type != HandlingType::Customs
    }

    /// The steps after the last one that has happened.
    pub fn steps_ahead(&self) -> impl Iterator<Item = &StepView> {
        let behind = self.plan.iter().rposition(|step| step.event.is_some());
        self.plan.iter().skip(behind.map_or(0, |last| last + 1))
    }

    /// The time at which the next step was due, if its report is overdue. A step ashore has no time
    /// of its own, but must happen before the next sailing.
    #[must_use]
    pub fn overdue_since(&self, now: Moment) -> Option<Moment> {
        self.delivery.next_expected.as_ref()?;
        let due = self.steps_ahead().find_map(|step| step.scheduled_at)?;
        (due.plus_hours(OVERDUE_HOURS) < now).then_some(due)
    }
}
