//! What the reference answers of cargoes.

use super::ask::{Ask, Want, amount, moment, number};
use super::delivery::{Delivery, moves};
use super::reference::{
    Answer, CONNECTION, Cargo, Decided, HOUR, Kind, Leg, Made, PORTS, Reference, Rule, Scheduled,
    Status, Time, require,
};
use serde_json::{Value, json};

impl Reference {
    pub(super) fn apply_to_cargo(&mut self, ask: &Ask, now: Time, made: &Made) -> Decided {
        match ask {
            Ask::Create {
                customer,
                origin,
                destination,
                deadline,
                equipment,
                kg,
            } => self.create(
                Cargo {
                    id: made.id.clone(),
                    tracking: made.tracking.clone(),
                    customer: *customer,
                    equipment: equipment.clone(),
                    kg: *kg,
                    origin: *origin,
                    destination: *destination,
                    deadline: *deadline,
                    status: Status::Requested,
                    legs: Vec::new(),
                    approach: None,
                    counts_from: None,
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
            Ask::Release {
                cargo,
                by_the_system,
            } => self.release(*cargo, *by_the_system),
            Ask::Roll { cargo, from, to } => self.roll(*cargo, *from, *to, now),
            Ask::Accept { cargo } => self.accept(*cargo),
            Ask::Confirm { cargo } => self.confirm(*cargo),
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
                let here = self.is_or_comes(*cargo, *origin);
                require(here, "RerouteMustStartWhereCargoIs")?;
                let ahead = deadline.is_none_or(|deadline| deadline > now);
                require(ahead, "DeadlineMustLieAhead")?;
                self.specify(*cargo, |cargo| {
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
        let suspended = customer.ok_or("CustomerMustBeKnown")?.suspended;
        Self::known_port(cargo.origin)?;
        Self::known_port(cargo.destination)?;
        let differ = cargo.origin != cargo.destination;
        require(differ, "OriginAndDestinationMustDiffer")?;
        require(cargo.deadline > now, "DeadlineMustLieAhead")?;
        require(!suspended, "CustomerMustBeActive")?;
        let containers: u64 = cargo.equipment.iter().map(|(_, count)| count).sum();
        require(
            cargo.kg <= containers * 36_000,
            "ContainerMayNotBeOverweight",
        )?;
        let answer = Answer {
            outcome: json!({ "cargo": cargo.tracking, "id": cargo.id,
                "size_teu": amount(cargo.size().0, 4) }),
            events: vec![format!("CargoCreated {}", cargo.tracking)],
        };
        self.cargoes.push(cargo);
        Ok(answer)
    }

    fn must_not_be_finished(&self, cargo: usize) -> Result<(), Rule> {
        require(!self.is_finished(cargo), "ClaimedCargoIsFinished")
    }

    fn may_change(&self, cargo: usize) -> Result<(), Rule> {
        self.must_not_be_finished(cargo)?;
        require(!self.cargoes[cargo].is_given_up(), "StatusMustAllow")
    }

    fn customer_must_be_active(&self, cargo: usize) -> Result<(), Rule> {
        let customer = &self.customers[self.cargoes[cargo].customer];
        require(!customer.suspended, "CustomerMustBeActive")
    }

    fn assign(&mut self, cargo: usize, wanted: &[Want], now: Time) -> Decided {
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let delivery = self.delivery(cargo);
        let state = &mut self.cargoes[cargo];
        let replaced = std::mem::take(&mut state.legs);
        let approached = state.approach.take();
        if replaced.is_empty() {
            self.customer_must_be_active(cargo)?;
        } else {
            let lost = delivery.misdirected || delivery.routing == "MISROUTED";
            require(lost, "CargoMayNotBeBookedTwice")?;
        }
        let mut legs: Vec<Leg> = Vec::new();
        for want in wanted {
            legs.push(self.leg(want, legs.last(), now)?);
        }
        self.must_connect(&legs)?;
        // Aboard for a leg, the call where it was loaded is behind it, with its cut-off.
        let first = legs[0];
        let begins_with = |leg: Option<&Leg>| {
            leg.is_some_and(|leg| (leg.voyage, leg.first) == (first.voyage, first.first))
        };
        let stays = delivery.aboard == Some(self.voyages[first.voyage].number);
        let keeps = stays && !delivery.misdirected;
        let approached = approached.filter(|_| delivery.approaches);
        let ahead = replaced.get(delivery.leg_ahead);
        let boarded_for = keeps && begins_with(approached.as_ref().or(ahead));
        let goes_on = boarded_for
            || (keeps
                && approached.is_some_and(|leg| leg.voyage == first.voyage)
                && begins_with(ahead));
        let ship = delivery
            .aboard
            .map(|number| self.voyage(number))
            .transpose()?;
        if ship.is_none() {
            self.must_start_where_it_is(cargo, &first, replaced.is_empty())?;
        }
        let came_aboard = ship.and_then(|ship| Some((ship, self.came_aboard(cargo, ship)?)));
        let begins_here = boarded_for || came_aboard == Some((first.voyage, first.first));
        let approach = match ship.filter(|_| !begins_here) {
            None => None,
            Some(ship) => Some(self.approach_to(cargo, ship, &first)?),
        };
        self.must_satisfy(cargo, &legs)?;
        if let Some(approach) = approach {
            self.may_be_booked(&approach, true, now)?;
        }
        for (place, leg) in legs.iter().enumerate() {
            self.may_be_booked(leg, goes_on && place == 0, now)?;
        }
        self.take(cargo, approach, legs)?;
        let last = moves(&self.handled(cargo)).last().map(|m| m.completed);
        let state = &mut self.cargoes[cargo];
        state.counts_from = last;
        if state.status == Status::Requested {
            state.status = Status::Booked;
        }
        let event = if replaced.is_empty() {
            "CargoBooked"
        } else {
            "ItineraryReplaced"
        };
        Ok(self.booked(cargo, event))
    }

    fn booked(&mut self, cargo: usize, event: &str) -> Answer {
        let mut answer = self.changed(cargo, &[event]);
        answer.outcome["legs"] = self.legs_as_read(cargo);
        answer
    }

    pub(super) fn legs_as_read(&self, cargo: usize) -> Value {
        self.legs(cargo).iter().map(leg_view).collect()
    }

    /// The first calls of the voyage that are meant and, if there are any, connect and are open.
    fn leg(&self, want: &Want, before: Option<&Leg>, now: Time) -> Result<Leg, Rule> {
        let voyage = self.voyage(want.voyage)?;
        let earliest = before.map(|leg| self.scheduled(leg).unload_time + CONNECTION);
        let opens = now + self.voyages[voyage].cut_off_hours * HOUR;
        let open = Some(earliest.map_or(opens, |earliest| earliest.max(opens)));
        let find = |earliest: Option<Time>, load: Option<Time>, unload: Option<Time>| {
            let movements = &self.voyages[voyage].movements;
            for (first, m) in movements.iter().enumerate() {
                let loads = m.from == want.load_at
                    && load.is_none_or(|time| time == m.departs)
                    && earliest.is_none_or(|time| time <= m.departs);
                for (last, m) in movements.iter().enumerate().skip(first) {
                    let unloads =
                        m.to == want.unload_at && unload.is_none_or(|time| time == m.arrives);
                    if loads && unloads {
                        return Some(Leg {
                            voyage,
                            first,
                            last,
                            is_lost: false,
                        });
                    }
                }
            }
            None
        };
        let (load, unload) = (want.load_time, want.unload_time);
        let meant = find(open, load, unload)
            .or_else(|| find(earliest, load, unload))
            .or_else(|| find(None, load, unload));
        meant.ok_or(match find(None, None, None) {
            Some(_) => "ItineraryMustConnect",
            None => "VoyageMustCallInOrder",
        })
    }

    fn must_connect(&self, legs: &[Leg]) -> Result<(), Rule> {
        let legs: Vec<_> = legs.iter().map(|leg| self.scheduled(leg)).collect();
        for pair in legs.windows(2) {
            let apart = pair[1].load_time - pair[0].unload_time;
            let connects = pair[0].unload_at == pair[1].load_at && apart >= CONNECTION;
            require(connects, "ItineraryMustConnect")?;
        }
        Ok(())
    }

    fn must_satisfy(&self, cargo: usize, legs: &[Leg]) -> Result<(), Rule> {
        let (first, last) = (&legs[0], &legs[legs.len() - 1]);
        let (first, last) = (self.scheduled(first), self.scheduled(last));
        let cargo = &self.cargoes[cargo];
        let satisfies = first.load_at == cargo.origin
            && last.unload_at == cargo.destination
            && last.unload_time <= cargo.deadline;
        require(satisfies, "ItineraryMustSatisfySpecification")
    }

    /// Ashore, a cargo goes on from where it is; one that was received before it had a way may
    /// be brought elsewhere by land.
    fn must_start_where_it_is(&self, cargo: usize, first: &Leg, is_new: bool) -> Result<(), Rule> {
        let handled = self.handled(cargo);
        let Some(last) = moves(&handled).last().copied() else {
            return Ok(());
        };
        let by_land = is_new && last.kind == Kind::Receive;
        let there = last.port == self.scheduled(first).load_at;
        require(by_land || there, "ItineraryMustConnect")
    }

    /// The movement with which a ship left where the cargo was loaded.
    fn came_aboard(&self, cargo: usize, ship: usize) -> Option<usize> {
        let handled = self.handled(cargo);
        let last = *moves(&handled).last()?;
        let mut movements = self.voyages[ship].movements.iter();
        movements.position(|m| m.arrives > last.completed && m.from == last.port)
    }

    /// From where the cargo came aboard a ship, as far as the timetable tells, to where that
    /// comes to a port.
    pub(super) fn way_ashore(&self, cargo: usize, ship: usize, port: usize) -> Option<Leg> {
        let handled = self.handled(cargo);
        let last = *moves(&handled).last()?;
        let movements = &self.voyages[ship].movements;
        let mut ahead =
            (0..movements.len()).filter(|place| movements[*place].arrives > last.completed);
        let first = self.came_aboard(cargo, ship).or(ahead.next())?;
        let mut ashore = (first..movements.len()).filter(|place| movements[*place].to == port);
        ashore.next().map(|last| Leg {
            voyage: ship,
            first,
            last,
            is_lost: false,
        })
    }

    /// How it comes to where its itinerary begins, in time for that.
    fn approach_to(&self, cargo: usize, ship: usize, first: &Leg) -> Result<Leg, Rule> {
        let leg = self.scheduled(first);
        let way = self.way_ashore(cargo, ship, leg.load_at);
        let way = way.ok_or("ItineraryMustConnect")?;
        let ashore = self.scheduled(&way).unload_time;
        let stays_aboard = first.voyage == ship && ashore <= leg.load_time;
        let connects = stays_aboard || ashore + CONNECTION <= leg.load_time;
        require(connects, "ItineraryMustConnect")?;
        Ok(way)
    }

    /// Aboard already, the cut-off is behind it.
    fn may_be_booked(&self, leg: &Leg, is_aboard: bool, now: Time) -> Result<(), Rule> {
        let voyage = &self.voyages[leg.voyage];
        if is_aboard && self.has_departed_over(leg, now) {
            return Ok(());
        }
        require(!voyage.is_cancelled, "CancelledVoyageTakesNothing")?;
        let closes = voyage.movements[leg.first].departs - voyage.cut_off_hours * HOUR;
        require(is_aboard || now <= closes, "BookingClosesAtCutOff")
    }

    /// Gives the legs to the cargo, if there is space: no movement that is fuller then may be
    /// too full.
    fn take(&mut self, cargo: usize, approach: Option<Leg>, legs: Vec<Leg>) -> Result<(), Rule> {
        let before = self.loads();
        let state = &mut self.cargoes[cargo];
        (state.approach, state.legs) = (approach, legs);
        for ((voyage, movement), load) in self.loads() {
            let limit = self.voyages[voyage].limit();
            let fits = load.0 <= limit.0 && load.1 <= limit.1;
            let is_fuller = load > before[&(voyage, movement)];
            require(fits || !is_fuller, "LoadMayNotPassTheLine")?;
        }
        Ok(())
    }

    fn must_not_be_aboard(&self, cargo: usize) -> Result<(), Rule> {
        let aboard = self.delivery(cargo).aboard;
        require(aboard.is_none(), "LoadedCargoMayNotBeReleased")
    }

    fn leave(&mut self, cargo: usize) {
        let state = &mut self.cargoes[cargo];
        state.legs.clear();
        (state.approach, state.counts_from) = (None, None);
    }

    fn release(&mut self, cargo: usize, by_the_system: bool) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let may = match self.cargoes[cargo].status {
            Status::Booked => true,
            Status::Accepted | Status::Confirmed => {
                by_the_system && self.legs(cargo).iter().any(|leg| leg.cancelled)
            }
            _ => false,
        };
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

    fn accept(&mut self, cargo: usize) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let booked = self.cargoes[cargo].status == Status::Booked;
        require(booked, "StatusMustAllow")?;
        self.must_sail(cargo)?;
        self.customer_must_be_active(cargo)?;
        self.cargoes[cargo].status = Status::Accepted;
        Ok(self.changed(cargo, &["CargoAccepted"]))
    }

    fn must_sail(&self, cargo: usize) -> Result<(), Rule> {
        let lost = self.delivery(cargo).flags.contains(&"VoyageCancelled");
        require(!lost, "CancelledVoyageTakesNothing")
    }

    fn confirm(&mut self, cargo: usize) -> Decided {
        self.known_cargo(cargo)?;
        self.must_not_be_finished(cargo)?;
        let accepted = self.cargoes[cargo].status == Status::Accepted;
        require(accepted, "StatusMustAllow")?;
        self.must_sail(cargo)?;
        self.cargoes[cargo].status = Status::Confirmed;
        Ok(self.changed(cargo, &["CargoConfirmed"]))
    }

    fn roll(&mut self, cargo: usize, from: usize, to: usize, now: Time) -> Decided {
        self.known_cargo(cargo)?;
        let from_place = self.voyage(from)?;
        self.voyage(to)?;
        self.must_not_be_finished(cargo)?;
        let state = &self.cargoes[cargo];
        let booked = !state.is_given_up() && state.status != Status::Requested;
        require(booked, "StatusMustAllow")?;
        require(from != to, "CargoMustBeOnVoyage")?;
        let delivery = self.delivery(cargo);
        let aboard = delivery.aboard == Some(from);
        require(!aboard, "LoadedCargoMayNotBeReleased")?;
        let legs = self.cargoes[cargo].legs.clone();
        let mut ahead = delivery.leg_ahead..legs.len();
        let place = ahead.find(|place| legs[*place].voyage == from_place);
        let place = place.ok_or("CargoMustBeOnVoyage")?;
        let rolled = self.scheduled(&legs[place]);
        let want = Want {
            voyage: to,
            load_at: rolled.load_at,
            unload_at: rolled.unload_at,
            load_time: None,
            unload_time: None,
        };
        let approach = self.cargoes[cargo].approach.filter(|_| delivery.approaches);
        let before = legs[..place].last().or(approach.as_ref());
        let onto = self.leg(&want, before, now)?;
        let mut rerolled = legs.clone();
        rerolled[place] = onto;
        self.must_connect(&rerolled[delivery.leg_ahead..])?;
        if let Some(approach) = approach {
            let (come, go) = (self.scheduled(&approach), self.scheduled(&rerolled[0]));
            let stays = come.voyage == go.voyage && come.unload_time <= go.load_time;
            let connects = stays || come.unload_time + CONNECTION <= go.load_time;
            require(connects, "ItineraryMustConnect")?;
        }
        self.must_satisfy(cargo, &rerolled)?;
        self.may_be_booked(&onto, false, now)?;
        let approach = self.cargoes[cargo].approach;
        self.cargoes[cargo].legs.remove(place);
        self.take(cargo, approach, rerolled)?;
        Ok(self.booked(cargo, "CargoRolled"))
    }

    /// Whether the cargo is there or, aboard, comes there on the voyage.
    fn is_or_comes(&self, cargo: usize, port: usize) -> bool {
        let delivery = self.delivery(cargo);
        let Some(aboard) = delivery.aboard else {
            return delivery.last_known == Some(port);
        };
        let ship = self.voyage(aboard).expect("it was reported with a voyage");
        self.way_ashore(cargo, ship, port).is_some()
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

    /// What holds of a cargo now and did not before.
    pub(super) fn consequences(&self, cargo: usize, before: &Delivery) -> Vec<String> {
        let now = self.delivery(cargo);
        let mut events = Vec::new();
        if now.routing == "MISROUTED" && before.routing != "MISROUTED" {
            events.push(self.tells("CargoMisrouted", cargo));
        }
        for flag in ["ConnectionMissed", "DeadlineAtRisk"] {
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
    view
}
