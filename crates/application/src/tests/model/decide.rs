//! The reference's answers about voyages, handling and customers.

use super::ask::{Ask, number};
use super::reference::{
    Answer, Decided, HOUR, Leg, Made, Movement, Reference, Rule, Sailing, Time, Touched, Voyage,
    require,
};
use super::reports::derived;
use super::special::{Offer, fits};
use serde_json::json;

/// The longest movement, and the longest stay in port.
const YEAR: Time = 366 * 24 * HOUR;

impl Reference {
    /// Decides a request. A refusal changes nothing.
    pub(super) fn decide(&mut self, ask: &Ask, now: Time, made: &Made) -> Decided {
        self.sail(now);
        let mut next = self.clone();
        let answer = next.apply(ask, now, made)?;
        let before = self.loads();
        for ((voyage, movement), load) in next.loads() {
            if before
                .get(&(voyage, movement))
                .is_some_and(|before| *before != load)
            {
                next.touched.push(Touched::Voyage(voyage));
            }
        }
        next.count_versions();
        *self = next;
        Ok(answer)
    }

    fn apply(&mut self, ask: &Ask, now: Time, made: &Made) -> Decided {
        match ask {
            Ask::Schedule {
                number,
                offer,
                cut_off_hours,
                movements,
                ship,
            } => self.schedule(
                now,
                Voyage {
                    number: *number,
                    ship: *ship,
                    quarter_teu: offer.quarter_teu,
                    kg: offer.tonnes * 1_000,
                    plugs: offer.plugs,
                    percent: offer.percent,
                    classes: offer.classes.clone().unwrap_or_default(),
                    cut_off_hours: *cut_off_hours,
                    movements: movements.iter().map(Movement::new).collect(),
                    is_cancelled: false,
                    omitted: Vec::new(),
                    version: 1,
                },
            ),
            Ask::Reschedule { voyage, movements } => self.reschedule(*voyage, movements, now),
            Ask::ReportDeparture(report) => self.report_departure(report, now),
            Ask::ReportArrival(report) => self.report_arrival(report, now),
            Ask::RetractReport { report, arrival } => self.retract_report(report, *arrival, now),
            Ask::OmitCall(omission) => self.omit_call(omission),
            Ask::ChangeCapacity {
                by_ship,
                voyage,
                offer,
            } => self.change_capacity(*voyage, *by_ship, offer),
            Ask::CancelVoyage { voyage } => self.cancel_voyage(*voyage, now),
            Ask::Retract { event } => self.retract(*event),
            Ask::Suspend { customer } => self.set_suspended(*customer, true),
            Ask::Erase { customer } => self.erase(*customer),
            Ask::Reinstate { customer } => self.set_suspended(*customer, false),
            Ask::Register { .. } => self.register(ask, now, made),
            _ => self.apply_to_cargo(ask, now, made),
        }
    }

    pub(super) fn about_voyage(&mut self, voyage: usize, event: &str) -> Answer {
        self.touched.push(Touched::Voyage(voyage));
        let number = number(self.voyages[voyage].number);
        Answer {
            events: vec![format!("{event} {number}")],
            outcome: json!({ "voyage": number }),
        }
    }

    fn schedule(&mut self, now: Time, voyage: Voyage) -> Decided {
        let sailings = voyage.sailings();
        for sailing in &sailings {
            Self::known_port(sailing.from)?;
            Self::known_port(sailing.to)?;
        }
        must_connect(&sailings)?;
        must_not_slip(&sailings)?;
        let lies_ahead = sailings.last().is_some_and(|m| m.arrives > now);
        require(lies_ahead, "VoyageMustLieAhead")?;
        let taken = self.voyage(voyage.number).is_ok();
        require(!taken, "VoyageNumberMustBeUnique")?;
        self.voyages.push(voyage);
        let place = self.voyages.len() - 1;
        let mut answer = self.about_voyage(place, "VoyageScheduled");
        answer.events.extend(self.know_ship(place));
        self.must_be_in_one_place(place, None)?;
        self.touched.clear();
        Ok(answer)
    }

    pub(super) fn known_to_sail(&self, number: usize) -> Result<usize, Rule> {
        let voyage = self.voyage(number)?;
        let sails = !self.voyages[voyage].is_cancelled;
        require(sails, "CancelledVoyageTakesNothing")?;
        Ok(voyage)
    }

    fn reschedule(&mut self, number: usize, planned: &[Sailing], now: Time) -> Decided {
        let voyage = self.known_to_sail(number)?;
        must_connect(planned)?;
        let known = self.voyages[voyage].sailings();
        let ports =
            |sailings: &[Sailing]| -> Vec<_> { sailings.iter().map(|m| (m.from, m.to)).collect() };
        require(ports(&known) == ports(planned), "RescheduleMustKeepPorts")?;
        let mut movements = self.voyages[voyage].movements.clone();
        for (movement, planned) in movements.iter_mut().zip(planned) {
            let before = movement.known().departs.min(now);
            let is_near = planned.departs >= before - 24 * HOUR;
            let keeps = movement.departed_at.is_none_or(|at| at == planned.departs)
                && movement.arrived_at.is_none_or(|at| at == planned.arrives);
            require(is_near && keeps, "DepartedMovementMayNotMove")?;
            if movement.departed_at.is_none() {
                movement.estimated.departs = planned.departs;
            }
            if movement.arrived_at.is_none() {
                movement.estimated.arrives = planned.arrives;
            }
        }
        must_not_slip(planned)?;
        let before = self.voyages[voyage].clone();
        let movements = derived(movements)?;
        let answer = self.retime(voyage, "VoyageRescheduled", movements, now)?;
        if !self.voyages[voyage].has_departed(0, now) {
            self.must_be_in_one_place(voyage, Some(&before))?;
        }
        Ok(answer)
    }

    /// Gives a voyage other times, and its cargoes with it. Answers which of them come later.
    pub(super) fn retime(
        &mut self,
        voyage: usize,
        event: &str,
        movements: Vec<Movement>,
        now: Time,
    ) -> Decided {
        let mut answer = self.about_voyage(voyage, event);
        let cargoes = self.by_id(|_| true);
        let before: Vec<_> = cargoes
            .iter()
            .map(|cargo| (self.held(*cargo), self.delivery(*cargo)))
            .collect();
        self.voyages[voyage].movements = movements;
        self.resume(voyage, now)?;
        let mut delayed = Vec::new();
        for (cargo, (held, delivery)) in cargoes.into_iter().zip(before) {
            let now = self.held(cargo);
            if now == held {
                continue;
            }
            self.touched.push(Touched::Cargo(cargo));
            answer.events.extend(self.consequences(cargo, &delivery));
            let mut pairs = held.iter().zip(&now);
            let later = pairs.any(|(before, now)| before.unload_time < now.unload_time);
            let is_there = self.is_finished(cargo) || self.delivery(cargo).arrived;
            if later && !is_there {
                delayed.push(&self.cargoes[cargo].tracking);
            }
        }
        answer.outcome["delayed_cargoes"] = json!(delayed);
        Ok(answer)
    }

    /// A movement that has not departed after all has the load of its cargoes again.
    fn resume(&mut self, voyage: usize, now: Time) -> Result<(), Rule> {
        let limit = self.voyages[voyage].limit();
        for movement in 0..self.voyages[voyage].movements.len() {
            let departed = self.voyages[voyage].has_departed(movement, now);
            if !departed && self.sailed.remove(&(voyage, movement)).is_some() {
                let load = self.load(voyage, movement);
                require(fits(load, limit), "LoadMayNotPassTheLine")?;
            }
        }
        Ok(())
    }

    fn change_capacity(&mut self, number: usize, by_ship: Option<usize>, offer: &Offer) -> Decided {
        let place = self.known_to_sail(number)?;
        let before = self.voyages[place].clone();
        self.state_plugs(place, offer.plugs);
        let voyage = &mut self.voyages[place];
        (voyage.quarter_teu, voyage.kg) = (offer.quarter_teu, offer.tonnes * 1_000);
        voyage.percent = offer.percent;
        let limit = voyage.limit();
        for movement in 0..voyage.movements.len() {
            let holds = fits(self.load(place, movement), limit);
            require(holds, "LimitMayNotFallBelowLoad")?;
        }
        self.take_classes(place, offer.classes.as_deref())?;
        let Some(ship) = by_ship else {
            return Ok(self.about_voyage(place, "VoyageCapacityChanged"));
        };
        self.voyages[place].ship = ship;
        let mut answer = self.about_voyage(place, "VoyageVesselChanged");
        answer.events.extend(self.know_ship(place));
        self.must_be_in_one_place(place, Some(&before))?;
        Ok(answer)
    }

    fn cancel_voyage(&mut self, number: usize, now: Time) -> Decided {
        let voyage = self.known_to_sail(number)?;
        let last = self.voyages[voyage].movements.len() - 1;
        let departed = self.voyages[voyage].has_departed(last, now);
        require(!departed, "DepartedMovementMayNotMove")?;
        self.voyages[voyage].is_cancelled = true;
        for place in 0..self.voyages[voyage].movements.len() {
            let departed = self.voyages[voyage].has_departed(place, now);
            self.voyages[voyage].movements[place].cancelled = !departed;
        }
        let mut answer = self.about_voyage(voyage, "VoyageCancelled");
        let affected = self.by_id(|cargo| {
            let cargo = &self.cargoes[cargo];
            let mut held = cargo.approach.iter().chain(&cargo.legs);
            held.any(|leg| leg.voyage == voyage && !self.has_departed_over(leg, now))
        });
        for cargo in &affected {
            let lost = |leg: Leg| Leg {
                is_lost: leg.is_lost
                    || (leg.voyage == voyage && !self.has_departed_over(&leg, now)),
                ..leg
            };
            let state = &self.cargoes[*cargo];
            let legs = state.legs.iter().copied().map(lost).collect();
            let approach = state.approach.map(lost);
            let state = &mut self.cargoes[*cargo];
            (state.approach, state.legs) = (approach, legs);
        }
        let names: Vec<_> = affected
            .iter()
            .filter(|cargo| !self.is_finished(**cargo) && !self.delivery(**cargo).arrived)
            .map(|c| &self.cargoes[*c].tracking)
            .collect();
        answer.outcome["affected_cargoes"] = json!(names);
        self.touched
            .extend(affected.into_iter().map(Touched::Cargo));
        Ok(answer)
    }

    fn erase(&mut self, customer: usize) -> Decided {
        let over = ["COMPLETED", "REJECTED", "CANCELLED"];
        let mut own = (0..self.cargoes.len()).filter(|of| self.cargoes[*of].customer == customer);
        let has_unfinished = own.any(|of| !over.contains(&self.status_word(of)));
        let Some(state) = self.customers.get_mut(customer) else {
            return Err("CustomerMustBeKnown");
        };
        let mut events = Vec::new();
        if !state.erased {
            require(!has_unfinished, "CustomerMustHaveNoUnfinishedCargo")?;
            events.push(format!("CustomerErased {}", state.id));
            state.erased = true;
            self.touched.push(Touched::Customer(customer));
        }
        let outcome = json!({ "customer": state.id });
        Ok(Answer { outcome, events })
    }

    fn set_suspended(&mut self, customer: usize, suspended: bool) -> Decided {
        let Some(state) = self.customers.get_mut(customer) else {
            return Err("CustomerMustBeKnown");
        };
        require(!state.erased, "CustomerMustNotBeErased")?;
        let mut events = Vec::new();
        if state.suspended != suspended {
            let turned = if suspended { "Suspended" } else { "Reinstated" };
            events.push(format!("Customer{turned} {}", state.id));
            state.suspended = suspended;
            self.touched.push(Touched::Customer(customer));
        }
        let outcome = json!({ "customer": state.id });
        Ok(Answer { outcome, events })
    }
}

/// Checks `ScheduleMustConnect` for mistyped years.
pub(super) fn must_not_slip(movements: &[Sailing]) -> Result<(), Rule> {
    let sails = movements.iter().all(|m| m.arrives - m.departs <= YEAR);
    let mut pairs = movements.windows(2);
    let stays = pairs.all(|pair| pair[1].departs - pair[0].arrives <= YEAR);
    require(sails && stays, "ScheduleMustConnect")
}

/// Checks `ScheduleMustConnect`.
pub(super) fn must_connect(movements: &[Sailing]) -> Result<(), Rule> {
    let sound = movements
        .iter()
        .all(|m| m.from != m.to && m.departs < m.arrives);
    let connected = movements
        .windows(2)
        .all(|pair| pair[0].to == pair[1].from && pair[0].arrives <= pair[1].departs);
    require(
        sound && connected && !movements.is_empty(),
        "ScheduleMustConnect",
    )
}
