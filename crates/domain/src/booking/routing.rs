//! How a cargo gets its itinerary, and how itinerary and specification change.

use super::events::{
    BookingEvent, CargoBooked, CargoMisrouted, CargoRolled, ConnectionMissed, DeadlineAtRisk,
    DepartsBeforeReady, ItineraryReplaced, SpecificationChanged,
};
use super::itinerary_rules::{itinerary_must_connect, itinerary_must_satisfy_specification};
use super::progress::Progress;
use super::rules::{
    CargoMayNotBeBookedTwice, CargoMustBeOnVoyage, ItineraryMustConnect,
    ItineraryMustSatisfySpecification, RerouteMustStartWhereCargoIs, deadline_must_lie_ahead,
    origin_and_destination_must_differ, ready_date_must_precede_deadline,
};
use super::statuses::BookingStep;
use super::{
    Booking, Cargo, ComesFrom, Delivery, Flag, Itinerary, Leg, RouteSpecification, RoutingStatus,
};
use crate::customers::Customer;
use crate::handling::HandlingType;
use crate::limits::{CONNECTION_HOURS_MIN, LEGS_MAX};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::voyages::{CarrierMovement, Stretch, Voyage, VoyageNumber};
use std::ops::Range;

/// The consequences of a new specification or timetable for a cargo.
#[derive(Debug, Default, PartialEq)]
pub struct Consequences {
    /// Its itinerary no longer leads to its destination.
    pub misrouted: Option<CargoMisrouted>,
    /// Connections that are now too short.
    pub connections_missed: Vec<ConnectionMissed>,
    /// Its ship now departs before it is ready.
    pub departs_before_ready: Option<DepartsBeforeReady>,
    /// It now arrives after its deadline.
    pub deadline_at_risk: Option<DeadlineAtRisk>,
}

impl Consequences {
    /// The events, in the order in which they are recorded.
    #[must_use]
    pub fn into_events(self) -> Vec<BookingEvent> {
        let misrouted = self.misrouted.map(BookingEvent::CargoMisrouted);
        let missed = self.connections_missed.into_iter();
        let too_early = self.departs_before_ready;
        let late = self.deadline_at_risk.map(BookingEvent::DeadlineAtRisk);
        misrouted
            .into_iter()
            .chain(missed.map(BookingEvent::ConnectionMissed))
            .chain(too_early.map(BookingEvent::DepartsBeforeReady))
            .chain(late)
            .collect()
    }
}

impl Cargo {
    /// Checks whether it may get an itinerary now. One that already has an itinerary is carried on,
    /// whatever happens to its customer.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `CustomerMustBeActive` or
    /// `CargoMayNotBeBookedTwice`.
    pub fn may_be_given_itinerary(
        &self,
        customer: &Customer,
        now: Moment,
    ) -> Result<(), Rejection> {
        self.must_not_be_finished()?;
        self.must_be(!self.is_given_up(), BookingStep::Booked)?;
        if self.itinerary().is_none() {
            return customer.must_be_active();
        }
        let delivery = self.delivery_at(now);
        if delivery.current_voyage.is_none() {
            self.must_be_together(|_| true)?;
        }
        let may_be_replaced = delivery.misdirected
            || delivery.routing_status == RoutingStatus::Misrouted
            || !delivery.broken_legs.is_empty();
        let cargo = self.tracking_id.clone();
        require(may_be_replaced, || match self.booking {
            Booking::Booked { .. } => CargoMayNotBeBookedTwice::ReleaseOrRoll { cargo },
            _ => CargoMayNotBeBookedTwice::Roll { cargo },
        })
    }

    /// The movement with which it left its port of loading, or `None` if the timetable has none.
    fn came_aboard(&self, current: &Voyage) -> Option<usize> {
        let moves = self.moves();
        let loaded = moves.last()?;
        let left = |m: &CarrierMovement| {
            m.arrives > loaded.completed_at && m.from == loaded.activity.location
        };
        current.movements.iter().position(left)
    }

    /// The movement with which it was loaded onto the voyage, as far as that is known.
    pub(super) fn begins_aboard(&self, current: &Voyage) -> Option<usize> {
        let handled = self.moves().last()?.completed_at;
        let ahead = |m: &CarrierMovement| m.arrives > handled;
        self.came_aboard(current)
            .or_else(|| current.movements.iter().position(ahead))
    }

    /// The stretch from where it was loaded onto the voyage, as far as that is known, to the next
    /// call at a place.
    pub(super) fn way_ashore(&self, current: &Voyage, place: &UnLocode) -> Option<Stretch> {
        let begin = self.begins_aboard(current)?;
        let from_there = &current.movements[begin..];
        let calls = |m: &CarrierMovement| m.to == *place && !m.to_omitted;
        let passes = |m: &CarrierMovement| m.to == *place;
        let called = from_there.iter().position(calls);
        let crossed = called.or_else(|| from_there.iter().position(passes))?;
        Some(Stretch(begin..begin + crossed + 1))
    }

    /// Whether a leg continues on the ship that it is on: from the call where it was loaded for its
    /// current leg, or from the end of its approach, where it was to stay on board.
    #[must_use]
    pub fn goes_on(&self, leg: &Leg) -> bool {
        let (approach, ahead) = self.ahead();
        let stays = approach.is_some();
        let from_here = |aboard: &Leg| aboard.has_same_load_call(leg);
        self.leg_aboard().is_some_and(|aboard| {
            from_here(aboard) || (stays && aboard.voyage == leg.voyage && from_here(&ahead[0]))
        })
    }

    /// Whether a leg begins at the call where it was loaded.
    fn begins_here(&self, current: &Voyage, leg: &Leg) -> bool {
        let came_aboard = self.came_aboard(current);
        let begins = came_aboard.is_some_and(|index| {
            let call = &current.movements[index];
            (&current.number, &call.from, call.departs)
                == (&leg.voyage, &leg.load_at, leg.load_time)
        });
        begins
            || self
                .leg_aboard()
                .is_some_and(|own| own.has_same_load_call(leg))
    }

    /// The approach to a leg on the voyage that it is on, unless the leg begins here. Checks
    /// `ItineraryMustConnect`.
    fn approach(&self, current: &Voyage, first: &Leg) -> Result<Option<Leg>, Rejection> {
        if self.begins_here(current, first) {
            return Ok(None);
        }
        let way = if first.voyage == current.number {
            // It stays on board past the calls in between, including calls at the same port.
            let begin = self.begins_aboard(current);
            let onwards = first.stretch(current)?.0.start;
            begin
                .filter(|begin| *begin < onwards)
                .map(|begin| Stretch(begin..onwards))
        } else {
            self.way_ashore(current, &first.load_at)
        };
        let way = way.ok_or_else(|| ItineraryMustConnect::AboardElsewhere {
            voyage: current.number.clone(),
            port: first.load_at.clone(),
        })?;
        let approach = Leg::over(current, &way);
        approach.must_lead_to(first)?;
        Ok(Some(approach))
    }

    /// Checks `ItineraryMustConnect` with the port that it is in. A cargo that was received inland
    /// and has not sailed since is brought to the port by land.
    fn must_start_where_it_is(&self, first: &Leg) -> Result<(), Rejection> {
        let moves = self.moves();
        let Some(last) = moves.last().map(|handled| &handled.activity) else {
            return Ok(());
        };
        let may_come_by_land = last.handling_type == HandlingType::Receive;
        require(may_come_by_land || last.location == first.load_at, || {
            ItineraryMustConnect::StartsElsewhere {
                location: last.location.clone(),
                load_at: first.load_at.clone(),
            }
        })
    }

    /// Replaces its itinerary by these legs. Their voyages take space, and those of the replaced
    /// legs free what has not departed. `current` is the voyage that it is on.
    ///
    /// # Errors
    ///
    /// A refusal of [`Self::may_be_given_itinerary`], `ItineraryMustConnect`,
    /// `ItineraryMustSatisfySpecification` or `VoyageMustCallInOrder`.
    pub fn assign(
        mut self,
        customer: &Customer,
        current: Option<&Voyage>,
        legs: Vec<Leg>,
        now: Moment,
    ) -> Result<(Self, BookingEvent), Rejection> {
        self.may_be_given_itinerary(customer, now)?;
        itinerary_must_connect(&legs)?;
        let approach = match current {
            Some(current) => self.approach(current, &legs[0])?,
            None => self.must_start_where_it_is(&legs[0]).map(|()| None)?,
        };
        itinerary_must_satisfy_specification(&legs, &self)?;
        let cargo = self.tracking_id.clone();
        let assigned = match self.itinerary() {
            None => BookingEvent::CargoBooked(CargoBooked {
                cargo,
                legs: legs.clone(),
                approach: approach.clone(),
            }),
            Some(replaced) => BookingEvent::ItineraryReplaced(ItineraryReplaced {
                cargo,
                legs: legs.clone(),
                approach: approach.clone(),
                replaced: replaced.held().cloned().collect(),
            }),
        };
        let counts_from = self.moves().last().map(|handled| handled.completed_at);
        let itinerary = Itinerary::new(legs, counts_from, approach);
        self.booking = self.allowed(self.booking.booked(itinerary))?;
        Ok((self, assigned))
    }

    /// Where it comes from when it is loaded for the first leg of a new itinerary. `current` is the
    /// voyage that it is on.
    #[must_use]
    pub fn comes_from(&self, current: Option<&Voyage>) -> ComesFrom {
        let ship =
            current.and_then(|ship| Some(ComesFrom::Ship(ship.clone(), self.begins_aboard(ship)?)));
        ship.unwrap_or_else(|| self.comes_from_port())
    }

    /// Where it comes from when it is not on board. A transhipment takes its time after the
    /// unloading.
    fn comes_from_port(&self) -> ComesFrom {
        let moves = self.moves();
        let Some(last) = moves.last() else {
            let ready_from = self.route_specification.ready_from;
            return ready_from.map_or(ComesFrom::Shipper, ComesFrom::Port);
        };
        ComesFrom::Port(match last.activity.handling_type {
            HandlingType::Unload => last.completed_at.plus_hours(CONNECTION_HOURS_MIN),
            _ => last.completed_at,
        })
    }

    /// The legs to roll when the cargo leaves `from`, that is, its next stay on that voyage, and
    /// where it comes from when it is loaded for them.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `LoadedCargoMayNotBeReleased`, or
    /// `CargoMustBeOnVoyage` if no leg on the voyage is ahead.
    pub fn legs_to_roll(
        &self,
        from: &VoyageNumber,
    ) -> Result<(Range<usize>, ComesFrom), Rejection> {
        self.must_not_be_finished()?;
        let booked = matches!(
            self.booking,
            Booking::Booked { .. } | Booking::Accepted { .. } | Booking::Confirmed { .. }
        );
        self.must_be(booked, BookingStep::Rolled)?;
        self.must_have_left(|voyage| voyage == from)?;
        let legs = self.legs();
        let (approach, ahead) = self.ahead();
        let behind = legs.len() - ahead.len();
        let start = legs[behind..].iter().position(|leg| leg.voyage == *from);
        let start = behind
            + start.ok_or_else(|| CargoMustBeOnVoyage::NoLegAhead {
                cargo: self.tracking_id.clone(),
                voyage: from.clone(),
            })?;
        let stay = legs[start..].iter().take_while(|leg| leg.voyage == *from);
        let end = start + stay.count();
        let before = match start.checked_sub(1).filter(|before| *before >= behind) {
            Some(before) => Some(&legs[before]),
            None => approach.filter(|_| start == behind),
        };
        let comes_from = match before {
            Some(leg) => ComesFrom::Leg(leg.clone()),
            None => self.comes_from_port(),
        };
        Ok((start..end, comes_from))
    }

    /// What is not behind it: the approach, while the cargo is on it, and the remaining legs.
    fn ahead(&self) -> (Option<&Leg>, &[Leg]) {
        self.itinerary().map_or((None, &[]), |itinerary| {
            let progress = Progress::of(itinerary, &self.moves());
            (progress.approach(), progress.legs_ahead())
        })
    }

    /// The leg that it is on, while it follows its itinerary.
    #[must_use]
    pub fn leg_aboard(&self) -> Option<&Leg> {
        let delivery = self.delivery();
        let aboard = delivery.current_voyage.filter(|_| !delivery.misdirected)?;
        let (approach, ahead) = self.ahead();
        approach
            .or(ahead.first())
            .filter(|leg| leg.voyage == aboard)
    }

    /// Replaces legs by new ones, of which the first is on the voyage `onto`: those that
    /// [`Self::legs_to_roll`] returned, or all from there on.
    ///
    /// # Errors
    ///
    /// `CargoMustBeOnVoyage` if nothing would change, `ItineraryMustConnect` or
    /// `ItineraryMustSatisfySpecification`.
    pub fn roll(
        mut self,
        replaced: Range<usize>,
        new: Vec<Leg>,
        onto: &Voyage,
    ) -> Result<(Self, CargoRolled), Rejection> {
        let old = &self.legs()[replaced.clone()];
        let from_voyage = old[0].voyage.clone();
        let mut pairs = old.iter().zip(&new);
        let is_same = old.len() == new.len() && pairs.all(|(own, new)| own.is_same_stay(new));
        require(!is_same, || CargoMustBeOnVoyage::SameCall {
            cargo: self.tracking_id.clone(),
            voyage: onto.number.clone(),
        })?;
        let behind = self.legs().len() - self.ahead().1.len();
        let mut legs = self.legs().to_vec();
        let (start, before) = (replaced.start, legs.len());
        legs.splice(replaced, new);
        let is_longer = legs.len() > before;
        require(!is_longer || legs.len() as u64 <= LEGS_MAX, || {
            ItineraryMustSatisfySpecification::TooManyLegs {
                legs: legs.len(),
                legs_max: LEGS_MAX,
            }
        })?;
        let first = start.saturating_sub(1).max(behind);
        for index in first..(start + 1).min(legs.len() - 1) {
            legs[index] = legs[index].clone().until(&legs[index + 1], onto);
        }
        // Legs behind the cargo have connected, whatever the timetable said.
        itinerary_must_connect(&legs[behind..])?;
        let mut approach = self.itinerary().and_then(Itinerary::approach).cloned();
        if self.ahead().0.is_some()
            && let Some(way) = &mut approach
        {
            way.must_lead_to(&legs[0])?;
            *way = way.clone().until(&legs[0], onto);
        }
        itinerary_must_satisfy_specification(&legs, &self)?;
        let event = CargoRolled {
            cargo: self.tracking_id.clone(),
            from_voyage,
            to_voyage: onto.number.clone(),
            legs: legs.clone(),
        };
        let booking = self.booking.clone();
        self.booking = booking.map_itinerary(|itinerary| itinerary.with_held(approach, legs));
        Ok((self, event))
    }

    /// Changes the destination.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow` or `OriginAndDestinationMustDiffer`.
    pub fn change_destination(
        self,
        destination: UnLocode,
    ) -> Result<(Self, SpecificationChanged, Consequences), Rejection> {
        self.may_change()?;
        let specification = RouteSpecification {
            destination,
            ..self.route_specification.clone()
        };
        self.specify(specification)
    }

    /// Changes the arrival deadline.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `DeadlineMustLieAhead` or
    /// `ReadyDateMustPrecedeDeadline`.
    pub fn change_arrival_deadline(
        self,
        arrival_deadline: Moment,
        now: Moment,
    ) -> Result<(Self, SpecificationChanged, Consequences), Rejection> {
        self.may_change()?;
        deadline_must_lie_ahead(arrival_deadline, now)?;
        ready_date_must_precede_deadline(self.awaited_from(), arrival_deadline)?;
        let specification = RouteSpecification {
            arrival_deadline,
            ..self.route_specification.clone()
        };
        self.specify(specification)
    }

    /// Reroutes it from where it is, or from a later call of the voyage it is on, which is
    /// `current`.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `RerouteMustStartWhereCargoIs`,
    /// `CancelledVoyageTakesNothing`, `OmittedCallTakesNothing`, `DeadlineMustLieAhead` or
    /// `OriginAndDestinationMustDiffer`.
    pub fn reroute(
        mut self,
        origin: UnLocode,
        destination: Option<UnLocode>,
        arrival_deadline: Option<Moment>,
        current: Option<&Voyage>,
        now: Moment,
    ) -> Result<(Self, SpecificationChanged, Consequences), Rejection> {
        self.may_change()?;
        self.must_be_or_come(&origin, current, now)?;
        if let Some(deadline) = arrival_deadline {
            deadline_must_lie_ahead(deadline, now)?;
        }
        let before = &self.route_specification;
        let specification = RouteSpecification {
            origin,
            destination: destination.unwrap_or_else(|| before.destination.clone()),
            arrival_deadline: arrival_deadline.unwrap_or(before.arrival_deadline),
            ready_from: before.ready_from,
        };
        if self.first_origin.is_none() && specification.origin != before.origin {
            self.first_origin = Some(before.origin.clone());
        }
        self.specify(specification)
    }

    pub(super) fn must_be_or_come(
        &self,
        origin: &UnLocode,
        current: Option<&Voyage>,
        now: Moment,
    ) -> Result<(), Rejection> {
        let delivery = self.delivery();
        let (cargo, origin) = (self.tracking_id.clone(), origin.clone());
        let Some(location) = delivery.last_known_location else {
            return Err(RerouteMustStartWhereCargoIs::NotReceived { cargo }.into());
        };
        match current {
            None => require(location == origin, || {
                RerouteMustStartWhereCargoIs::IsElsewhere {
                    cargo,
                    location,
                    origin,
                }
            }),
            Some(voyage) => {
                let way = self.way_ashore(voyage, &origin).ok_or_else(|| {
                    RerouteMustStartWhereCargoIs::AboardElsewhere {
                        cargo,
                        voyage: voyage.number.clone(),
                        location,
                        origin,
                    }
                })?;
                // A cancelled voyage makes only the calls that it has already departed for.
                voyage.may_be_gone_on(&way, now)
            }
        }
    }

    pub(super) fn may_change(&self) -> Result<(), Rejection> {
        self.must_not_be_finished()?;
        self.must_be(!self.is_given_up(), BookingStep::Changed)
    }

    fn specify(
        mut self,
        now: RouteSpecification,
    ) -> Result<(Self, SpecificationChanged, Consequences), Rejection> {
        origin_and_destination_must_differ(&now.origin, &now.destination)?;
        let known = self.delivery();
        let changed = SpecificationChanged {
            cargo: self.tracking_id.clone(),
            before: std::mem::replace(&mut self.route_specification, now.clone()),
            now,
        };
        let consequences = self.consequences(&known);
        Ok((self, changed, consequences))
    }

    /// Takes over the new times of a voyage. Returns `None` if no leg has changed, otherwise also
    /// whether a leg arrives later than before.
    #[must_use]
    pub fn follow(&self, before: &Voyage, now: &Voyage) -> Option<(Self, bool, Consequences)> {
        let retimed = |leg: &Leg| {
            let stretch = leg.stretch(before).ok()?;
            Some(Leg {
                voyage_cancelled: leg.voyage_cancelled,
                ..Leg::over(now, &stretch)
            })
        };
        let cargo = self.with_held_aboard(&now.number, retimed)?;
        let (then, held) = (self.held(), cargo.held());
        let mut pairs = then.iter().zip(&held);
        let later = pairs.any(|(before, now)| before.unload_time < now.unload_time);
        let consequences = cargo.consequences(&self.delivery());
        Some((cargo, later, consequences))
    }

    /// Marks the legs on a cancelled voyage that have not fully departed. Returns `None` if there
    /// are none.
    #[must_use]
    pub fn lose(&self, voyage: &Voyage, now: Moment) -> Option<Self> {
        let lost = |leg: &Leg| {
            let stretch = leg.stretch(voyage).ok()?;
            (!voyage.has_departed_over(&stretch, now)).then(|| Leg {
                voyage_cancelled: true,
                ..leg.clone()
            })
        };
        self.with_held_aboard(&voyage.number, lost)
    }

    /// The same cargo with its legs and approach on `voyage` changed, or `None` if nothing changes.
    fn with_held_aboard(
        &self,
        voyage: &VoyageNumber,
        change: impl Fn(&Leg) -> Option<Leg>,
    ) -> Option<Self> {
        let mut cargo = self.clone();
        cargo.change_held(|leg| {
            let changed = (leg.voyage == *voyage).then(|| change(leg)).flatten();
            changed.unwrap_or_else(|| leg.clone())
        });
        (cargo.booking != self.booking).then_some(cargo)
    }

    fn change_held(&mut self, change: impl Fn(&Leg) -> Leg) {
        let booking = self.booking.clone();
        self.booking = booking.map_itinerary(|itinerary| itinerary.map(change));
    }

    /// The event that its first ship departs before it is ready, if it has a ready date.
    pub(super) fn departs_before_ready(&self) -> Option<DepartsBeforeReady> {
        let first = self.legs().first()?;
        Some(DepartsBeforeReady {
            cargo: self.tracking_id.clone(),
            voyage: first.voyage.clone(),
            location: first.load_at.clone(),
            departs: first.load_time,
            ready_from: self.route_specification.ready_from?,
        })
    }

    /// The consequences that are new.
    fn consequences(&self, before: &Delivery) -> Consequences {
        let now = self.delivery();
        let cargo = || self.tracking_id.clone();
        let is_new = |flag| now.flags.contains(&flag) && !before.flags.contains(&flag);
        let misrouted = RoutingStatus::Misrouted;
        let missed = now.broken_legs.iter().filter(|broken| {
            broken.flag == Flag::ConnectionMissed
                && !before.broken_legs.iter().any(|known| known.is_same(broken))
        });
        Consequences {
            misrouted: (now.routing_status == misrouted && before.routing_status != misrouted)
                .then(|| CargoMisrouted { cargo: cargo() }),
            connections_missed: missed
                .map(|broken| ConnectionMissed {
                    cargo: cargo(),
                    voyage: broken.voyage.clone(),
                    location: broken.location.clone(),
                })
                .collect(),
            departs_before_ready: self
                .departs_before_ready()
                .filter(|_| is_new(Flag::DepartsBeforeReady)),
            deadline_at_risk: now.eta.filter(|_| is_new(Flag::DeadlineAtRisk)).map(|eta| {
                DeadlineAtRisk {
                    cargo: cargo(),
                    eta,
                    arrival_deadline: self.route_specification.arrival_deadline,
                }
            }),
        }
    }
}
