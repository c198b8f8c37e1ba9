//! A cargo's handling history: its reports that have not been retracted.

use super::Cargo;
use super::delivery::TransportStatus;
use super::events::{BookingEvent, CargoArrived, CargoCompleted, CargoMisdirected, CargoReopened};
use super::handled::{Handled, moves};
use super::progress::{Progress, Step};
use super::rules::{
    CargoHistoryMustHaveRoom, StatusMustAllow, claimed_cargo_is_finished,
    nothing_follows_the_claim, nothing_precedes_the_claim,
};
use super::statuses::BookingStep;
use super::{Booking, ContainerNumber, Delivery, Itinerary};
use crate::handling::{Activity, HandlingEvent, HandlingEventId, HandlingType};
use crate::limits::HANDLING_EVENTS_PER_CARGO_MAX;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::voyages::VoyageNumber;

/// How a report, or its retraction, changed a cargo.
#[derive(Debug, Default, PartialEq)]
pub struct Milestones {
    /// It is now misdirected.
    pub misdirected: Option<CargoMisdirected>,
    /// It was unloaded at its destination.
    pub arrived: Option<CargoArrived>,
    /// It was claimed.
    pub completed: Option<CargoCompleted>,
    /// Its claim was retracted.
    pub reopened: Option<CargoReopened>,
}

impl Milestones {
    /// The events, in the order in which they are recorded.
    #[must_use]
    pub fn into_events(self) -> Vec<BookingEvent> {
        [
            self.misdirected.map(BookingEvent::CargoMisdirected),
            self.arrived.map(BookingEvent::CargoArrived),
            self.completed.map(BookingEvent::CargoCompleted),
            self.reopened.map(BookingEvent::CargoReopened),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Cargo {
    /// An existing report of the same event, if there is one. A report about the whole cargo covers
    /// its containers.
    #[must_use]
    pub fn handled_already(
        &self,
        activity: &Activity,
        container: Option<&ContainerNumber>,
        completed_at: Moment,
    ) -> Option<HandlingEventId> {
        let covers = |handled: &&Handled| match (&handled.container, container) {
            (Some(own), Some(other)) => own == other,
            (None, _) => true,
            (Some(_), None) => false,
        };
        let same =
            self.handling.iter().filter(covers).find(|handled| {
                handled.activity == *activity && handled.completed_at == completed_at
            });
        same.map(|handled| handled.event)
    }

    /// Adds a report to the history.
    ///
    /// # Errors
    ///
    /// `StatusMustAllow`, `ClaimedCargoIsFinished` or `CargoHistoryMustHaveRoom`.
    pub fn handle(mut self, event: &HandlingEvent) -> Result<(Self, Milestones), Rejection> {
        self.may_be_handled()?;
        self.must_have_been_in_port(event)?;
        let step = self.step_at(&event.activity, event.completed_at);
        self.claim_must_come_last(event, step.is_some())?;
        let has_room = self.handling.len() < HANDLING_EVENTS_PER_CARGO_MAX;
        require(has_room, || CargoHistoryMustHaveRoom {
            cargo: self.tracking_id.clone(),
            events_max: HANDLING_EVENTS_PER_CARGO_MAX,
        })?;
        let before = self.delivery();
        let place = self.place_of(event);
        self.handling.insert(place, event.into());
        let milestones = self.settle(&before);
        Ok((self, milestones))
    }

    /// The place of a report in the history. Reports with one completion time stand in the order of
    /// the steps that the itinerary expects, a CLAIM last. The order is kept when the itinerary
    /// changes later.
    fn place_of(&self, event: &HandlingEvent) -> usize {
        let turn = |activity: &Activity| {
            let is_claim = activity.handling_type == HandlingType::Claim;
            let step = self.step_at(activity, event.completed_at);
            (is_claim, step.unwrap_or(usize::MAX))
        };
        let own = turn(&event.activity);
        let follows = |handled: &Handled| {
            handled.completed_at == event.completed_at
                && handled.activity.handling_type != HandlingType::Customs
                && turn(&handled.activity) > own
        };
        let place = self.handling.iter().position(follows);
        place.unwrap_or(self.handling.len())
    }

    /// The step of the itinerary that an activity at this time is, after what was completed before.
    fn step_at(&self, activity: &Activity, time: Moment) -> Option<usize> {
        let itinerary = self.itinerary()?;
        let mut before = self.moves();
        before.retain(|handled| handled.completed_at < time);
        let counts = itinerary.counts_from() < Some(time);
        counts.then(|| Progress::of(itinerary, &before).step_ahead(activity))?
    }

    /// Whether it can be handled at all.
    ///
    /// # Errors
    ///
    /// `StatusMustAllow` for a cargo that was rejected or cancelled.
    pub fn may_be_handled(&self) -> Result<(), Rejection> {
        self.must_be(!self.is_given_up(), BookingStep::Handled)
    }

    /// Removes a report from the history. Without the report of its loading, the cargo has no
    /// approach.
    ///
    /// # Errors
    ///
    /// `StatusMustAllow` if the cargo was given up, or if a claim would remain without a receipt or
    /// unloading before it.
    pub fn unhandle(mut self, event: HandlingEventId) -> Result<(Self, Milestones), Rejection> {
        self.must_be(!self.is_given_up(), BookingStep::Changed)?;
        let before = self.delivery();
        self.handling.retain(|handled| handled.event != event);
        let is_claim = |handled: &&Handled| handled.activity.handling_type == HandlingType::Claim;
        let mut claims = self.handling.iter().filter(is_claim);
        let may = claims.all(|claim| self.was_in_port(claim.container.as_ref()));
        require(may, || StatusMustAllow::ClaimNeedsPort {
            cargo: self.tracking_id.clone(),
        })?;
        self.keep_approach_only_if_loaded();
        let milestones = self.settle(&before);
        Ok((self, milestones))
    }

    /// Without the report of its loading, the cargo has no approach.
    pub(super) fn keep_approach_only_if_loaded(&mut self) {
        if let Some(itinerary) = self.itinerary()
            && itinerary.approach().is_some()
            && !Progress::approach_stands(itinerary, &self.moves())
        {
            let booking = self.booking.clone();
            self.booking = booking.map_itinerary(Itinerary::without_approach);
        }
    }

    /// The cargo as it really was at a time, as far as we know: without later events.
    #[must_use]
    pub fn happened_by(mut self, time: Moment) -> Self {
        let before = self.delivery();
        self.handling.retain(|handled| handled.completed_at <= time);
        self.settle(&before);
        self
    }

    /// Checks `StatusMustAllow`: only what was received or unloaded can be claimed.
    fn must_have_been_in_port(&self, event: &HandlingEvent) -> Result<(), Rejection> {
        let is_claim = event.activity.handling_type == HandlingType::Claim;
        let container = event.container.as_ref();
        require(!is_claim || self.was_in_port(container), || {
            let cargo = self.tracking_id.clone();
            match container {
                None => StatusMustAllow::NeverInPort { cargo },
                Some(container) => StatusMustAllow::ContainerNeverInPort {
                    cargo,
                    container: container.clone(),
                },
            }
        })
    }

    /// Checks `ClaimedCargoIsFinished`. Where containers are claimed one by one, each is finished on
    /// its own, also when all of them are.
    fn claim_must_come_last(
        &self,
        event: &HandlingEvent,
        is_expected: bool,
    ) -> Result<(), Rejection> {
        let is_claim = |handled: &&Handled| handled.activity.handling_type == HandlingType::Claim;
        let is_same = |handled: &&Handled| match (&handled.container, &event.container) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        let whole = self.moves().into_iter().find(|handled| is_claim(handled));
        let mut claims = self.handling.iter().filter(is_claim).filter(is_same);
        let one = claims.find(|_| event.container.is_some());
        let claimed = one.or(whole).map(|claim| claim.completed_at);
        nothing_follows_the_claim(&self.tracking_id, claimed, event, is_expected)?;
        if event.activity.handling_type != HandlingType::Claim {
            return Ok(());
        }
        let same = self.handling.iter().filter(is_same);
        nothing_precedes_the_claim(same.max_by_key(|handled| handled.completed_at), event)
    }

    /// Whether it, or one of its containers, was received or unloaded.
    fn was_in_port(&self, container: Option<&ContainerNumber>) -> bool {
        self.handling.iter().any(|handled| {
            let kind = handled.activity.handling_type;
            let about = handled.container.as_ref();
            matches!(kind, HandlingType::Receive | HandlingType::Unload)
                && about.zip(container).is_none_or(|(own, asked)| own == asked)
        })
    }

    pub(super) fn moves(&self) -> Vec<&Handled> {
        moves(&self.handling, &self.particulars.containers)
    }

    /// The reports about it or one of its containers. A cargo that was split from another has also
    /// the reports about the containers that stayed there.
    pub fn own_reports(&self) -> impl Iterator<Item = &Handled> {
        let is_own = |number: &ContainerNumber| self.has_container(number);
        let all = self.handling.iter();
        all.filter(move |handled| handled.container.as_ref().is_none_or(is_own))
    }

    /// The voyages that its numbered containers are aboard, each by the last report about it.
    pub(super) fn containers_aboard(&self) -> impl Iterator<Item = &VoyageNumber> {
        let containers = self.particulars.containers.iter();
        containers.filter_map(|container| {
            let about = self.handling.iter().filter(|handled| {
                let named = handled.container.as_ref();
                named.is_none_or(|named| *named == container.number)
            });
            let moved =
                about.filter(|handled| handled.activity.handling_type != HandlingType::Customs);
            moved.max_by_key(|handled| handled.completed_at)?.aboard()
        })
    }

    /// The expected steps, with those that have happened. Empty without an itinerary.
    #[must_use]
    pub fn plan(&self) -> Vec<Step> {
        self.itinerary()
            .map(|itinerary| Progress::of(itinerary, &self.moves()).plan())
            .unwrap_or_default()
    }

    /// Sets COMPLETED if the cargo is claimed, and its former status if it is not.
    pub(super) fn settle(&mut self, before: &Delivery) -> Milestones {
        let now = self.delivery();
        let cargo = || self.tracking_id.clone();
        let mut milestones = Milestones::default();
        if now.misdirected && !before.misdirected {
            milestones.misdirected = Some(CargoMisdirected {
                cargo: cargo(),
                location: now.last_known_location.clone(),
            });
        }
        if now.unloaded_at_destination && !before.unloaded_at_destination {
            let destination = self.route_specification.destination.clone();
            milestones.arrived = Some(CargoArrived {
                cargo: cargo(),
                destination,
            });
        }
        let claimed = now.transport_status == TransportStatus::Claimed;
        match &self.booking {
            Booking::Completed { former } if !claimed => {
                milestones.reopened = Some(CargoReopened {
                    cargo: cargo(),
                    status: former.status(),
                });
                self.booking = former.as_ref().clone();
            }
            Booking::Completed { .. } => {}
            former if claimed => {
                milestones.completed = Some(CargoCompleted { cargo: cargo() });
                self.booking = Booking::Completed {
                    former: Box::new(former.clone()),
                };
            }
            _ => {}
        }
        milestones
    }

    /// Checks `ClaimedCargoIsFinished`.
    pub(super) fn must_not_be_finished(&self) -> Result<(), Rejection> {
        claimed_cargo_is_finished(!self.is_completed(), &self.tracking_id)
    }
}
