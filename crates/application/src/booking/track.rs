//! What anybody may know of a cargo who has its tracking id: its consignee, above all.
//!
//! The view is made here, from the aggregate, and not from the one that staff reads: what is not
//! named below cannot leak by a field that is added elsewhere. Whose the cargo is, what is in it,
//! what it weighs, what it is carried for, and who reported what stay out of it.

use super::views::ExpectedStepView;
use crate::locations::LocationView;
use crate::schema;
use domain::Moment;
use domain::booking::{
    Booking, Cargo, Delivery, Handled, RoutingStatus, TrackingId, TransportStatus,
};
use domain::limits::NAME_CHARS_MAX;
use domain::locations::UnLocode;
use domain::text::Text;
use domain::voyages::{Voyage, VoyageNumber};
use serde::Serialize;
use utoipa::ToSchema;

/// A cargo, as anybody may follow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackView {
    /// Its tracking id.
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// `REQUESTED`, `BOOKED`, `COMPLETED` or `CANCELLED`.
    #[schema(value_type = String)]
    pub status: PublicStatus,
    /// `NOT_PLANNED`, `ON_SCHEDULE`, `DELAYED` or `BEING_REPLANNED`; none once it is over.
    #[schema(value_type = Option<String>)]
    pub schedule: Option<PublicSchedule>,
    /// `NOT_RECEIVED`, `IN_PORT`, `ONBOARD_CARRIER` or `CLAIMED`.
    #[schema(value_type = String)]
    pub transport_status: TransportStatus,
    /// Where it starts.
    #[schema(schema_with = schema::un_locode)]
    pub origin: UnLocode,
    /// Where it is going.
    #[schema(schema_with = schema::un_locode)]
    pub destination: UnLocode,
    /// Where it was handled last.
    #[schema(value_type = Option<String>)]
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is aboard.
    #[schema(value_type = Option<String>)]
    pub current_voyage: Option<VoyageNumber>,
    /// What should happen to it next; none while it is being re-planned.
    pub next_expected: Option<TrackStepView>,
    /// When it arrives, as now scheduled; none while it is being re-planned.
    #[schema(value_type = Option<String>)]
    pub eta: Option<Moment>,
    /// Whether it was unloaded at its destination.
    pub unloaded_at_destination: bool,
    /// What was done with it, by the time it was done.
    pub events: Vec<TrackEventView>,
    /// All that should still happen to it, in order; nothing while it is being re-planned.
    pub ahead: Vec<TrackStepView>,
    /// The voyages named above, with their vessels.
    pub voyages: Vec<TrackVoyageView>,
    /// The locations named above, with their names and time zones.
    pub locations: Vec<LocationView>,
}

/// A booking status in public terms: how far the booking has come within the house, and why it
/// ended, is between the house and its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicStatus {
    /// Asked for, without space yet.
    Requested,
    /// Has its space.
    Booked,
    /// Claimed.
    Completed,
    /// Will not be carried.
    Cancelled,
}

/// How it goes, in public terms. The deadline itself is between the house and its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicSchedule {
    /// There is no itinerary yet.
    NotPlanned,
    /// It arrives in time.
    OnSchedule,
    /// It arrives later than agreed.
    Delayed,
    /// Its itinerary does not hold any more: another one is looked for.
    BeingReplanned,
}

/// Something that should happen to a cargo.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackStepView {
    /// What, and where.
    #[serde(flatten)]
    pub step: ExpectedStepView,
    /// When it is scheduled; none for what happens ashore.
    #[schema(value_type = Option<String>)]
    pub scheduled_at: Option<Moment>,
}

/// Something that was done with a cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackEventView {
    /// What, and where.
    #[serde(flatten)]
    pub done: ExpectedStepView,
    /// When.
    #[schema(schema_with = schema::moment)]
    pub completed_at: Moment,
}

/// A voyage that a cargo is, was or will be aboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackVoyageView {
    /// Its number.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// What its vessel is called.
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
        // What was only received, or never, had no way yet that could be planned anew.
        let at_sea = |handled: &Handled| handled.activity.handling_type.has_voyage();
        let is_under_way = cargo.handling.iter().any(at_sea);
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
            RoutingStatus::Routed if delivery.on_track => Self::OnSchedule,
            RoutingStatus::Routed => Self::Delayed,
        })
    }
}

impl TrackView {
    /// What anybody may know of a cargo, without the names of voyages and locations yet.
    pub(crate) fn of(cargo: &Cargo) -> Self {
        let delivery = cargo.delivery();
        let status = PublicStatus::from(&cargo.booking);
        let schedule = PublicSchedule::of(status, cargo, &delivery);
        // What lies ahead is told while it holds, and not guessed while another way is looked for.
        let holds = matches!(
            schedule,
            Some(PublicSchedule::OnSchedule | PublicSchedule::Delayed)
        );
        let ahead = if holds {
            ahead(cargo, &delivery)
        } else {
            Vec::new()
        };
        let mut handled: Vec<&Handled> = cargo.handling.iter().collect();
        handled.sort_by_key(|handled| handled.completed_at);
        let events = handled.into_iter().map(|handled| TrackEventView {
            done: handled.activity.clone().into(),
            completed_at: handled.completed_at,
        });
        Self {
            cargo: cargo.tracking_id.clone(),
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
        done.chain(self.ahead.iter().map(|step| &step.step))
    }

    /// The locations it names.
    pub(crate) fn places(&self) -> Vec<String> {
        let ends = [&self.origin, &self.destination];
        let all = ends
            .into_iter()
            .chain(self.steps().map(|step| &step.location));
        sorted(all.map(UnLocode::to_string))
    }

    /// The voyages it names.
    pub(crate) fn numbers(&self) -> Vec<String> {
        sorted(
            self.steps()
                .filter_map(|step| Some(step.voyage.as_ref()?.to_string())),
        )
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

/// What the plan still expects: from the next step on.
fn ahead(cargo: &Cargo, delivery: &Delivery) -> Vec<TrackStepView> {
    let plan = cargo.plan();
    let reached = plan.iter().rposition(|step| step.done.is_some());
    let next = delivery.next_expected.as_ref();
    let rest = plan
        .into_iter()
        .skip(reached.map_or(0, |reached| reached + 1));
    // What may as well not happen stands before the next step, and is passed over.
    rest.skip_while(|step| Some(&step.activity) != next)
        .map(|step| TrackStepView {
            step: step.activity.into(),
            scheduled_at: step.scheduled_at,
        })
        .collect()
}
