//! The reference's answers about itineraries.

use super::ask::Want;
use super::booking::leg_view;
use super::delivery::{leads, loads};
use super::reference::{
    Answer, CONNECTION, Decided, Event, HOUR, Kind, Leg, Reference, Rule, Status, Time, require,
};
use super::special::fits;
use serde_json::Value;

impl Reference {
    pub(super) fn assign(&mut self, cargo: usize, wanted: &[Want], now: Time) -> Decided {
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let delivery = self.delivery_at(cargo, now);
        let state = &mut self.cargoes[cargo];
        let replaced = std::mem::take(&mut state.legs);
        let approached = state.approach.take();
        if replaced.is_empty() {
            self.customer_must_be_active(cargo)?;
        } else {
            let together = delivery.aboard.is_some() || self.containers_aboard(cargo).is_empty();
            require(together, "StatusMustAllow")?;
            let lost = delivery.misdirected || delivery.routing == "MISROUTED";
            let may = lost || !delivery.broken.is_empty();
            require(may, "CargoMayNotBeBookedTwice")?;
        }
        let mut legs: Vec<Leg> = Vec::new();
        for want in wanted {
            let came_aboard = match legs.is_empty() {
                true => self.loaded_for(cargo, want)?,
                false => None,
            };
            let earliest = match legs.last() {
                None => self.ready(cargo, want)?,
                Some(before) => self.follows(before, want)?,
            };
            legs.push(self.leg(want, earliest, came_aboard, now)?);
            self.stay_aboard(&mut legs);
        }
        self.must_connect(&legs)?;
        // When on board for a leg, the call where it was loaded is behind it, with its cut-off.
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
            self.must_start_where_it_is(cargo, &first)?;
        }
        let came_aboard = ship.and_then(|ship| Some((ship, self.came_aboard(cargo, ship)?)));
        let begins_here = boarded_for || came_aboard == Some((first.voyage, first.first));
        let approach = match ship.filter(|_| !begins_here) {
            None => None,
            Some(ship) => Some(self.approach_to(cargo, ship, &first)?),
        };
        self.must_satisfy(cargo, &legs)?;
        if let Some(approach) = approach {
            self.may_be_booked(cargo, &approach, true, now)?;
        }
        for (place, leg) in legs.iter().enumerate() {
            self.may_be_booked(cargo, leg, goes_on && place == 0, now)?;
        }
        self.take(cargo, approach, legs)?;
        let last = self.moves(cargo).last().map(|m| m.completed);
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

    /// When the cargo can be loaded for the first leg, as far as that is known: it is in port, gets
    /// there with its ship, or is on board already.
    fn ready(&self, cargo: usize, want: &Want) -> Result<Option<Time>, Rule> {
        let onto = self.voyage(want.voyage)?;
        Ok(match self.is_aboard(cargo) {
            None => self.ashore_since(cargo).or(self.awaited_from(cargo)),
            Some((ship, first)) if ship == onto => {
                Some(self.voyages[ship].movements[first].known().departs)
            }
            Some((ship, first)) => {
                let sailings = self.voyages[ship].sailings();
                let mut ahead = sailings.iter().enumerate().skip(first);
                let calls = |place| !self.voyages[ship].omits(place + 1);
                let comes = ahead.find(|(place, m)| m.to == want.load_at && calls(*place));
                comes.map(|(_, movement)| movement.arrives + CONNECTION)
            }
        })
    }

    /// The departure with which it was loaded onto the wanted voyage at the wanted port.
    fn loaded_for(&self, cargo: usize, want: &Want) -> Result<Option<Time>, Rule> {
        let onto = self.voyage(want.voyage)?;
        let aboard = self.is_aboard(cargo).filter(|(ship, _)| *ship == onto);
        let left = aboard.map(|(ship, first)| self.voyages[ship].movements[first].known());
        let left = left.filter(|movement| movement.from == want.load_at);
        Ok(left.map(|movement| movement.departs))
    }

    /// Its ship, and the movement with which it left, as far as the timetable tells.
    fn is_aboard(&self, cargo: usize) -> Option<(usize, usize)> {
        let ship = self.voyage(self.delivery(cargo).aboard?).ok()?;
        self.left_with(cargo, ship).map(|first| (ship, first))
    }

    /// Its ready date, unless it is there already.
    pub(super) fn awaited_from(&self, cargo: usize) -> Option<Time> {
        let ready_from = self.cargoes[cargo].ready_from;
        ready_from.filter(|_| self.moves(cargo).is_empty())
    }

    pub(super) fn ashore_since(&self, cargo: usize) -> Option<Time> {
        let last = *self.moves(cargo).last()?;
        let takes = if last.kind == Kind::Unload {
            CONNECTION
        } else {
            0
        };
        Some(last.completed + takes)
    }

    /// When it can continue after a leg.
    fn follows(&self, before: &Leg, want: &Want) -> Result<Option<Time>, Rule> {
        let stays = before.voyage == self.voyage(want.voyage)?;
        let arrives = self.scheduled(before).unload_time;
        Ok(Some(arrives + if stays { 0 } else { CONNECTION }))
    }

    /// The first calls of the voyage that are meant and, if possible, that connect and are open.
    fn leg(
        &self,
        want: &Want,
        earliest: Option<Time>,
        came_aboard: Option<Time>,
        now: Time,
    ) -> Result<Leg, Rule> {
        let voyage = self.voyage(want.voyage)?;
        require(want.load_at != want.unload_at, "VoyageMustCallInOrder")?;
        let opens = now + self.voyages[voyage].cut_off_hours * HOUR;
        let open = Some(earliest.map_or(opens, |earliest| earliest.max(opens)));
        // A call that the ship makes is meant rather than one that it omits.
        let seek =
            |passes: bool, earliest: Option<Time>, load: Option<Time>, unload: Option<Time>| {
                let movements = self.voyages[voyage].sailings();
                let calls = |call| passes || !self.voyages[voyage].omits(call);
                for (first, m) in movements.iter().enumerate() {
                    let loads = m.from == want.load_at
                        && calls(first)
                        && load.is_none_or(|time| time == m.departs)
                        && earliest.is_none_or(|time| time <= m.departs);
                    for (last, m) in movements.iter().enumerate().skip(first) {
                        let unloads = m.to == want.unload_at
                            && calls(last + 1)
                            && unload.is_none_or(|time| time == m.arrives);
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
        let find = |earliest, load, unload| {
            let made = seek(false, earliest, load, unload);
            made.or_else(|| seek(true, earliest, load, unload))
        };
        let (load, unload) = (want.load_time, want.unload_time);
        let boards = load.or(came_aboard);
        let meant = find(open, boards, unload)
            .or_else(|| find(earliest, boards, unload))
            .or_else(|| find(None, load, unload));
        meant.ok_or(match find(None, None, None) {
            Some(_) => "ItineraryMustConnect",
            None => "VoyageMustCallInOrder",
        })
    }

    /// Consecutive legs on one voyage are one stay: the calls in between belong to the first.
    fn stay_aboard(&self, legs: &mut [Leg]) {
        for place in 1..legs.len() {
            let (leg, next) = (legs[place - 1], legs[place]);
            let (off, on) = (
                self.scheduled(&leg).unload_at,
                self.scheduled(&next).load_at,
            );
            if leg.voyage == next.voyage && off == on && leg.last < next.first {
                legs[place - 1].last = next.first - 1;
            }
        }
    }

    fn must_connect(&self, legs: &[Leg]) -> Result<(), Rule> {
        let legs: Vec<_> = legs.iter().map(|leg| self.scheduled(leg)).collect();
        for pair in legs.windows(2) {
            let meets = pair[0].unload_at == pair[1].load_at;
            require(meets && leads(&pair[0], &pair[1]), "ItineraryMustConnect")?;
        }
        Ok(())
    }

    fn must_satisfy(&self, cargo: usize, legs: &[Leg]) -> Result<(), Rule> {
        let (first, last) = (&legs[0], &legs[legs.len() - 1]);
        let (first, last) = (self.scheduled(first), self.scheduled(last));
        let awaited_from = self.awaited_from(cargo);
        let cargo = &self.cargoes[cargo];
        let satisfies = first.load_at == cargo.origin
            && last.unload_at == cargo.destination
            && last.unload_time <= cargo.deadline
            && awaited_from.is_none_or(|ready| ready <= first.load_time);
        require(satisfies, "ItineraryMustSatisfySpecification")
    }

    /// Ashore, a cargo continues from where it is. A received cargo may be brought elsewhere by
    /// land.
    fn must_start_where_it_is(&self, cargo: usize, first: &Leg) -> Result<(), Rule> {
        let Some(last) = self.moves(cargo).last().copied() else {
            return Ok(());
        };
        let by_land = last.kind == Kind::Receive;
        let there = last.port == self.scheduled(first).load_at;
        require(by_land || there, "ItineraryMustConnect")
    }

    /// The movement with which a ship left where the cargo was loaded.
    fn came_aboard(&self, cargo: usize, ship: usize) -> Option<usize> {
        let last = *self.moves(cargo).last()?;
        let sailings = self.voyages[ship].sailings();
        let mut movements = sailings.iter();
        movements.position(|m| m.arrives > last.completed && m.from == last.port)
    }

    /// The same, or the first that was not over yet.
    fn left_with(&self, cargo: usize, ship: usize) -> Option<usize> {
        let last = *self.moves(cargo).last()?;
        let sailings = self.voyages[ship].sailings();
        let mut movements = sailings.iter();
        let ahead = movements.position(|m| m.arrives > last.completed);
        self.came_aboard(cargo, ship).or(ahead)
    }

    /// Whether the report that it was loaded for its approach still stands.
    pub(super) fn is_on_its_approach(&self, cargo: usize) -> bool {
        let Some(approach) = self.approach(cargo) else {
            return false;
        };
        let from = self.cargoes[cargo].counts_from;
        let moves = self.moves(cargo).into_iter();
        let (before, after): (Vec<&Event>, Vec<&Event>) =
            moves.partition(|event| from.is_some_and(|from| event.completed <= from));
        let was_aboard = before
            .last()
            .is_some_and(|event| event.kind == Kind::Load && event.voyage == Some(approach.voyage));
        was_aboard || after.into_iter().any(|event| loads(event, &approach))
    }

    /// From where the cargo was loaded onto a ship, as far as the timetable tells, to where the
    /// ship calls at a port.
    pub(super) fn way_ashore(&self, cargo: usize, ship: usize, port: usize) -> Option<Leg> {
        let first = self.left_with(cargo, ship)?;
        let movements = self.voyages[ship].sailings();
        let ashore = (first..movements.len()).filter(|place| movements[*place].to == port);
        let mut made = ashore
            .clone()
            .filter(|place| !self.voyages[ship].omits(place + 1));
        made.next().or(ashore.min()).map(|last| Leg {
            voyage: ship,
            first,
            last,
            is_lost: false,
        })
    }

    /// How it gets to where its itinerary begins, in time: off the ship at the first call there, or
    /// past it if it stays on board.
    fn approach_to(&self, cargo: usize, ship: usize, first: &Leg) -> Result<Leg, Rule> {
        let leg = self.scheduled(first);
        let way = match first.voyage == ship {
            false => self.way_ashore(cargo, ship, leg.load_at),
            true => self.left_with(cargo, ship).and_then(|left| {
                (left < first.first).then(|| Leg {
                    voyage: ship,
                    first: left,
                    last: first.first - 1,
                    is_lost: false,
                })
            }),
        };
        let way = way.ok_or("ItineraryMustConnect")?;
        let connects = leads(&self.scheduled(&way), &leg);
        require(connects, "ItineraryMustConnect")?;
        Ok(way)
    }

    /// On board already, so the cut-off is behind it, and the ship took its goods.
    pub(super) fn may_be_booked(
        &self,
        cargo: usize,
        leg: &Leg,
        is_aboard: bool,
        now: Time,
    ) -> Result<(), Rule> {
        let voyage = &self.voyages[leg.voyage];
        if is_aboard {
            self.must_call(leg.voyage, leg.last + 1)?;
        }
        if is_aboard && self.has_departed_over(leg, now) {
            return Ok(());
        }
        require(!voyage.is_cancelled, "CancelledVoyageTakesNothing")?;
        if !is_aboard {
            self.must_call(leg.voyage, leg.first)?;
            self.must_call(leg.voyage, leg.last + 1)?;
        }
        let call = &voyage.movements[leg.first];
        let closes = call.known().departs - voyage.cut_off_hours * HOUR;
        let is_open = now <= closes && call.departed_at.is_none();
        require(is_aboard || is_open, "BookingClosesAtCutOff")?;
        if is_aboard {
            return Ok(());
        }
        self.must_take(leg.voyage, cargo)
    }

    /// Gives the legs to the cargo if there is space: no movement that becomes fuller may exceed
    /// its limit line.
    fn take(&mut self, cargo: usize, approach: Option<Leg>, legs: Vec<Leg>) -> Result<(), Rule> {
        let before = self.loads();
        let state = &mut self.cargoes[cargo];
        (state.approach, state.legs) = (approach, legs);
        for ((voyage, movement), load) in self.loads() {
            let limit = self.voyages[voyage].limit();
            let is_fuller = load[0] > before[&(voyage, movement)][0];
            require(fits(load, limit) || !is_fuller, "LoadMayNotPassTheLine")?;
        }
        Ok(())
    }

    pub(super) fn roll(
        &mut self,
        cargo: usize,
        (from, to): (usize, usize),
        (load_time, unload_time): (Option<Time>, Option<Time>),
        (unload_at, onward): (Option<usize>, Option<&[Want]>),
        now: Time,
    ) -> Decided {
        self.known_cargo(cargo)?;
        let from_place = self.voyage(from)?;
        self.voyage(to)?;
        self.must_not_be_finished(cargo)?;
        let state = &self.cargoes[cargo];
        let booked = !state.is_given_up() && state.status != Status::Requested;
        require(booked, "StatusMustAllow")?;
        let delivery = self.delivery(cargo);
        let aboard = delivery.aboard == Some(from);
        require(!aboard, "LoadedCargoMayNotBeReleased")?;
        let partly = self.containers_aboard(cargo).contains(&from);
        require(!partly, "StatusMustAllow")?;
        let legs = self.cargoes[cargo].legs.clone();
        let mut ahead = delivery.leg_ahead..legs.len();
        let place = ahead.find(|place| legs[*place].voyage == from_place);
        let place = place.ok_or("CargoMustBeOnVoyage")?;
        // The whole of its stay on board.
        let mut end = place + 1;
        while end < legs.len() && legs[end].voyage == from_place {
            end += 1;
        }
        let (begins, ends) = (self.scheduled(&legs[place]), self.scheduled(&legs[end - 1]));
        let want = Want {
            voyage: to,
            load_at: begins.load_at,
            unload_at: unload_at.unwrap_or(ends.unload_at),
            load_time,
            unload_time,
        };
        let held = self.cargoes[cargo].approach;
        let approach = held.filter(|_| delivery.approaches);
        let before = match place > delivery.leg_ahead {
            true => Some(&legs[place - 1]),
            false => approach.as_ref(),
        };
        let earliest = match before {
            Some(before) => self.follows(before, &want)?,
            None => self.ashore_since(cargo).or(self.awaited_from(cargo)),
        };
        let mut onto = vec![self.leg(&want, earliest, None, now)?];
        for want in onward.unwrap_or_default() {
            let earliest = self.follows(&onto[onto.len() - 1], want)?;
            onto.push(self.leg(want, earliest, None, now)?);
            self.stay_aboard(&mut onto);
        }
        let end = onward.map_or(end, |_| legs.len());
        require(legs[place..end] != onto, "CargoMustBeOnVoyage")?;
        let new = place..place + onto.len();
        let mut rolled = legs.clone();
        rolled.splice(place..end, onto);
        let fits = rolled.len() <= 10 || rolled.len() <= legs.len();
        require(fits, "ItineraryMustSatisfySpecification")?;
        self.stay_aboard(&mut rolled[delivery.leg_ahead..]);
        self.must_connect(&rolled[delivery.leg_ahead..])?;
        let mut way = approach.into_iter().collect::<Vec<_>>();
        way.extend(rolled.first());
        if approach.is_some() {
            self.must_connect(&way)?;
            self.stay_aboard(&mut way);
        }
        self.must_satisfy(cargo, &rolled)?;
        for leg in &rolled[new] {
            self.may_be_booked(cargo, leg, false, now)?;
        }
        let approach = approach.map_or(held, |_| Some(way[0]));
        self.take(cargo, approach, rolled)?;
        Ok(self.booked(cargo, "CargoRolled"))
    }
}
