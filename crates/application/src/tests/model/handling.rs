//! The reference's answers about what happened to cargoes.

use super::ask::Ask;
use super::choices::{cargo, is_carried, port, voyage};
use super::containers::{Container, NOWHERE};
use super::delivery::{self, Delivery};
use super::reference::{
    Answer, Decided, Event, HOUR, Kind, Made, Reference, Rule, Time, Touched, require,
};
use super::reports::{TOLERANCE, doubts_view};
use super::steps::Step;
use serde_json::json;

/// The most reports that a cargo can have.
pub(super) const REPORTS_MAX: usize = 200;

impl Reference {
    /// A report with its cargo. One that names only a container means the cargo that travels in it.
    fn reported(&self, ask: &Ask, now: Time, made: &Made) -> Result<Event, Rule> {
        let Ask::Register {
            cargo,
            container,
            kind,
            port,
            voyage,
            completed,
        } = ask
        else {
            panic!("{ask:?} reports nothing");
        };
        match (kind, voyage) {
            (Kind::Load | Kind::Unload, None) => return Err("VoyageRequired"),
            (Kind::Receive | Kind::Customs | Kind::Claim, Some(_)) => {
                return Err("VoyageProhibited");
            }
            _ => {}
        }
        let cargo = match (cargo, container) {
            (None, Some(container)) => self.cargo_in(*container)?,
            (cargo, container) => {
                let cargo = cargo.expect("a cargo or a container");
                self.known_cargo(cargo)?;
                let has = container.is_none_or(|own| self.cargoes[cargo].has_container(own));
                require(has, "ContainersMustFitEquipment")?;
                cargo
            }
        };
        Self::known_port(*port)?;
        voyage.map_or(Ok(0), |voyage| self.voyage(voyage))?;
        Ok(Event {
            id: made.id.clone(),
            cargo,
            kind: *kind,
            port: *port,
            voyage: *voyage,
            container: *container,
            completed: *completed,
            registered: now,
            retracted: false,
            doubt: None,
        })
    }

    pub(super) fn register(&mut self, ask: &Ask, now: Time, made: &Made) -> Decided {
        let mut event = self.reported(ask, now, made)?;
        let cargo = event.cargo;
        let says = |e: &Event| (e.kind, e.port, e.voyage, e.completed);
        let covers = |e: &Event| e.container.is_none() || e.container == event.container;
        let handled = self.handled(cargo);
        let mut same = handled.iter().filter(|e| says(e) == says(&event));
        if let Some(known) = same.find(|e| covers(e)) {
            return Ok(Answer {
                outcome: json!({ "event": known.id, "cargo": self.cargoes[cargo].tracking, "already_known": true }),
                events: Vec::new(),
            });
        }
        let happened = event.completed <= event.registered + TOLERANCE;
        require(happened, "EventMayNotLieInTheFuture")?;
        require(!self.cargoes[cargo].is_given_up(), "StatusMustAllow")?;
        let may = event.kind != Kind::Claim || self.was_in_port(cargo, &handled, &event);
        require(may, "StatusMustAllow")?;
        self.claim_must_be_last(&event)?;
        require(handled.len() < REPORTS_MAX, "CargoHistoryMustHaveRoom")?;
        let before = (self.delivery(cargo), self.is_finished(cargo));
        event.doubt = self.doubt(&event);
        let tracking = &self.cargoes[cargo].tracking;
        let mut outcome = json!({ "event": event.id, "cargo": tracking, "already_known": false });
        if let Some(doubt) = event.doubt {
            outcome["doubts"] = doubts_view(doubt);
        }
        let place = self.place_in_history(&event);
        self.cargoes[cargo].history.insert(place, self.events.len());
        self.events.push(event);
        let mut events = vec![self.tells("HandlingEventRegistered", cargo)];
        events.extend(self.turns(cargo, before));
        self.touched.push(Touched::Cargo(cargo));
        Ok(Answer { outcome, events })
    }

    /// Nothing happens to a cargo after all of it was claimed, or to a container after its claim.
    fn claim_must_be_last(&self, event: &Event) -> Result<(), Rule> {
        let about_same = |other: &Event| match (other.container, event.container) {
            (Some(other), Some(own)) => other == own,
            (Some(other), None) => self.cargoes[event.cargo].has_container(other),
            (None, _) => true,
        };
        let reports = match event.container {
            None => self.moves(event.cargo),
            Some(_) => self.handled(event.cargo),
        };
        let claims = reports.iter().filter(|other| other.kind == Kind::Claim);
        for claim in claims.filter(|claim| about_same(claim)) {
            let was_before = event.completed < claim.completed
                || (event.completed == claim.completed && self.step_of(event).is_some());
            let may = event.kind != Kind::Claim && was_before;
            require(may, "ClaimedCargoIsFinished")?;
        }
        let handled = self.handled(event.cargo);
        let is_last = |other: &&Event| !about_same(other) || other.completed <= event.completed;
        let may = event.kind != Kind::Claim || handled.iter().all(is_last);
        require(may, "ClaimedCargoIsFinished")
    }

    /// Of events completed at the same time, those come first that the itinerary expects first, then
    /// those that it does not expect, and a claim comes last.
    fn place_in_history(&self, event: &Event) -> usize {
        let turn = |event: &Event| {
            let step = self.step_of(event).unwrap_or(usize::MAX);
            (event.kind == Kind::Claim, step)
        };
        let history = &self.cargoes[event.cargo].history;
        let later = history.iter().position(|place| {
            let other = &self.events[*place];
            !other.retracted
                && other.completed == event.completed
                && other.kind != Kind::Customs
                && turn(other) > turn(event)
        });
        later.unwrap_or(history.len())
    }

    /// The step that an event is, seen from what was completed before it.
    fn step_of(&self, event: &Event) -> Option<usize> {
        let cargo = event.cargo;
        if self.cargoes[cargo].counts_from >= Some(event.completed) {
            return None;
        }
        let before = self.delivery_before(cargo, event.completed);
        let expected = |step: &delivery::Step| {
            (step.kind, step.port, step.voyage) == (event.kind, event.port, event.voyage)
        };
        let mut ahead = before.plan.iter().enumerate().skip(before.reached);
        ahead
            .find(|(_, step)| expected(step))
            .map(|(place, _)| place)
    }

    /// Whether what is claimed was received or unloaded: a container, or all of those with numbers, or
    /// the cargo.
    fn was_in_port(&self, cargo: usize, handled: &[&Event], claim: &Event) -> bool {
        let was = |container: Option<usize>| {
            handled.iter().any(|event| {
                let about = event.container.is_none() || event.container == container;
                matches!(event.kind, Kind::Receive | Kind::Unload) && about
            })
        };
        let containers = &self.cargoes[cargo].containers;
        match claim.container {
            None if !containers.is_empty() => containers.iter().all(|own| was(Some(own.number))),
            container => was(container),
        }
    }

    /// The delivery by what was completed before a time.
    fn delivery_before(&self, cargo: usize, time: Time) -> Delivery {
        let handled = self.handled(cargo);
        let before: Vec<_> = handled.into_iter().filter(|e| e.completed < time).collect();
        Delivery::derive(
            &self.cargoes[cargo],
            &self.legs(cargo),
            self.approach(cargo).as_ref(),
            &before,
            Time::MIN,
        )
    }

    pub(super) fn retract(&mut self, event: usize) -> Decided {
        let Some(Event { cargo, id, .. }) = self.events.get(event).cloned() else {
            return Err("HandlingEventMustBeKnown");
        };
        require(!self.events[event].retracted, "HandlingEventMustStand")?;
        require(!self.cargoes[cargo].is_given_up(), "StatusMustAllow")?;
        let named = self.events[event].container;
        let is_own = named.is_none_or(|own| self.cargoes[cargo].has_container(own));
        require(is_own, "StatusMustAllow")?;
        let before = (self.delivery(cargo), self.is_finished(cargo));
        self.events[event].retracted = true;
        let handled = self.handled(cargo);
        let mut claims = handled.iter().filter(|e| e.kind == Kind::Claim);
        let may = claims.all(|claim| self.was_in_port(cargo, &handled, claim));
        require(may, "StatusMustAllow")?;
        if before.1 && !self.is_finished(cargo) {
            self.containers_must_travel_once(cargo)?;
        }
        if !self.is_on_its_approach(cargo) {
            self.cargoes[cargo].approach = None;
        }
        let mut events = vec![self.tells("HandlingEventRetracted", cargo)];
        events.extend(self.turns(cargo, before));
        self.touched.push(Touched::Cargo(cargo));
        let outcome = json!({ "event": id });
        Ok(Answer { outcome, events })
    }

    pub(super) fn tells(&self, event: &str, cargo: usize) -> String {
        format!("{event} {}", self.cargoes[cargo].tracking)
    }

    /// What has changed about a cargo because of reports, or of which containers it has.
    pub(super) fn turns(&self, cargo: usize, (before, finished): (Delivery, bool)) -> Vec<String> {
        let (now, finishes) = (self.delivery(cargo), self.is_finished(cargo));
        let leaves_early = |delivery: &Delivery| delivery.flags.contains(&"DepartsBeforeReady");
        let turns = [
            (now.misdirected && !before.misdirected, "CargoMisdirected"),
            (now.arrived && !before.arrived, "CargoArrived"),
            (finishes && !finished, "CargoCompleted"),
            (finished && !finishes, "CargoReopened"),
            (
                leaves_early(&now) && !leaves_early(&before),
                "DepartsBeforeReady",
            ),
        ];
        let turns = turns.into_iter().filter(|(turned, _)| *turned);
        turns.map(|(_, event)| self.tells(event, cargo)).collect()
    }
}

impl Step {
    pub(super) fn register(&self, reference: &Reference, clock: Time) -> Ask {
        let Self::Register {
            cargo: of,
            how,
            ago,
            container,
            ..
        } = self
        else {
            panic!("{self:?} registers nothing");
        };
        let partly = |c: usize| {
            let numbered = !reference.cargoes[c].containers.is_empty();
            numbered && !reference.is_finished(c)
        };
        let cargo = match of % 3 {
            0 => cargo(reference, *of, partly),
            _ => cargo(reference, *of, |c| is_carried(reference, c)),
        };
        // Reports by the hour, and at the limit of how far the clock may be behind.
        let completed = match ago {
            -2 if how % 4 == 0 => clock + HOUR,
            -1 if how % 4 == 0 => clock + HOUR / 12,
            ago => clock - i64::from(*ago).max(0) * HOUR,
        };
        let container = reference.reported_container(cargo, *container);
        let (kind, port, voyage, completed) =
            self.reported_step(reference, (cargo, container), completed);
        // A report that names a container needs no cargo.
        let named = container.filter(|_| of % 5 == 0);
        Ask::Register {
            cargo: Some(cargo).filter(|_| named.is_none()),
            container,
            kind,
            port,
            voyage,
            completed,
        }
    }

    /// What is reported: usually what is expected next.
    fn reported_step(
        &self,
        reference: &Reference,
        (cargo, container): (usize, Option<usize>),
        completed: Time,
    ) -> (Kind, usize, Option<usize>, Time) {
        let Self::Register {
            how,
            port: at,
            voyage: with,
            ..
        } = self
        else {
            panic!("{self:?} registers nothing");
        };
        let known = cargo < reference.cargoes.len();
        let delivery = known.then(|| reference.delivery(cargo));
        let next = delivery
            .as_ref()
            .and_then(|delivery| match (how, container) {
                (0..6, Some(own)) => reference.next_of(cargo, own, &delivery.plan),
                (0..11, _) => delivery.next.as_ref(),
                (11, _) => delivery
                    .plan
                    .get(usize::from(*at) % delivery.plan.len().max(1)),
                _ => None,
            });
        if let Some(step) = next {
            return (step.kind, step.port, step.voyage, completed);
        }
        let mut handled = reference.events.iter().rev().filter(|e| e.cargo == cargo);
        if let (12, Some(event)) = (how, handled.next()) {
            return (event.kind, event.port, event.voyage, event.completed);
        }
        let kind = match how {
            13 | 18 => Kind::Customs,
            14 => Kind::Claim,
            15 => Kind::Receive,
            16 | 17 => Kind::Load,
            _ => Kind::Unload,
        };
        let sails = matches!(kind, Kind::Load | Kind::Unload);
        let wrong = *at % 16 == 7;
        // Usually where it is or where the voyage goes.
        let here = delivery.and_then(|delivery| delivery.last_known);
        let port = here.filter(|_| *at > 128).unwrap_or(port(*at));
        let voyage = (sails != wrong).then(|| voyage(reference, *with));
        (kind, port, voyage, completed)
    }
}

impl Reference {
    /// The container that a number makes a report name, if any: usually one that has been reported
    /// less than others.
    fn reported_container(&self, cargo: usize, choice: u8) -> Option<usize> {
        match choice {
            0..3 => return Some(NOWHERE),
            3..8 => return Some(usize::from(choice)),
            _ => {}
        }
        let containers = &self.cargoes.get(cargo)?.containers;
        let handled = self.handled(cargo);
        let reported = |own: &&Container| {
            let about = handled.iter().filter(|e| e.container == Some(own.number));
            about.count()
        };
        let place = usize::from(choice).checked_rem(containers.len())?;
        let own = match choice % 4 {
            0 => return None,
            1 => containers.get(place),
            _ => containers.iter().min_by_key(reported),
        };
        own.map(|own| own.number)
    }

    /// The first step of a plan that was not reported of a container.
    fn next_of<'p>(
        &self,
        cargo: usize,
        container: usize,
        plan: &'p [delivery::Step],
    ) -> Option<&'p delivery::Step> {
        let handled = self.handled(cargo);
        plan.iter().filter(|step| !step.skippable).find(|step| {
            let same = handled
                .iter()
                .filter(|e| (e.kind, e.port, e.voyage) == (step.kind, step.port, step.voyage));
            let mut about = same.filter(|e| e.container.is_none_or(|own| own == container));
            about.next().is_none()
        })
    }
}
