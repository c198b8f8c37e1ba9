//! New ways for cargoes that cannot go on as booked, for rolling many of them together.

use super::offers::SAILINGS_OFFERED;
use super::views::{BrokenLegView, CargoView, LegView};
use super::{RollCargo, RouteView, TRANSHIPMENTS_DEFAULT};
use crate::catalogue::{Runnable, ready};
use crate::operation::Operation;
use crate::queries::{Queries, QueryError, Reading};
use domain::booking::rules::CargoMustBeOnVoyage;
use domain::booking::{Cargo, CargoFilter, Flag, RoutingStatus, TrackingId, Wanted, WantedLeg};
use domain::voyages::VoyageNumber;
use domain::{Moment, Rejection};
use serde_json::Value;

/// The maximum number of cargoes that are planned together: the most urgent.
pub const ROLLED_TOGETHER_MAX: usize = 50;

/// A cargo to roll, and how it still gets to its destination.
#[derive(Debug)]
pub struct RollPlan {
    pub cargo: CargoView,
    /// The voyage to roll it from.
    pub from_voyage: VoyageNumber,
    /// By arrival. Each is possible together with the first ways of the plans before.
    pub ways: Vec<RollWay>,
    /// Why the earliest way is not possible, if none is.
    pub refusal: Option<Rejection>,
    /// The earliest arrival after the deadline, if no way arrives by it.
    pub too_late: Option<Moment>,
    /// Whether the cargo is late, and its present booking still arrives first.
    pub is_fastest: bool,
}

/// A new way from the port where the cargo leaves its present one.
#[derive(Debug)]
pub struct RollWay {
    /// The input of `roll-cargo`.
    pub input: Value,
    /// The legs from there to the destination.
    pub legs: Vec<LegView>,
}

/// Cargoes that cannot go on as booked, by deadline.
#[derive(Debug)]
pub struct RollPlans {
    pub plans: Vec<RollPlan>,
    /// How many more there are, some of which may not be rolled.
    pub more: usize,
}

/// The part of a plan that is known before its ways are judged.
struct Draft {
    cargo: CargoView,
    from_voyage: VoyageNumber,
    routes: Vec<RouteView>,
    rolls: Vec<RollCargo>,
    too_late: Option<Moment>,
}

impl CargoView {
    /// Whether it needs another way: a leg ahead is broken, or it arrives too late. A cargo off its
    /// itinerary is rerouted from where it is instead, and one that is partly aboard is split.
    #[must_use]
    pub fn needs_another_way(&self) -> bool {
        let delivery = &self.delivery;
        let follows = delivery.routing_status == RoutingStatus::Routed && !delivery.misdirected;
        let is_late = delivery.flags.contains(&Flag::DeadlineAtRisk);
        // A ship that omits its port takes it elsewhere. It is rerouted from a later call.
        let is_carried_past = |broken: &BrokenLegView| {
            broken.flag == Flag::CallOmitted
                && delivery.current_voyage.as_ref() == Some(&broken.voyage)
        };
        follows
            && !delivery.broken_legs.iter().any(is_carried_past)
            && !self.is_partly_aboard()
            && (is_late || !delivery.broken_legs.is_empty())
    }
}

impl Reading {
    /// The cargoes that need another way, by deadline: those of one voyage, or all.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn needing_another_way(
        &mut self,
        voyage: Option<&VoyageNumber>,
    ) -> Result<Vec<CargoView>, QueryError> {
        let filter = CargoFilter {
            voyage: voyage.cloned(),
            at_risk: Some(true),
            unfinished: true,
            ..CargoFilter::default()
        };
        let mut cargoes = self.by_deadline(filter).await?.cargoes;
        cargoes.retain(CargoView::needs_another_way);
        Ok(cargoes)
    }
}

impl Queries {
    /// Plans other ways for cargoes, up to [`ROLLED_TOGETHER_MAX`] of those that can be rolled: whole
    /// ways, from where they leave their present one to their destination. The first cargo chooses
    /// first.
    ///
    /// # Errors
    ///
    /// Refuses what the policy forbids. Fails if the store cannot be read.
    pub async fn roll_plans(
        &self,
        reading: &mut Reading,
        cargoes: Vec<CargoView>,
    ) -> Result<RollPlans, QueryError> {
        let mut drafts: Vec<Draft> = Vec::new();
        // Those without a route do not keep the others waiting.
        let (mut routed, mut hopeless, mut more) = (0, 0, 0);
        for cargo in cargoes {
            if routed == ROLLED_TOGETHER_MAX {
                more += 1;
                continue;
            }
            let Some(draft) = self.draft(reading, cargo).await? else {
                continue;
            };
            let count = match draft.routes.is_empty() {
                true => &mut hopeless,
                false => &mut routed,
            };
            *count += 1;
            if *count <= ROLLED_TOGETHER_MAX {
                drafts.push(draft);
            } else {
                more += 1;
            }
        }
        let trials: Vec<Vec<Box<dyn Runnable>>> = drafts
            .iter()
            .map(|draft| draft.rolls.iter().cloned().map(ready).collect())
            .collect();
        let answers = reading.judge_choices(&RollCargo::ABOUT, &trials).await?;
        let plans = drafts.into_iter().zip(answers);
        let plans = plans.map(|(draft, answers)| draft.judged(answers));
        Ok(RollPlans {
            plans: plans.collect(),
            more,
        })
    }

    async fn draft(
        &self,
        reading: &mut Reading,
        view: CargoView,
    ) -> Result<Option<Draft>, QueryError> {
        let cargo: Cargo = reading.state(&view.cargo).await?;
        let now = reading.now();
        let Ok(from_voyage) = cargo.voyage_to_roll(now) else {
            return Ok(None);
        };
        let Ok((stay, comes_from)) = cargo.legs_to_roll(&from_voyage) else {
            return Ok(None);
        };
        let specification = &cargo.route_specification;
        let wanted = Wanted {
            origin: cargo.legs()[stay.start].load_at.clone(),
            destination: specification.destination.clone(),
            arrive_by: specification.arrival_deadline,
            depart_after: comes_from.ashore_at().map_or(now, |ashore| ashore.max(now)),
            now,
            size: cargo.space(),
            classes: cargo.classes(),
            held: cargo.legs().to_vec(),
            transhipments_max: TRANSHIPMENTS_DEFAULT,
            alternatives: SAILINGS_OFFERED,
        };
        let (routes, too_late) = self.routes_in_time(reading, wanted).await?;
        let roll = |route: &RouteView| RollCargo::over(&view.cargo, &from_voyage, &route.legs);
        let rolls = routes.iter().map(roll).collect();
        Ok(Some(Draft {
            cargo: view,
            from_voyage,
            routes,
            rolls,
            too_late,
        }))
    }
}

impl Draft {
    fn judged(self, answers: Vec<Result<(), Rejection>>) -> RollPlan {
        let mut refusal = None;
        let mut ways = Vec::new();
        let choices = self.routes.into_iter().zip(self.rolls).zip(answers);
        for ((route, roll), answer) in choices {
            match answer {
                Ok(()) => ways.push(RollWay {
                    input: serde_json::to_value(roll).expect("an input can be written"),
                    legs: route.legs,
                }),
                // It is the present way.
                Err(rejection) if rejection.breaks(&CargoMustBeOnVoyage) => {}
                Err(rejection) => {
                    refusal.get_or_insert(rejection);
                }
            }
        }
        let delivery = &self.cargo.delivery;
        let is_late = delivery.flags.contains(&Flag::DeadlineAtRisk);
        let present = delivery.eta.filter(|_| is_late);
        let is_no_later = |eta| self.too_late.is_none_or(|other| eta <= other);
        let has_none = ways.is_empty() && refusal.is_none();
        RollPlan {
            is_fastest: has_none && present.is_some_and(is_no_later),
            cargo: self.cargo,
            from_voyage: self.from_voyage,
            refusal: refusal.filter(|_| ways.is_empty()),
            ways,
            too_late: self.too_late,
        }
    }
}

impl RollCargo {
    /// Rolls a cargo from a voyage onto these legs.
    fn over(cargo: &TrackingId, from_voyage: &VoyageNumber, legs: &[LegView]) -> Self {
        let wanted = |leg: &LegView| WantedLeg {
            voyage: leg.voyage.clone(),
            load_at: leg.load_at.clone(),
            unload_at: leg.unload_at.clone(),
            load_time: Some(leg.load_time),
            unload_time: Some(leg.unload_time),
        };
        let first = wanted(&legs[0]);
        Self {
            cargo: cargo.clone(),
            from_voyage: from_voyage.clone(),
            to_voyage: first.voyage,
            load_time: first.load_time,
            unload_time: first.unload_time,
            unload_at: Some(first.unload_at),
            onward: Some(legs[1..].iter().map(wanted).collect()),
            reason: None,
        }
    }
}
