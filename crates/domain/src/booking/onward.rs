//! How a cargo can go on from where it is.

use super::rules::{CargoMustBeOnVoyage, ItineraryMustConnect};
use super::statuses::BookingStep;
use super::{Booking, Cargo, RoutingStatus};
use crate::customers::Customer;
use crate::handling::HandlingType;
use crate::limits::CONNECTION_HOURS_MIN;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::Rejection;
use crate::voyages::{Voyage, VoyageNumber};

impl Cargo {
    /// The port on the way where the cargo was unloaded, if its route does not begin there. It can
    /// get no itinerary until it is rerouted from there.
    #[must_use]
    pub fn stranded_at(&self, now: Moment) -> Option<UnLocode> {
        let is_open = !matches!(
            self.booking,
            Booking::Completed { .. } | Booking::Rejected { .. } | Booking::Cancelled { .. }
        );
        let last = &self.moves().last()?.activity;
        let delivery = self.delivery_at(now);
        let is_under_way = last.handling_type == HandlingType::Unload
            && last.location != self.route_specification.origin
            && !delivery.unloaded_at_destination;
        let needs_route =
            self.legs().is_empty() || delivery.misdirected || !delivery.broken_legs.is_empty();
        (is_open && is_under_way && needs_route).then(|| last.location.clone())
    }

    /// Whether an itinerary from its origin can carry it now. A cargo that is misdirected, or is
    /// under way with a broken leg ahead, has to be rerouted first.
    ///
    /// # Errors
    ///
    /// The rule that an itinerary would break.
    pub fn may_be_routed(&self, customer: &Customer, now: Moment) -> Result<(), Rejection> {
        self.may_be_given_itinerary(customer, now)?;
        let delivery = self.delivery_at(now);
        let origin = &self.route_specification.origin;
        let here = delivery.last_known_location;
        let is_there = here.as_ref() == Some(origin);
        let waits = delivery.current_voyage.is_none() && (here.is_none() || is_there);
        let starts_here = match self.booking {
            Booking::Requested => self.stranded_at(now).is_none(),
            _ => {
                delivery.routing_status == RoutingStatus::Misrouted
                    || (delivery.misdirected && is_there)
                    || (!delivery.broken_legs.is_empty() && waits)
            }
        };
        let (Some(location), false) = (here, starts_here) else {
            return Ok(());
        };
        let load_at = origin.clone();
        Err(match delivery.current_voyage {
            Some(voyage) => ItineraryMustConnect::StillAboard { voyage, load_at },
            None => ItineraryMustConnect::StartsElsewhere { location, load_at },
        }
        .into())
    }

    /// Whether it can be rerouted, from some place and to some destination. Ashore it starts where
    /// it was handled last; aboard, at a later call of its voyage.
    ///
    /// # Errors
    ///
    /// The rule that forbids every reroute.
    pub fn may_be_rerouted(&self, current: Option<&Voyage>, now: Moment) -> Result<(), Rejection> {
        self.may_change()?;
        let origin = &self.route_specification.origin;
        let Some(current) = current else {
            let here = self.delivery().last_known_location;
            return self.must_be_or_come(here.as_ref().unwrap_or(origin), None, now);
        };
        let begin = self.begins_aboard(current).unwrap_or(0);
        let mut refused = None;
        for movement in &current.movements[begin..] {
            match self.must_be_or_come(&movement.to, Some(current), now) {
                Ok(()) => return Ok(()),
                Err(rejection) => refused = Some(rejection),
            }
        }
        match refused {
            Some(rejection) => Err(rejection),
            None => self.must_be_or_come(origin, Some(current), now),
        }
    }

    /// The voyage to roll it from: that of the first broken leg ahead, otherwise that of the next
    /// loading, but not the voyage that it is aboard.
    ///
    /// # Errors
    ///
    /// The rule that forbids to roll it.
    pub fn voyage_to_roll(&self, now: Moment) -> Result<VoyageNumber, Rejection> {
        self.must_not_be_finished()?;
        let delivery = self.delivery_at(now);
        let aboard = delivery.current_voyage;
        let mut broken_legs = delivery.broken_legs;
        broken_legs.sort_by_key(|broken| broken.leg);
        let broken = broken_legs.into_iter().map(|broken| broken.voyage);
        let waits = self.plan().into_iter().filter(|step| {
            step.done.is_none() && step.activity.handling_type == HandlingType::Load
        });
        let next = waits.filter_map(|step| step.activity.voyage);
        let found = broken.chain(next).find(|own| Some(own) != aboard.as_ref());
        let Some(voyage) = found else {
            return Err(match self.legs().last() {
                Some(leg) => CargoMustBeOnVoyage::NoLegAhead {
                    cargo: self.tracking_id.clone(),
                    voyage: leg.voyage.clone(),
                }
                .into(),
                None => self
                    .not_allowed(self.booking.illegal(BookingStep::Rolled))
                    .into(),
            });
        };
        self.legs_to_roll(&voyage)?;
        Ok(voyage)
    }

    /// When it can be loaded at its origin: now, from its ready date on, or after it comes off the
    /// voyage it is aboard.
    #[must_use]
    pub fn loadable_from(&self, current: Option<&Voyage>, now: Moment) -> Moment {
        let origin = &self.route_specification.origin;
        let arrives = current.and_then(|current| {
            let way = self.way_ashore(current, origin)?;
            Some(current.movements[way.0.end - 1].arrives)
        });
        let ashore = arrives.map(|arrives| arrives.plus_hours(CONNECTION_HOURS_MIN));
        [ashore, self.awaited_from()]
            .into_iter()
            .flatten()
            .fold(now, Moment::max)
    }

    /// The ready date while nothing has been handled. Afterwards it no longer matters: the cargo is
    /// there.
    #[must_use]
    pub fn awaited_from(&self) -> Option<Moment> {
        let ready_from = self.route_specification.ready_from;
        ready_from.filter(|_| self.moves().is_empty())
    }
}
