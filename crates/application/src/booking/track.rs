//! The public view of a cargo, for anyone who knows its tracking id, above all its consignee.
//!
//! The view is built here from the aggregate, and not from the view for staff. A field that is
//! added elsewhere therefore cannot leak. The customer, goods, weight, price and reporters are not
//! part of it.

use super::track_container::TrackContainerView;
use super::track_step::TrackStepView;
use super::views::ExpectedStepView;
use crate::locations::LocationView;
use crate::schema;
use domain::Moment;
use domain::booking::{
    Booking, Cargo, ContainerNumber, Delivery, Handled, RoutingStatus, TrackingId, TransportStatus,
};
use domain::limits::NAME_CHARS_MAX;
use domain::locations::UnLocode;
use domain::text::Text;
use domain::voyages::{Voyage, VoyageNumber};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A cargo in public tracking.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackView {
    /// The tracking ID.
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// The container, if the cargo was asked for by one. The whole answer is then about this container:
    /// where it is, its events, its steps ahead and whether it is on schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub container: Option<TrackContainerView>,
    /// `REQUESTED`, `BOOKED`, `COMPLETED` or `CANCELLED`.
    #[schema(value_type = String)]
    pub status: PublicStatus,
    /// `NOT_PLANNED`, `ON_SCHEDULE`, `DELAYED`, `AWAITING_REPORT` or `BEING_REPLANNED`. Null once it
    /// is over.
    #[schema(value_type = Option<String>)]
    pub schedule: Option<PublicSchedule>,
    /// `NOT_RECEIVED`, `IN_PORT`, `ONBOARD_CARRIER` or `CLAIMED`.
    #[schema(value_type = String)]
    pub transport_status: TransportStatus,
    /// The origin.
    #[schema(schema_with = schema::un_locode)]
    pub origin: UnLocode,
    /// The destination.
    #[schema(schema_with = schema::un_locode)]
    pub destination: UnLocode,
    /// The location of the last handling event.
    #[schema(value_type = Option<String>)]
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is on.
    #[schema(value_type = Option<String>)]
    pub current_voyage: Option<VoyageNumber>,
    /// The next expected step. Null while the cargo is being re-planned.
    pub next_expected: Option<TrackStepView>,
    /// The estimated arrival. Null while the cargo is being re-planned.
    #[schema(value_type = Option<String>)]
    pub eta: Option<Moment>,
    /// Whether the cargo was unloaded at its destination.
    pub unloaded_at_destination: bool,
    /// The handling events, in the order in which they happened. The same event of several containers
    /// is one, at the time of the last of them.
    pub events: Vec<TrackEventView>,
    /// All further steps, in order. Empty while the cargo is being re-planned.
    pub ahead: Vec<TrackStepView>,
    /// The voyages in this answer, with their vessels.
    pub voyages: Vec<TrackVoyageView>,
    /// The locations in this answer, with their names and time zones.
    pub locations: Vec<LocationView>,
}

/// A booking status in public terms. The stages of the booking within the company, and the reason
/// for its end, are between the company and its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicStatus {
    /// Requested, without space yet.
    Requested,
    /// Has space.
    Booked,
    /// Claimed.
    Completed,
    /// Rejected or cancelled.
    Cancelled,
}

/// The progress in public terms. The deadline itself is between the company and its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicSchedule {
    /// There is no itinerary yet.
    NotPlanned,
    /// Arrives by the deadline.
    OnSchedule,
    /// Arrives after the deadline.
    Delayed,
    /// The next step is overdue: nobody has reported it.
    AwaitingReport,
    /// The itinerary no longer works. A new one is needed.
    BeingReplanned,
}

/// A past handling event of a cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackEventView {
    /// The handling type and location.
    #[serde(flatten)]
    pub done: ExpectedStepView,
    /// The completion time.
    #[schema(schema_with = schema::moment)]
    pub completed_at: Moment,
    /// The container that was asked for, if the report was about it and not about the whole cargo.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::container_number, required = false)]
    pub container: Option<ContainerNumber>,
    /// How many containers were handled. Absent if the report was about the whole cargo, or if the
    /// cargo was asked for by a container.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub containers: Option<TrackContainersView>,
}

/// Some of the containers of a cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrackContainersView {
    /// How many.
    pub count: u64,
    /// How many the cargo has.
    pub of: u64,
}

/// A voyage that the cargo is, was or will be on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackVoyageView {
    /// The voyage number.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// The name of the vessel.
    #[schema(schema_with = schema::name)]
    pub vessel: Text<NAME_CHARS_MAX>,
}

impl From<&Voyage> for TrackVoyageView {
    fn from(voyage: &Voyage) -> Self {
        Self {
            voyage: voyage.number.clone(),
            vessel: voyage.vessel.name.clone(),
        }
    }
}

impl From<&Booking> for PublicStatus {
    fn from(booking: &Booking) -> Self {
        match booking {
            Booking::Requested => Self::Requested,
            Booking::Booked { .. } | Booking::Accepted { .. } | Booking::Confirmed { .. } => {
                Self::Booked
            }
            Booking::Completed { .. } => Self::Completed,
            Booking::Rejected { .. } | Booking::Cancelled { .. } => Self::Cancelled,
        }
    }
}

impl PublicSchedule {
    fn of(status: PublicStatus, cargo: &Cargo, delivery: &Delivery) -> Option<Self> {
        // A cargo that was at most received had no route that could be re-planned.
        let at_sea = |handled: &Handled| handled.activity.handling_type.has_voyage();
        let is_under_way = cargo.own_reports().any(at_sea);
        if matches!(status, PublicStatus::Completed | PublicStatus::Cancelled)
            || delivery.transport_status == TransportStatus::Claimed
        {
            return None;
        }
        Some(match delivery.routing_status {
            RoutingStatus::NotRouted if !is_under_way => Self::NotPlanned,
            RoutingStatus::NotRouted | RoutingStatus::Misrouted => Self::BeingReplanned,
            RoutingStatus::Routed if delivery.misdirected => Self::BeingReplanned,
            RoutingStatus::Routed if !delivery.broken_legs.is_empty() => Self::BeingReplanned,
            RoutingStatus::Routed if delivery.awaits_report() => Self::AwaitingReport,
            RoutingStatus::Routed if delivery.on_track => Self::OnSchedule,
            RoutingStatus::Routed => Self::Delayed,
        })
    }
}

impl TrackView {
    /// The public view of a cargo that may have been asked for by one of its containers, still without
    /// the names of voyages and locations.
    pub(crate) fn of(whole: &Cargo, asked: Option<&ContainerNumber>, now: Moment) -> Self {
        let cargo = &match asked {
            Some(own) => whole.clone().only(own),
            None => whole.clone(),
        };
        let delivery = cargo.delivery_at(now);
        let status = PublicStatus::from(&cargo.booking);
        let schedule = PublicSchedule::of(status, cargo, &delivery);
        // The steps ahead are shown only while the itinerary works.
        let holds = matches!(
            schedule,
            Some(
                PublicSchedule::OnSchedule
                    | PublicSchedule::Delayed
                    | PublicSchedule::AwaitingReport
            )
        );
        let ahead = if holds {
            ahead(cargo, &delivery)
        } else {
            Vec::new()
        };
        let next = ahead.first();
        let container = asked.map(|own| TrackContainerView::of(whole, &delivery, own, next));
        let events = GroupedEvent::all_of(cargo).into_iter();
        let events = events.map(|event| event.view(cargo, asked));
        Self {
            cargo: cargo.tracking_id.clone(),
            container,
            status,
            schedule,
            transport_status: delivery.transport_status,
            origin: cargo.started_at().clone(),
            destination: cargo.route_specification.destination.clone(),
            last_known_location: delivery.last_known_location,
            current_voyage: delivery.current_voyage,
            next_expected: ahead.first().cloned(),
            eta: delivery.eta.filter(|_| holds),
            unloaded_at_destination: delivery.unloaded_at_destination,
            events: events.collect(),
            ahead,
            voyages: Vec::new(),
            locations: Vec::new(),
        }
    }

    fn steps(&self) -> impl Iterator<Item = &ExpectedStepView> {
        let done = self.events.iter().map(|event| &event.done);
        let missing = self.container.iter().filter_map(|own| own.missing.as_ref());
        let other = self.ahead.iter().chain(missing);
        done.chain(other.map(|step| &step.step))
    }

    /// The locations that the view names.
    pub(crate) fn places(&self) -> Vec<String> {
        let ends = [&self.origin, &self.destination];
        let all = ends
            .into_iter()
            .chain(self.steps().map(|step| &step.location));
        sorted(all.map(UnLocode::to_string))
    }

    /// The voyages that the view names.
    pub(crate) fn numbers(&self) -> Vec<String> {
        sorted(
            self.steps()
                .filter_map(|step| Some(step.voyage.as_ref()?.to_string())),
        )
    }
}

/// A handling of the whole cargo, or of some of its containers.
struct GroupedEvent<'c> {
    /// The last report of it.
    last: &'c Handled,
    containers: BTreeSet<&'c ContainerNumber>,
}

impl<'c> GroupedEvent<'c> {
    /// The events of a cargo by time. A container that is handled the same way again begins another
    /// event.
    fn all_of(cargo: &'c Cargo) -> Vec<Self> {
        let mut handled: Vec<&Handled> = cargo.own_reports().collect();
        handled.sort_by_key(|handled| handled.completed_at);
        let mut events: Vec<Self> = Vec::new();
        for handled in handled {
            let own = handled.container.as_ref();
            let same = events.iter_mut().rfind(|event| {
                let takes = |own| !event.containers.is_empty() && !event.containers.contains(own);
                event.last.activity == handled.activity && own.is_some_and(takes)
            });
            match same {
                Some(event) => {
                    event.last = handled;
                    event.containers.extend(own);
                }
                None => events.push(Self {
                    last: handled,
                    containers: own.into_iter().collect(),
                }),
            }
        }
        events.sort_by_key(|event| event.last.completed_at);
        events
    }

    fn view(self, cargo: &Cargo, asked: Option<&ContainerNumber>) -> TrackEventView {
        let is_about = |own: &&ContainerNumber| self.containers.contains(own);
        let count = self.containers.len() as u64;
        let all = cargo.equipment.iter().map(|line| u64::from(line.count));
        let containers = TrackContainersView {
            count,
            of: all.sum(),
        };
        TrackEventView {
            done: self.last.activity.clone().into(),
            completed_at: self.last.completed_at,
            container: asked.filter(is_about).cloned(),
            containers: Some(containers).filter(|_| count > 0 && asked.is_none()),
        }
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

/// The expected steps of the plan, from the next one on.
fn ahead(cargo: &Cargo, delivery: &Delivery) -> Vec<TrackStepView> {
    let plan = cargo.plan();
    let reached = plan.iter().rposition(|step| step.done.is_some());
    let next = delivery.next_expected.as_ref();
    let rest = plan
        .into_iter()
        .skip(reached.map_or(0, |reached| reached + 1));
    // Optional steps before the next one are skipped.
    rest.skip_while(|step| Some(&step.activity) != next)
        .map(|step| TrackStepView::from(&step))
        .collect()
}
