//! The reference's answers about cargoes.

use super::ask::{Ask, Want, moment, number};
use super::delivery::{Delivery, Step};
use super::reference::{
    Answer, Cargo, Decided, Kind, Leg, Made, PORTS, Reference, Rule, Scheduled, Status, Time,
    require,
};
use super::special::amount;
use serde_json::{Value, json};

impl Reference {
    pub(super) fn apply_to_cargo(&mut self, ask: &Ask, now: Time, made: &Made) -> Decided {
        match ask {
            Ask::Create {
                customer,
                origin,
                destination,
                deadline,
                ready_from,
                equipment,
                kg,
                special,
            } => self.create(
                Cargo {
                    id: made.id.clone(),
                    tracking: made.tracking.clone(),
                    customer: *customer,
                    equipment: equipment.clone(),
                    kg: *kg,
                    containers: Vec::new(),
                    set_point: special.set_point,
                    goods: special.goods.clone().unwrap_or_default(),
                    reference: None,
                    split_from: None,
                    split_into: Vec::new(),
                    origin: *origin,
                    first_origin: None,
                    destination: *destination,
                    deadline: *deadline,
                    ready_from: *ready_from,
                    status: Status::Requested,
                    legs: Vec::new(),
                    approach: None,
                    counts_from: None,
                    history: Vec::new(),
                    version: 1,
                },
                now,
            ),
            Ask::Book {
                cargo,
                voyage,
                calls,
            } => {
                self.known_cargo(*cargo)?;
                let specified = &self.cargoes[*cargo];
                let (load_at, unload_at) =
                    calls.unwrap_or((specified.origin, specified.destination));
                let leg = Want {
                    voyage: *voyage,
                    load_at,
                    unload_at,
                    load_time: None,
                    unload_time: None,
                };
                self.assign(*cargo, &[leg], now)
            }
            Ask::Assign { cargo, legs } => self.assign(*cargo, legs, now),
            Ask::Release { cargo, .. } => self.release(*cargo, now),
            Ask::Roll {
                cargo,
                from,
                to,
                load_time,
                unload_time,
                unload_at,
                onward,
            } => self.roll(
                *cargo,
                (*from, *to),
                (*load_time, *unload_time),
                (*unload_at, onward.as_deref()),
                now,
            ),
            Ask::Amend { .. } => self.amend(ask, now),
            Ask::Split { .. } => self.split(ask, made),
            Ask::AssignContainers { cargo, containers } => {
                self.assign_containers(*cargo, containers)
            }
            Ask::Accept { cargo } => self.accept(*cargo, now),
            Ask::Confirm { cargo } => self.confirm(*cargo, now),
            Ask::Reject { cargo } => self.give_up(*cargo, Status::Rejected),
            Ask::Cancel { cargo } => self.give_up(*cargo, Status::Cancelled),
            _ => self.apply_to_specification(ask, now),
        }
    }

    fn apply_to_specification(&mut self, ask: &Ask, now: Time) -> Decided {
        match ask {
            Ask::ChangeDestination { cargo, destination } => {
                self.known_cargo(*cargo)?;
                Self::known_port(*destination)?;
                self.may_change(*cargo)?;
                self.specify(*cargo, |cargo| cargo.destination = *destination)
            }
            Ask::ChangeDeadline { cargo, deadline } => {
                self.known_cargo(*cargo)?;
                self.may_change(*cargo)?;
                require(*deadline > now, "DeadlineMustLieAhead")?;
                let ready_from = self.awaited_from(*cargo);
                let precedes = ready_from.is_none_or(|ready| ready < *deadline);
                require(precedes, "ReadyDateMustPrecedeDeadline")?;
                self.specify(*cargo, |cargo| cargo.deadline = *deadline)
            }
            Ask::Reroute {
                cargo,
                origin,
                destination,
                deadline,
            } => {
                self.known_cargo(*cargo)?;
                Self::known_port(*origin)?;
                destination.map_or(Ok(()), Self::known_port)?;
                self.may_change(*cargo)?;
                let way = self.is_or_comes(*cargo, *origin)?;
                if let Some(way) = way {
                    self.must_call(way.voyage, way.last + 1)?;
                }
                let sails = way.is_none_or(|way| {
                    let cancelled = self.voyages[way.voyage].is_cancelled;
                    !cancelled || self.has_departed_over(&way, now)
                });
                require(sails, "CancelledVoyageTakesNothing")?;
                let ahead = deadline.is_none_or(|deadline| deadline > now);
                require(ahead, "DeadlineMustLieAhead")?;
                self.specify(*cargo, |cargo| {
                    if cargo.origin != *origin {
                        cargo.first_origin = cargo.first_origin.or(Some(cargo.origin));
                    }
                    cargo.origin = *origin;
                    cargo.destination = destination.unwrap_or(cargo.destination);
                    cargo.deadline = deadline.unwrap_or(cargo.deadline);
                })
            }
            other => panic!("{other:?} is not of a specification"),
        }
    }

    fn create(&mut self, cargo: Cargo, now: Time) -> Decided {
        let customer = self.customers.get(cargo.customer);
        let customer = customer.ok_or("CustomerMustBeKnown")?;
        let (suspended, erased) = (customer.suspended, customer.erased);
        Self::known_port(cargo.origin)?;
        Self::known_port(cargo.destination)?;
        let differ = cargo.origin != cargo.destination;
        require(differ, "OriginAndDestinationMustDiffer")?;
        require(cargo.deadline > now, "DeadlineMustLieAhead")?;
        let precedes = cargo.ready_from.is_none_or(|ready| ready < cargo.deadline);
        require(precedes, "ReadyDateMustPrecedeDeadline")?;
        require(!erased, "CustomerMustNotBeErased")?;
        require(!suspended, "CustomerMustBeActive")?;
        let containers: u64 = cargo.equipment.iter().map(|(_, count)| count).sum();
        require(
            cargo.kg <= containers * 36_000,
            "ContainerMayNotBeOverweight",
        )?;
        cargo.must_have_reefer()?;
        let answer = Answer {
            outcome: json!({ "cargo": cargo.tracking, "id": cargo.id,
                "size_teu": amount(cargo.size()[0], 4) }),
            events: vec![format!("CargoCreated {}", cargo.tracking)],
        };
        self.cargoes.push(cargo);
        Ok(answer)
    }

    pub(super) fn must_not_be_finished(&self, cargo: usize) -> Result<(), Rule> {
        require(!self.is_finished(cargo), "ClaimedCargoIsFinished")
    }

    pub(super) fn may_change(&self, cargo: usize) -> Result<(), Rule> {
        self.must_not_be_finished(cargo)?;
        require(!self.cargoes[cargo].is_given_up(), "StatusMustAllow")
    }

    pub(super) fn customer_must_be_active(&self, cargo: usize) -> Result<(), Rule> {
        let customer = &self.customers[self.cargoes[cargo].customer];
        require(!customer.erased, "CustomerMustNotBeErased")?;
        require(!customer.suspended, "CustomerMustBeActive")
    }

    fn must_not_be_aboard(&self, cargo: usize) -> Result<(), Rule> {
        let aboard = self.delivery(cargo).aboard;
        require(aboard.is_none(), "LoadedCargoMayNotBeReleased")?;
        let partly = !self.containers_aboard(cargo).is_empty();
        require(!partly, "StatusMustAllow")
    }

    fn leave(&mut self, cargo: usize) {
        let state = &mut self.cargoes[cargo];
        state.legs.clear();
        (state.approach, state.counts_from) = (None, None);
    }

    fn release(&mut self, cargo: usize, now: Time) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let may = match self.cargoes[cargo].status {
            Status::Booked => true,
            Status::Accepted | Status::Confirmed => !self.delivery_at(cargo, now).broken.is_empty(),
            _ => false,
        };
        let may = may && !self.delivery(cargo).arrived;
        require(may, "StatusMustAllow")?;
        self.must_not_be_aboard(cargo)?;
        self.leave(cargo);
        self.cargoes[cargo].status = Status::Requested;
        Ok(self.changed(cargo, &["CargoReleased"]))
    }

    fn give_up(&mut self, cargo: usize, status: Status) -> Decided {
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let rejects = status == Status::Rejected;
        let confirmed = self.cargoes[cargo].status == Status::Confirmed;
        require(!(rejects && confirmed), "StatusMustAllow")?;
        self.must_not_be_aboard(cargo)?;
        self.leave(cargo);
        self.cargoes[cargo].status = status;
        let event = if rejects {
            "CargoRejected"
        } else {
            "CargoCancelled"
        };
        Ok(self.changed(cargo, &[event]))
    }

    fn accept(&mut self, cargo: usize, now: Time) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let booked = self.cargoes[cargo].status == Status::Booked;
        require(booked, "StatusMustAllow")?;
        self.must_be_routed(cargo)?;
        self.legs_ahead_must_hold(cargo, now)?;
        self.ship_may_not_have_gone(cargo, now)?;
        self.customer_must_be_active(cargo)?;
        self.cargoes[cargo].status = Status::Accepted;
        Ok(self.changed(cargo, &["CargoAccepted"]))
    }

    fn must_be_routed(&self, cargo: usize) -> Result<(), Rule> {
        let routed = self.delivery(cargo).routing == "ROUTED";
        require(routed, "StatusMustAllow")
    }

    /// The first broken leg gives the reason.
    fn legs_ahead_must_hold(&self, cargo: usize, now: Time) -> Result<(), Rule> {
        match self
            .delivery_at(cargo, now)
            .broken
            .first()
            .map(|leg| leg.flag)
        {
            None => Ok(()),
            Some("VoyageCancelled") => Err("CancelledVoyageTakesNothing"),
            Some("CallOmitted") => Err("OmittedCallTakesNothing"),
            Some("LeftBehind") => Err("BookingClosesAtCutOff"),
            Some("DepartsBeforeReady") => Err("ItineraryMustSatisfySpecification"),
            Some(_) => Err("ItineraryMustConnect"),
        }
    }

    /// Refuses to accept a cargo after its ship has left without it.
    fn ship_may_not_have_gone(&self, cargo: usize, now: Time) -> Result<(), Rule> {
        let plan = self.delivery(cargo).plan;
        let done = plan.iter().rposition(|step| step.event.is_some());
        let mut ahead = plan[done.map_or(0, |done| done + 1)..].iter();
        let load = ahead.find(|step| step.kind == Kind::Load && !step.skippable);
        // A ship that was reported to leave within the tolerance of clocks has gone, too.
        let is_open = |step: &Step| step.due > now && step.overdue != step.due;
        require(load.is_none_or(is_open), "BookingClosesAtCutOff")
    }

    fn confirm(&mut self, cargo: usize, now: Time) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let accepted = self.cargoes[cargo].status == Status::Accepted;
        require(accepted, "StatusMustAllow")?;
        self.must_be_routed(cargo)?;
        self.legs_ahead_must_hold(cargo, now)?;
        self.cargoes[cargo].status = Status::Confirmed;
        Ok(self.changed(cargo, &["CargoConfirmed"]))
    }

    /// Checks that the cargo is at the port or, on board, will get there on the voyage, and returns
    /// how.
    fn is_or_comes(&self, cargo: usize, port: usize) -> Result<Option<Leg>, Rule> {
        let delivery = self.delivery(cargo);
        let elsewhere = "RerouteMustStartWhereCargoIs";
        let Some(aboard) = delivery.aboard else {
            return require(delivery.last_known == Some(port), elsewhere).map(|()| None);
        };
        let ship = self.voyage(aboard).expect("it was reported with a voyage");
        let way = self.way_ashore(cargo, ship, port);
        way.ok_or(elsewhere).map(Some)
    }

    fn specify(&mut self, cargo: usize, change: impl FnOnce(&mut Cargo)) -> Decided {
        let before = self.delivery(cargo);
        let state = &mut self.cargoes[cargo];
        change(state);
        let differ = state.origin != state.destination;
        require(differ, "OriginAndDestinationMustDiffer")?;
        let mut answer = self.changed(cargo, &["SpecificationChanged"]);
        answer.events.extend(self.consequences(cargo, &before));
        Ok(answer)
    }

    /// What is now true of a cargo and was not before.
    pub(super) fn consequences(&self, cargo: usize, before: &Delivery) -> Vec<String> {
        let now = self.delivery(cargo);
        let mut events = Vec::new();
        if now.routing == "MISROUTED" && before.routing != "MISROUTED" {
            events.push(self.tells("CargoMisrouted", cargo));
        }
        let missed = |delivery: &Delivery| -> Vec<usize> {
            let broken = delivery.broken.iter();
            let missed = broken.filter(|broken| broken.flag == "ConnectionMissed");
            missed.map(|broken| broken.leg).collect()
        };
        let known = missed(before);
        for leg in missed(&now) {
            if !known.contains(&leg) {
                events.push(self.tells("ConnectionMissed", cargo));
            }
        }
        for flag in ["DepartsBeforeReady", "DeadlineAtRisk"] {
            if now.flags.contains(&flag) && !before.flags.contains(&flag) {
                events.push(self.tells(flag, cargo));
            }
        }
        events
    }
}

pub(super) fn leg_view(leg: &Scheduled) -> Value {
    let mut view = json!({ "voyage": number(leg.voyage),
        "load_at": PORTS[leg.load_at], "load_time": moment(leg.load_time),
        "unload_at": PORTS[leg.unload_at], "unload_time": moment(leg.unload_time) });
    if leg.cancelled {
        view["voyage_cancelled"] = json!(true);
    }
    if leg.omitted.0 {
        view["load_omitted"] = json!(true);
    }
    if leg.omitted.1 {
        view["unload_omitted"] = json!(true);
    }
    view
}
