//! What stands in the way of a cargo, what staff can do about it, and which reports are missing.

use super::{BrokenLegView, CargoView, ExpectedStepView, HandledView, StepView};
use domain::Moment;
use domain::booking::{ContainerNumber, Flag, RoutingStatus};
use domain::handling::HandlingType;
use domain::voyages::VoyageNumber;

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
    /// The ship has gone with some of the containers.
    PartlyLeftBehind {
        broken: &'c BrokenLegView,
        /// The number of containers aboard.
        aboard: usize,
        /// The first container that is not.
        left: &'c ContainerNumber,
        /// How many are not.
        left_count: usize,
    },
    /// The report of the next step is overdue.
    Overdue {
        step: &'c ExpectedStepView,
        due_at: Moment,
    },
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
    /// Agree on a later deadline.
    MoveDeadline,
    /// Split off the containers that were left behind, then roll those.
    SplitOff,
    /// Ask the shipper, and report the receipt if it was only forgotten.
    AskShipper,
    /// Ask the port, and report the unloading if it was only forgotten.
    AskPort,
    /// Ask why nobody has claimed it, and report the claim if it was only forgotten.
    AskConsignee,
}

/// Why a leg cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegFault {
    /// Its voyage departs before it arrives in the port of loading.
    DepartsBeforeArrival,
    /// The voyage before it arrives too late.
    ArrivesTooLate,
    /// Its ship departs before the cargo is ready.
    DepartsBeforeReady,
    /// Its voyage, or one before it, is cancelled.
    VoyageCancelled,
    /// Its ship omits the call.
    CallOmitted,
    /// Its ship has gone without the cargo.
    LeftBehind,
}

impl BrokenLegView {
    /// Why the leg cannot be kept.
    #[must_use]
    pub fn fault(&self) -> LegFault {
        match self.flag {
            Flag::ConnectionMissed if self.cause == self.voyage => LegFault::DepartsBeforeArrival,
            Flag::ConnectionMissed => LegFault::ArrivesTooLate,
            Flag::DepartsBeforeReady => LegFault::DepartsBeforeReady,
            Flag::CallOmitted => LegFault::CallOmitted,
            Flag::LeftBehind => LegFault::LeftBehind,
            Flag::VoyageCancelled
            | Flag::DeadlineAtRisk
            | Flag::NotReceived
            | Flag::NotUnloaded
            | Flag::NotClaimed => LegFault::VoyageCancelled,
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
            match self.partly_left_behind(broken) {
                Some(trouble) => add(trouble, Remedy::SplitOff),
                None => add(CargoTrouble::BrokenLeg(broken), self.remedy_of(broken)),
            }
        }
        if let (Some(step), Some(due_at)) = (&delivery.next_expected, delivery.due_at) {
            for flag in &delivery.flags {
                let remedy = match flag {
                    Flag::NotReceived => Remedy::AskShipper,
                    Flag::NotUnloaded => Remedy::AskPort,
                    Flag::NotClaimed => Remedy::AskConsignee,
                    _ => continue,
                };
                add(CargoTrouble::Overdue { step, due_at }, remedy);
            }
        }
        if delivery.flags.contains(&Flag::DeadlineAtRisk) {
            let last = self.itinerary.last().map(|leg| &leg.voyage);
            let is_on_its_last_ship = delivery.current_voyage.as_ref() == last && last.is_some();
            let remedy = match is_on_its_last_ship || self.is_partly_aboard() {
                true => Remedy::MoveDeadline,
                false => Remedy::RollOrMoveDeadline,
            };
            add(CargoTrouble::Late, remedy);
        }
        found
    }

    /// The voyage that matters most now: that of its first problem, else the one it is on, else the
    /// next one ahead or, past all of them, the last.
    #[must_use]
    pub fn voyage_concerned(&self) -> Option<&VoyageNumber> {
        let last = self.itinerary.last().map(|leg| &leg.voyage);
        let of_problem =
            self.problems()
                .first()
                .and_then(|problem| match problem.what {
                    CargoTrouble::BrokenLeg(broken)
                    | CargoTrouble::PartlyLeftBehind { broken, .. } => Some(&broken.voyage),
                    CargoTrouble::Overdue { step, .. } => step.voyage.as_ref(),
                    CargoTrouble::Late => last,
                    CargoTrouble::Misdirected | CargoTrouble::Misrouted => None,
                });
        let reached = self.plan.iter().rposition(|step| step.event.is_some());
        let ahead = &self.plan[reached.map_or(0, |reached| reached + 1)..];
        of_problem
            .or(self.delivery.current_voyage.as_ref())
            .or_else(|| ahead.iter().find_map(|own| own.step.voyage.as_ref()))
            .or(last)
    }

    /// Its containers that were reported loaded onto a voyage by their numbers. The history of a cargo
    /// that was split off also names those that stayed with the other one.
    fn loaded_onto(&self, voyage: &VoyageNumber) -> Vec<&ContainerNumber> {
        let loads = self.handling.iter().filter(|handled| {
            let done = &handled.done;
            done.handling_type == HandlingType::Load && done.voyage.as_ref() == Some(voyage)
        });
        let is_own = |number: &&ContainerNumber| {
            let mut containers = self.containers.iter();
            containers.any(|own| own.number == **number)
        };
        loads
            .filter_map(|handled| handled.container.as_ref())
            .filter(is_own)
            .collect()
    }

    /// Whether some of its containers are aboard a ship, and others are not.
    pub(super) fn is_partly_aboard(&self) -> bool {
        let broken = self.delivery.broken_legs.iter();
        broken
            .filter_map(|own| self.partly_left_behind(own))
            .next()
            .is_some()
    }

    fn partly_left_behind<'c>(&'c self, broken: &'c BrokenLegView) -> Option<CargoTrouble<'c>> {
        if broken.flag != Flag::LeftBehind {
            return None;
        }
        let loaded = self.loaded_onto(&broken.voyage);
        let numbers = || self.containers.iter().map(|own| &own.number);
        let is_own = |number: &&&ContainerNumber| numbers().any(|own| own == **number);
        let loaded: Vec<_> = loaded.iter().filter(is_own).copied().collect();
        let mut left = numbers().filter(|number| !loaded.contains(number));
        let first = left.next().filter(|_| !loaded.is_empty())?;
        Some(CargoTrouble::PartlyLeftBehind {
            broken,
            aboard: self.containers.len() - 1 - left.clone().count(),
            left: first,
            left_count: 1 + left.count(),
        })
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

    /// Whether it has moved since an earlier version.
    #[must_use]
    pub fn moved_since(&self, before: &Self) -> bool {
        let (now, then) = (&self.delivery, &before.delivery);
        (now.transport_status, &now.next_expected) != (then.transport_status, &then.next_expected)
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
}
