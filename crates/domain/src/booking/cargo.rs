//! The cargo aggregate.

use super::events::{
    CargoAccepted, CargoCancelled, CargoConfirmed, CargoCreated, CargoRejected, CargoReleased,
};
use super::rules::{
    ItineraryMustConnect, LoadedCargoMayNotBeReleased, StatusMustAllow,
    container_may_not_be_overweight, set_point_needs_reefer,
};
use super::status::IllegalTransition;
use super::statuses::BookingStep;
use super::{
    Booking, BrokenLeg, DangerousGoods, Delivery, EquipmentLine, Flag, Handled, Itinerary, Leg,
    Particulars, RouteSpecification, RoutingStatus, SetPoint, Size, Step, TrackingId, classes_of,
    size_of, space_of, stretches_aboard,
};
use crate::customers::{Customer, CustomerId};
use crate::handling::HandlingType;
use crate::identifier::{id_of, natural_key, uuid_id};
use crate::limits::{COMMODITY_CHARS_MAX, REASON_CHARS_MAX, REFERENCE_CHARS_MAX};
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::space::Space;
use crate::text::Text;
use crate::voyages::VoyageNumber;
use crate::voyages::rules::{
    BookingClosesAtCutOff, CancelledVoyageTakesNothing, OmittedCallTakesNothing,
};
use crate::voyages::{DangerousGoodsClasses, Holder, Voyage};
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The internal id of a cargo.
    CargoId
}

id_of!(CargoId of Cargo);
natural_key!(TrackingId of Cargo);

/// Goods that a customer wants carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cargo {
    /// The internal id.
    pub id: CargoId,
    /// The public identifier.
    pub tracking_id: TrackingId,
    /// The customer it belongs to.
    pub customer: CustomerId,
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// The size, derived from the containers, and the gross weight.
    pub size: Size,
    /// The goods in the containers.
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// Origin, destination and deadline.
    pub route_specification: RouteSpecification,
    /// The first origin, if the cargo has been rerouted from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_origin: Option<UnLocode>,
    /// The stage of its booking.
    pub booking: Booking,
    /// The handling events, in order of registration. Where several have one completion time, they
    /// are in the order that the itinerary expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<Handled>,
    /// What else is known about it.
    #[serde(default, skip_serializing_if = "Particulars::is_empty")]
    pub particulars: Particulars,
}

/// What a customer says about a new cargo.
#[derive(Debug, Clone)]
pub struct CargoOrder {
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// Gross weight of goods and containers, in kilograms.
    pub gross_weight_kg: u64,
    /// The goods in the containers.
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// The customer's own reference.
    pub reference: Option<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature at which its reefer containers are kept.
    pub set_point: Option<SetPoint>,
    pub dangerous_goods: Vec<DangerousGoods>,
    /// Origin, destination and deadline.
    pub route_specification: RouteSpecification,
}

impl Cargo {
    /// Creates a cargo of `customer` without a booking.
    ///
    /// # Errors
    ///
    /// `CustomerMustBeActive`, `ContainerMayNotBeOverweight` or `SetPointNeedsReefer`.
    pub fn create(
        id: CargoId,
        tracking_id: TrackingId,
        customer: &Customer,
        order: CargoOrder,
    ) -> Result<(Self, CargoCreated), Rejection> {
        customer.must_be_active()?;
        container_may_not_be_overweight(&order.equipment, order.gross_weight_kg)?;
        set_point_needs_reefer(order.set_point, &order.equipment)?;
        let size = size_of(&order.equipment, order.gross_weight_kg);
        let cargo = Self {
            id,
            tracking_id,
            customer: customer.id,
            equipment: order.equipment,
            size,
            commodity: order.commodity,
            route_specification: order.route_specification,
            first_origin: None,
            booking: Booking::Requested,
            handling: Vec::new(),
            particulars: Particulars {
                reference: order.reference,
                set_point: order.set_point,
                dangerous_goods: order.dangerous_goods,
                ..Particulars::default()
            },
        };
        let event = CargoCreated {
            cargo: cargo.tracking_id.clone(),
            customer: cargo.customer,
        };
        Ok((cargo, event))
    }

    /// Accepts the booking: the carrier commits to carrying the cargo.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `CancelledVoyageTakesNothing`,
    /// `OmittedCallTakesNothing`, `ItineraryMustConnect`, `BookingClosesAtCutOff` or
    /// `CustomerMustBeActive`.
    pub fn accept(
        mut self,
        customer: &Customer,
        now: Moment,
    ) -> Result<(Self, CargoAccepted), Rejection> {
        self.must_not_be_finished()?;
        let accepted = self.allowed(self.booking.accepted())?;
        self.must_be_routed(BookingStep::Accepted)?;
        self.legs_ahead_must_hold(now)?;
        self.ship_may_not_have_gone(now)?;
        customer.must_be_active()?;
        self.booking = accepted;
        let cargo = self.tracking_id.clone();
        Ok((self, CargoAccepted { cargo }))
    }

    /// Checks `StatusMustAllow`: the itinerary leads to the cargo's destination.
    fn must_be_routed(&self, action: BookingStep) -> Result<(), Rejection> {
        let routing = self.delivery().routing_status;
        require(routing == RoutingStatus::Routed, || {
            StatusMustAllow::NotRouted {
                cargo: self.tracking_id.clone(),
                routing,
                action,
            }
        })
    }

    /// Checks `CancelledVoyageTakesNothing`, `OmittedCallTakesNothing`, `ItineraryMustConnect` and
    /// `BookingClosesAtCutOff`: the commitment can be kept.
    fn legs_ahead_must_hold(&self, now: Moment) -> Result<(), Rejection> {
        let Some(broken) = self.delivery_at(now).broken_legs.into_iter().next() else {
            return Ok(());
        };
        let BrokenLeg {
            voyage,
            cause,
            location,
            flag,
            leg,
        } = broken;
        let cargo = self.tracking_id.clone();
        Err(match flag {
            Flag::VoyageCancelled => CancelledVoyageTakesNothing::LegAhead {
                cargo,
                voyage,
                port: location,
            }
            .into(),
            Flag::CallOmitted => OmittedCallTakesNothing::LegAhead {
                cargo,
                voyage,
                port: location,
            }
            .into(),
            Flag::LeftBehind => BookingClosesAtCutOff::ShipHasLeft {
                voyage,
                port: location,
                departed: self.legs()[leg].load_time,
                cargo,
            }
            .into(),
            Flag::DepartsBeforeReady => {
                return self.must_be_ready_for(&self.legs()[leg]);
            }
            _ => ItineraryMustConnect::ConnectionMissed {
                cargo,
                port: location,
                voyage: cause,
                next: voyage,
            }
            .into(),
        })
    }

    /// Checks `BookingClosesAtCutOff`: the ship for the next loading has not gone, unless the loading
    /// was reported.
    fn ship_may_not_have_gone(&self, now: Moment) -> Result<(), Rejection> {
        let Some(step) = self.next_loading() else {
            return Ok(());
        };
        let (departed, is_reported) = (step.due_at, step.overdue_at == step.due_at);
        let Some(voyage) = step.activity.voyage else {
            return Ok(());
        };
        require(departed > now && !is_reported, || {
            BookingClosesAtCutOff::ShipHasLeft {
                voyage,
                port: step.activity.location,
                departed,
                cargo: self.tracking_id.clone(),
            }
        })
    }

    /// The next loading that was not reported.
    fn next_loading(&self) -> Option<Step> {
        let plan = self.plan();
        let reached = plan.iter().rposition(|step| step.done.is_some());
        let mut ahead = plan
            .into_iter()
            .skip(reached.map_or(0, |reached| reached + 1));
        ahead.find(|step| step.activity.handling_type == HandlingType::Load)
    }

    /// Confirms the booking: everything is arranged.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow`, `CancelledVoyageTakesNothing`,
    /// `OmittedCallTakesNothing`, `ItineraryMustConnect` or `BookingClosesAtCutOff`.
    pub fn confirm(mut self, now: Moment) -> Result<(Self, CargoConfirmed), Rejection> {
        self.must_not_be_finished()?;
        let confirmed = self.allowed(self.booking.confirmed())?;
        self.must_be_routed(BookingStep::Confirmed)?;
        self.legs_ahead_must_hold(now)?;
        self.booking = confirmed;
        let cargo = self.tracking_id.clone();
        Ok((self, CargoConfirmed { cargo }))
    }

    /// Rejects the booking. Its voyages free the space of the legs in the event.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow` or `LoadedCargoMayNotBeReleased`.
    pub fn reject(
        mut self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<(Self, CargoRejected), Rejection> {
        self.must_not_be_finished()?;
        let why = reason.to_string();
        let rejected = self.allowed(self.booking.rejected(reason))?;
        self.must_not_be_aboard()?;
        let event = CargoRejected {
            cargo: self.tracking_id.clone(),
            reason: why,
            legs: self.held(),
        };
        self.booking = rejected;
        Ok((self, event))
    }

    /// Releases the itinerary. Its voyages free the space of the legs in the event. An accepted
    /// cargo can be released only while a leg ahead is broken.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow` or `LoadedCargoMayNotBeReleased`.
    pub fn release(mut self, now: Moment) -> Result<(Self, CargoReleased), Rejection> {
        self.must_not_be_finished()?;
        let has_broken_leg = !self.delivery_at(now).broken_legs.is_empty();
        let released = self.allowed(self.booking.released(has_broken_leg))?;
        let has_arrived = self.delivery().unloaded_at_destination;
        require(!has_arrived, || StatusMustAllow::HasArrived {
            cargo: self.tracking_id.clone(),
            port: self.route_specification.destination.clone(),
        })?;
        self.must_not_be_aboard()?;
        let event = CargoReleased {
            cargo: self.tracking_id.clone(),
            legs: self.held(),
        };
        self.booking = released;
        Ok((self, event))
    }

    /// Cancels the cargo before it is claimed. Its voyages free the space of the legs in the event.
    ///
    /// # Errors
    ///
    /// `ClaimedCargoIsFinished`, `StatusMustAllow` or `LoadedCargoMayNotBeReleased`.
    pub fn cancel(
        mut self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<(Self, CargoCancelled), Rejection> {
        self.must_not_be_finished()?;
        let why = reason.to_string();
        let cancelled = self.allowed(self.booking.cancelled(reason))?;
        self.must_not_be_aboard()?;
        let event = CargoCancelled {
            cargo: self.tracking_id.clone(),
            reason: why,
            legs: self.held(),
        };
        self.booking = cancelled;
        Ok((self, event))
    }

    /// The itinerary, once booked.
    #[must_use]
    pub fn itinerary(&self) -> Option<&Itinerary> {
        self.booking.itinerary()
    }

    /// The legs of the itinerary. Empty before the cargo is booked.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        self.itinerary().map_or(&[], Itinerary::legs)
    }

    /// Everything it holds space for: its legs and, if it got a new itinerary while on board, its
    /// approach.
    #[must_use]
    pub fn held(&self) -> Vec<Leg> {
        let itinerary = self.itinerary();
        itinerary.map_or_else(Vec::new, |itinerary| itinerary.held().cloned().collect())
    }

    /// What it takes on every movement that it crosses.
    #[must_use]
    pub fn space(&self) -> Space {
        space_of(&self.equipment, self.size.kg)
    }

    /// The classes of its dangerous goods.
    #[must_use]
    pub fn classes(&self) -> DangerousGoodsClasses {
        classes_of(&self.particulars.dangerous_goods)
    }

    /// The space that it holds on a voyage.
    ///
    /// # Errors
    ///
    /// `VoyageMustCallInOrder` if a leg does not match the voyage.
    pub fn holds_on(&self, voyage: &Voyage) -> Result<Holder, Rejection> {
        Ok(Holder {
            cargo: self.tracking_id.clone(),
            classes: self.classes(),
            size: self.space(),
            stretches: stretches_aboard(&self.held(), voyage)?,
        })
    }

    /// The origin before any reroute.
    #[must_use]
    pub fn started_at(&self) -> &UnLocode {
        let origin = &self.route_specification.origin;
        self.first_origin.as_ref().unwrap_or(origin)
    }

    /// The delivery at a time.
    #[must_use]
    pub fn delivery_at(&self, now: Moment) -> Delivery {
        let itinerary = self.itinerary();
        Delivery::derive(
            &self.route_specification,
            itinerary,
            &self.moves(),
            self.awaited_from().filter(|_| !self.is_reported()),
            now,
        )
    }

    /// The delivery without what the clock alone causes: nothing is overdue.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery_at(Moment::EARLIEST)
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.tracking_id.as_str())
    }

    /// Whether it was claimed, so that nothing is left to do.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        matches!(self.booking, Booking::Completed { .. })
    }

    /// Whether it was rejected or cancelled, so that nothing more happens to it.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(
            self.booking,
            Booking::Rejected { .. } | Booking::Cancelled { .. }
        )
    }

    /// Checks `StatusMustAllow`.
    pub(super) fn must_be(&self, allowed: bool, what: BookingStep) -> Result<(), Rejection> {
        require(allowed, || self.not_allowed(self.booking.illegal(what)))
    }

    /// Returns the transition, or refuses by `StatusMustAllow`.
    pub(super) fn allowed(
        &self,
        transition: Result<Booking, IllegalTransition>,
    ) -> Result<Booking, Rejection> {
        transition.map_err(|illegal| self.not_allowed(illegal).into())
    }

    pub(super) fn not_allowed(&self, illegal: IllegalTransition) -> StatusMustAllow {
        StatusMustAllow::NotInThisStatus {
            cargo: self.tracking_id.clone(),
            status: illegal.from,
            action: illegal.action,
        }
    }

    /// Checks `StatusMustAllow`: it has not been loaded onto a ship.
    pub(super) fn must_not_have_been_loaded(&self, action: BookingStep) -> Result<(), Rejection> {
        let at_sea = |handled: &&Handled| handled.activity.handling_type.has_voyage();
        let Some(handled) = self.own_reports().find(at_sea) else {
            return Ok(());
        };
        Err(StatusMustAllow::HasBeenLoaded {
            cargo: self.tracking_id.clone(),
            report: handled.activity.report(),
            location: handled.activity.location.clone(),
            action,
        }
        .into())
    }

    /// Checks `LoadedCargoMayNotBeReleased`, and `StatusMustAllow` if some of its containers are
    /// aboard.
    fn must_not_be_aboard(&self) -> Result<(), Rejection> {
        self.must_have_left(|_| true)
    }

    /// Checks that it is not aboard one of these voyages, and none of its containers is.
    pub(super) fn must_have_left(
        &self,
        is_meant: impl Fn(&VoyageNumber) -> bool,
    ) -> Result<(), Rejection> {
        let cargo = self.tracking_id.clone();
        let aboard = self.delivery().current_voyage;
        if let Some(voyage) = aboard.filter(|own| is_meant(own)) {
            return Err(LoadedCargoMayNotBeReleased { cargo, voyage }.into());
        }
        self.must_be_together(is_meant)
    }

    /// Checks `StatusMustAllow`: none of its containers sailed with one of these voyages while others
    /// did not.
    pub(super) fn must_be_together(
        &self,
        is_meant: impl Fn(&VoyageNumber) -> bool,
    ) -> Result<(), Rejection> {
        match self.sailed_apart().find(|own| is_meant(own)) {
            None => Ok(()),
            Some(voyage) => Err(StatusMustAllow::PartlyAboard {
                cargo: self.tracking_id.clone(),
                voyage: voyage.clone(),
            }
            .into()),
        }
    }
}
