//! A cargo's handling history: its reports that have not been retracted.

use super::Cargo;
use super::delivery::{Flag, TransportStatus};
use super::events::{
    BookingEvent, CargoArrived, CargoCompleted, CargoMisdirected, CargoReopened, DepartsBeforeReady,
};
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
    /// It is not there after all, and its ship departs before it is ready.
    pub departs_before_ready: Option<DepartsBeforeReady>,
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
            self.departs_before_ready
                .map(BookingEvent::DepartsBeforeReady),
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
    /// `StatusMustAllow` if the cargo was given up, if the report is about a container that was split
    /// off, or if a claim would remain without a receipt or unloading before it.
    pub fn unhandle(mut self, event: HandlingEventId) -> Result<(Self, Milestones), Rejection> {
        self.must_be(!self.is_given_up(), BookingStep::Changed)?;
        self.must_still_be_about_it(event)?;
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

    /// Checks `StatusMustAllow`: the container that a report names was not split off. The report stands
    /// on the cargo that has the container now.
    fn must_still_be_about_it(&self, event: HandlingEventId) -> Result<(), Rejection> {
        let mut history = self.handling.iter();
        let report = history.find(|handled| handled.event == event);
        let Some(container) = report.and_then(|report| report.container.as_ref()) else {
            return Ok(());
        };
        require(self.has_container(container), || {
            StatusMustAllow::ContainerWasSplitOff {
                cargo: self.tracking_id.clone(),
                container: container.clone(),
            }
        })
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
            (Some(own), None) => self.has_container(own),
            (None, _) => true,
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

    /// Whether it, or one of its containers, was received or unloaded. All of its containers were, if
    /// they have numbers.
    fn was_in_port(&self, container: Option<&ContainerNumber>) -> bool {
        let containers = &self.particulars.containers;
        if container.is_none() && !containers.is_empty() {
            let mut each = containers.iter();
            return each.all(|own| self.was_in_port(Some(&own.number)));
        }
        self.handling.iter().any(|handled| {
            let kind = handled.activity.handling_type;
            let is_about = handled.container.is_none() || handled.container.as_ref() == container;
            matches!(kind, HandlingType::Receive | HandlingType::Unload) && is_about
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

    /// Whether anything was reported of it, or of one of its containers.
    pub(super) fn is_reported(&self) -> bool {
        let mut own = self.own_reports();
        own.any(|handled| handled.activity.handling_type != HandlingType::Customs)
    }

    /// The last report that moved a container: about it or about the whole cargo. What was reported of
    /// it alone is not undone by a report about the whole: that the rest was received, or what came after
    /// its claim.
    #[must_use]
    pub fn last_move_of(&self, number: &ContainerNumber) -> Option<&Handled> {
        let is = |handled: &Handled, of| handled.activity.handling_type == of;
        let is_own = |handled: &&Handled| handled.container.as_ref() == Some(number);
        let mut own = self.handling.iter().filter(is_own);
        let claimed = own.find(|handled| is(handled, HandlingType::Claim));
        if claimed.is_some() {
            return claimed;
        }
        let has_own = self.handling.iter().any(|handled| is_own(&handled));
        let about = self.handling.iter().filter(|handled| {
            let is_for_all = handled.container.is_none();
            let is_receipt = is(handled, HandlingType::Receive);
            is_own(handled) || (is_for_all && !(has_own && is_receipt))
        });
        about
            .filter(|handled| !is(handled, HandlingType::Customs))
            .max_by_key(|handled| handled.completed_at)
    }

    /// The voyages that some of its numbered containers are aboard, or came off elsewhere, while the
    /// cargo as a whole is not there.
    pub(super) fn sailed_apart(&self) -> impl Iterator<Item = &VoyageNumber> {
        let whole = self.moves().last().map(|handled| handled.activity.clone());
        let containers = self.particulars.containers.iter();
        let moves = containers.filter_map(|own| self.last_move_of(&own.number));
        moves.filter_map(move |last| {
            let is_there = whole.as_ref().is_some_and(|whole| {
                let came_off = last.activity.handling_type == HandlingType::Unload;
                *whole == last.activity || (came_off && whole.location == last.activity.location)
            });
            last.activity.voyage.as_ref().filter(|_| !is_there)
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
        let is_early = now.flags.contains(&Flag::DepartsBeforeReady);
        if is_early && !before.flags.contains(&Flag::DepartsBeforeReady) {
            milestones.departs_before_ready = self.departs_before_ready();
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
