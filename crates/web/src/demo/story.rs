//! The past of the sample world, as an agenda. Each event may add more events to it. Events after
//! the present are not run, so that cargoes are left at every stage.

use super::calls::ShipMove;
use super::containers::NUMBERED_MAX;
use super::customers::{Shipper, from_port};
use super::dice::Dice;
use super::fate::{Fate, Handling, Step};
use super::routes::{self, Route};
use super::sailing::Sailing;
use super::trouble::{INCIDENTS, Incident};
use super::wish::Wish;
use super::world::Office;
use crate::cli::local::Trouble;
use domain::Moment;
use domain::ports::Clock;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The number of cargoes.
pub(super) const CARGOES: usize = 450;
/// The number of voyages that leave soon and are booked up to their lines, so that more is refused.
const FULL_VOYAGES: usize = 4;
/// The share of last week's bookings that go to those voyages, in percent.
const FULL_PERCENT: usize = 40;
/// The seed of the dice for ships.
const SHIPS_SEED: u64 = 1876;
/// How long a cargo that was left behind waits until it is rolled, in days.
const LEFT_BEHIND_DAYS: i64 = 6;
const REASONS: [&str; 3] = [
    "The buyer withdrew the order",
    "Goods not ready in time",
    "Shipped with another carrier",
];

/// The state of a cargo that its story needs.
#[derive(Clone)]
pub(super) struct Cargo {
    pub(super) id: String,
    pub(super) index: usize,
    pub(super) fate: Fate,
    pub(super) destination: String,
    pub(super) deadline: Moment,
    pub(super) size_type: &'static str,
    pub(super) containers: usize,
    pub(super) weight_kg: usize,
    /// Whether its containers have numbers.
    pub(super) is_numbered: bool,
    pub(super) route: Route,
    /// Whether it holds space on its voyages that it still needs.
    pub(super) is_booked: bool,
    /// Whether it is rerouted from where it was unloaded by mistake.
    pub(super) is_sent_on: bool,
    /// Its last report: the handling event and the place.
    pub(super) report: (Value, String),
}

#[derive(Clone, Copy)]
enum Task {
    Create(usize),
    Step(usize, Step, Moment),
    Happen(Incident),
    MoveShip(ShipMove),
}

pub(super) struct Story<'a> {
    pub(super) office: Office<'a>,
    pub(super) sailings: Vec<Sailing>,
    pub(super) customers: Vec<Shipper>,
    pub(super) cargoes: Vec<Cargo>,
    /// Ordered by time, then by order of planning.
    agenda: BTreeMap<(Moment, usize), Task>,
    planned: usize,
    /// The dice for ships. They are separate, so that the rest of the story stays the same.
    pub(super) ship_dice: Dice,
}

impl<'a> Story<'a> {
    pub(super) fn new(office: Office<'a>, sailings: Vec<Sailing>, customers: Vec<Shipper>) -> Self {
        Self {
            office,
            sailings,
            customers,
            cargoes: Vec::with_capacity(CARGOES),
            agenda: BTreeMap::new(),
            planned: 0,
            ship_dice: Dice::seeded(SHIPS_SEED),
        }
    }

    /// Runs everything that happens until now, in order.
    pub(super) async fn unfold(mut self) -> Result<(), Trouble> {
        let (start, now) = (self.time().micros(), self.office.now);
        let step = (now.micros() - start) / (i64::try_from(CARGOES).unwrap_or(1) + 1);
        for index in 0..CARGOES {
            let place = i64::try_from(index).unwrap_or(0);
            let jitter = self.office.dice.time(0, 500) * step / 1_000;
            self.plan(
                Moment::from_micros(start + place * step + jitter),
                Task::Create(index),
            );
        }
        for (hours_before, incident) in INCIDENTS {
            self.plan(now.plus_hours(-hours_before), Task::Happen(*incident));
        }
        self.watch_ships();
        while let Some(((moment, _), task)) = self.agenda.pop_first() {
            if moment > now {
                break;
            }
            self.office.clock.set(moment);
            match task {
                Task::Create(index) => self.create(index).await?,
                Task::Step(cargo, step, completed) => self.step(cargo, step, completed).await?,
                Task::Happen(incident) => self.happen(incident).await?,
                Task::MoveShip(call) => self.move_ship(call).await?,
            }
        }
        self.office.clock.set(now);
        Ok(())
    }

    pub(super) fn time(&self) -> Moment {
        self.office.clock.now()
    }

    fn plan(&mut self, moment: Moment, task: Task) {
        self.planned += 1;
        let moment = moment.max(self.time());
        self.agenda.insert((moment, self.planned), task);
    }

    pub(super) fn plan_ship_move(&mut self, moment: Moment, call: ShipMove) {
        self.plan(moment, Task::MoveShip(call));
    }

    /// Plans an event after some hours, between a minimum and a maximum.
    pub(super) fn then(&mut self, cargo: usize, step: Step, (least, most): (i64, i64)) {
        let minutes = self.office.dice.time(least * 60, most * 60).max(2);
        let moment = self.time().plus_micros(minutes * 60_000_000);
        self.plan(moment, Task::Step(cargo, step, moment));
    }

    async fn create(&mut self, index: usize) -> Result<(), Trouble> {
        let Some((route, mut containers)) = self.demand(index) else {
            return Ok(());
        };
        let fate = Fate::of(index);
        if matches!(fate, Fate::BoxLeft | Fate::Split) {
            containers = containers.clamp(2, 6);
        }
        let dice = &mut self.office.dice;
        let (least, most) = fate.slack_hours(index);
        let slack = dice.time(least, most);
        let wish = Wish::over(&route, &self.sailings, containers, slack, dice);
        let shipper = from_port(&self.customers, &wish.origin, dice);
        let commodity = dice.one(&shipper.commodities).clone();
        let create = wish.create(&shipper.id, &commodity);
        let Some(created) = self.office.clerk("create-cargo", &create).await? else {
            return Ok(());
        };
        let cargo = self.cargoes.len();
        self.cargoes.push(Cargo {
            id: created["cargo"].as_str().unwrap_or_default().to_owned(),
            index,
            fate,
            destination: wish.destination,
            deadline: wish.deadline,
            size_type: wish.size_type,
            containers,
            weight_kg: wish.weight_kg,
            is_numbered: false,
            route,
            is_booked: false,
            is_sent_on: false,
            report: (Value::Null, wish.origin),
        });
        match fate {
            Fate::Waits => self.then(cargo, Step::Cancel, (150, 250)),
            Fate::BroughtEarly => self.then(cargo, Step::Handle(Handling::Receive), (10, 50)),
            _ => self.then(cargo, Step::Book, (0, 1)),
        }
        Ok(())
    }

    /// A customer's wish: the route and the number of containers.
    fn demand(&mut self, index: usize) -> Option<(Route, usize)> {
        let (now, dice) = (self.office.clock.now(), &mut self.office.dice);
        if index > CARGOES * 3 / 4 && dice.percent(FULL_PERCENT) {
            let soon = self.office.now.plus_hours(60);
            let soon = self.sailings.partition_point(|own| own.departs() < soon);
            let voyage = soon + dice.below(FULL_VOYAGES);
            let route = routes::first_calls(&self.sailings, voyage, dice);
            return Some((route, dice.between(25, 70)));
        }
        let within = *dice.one(&[3, 5, 8, 12]) * 24;
        let route = routes::any(&self.sailings, now, within, dice)?;
        let most = if dice.percent(25) { 45 } else { 14 };
        Some((route, dice.between(1, most)))
    }

    async fn step(&mut self, cargo: usize, step: Step, when: Moment) -> Result<(), Trouble> {
        match step {
            Step::Book => self.book(cargo).await,
            Step::Accept => self.accept(cargo).await,
            Step::Confirm => self.confirm(cargo).await,
            Step::Reject => {
                self.give_up(cargo, "reject-booking", "No reefer plugs left")
                    .await
            }
            Step::Cancel => {
                let reason = *self.office.dice.one(&REASONS);
                self.give_up(cargo, "cancel-cargo", reason).await
            }
            Step::Roll(leg) => self.roll(cargo, leg).await,
            Step::AssignContainers => self.assign_containers(cargo).await,
            Step::Split => self.split(cargo).await,
            Step::Divert => self.divert(cargo).await,
            Step::Redirect => self.redirect(cargo).await,
            Step::Retract => self.retract(cargo).await,
            Step::SendOn => self.send_on(cargo).await,
            Step::Handle(what) => self.handle(cargo, what, when).await,
        }
    }

    /// Runs one operation on a single cargo.
    async fn about(&mut self, cargo: usize, op: &str) -> Result<Option<Value>, Trouble> {
        let input = json!({ "cargo": self.cargoes[cargo].id });
        self.office.clerk(op, &input).await
    }

    async fn book(&mut self, cargo: usize) -> Result<(), Trouble> {
        if !self.assign(cargo).await? {
            self.then(cargo, Step::Cancel, (60, 250));
            return Ok(());
        }
        match self.cargoes[cargo].fate {
            Fate::TurnedDown => self.then(cargo, Step::Reject, (2, 12)),
            Fate::Withdrawn => self.then(cargo, Step::Cancel, (2, 24)),
            _ => self.paperwork(cargo, Step::Accept),
        }
        Ok(())
    }

    /// Books the route of a cargo.
    async fn assign(&mut self, cargo: usize) -> Result<bool, Trouble> {
        let own = &self.cargoes[cargo];
        let assign = routes::assign(&own.id, &own.route, &self.sailings);
        let assigned = self.office.clerk("assign-itinerary", &assign).await?;
        self.cargoes[cargo].is_booked |= assigned.is_some();
        Ok(assigned.is_some())
    }

    /// Plans an event before the cargo has to be in port, within two days at most.
    fn paperwork(&mut self, cargo: usize, step: Step) {
        let departs = self.cargoes[cargo].route[0].departs(&self.sailings);
        let hours = (departs.micros() - self.time().micros()) / 3_600_000_000;
        self.then(cargo, step, (1, ((hours - 14) / 2).clamp(1, 48)));
    }

    async fn accept(&mut self, cargo: usize) -> Result<(), Trouble> {
        if self.about(cargo, "accept-booking").await?.is_some() {
            self.paperwork(cargo, Step::Confirm);
        }
        Ok(())
    }

    async fn confirm(&mut self, cargo: usize) -> Result<(), Trouble> {
        if self.about(cargo, "confirm-booking").await?.is_none() {
            return Ok(());
        }
        let own = &self.cargoes[cargo];
        let fate = own.fate;
        if own.containers <= NUMBERED_MAX && (fate == Fate::BoxLeft || !own.index.is_multiple_of(3))
        {
            self.then(cargo, Step::AssignContainers, (0, 1));
        }
        if fate == Fate::Split {
            self.then(cargo, Step::Split, (2, 4));
        }
        match fate {
            Fate::Rolled => self.then(cargo, Step::Roll(0), (1, 3)),
            Fate::Diverted | Fate::Redirected => self.then(cargo, Step::Divert, (1, 3)),
            Fate::Misreported => self.expect(cargo, Handling::ReceiveElsewhere, self.time()),
            _ => self.expect(cargo, Handling::Receive, self.time()),
        }
        Ok(())
    }

    async fn give_up(&mut self, cargo: usize, op: &str, reason: &str) -> Result<(), Trouble> {
        let input = json!({ "cargo": self.cargoes[cargo].id, "reason": reason });
        self.office.clerk(op, &input).await?;
        self.cargoes[cargo].is_booked = false;
        Ok(())
    }

    /// Rolls it to the next sailing of the same service, which calls at the same ports.
    async fn roll(&mut self, cargo: usize, leg: usize) -> Result<(), Trouble> {
        let from = self.cargoes[cargo].route[leg].voyage;
        let service = self.sailings[from].service();
        let departs = self.sailings[from].departs();
        let next = self.sailings.iter().position(|other| {
            other.service() == service && other.departs() > departs && !other.cancelled
        });
        let Some(next) = next else { return Ok(()) };
        let input = json!({
            "cargo": self.cargoes[cargo].id,
            "from_voyage": self.sailings[from].number,
            "to_voyage": self.sailings[next].number,
        });
        let rolled = self.office.clerk("roll-cargo", &input).await?.is_some();
        if rolled {
            self.cargoes[cargo].route[leg].voyage = next;
        }
        if leg > 0 && rolled {
            self.expect(cargo, Handling::Load(leg), self.time());
        } else if rolled && self.cargoes[cargo].fate == Fate::LeftBehind {
            self.expect(cargo, Handling::Load(0), self.time());
        } else if leg == 0 {
            self.expect(cargo, Handling::Receive, self.time());
        }
        Ok(())
    }

    /// Its customer wants it at another call of the last voyage of its route.
    async fn divert(&mut self, cargo: usize) -> Result<(), Trouble> {
        let own = &self.cargoes[cargo];
        let (origin, last) = (&own.report.1, &own.route[own.route.len() - 1]);
        let calls = self.sailings[last.voyage].movements[last.load..].iter();
        let mut calls = calls.map(|movement| &movement.to);
        let Some(other) = calls.find(|to| *to != origin && **to != own.destination) else {
            self.expect(cargo, Handling::Receive, self.time());
            return Ok(());
        };
        let destination = other.clone();
        let input = json!({ "cargo": own.id, "destination": destination });
        let changed = self.office.clerk("change-destination", &input).await?;
        if changed.is_none() {
            return Ok(());
        }
        self.cargoes[cargo].destination = destination;
        if self.cargoes[cargo].fate == Fate::Redirected {
            self.then(cargo, Step::Redirect, (2, 8));
        }
        Ok(())
    }

    async fn redirect(&mut self, cargo: usize) -> Result<(), Trouble> {
        let own = &self.cargoes[cargo];
        let origin = own.route[0].from(&self.sailings);
        let found = routes::between(&self.sailings, (origin, self.time()), &own.destination);
        let Some(route) = found else { return Ok(()) };
        self.cargoes[cargo].route = route;
        if self.assign(cargo).await? {
            self.expect(cargo, Handling::Receive, self.time());
        }
        Ok(())
    }

    /// Reroutes it from where it was unloaded by mistake.
    async fn send_on(&mut self, cargo: usize) -> Result<(), Trouble> {
        let (own, here) = (&self.cargoes[cargo], &self.cargoes[cargo].report.1);
        let found = routes::between(&self.sailings, (here, self.time()), &own.destination);
        let Some(route) = found else { return Ok(()) };
        let arrives = route[route.len() - 1].arrives(&self.sailings);
        let deadline = own.deadline.max(arrives.plus_hours(48));
        let input = json!({ "cargo": own.id, "origin": here, "arrival_deadline": deadline });
        if self.office.clerk("reroute-cargo", &input).await?.is_none() {
            return Ok(());
        }
        self.cargoes[cargo].route = route;
        self.cargoes[cargo].is_sent_on = true;
        if self.assign(cargo).await? {
            self.expect(cargo, Handling::Load(0), self.time());
        }
        Ok(())
    }

    async fn retract(&mut self, cargo: usize) -> Result<(), Trouble> {
        let event = self.cargoes[cargo].report.0.clone();
        let reason = "Reported for another container by mistake";
        let input = json!({ "event": event, "reason": reason });
        self.office.agent("retract-handling-event", &input).await?;
        self.expect(cargo, Handling::Receive, self.time());
        Ok(())
    }

    /// Plans the handling of a cargo by the timetable, and its reports, which usually follow soon.
    fn expect(&mut self, cargo: usize, what: Handling, earliest: Moment) {
        let route = &self.cargoes[cargo].route;
        let departs = |leg: usize| route[leg].departs(&self.sailings);
        let dice = &mut self.office.dice;
        let completed = match what {
            Handling::Receive | Handling::ReceiveElsewhere => {
                departs(0).plus_hours(-dice.time(12, 60))
            }
            Handling::Load(leg) => departs(leg).plus_hours(-dice.time(1, 8)),
            Handling::LoadElsewhere => departs(0).plus_hours(-dice.time(9, 11)),
            Handling::Unload(leg) => route[leg]
                .arrives(&self.sailings)
                .plus_hours(dice.time(1, 8)),
            Handling::UnloadElsewhere(leg) => match self.wrong_call(cargo, leg) {
                Some(call) => call.1.plus_hours(3),
                None => return self.expect(cargo, Handling::Unload(leg), earliest),
            },
            Handling::Customs => earliest.plus_hours(dice.time(3, 20)),
            Handling::Claim => earliest.plus_hours(dice.time(12, 90)),
        };
        let dice = &mut self.office.dice;
        let minutes = if dice.percent(12) {
            dice.time(120, 900)
        } else {
            dice.time(3, 50)
        };
        let completed = completed
            .max(earliest)
            .plus_micros(dice.time(0, 3_599) * 1_000_000);
        let reported = completed.plus_micros(minutes * 60_000_000);
        self.plan(reported, Task::Step(cargo, Step::Handle(what), completed));
    }

    async fn handle(&mut self, cargo: usize, what: Handling, when: Moment) -> Result<(), Trouble> {
        if self.is_put_off(cargo, what, when) {
            return Ok(());
        }
        let own = &self.cargoes[cargo];
        if matches!(what, Handling::Load(0)) && own.fate == Fate::BoxLeft && own.is_numbered {
            return self.load_all_but_one(cargo, when).await;
        }
        let (kind, place, voyage) = self.activity(cargo, what);
        let mut input = json!({
            "cargo": self.cargoes[cargo].id,
            "type": kind,
            "location": place,
            "completed_at": when,
        });
        if let Some(voyage) = voyage {
            input["voyage"] = json!(voyage);
        }
        let Some(outcome) = self.office.agent("register-handling-event", &input).await? else {
            return Ok(());
        };
        self.cargoes[cargo].report = (outcome["event"].clone(), place);
        self.go_on(cargo, what, when);
        Ok(())
    }

    /// Whether the timetable has changed since this was planned. It is then planned again or, on a
    /// cancelled voyage, dropped.
    fn is_put_off(&mut self, cargo: usize, what: Handling, when: Moment) -> bool {
        let (Handling::Load(leg) | Handling::Unload(leg)) = what else {
            return false;
        };
        let planned = &self.cargoes[cargo].route[leg];
        let sailing = &self.sailings[planned.voyage];
        let call = match what {
            Handling::Load(_) => planned.load,
            _ => planned.unload + 1,
        };
        if sailing.cancelled || sailing.omitted.contains(&call) {
            return true;
        }
        let is_early = match what {
            Handling::Load(_) => when < planned.departs(&self.sailings).plus_hours(-12),
            _ => when < planned.arrives(&self.sailings),
        };
        if is_early {
            self.expect(cargo, what, when);
        }
        is_early
    }

    /// An agent's report: the type, the place and, for LOAD and UNLOAD, the voyage.
    pub(super) fn activity(
        &self,
        cargo: usize,
        what: Handling,
    ) -> (&'static str, String, Option<String>) {
        let route = &self.cargoes[cargo].route;
        let voyage = |leg: usize| Some(self.sailings[route[leg].voyage].number.clone());
        let from = |leg: usize| route[leg].from(&self.sailings).to_owned();
        let to = |leg: usize| route[leg].to(&self.sailings).to_owned();
        let last = route.len() - 1;
        match what {
            Handling::Receive => ("RECEIVE", from(0), None),
            Handling::ReceiveElsewhere => ("RECEIVE", to(last), None),
            Handling::Load(leg) => ("LOAD", from(leg), voyage(leg)),
            Handling::LoadElsewhere => ("LOAD", from(0), self.wrong_voyage(cargo).or(voyage(0))),
            Handling::Unload(leg) => ("UNLOAD", to(leg), voyage(leg)),
            Handling::UnloadElsewhere(leg) => {
                let call = self.wrong_call(cargo, leg);
                (
                    "UNLOAD",
                    call.map_or_else(|| to(leg), |call| call.0),
                    voyage(leg),
                )
            }
            Handling::Customs => ("CUSTOMS", to(last), None),
            Handling::Claim => ("CLAIM", to(last), None),
        }
    }

    /// Another voyage that leaves the same port within days.
    fn wrong_voyage(&self, cargo: usize) -> Option<String> {
        let leg = &self.cargoes[cargo].route[0];
        let (from, departs) = (leg.from(&self.sailings), leg.departs(&self.sailings));
        let window = departs.plus_hours(-120)..departs.plus_hours(120);
        let own = &self.sailings[leg.voyage].number;
        let calls_then = |sailing: &&Sailing| {
            let mut calls = sailing.movements.iter();
            calls.any(|call| call.from == from && window.contains(&call.departs))
        };
        let others = self.sailings.iter().filter(|other| other.number != *own);
        let mut others = others.filter(calls_then);
        others.next().map(|other| other.number.clone())
    }

    /// The call before the one where a leg ends or, if that is the first, the one after it.
    fn wrong_call(&self, cargo: usize, leg: usize) -> Option<(String, Moment)> {
        let leg = &self.cargoes[cargo].route[leg];
        let movements = &self.sailings[leg.voyage].movements;
        let wrong = if leg.unload > leg.load {
            leg.unload - 1
        } else {
            leg.unload + 1
        };
        let wrong = movements.get(wrong)?;
        Some((wrong.to.clone(), wrong.arrives))
    }

    /// The consequences of a handling event.
    fn go_on(&mut self, cargo: usize, what: Handling, when: Moment) {
        let own = &self.cargoes[cargo];
        let (fate, last, index) = (own.fate, own.route.len() - 1, own.index);
        match what {
            Handling::Receive if fate == Fate::BroughtEarly => {}
            Handling::Receive if fate == Fate::LeftBehind => {
                let departs = own.route[0].departs(&self.sailings);
                let days = LEFT_BEHIND_DAYS * 24;
                self.plan(
                    departs.plus_hours(days),
                    Task::Step(cargo, Step::Roll(0), departs),
                );
            }
            Handling::Receive if fate == Fate::WrongVoyage => {
                self.expect(cargo, Handling::LoadElsewhere, when);
            }
            Handling::Receive => self.expect(cargo, Handling::Load(0), when),
            Handling::ReceiveElsewhere => self.then(cargo, Step::Retract, (1, 6)),
            Handling::Load(leg) => {
                let strays = matches!(fate, Fate::UnloadedElsewhere | Fate::SentOn);
                let next = if strays && !own.is_sent_on {
                    Handling::UnloadElsewhere(leg)
                } else {
                    Handling::Unload(leg)
                };
                self.expect(cargo, next, when);
            }
            Handling::UnloadElsewhere(_) if fate == Fate::SentOn => {
                self.then(cargo, Step::SendOn, (3, 14));
            }
            Handling::Unload(leg) if leg < last => self.connect(cargo, leg + 1, when),
            Handling::Unload(_) if index.is_multiple_of(2) => {
                self.expect(cargo, Handling::Customs, when);
            }
            Handling::Unload(_) | Handling::Customs => self.expect(cargo, Handling::Claim, when),
            Handling::Claim => self.cargoes[cargo].is_booked = false,
            Handling::LoadElsewhere | Handling::UnloadElsewhere(_) => {}
        }
    }

    /// Catches the next voyage or, if that has left, often waits for the one after.
    fn connect(&mut self, cargo: usize, leg: usize, when: Moment) {
        let departs = self.cargoes[cargo].route[leg].departs(&self.sailings);
        if departs > when.plus_hours(1) {
            self.expect(cargo, Handling::Load(leg), when);
        } else if self.office.dice.percent(60) {
            self.then(cargo, Step::Roll(leg), (2, 12));
        }
    }
}
