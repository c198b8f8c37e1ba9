use crate::access::policy::Read;
use crate::queries::Viewed;
use crate::schema;
use domain::booking::{
    Booking, BookingStatus, BrokenLeg, Cargo, CargoId, Delivery, EquipmentLine, Flag, Handled,
    Itinerary, Leg, RouteSpecification, RoutingStatus, Step, TrackingId, TransportStatus,
};
use domain::customers::CustomerId;
use domain::handling::{Activity, HandlingEventId, HandlingType};
use domain::limits::COMMODITY_CHARS_MAX;
use domain::locations::UnLocode;
use domain::space::Teu;
use domain::text::Text;
use domain::voyages::VoyageNumber;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A cargo, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct CargoView {
    /// Its tracking id.
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// Its internal id.
    #[schema(schema_with = schema::uuid)]
    pub id: CargoId,
    /// The version, which is the ETag.
    pub version: u64,
    /// Whose it is.
    #[schema(schema_with = schema::uuid)]
    pub customer: CustomerId,
    /// Its booking status, for example `BOOKED`.
    #[schema(value_type = String)]
    pub status: BookingStatus,
    /// Why, of a cargo that was rejected or cancelled.
    pub reason: Option<String>,
    /// Its size.
    #[schema(schema_with = schema::size)]
    pub size_teu: Teu,
    /// Weight of goods and containers, in kilograms.
    pub gross_weight_kg: u64,
    /// The goods in the containers.
    #[schema(schema_with = schema::commodity)]
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// The containers.
    #[schema(schema_with = schema::equipment)]
    pub equipment: Vec<EquipmentLine>,
    /// Where it is going.
    pub route_specification: RouteSpecificationView,
    /// Where it started, once it was rerouted from somewhere else; left out before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub first_origin: Option<UnLocode>,
    /// How it goes; empty before it is booked.
    pub itinerary: Vec<LegView>,
    /// What it sails before its itinerary begins, where it was given that while aboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub approach: Option<LegView>,
    /// What is known about it.
    pub delivery: DeliveryView,
    /// What its itinerary expects, in order, and which of it has happened.
    pub plan: Vec<StepView>,
    /// What was done with it, in the order we learnt of it.
    pub handling: Vec<HandledView>,
}

impl CargoView {
    /// The port that it was unloaded in on the way, if that is not where its route begins: it
    /// gets no itinerary before it is rerouted from there.
    #[must_use]
    pub fn stranded_at(&self) -> Option<&UnLocode> {
        let is_open = !matches!(
            self.status,
            BookingStatus::Completed | BookingStatus::Rejected | BookingStatus::Cancelled
        );
        let moves = self.handling.iter();
        let moves = moves.filter(|own| own.done.handling_type != HandlingType::Customs);
        let last = &moves.max_by_key(|own| own.completed_at)?.done;
        let is_under_way = last.handling_type == HandlingType::Unload
            && last.location != self.route_specification.origin
            && !self.delivery.unloaded_at_destination;
        let needs_route = self.itinerary.is_empty()
            || self.delivery.misdirected
            || !self.delivery.broken_legs.is_empty();
        (is_open && is_under_way && needs_route).then_some(&last.location)
    }
}

/// A route specification, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteSpecificationView {
    /// Where it starts.
    #[schema(schema_with = schema::un_locode)]
    pub origin: UnLocode,
    /// Where it is going.
    #[schema(schema_with = schema::un_locode)]
    pub destination: UnLocode,
    /// When it must have arrived.
    #[schema(schema_with = schema::moment)]
    pub arrival_deadline: Moment,
}

/// A leg, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegView {
    /// The voyage.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// Where the cargo is loaded.
    #[schema(schema_with = schema::un_locode)]
    pub load_at: UnLocode,
    /// When that is scheduled.
    #[schema(schema_with = schema::moment)]
    pub load_time: Moment,
    /// Where it is unloaded.
    #[schema(schema_with = schema::un_locode)]
    pub unload_at: UnLocode,
    /// When that is scheduled.
    #[schema(schema_with = schema::moment)]
    pub unload_time: Moment,
    /// True where the voyage was cancelled before the leg was over; left out elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub voyage_cancelled: bool,
}

impl From<&Leg> for LegView {
    fn from(leg: &Leg) -> Self {
        Self {
            voyage: leg.voyage.clone(),
            load_at: leg.load_at.clone(),
            load_time: leg.load_time,
            unload_at: leg.unload_at.clone(),
            unload_time: leg.unload_time,
            voyage_cancelled: leg.voyage_cancelled,
        }
    }
}

/// What is known about a cargo, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// `NOT_RECEIVED`, `IN_PORT`, `ONBOARD_CARRIER` or `CLAIMED`.
    #[schema(value_type = String)]
    pub transport_status: TransportStatus,
    /// `NOT_ROUTED`, `ROUTED` or `MISROUTED`.
    #[schema(value_type = String)]
    pub routing_status: RoutingStatus,
    /// Whether it was handled where its itinerary does not lead.
    pub misdirected: bool,
    /// Whether it has an estimated arrival, no later than its deadline.
    pub on_track: bool,
    /// Whether somebody has to look after it: its itinerary does not lead to its destination, is
    /// not followed, or cannot be kept.
    pub at_risk: bool,
    /// What is wrong with the itinerary ahead: `VoyageCancelled`, `ConnectionMissed`,
    /// `DeadlineAtRisk`.
    #[schema(value_type = Vec<String>)]
    pub flags: Vec<Flag>,
    /// The legs ahead that cannot be kept; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub broken_legs: Vec<BrokenLegView>,
    /// Where it was handled last; customs may inspect it anywhere, which does not count.
    #[schema(value_type = Option<String>)]
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is aboard.
    #[schema(value_type = Option<String>)]
    pub current_voyage: Option<VoyageNumber>,
    /// What should happen to it next.
    pub next_expected: Option<ExpectedStepView>,
    /// When it arrives, as now scheduled, or arrived, as reported; none while it is misrouted or
    /// misdirected, or while a leg ahead is broken.
    #[schema(value_type = Option<String>)]
    pub eta: Option<Moment>,
    /// Whether it was unloaded at its destination.
    pub unloaded_at_destination: bool,
}

/// A leg ahead that cannot be kept, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenLegView {
    /// `VoyageCancelled` or `ConnectionMissed`.
    #[schema(value_type = String)]
    pub flag: Flag,
    /// Its place in the itinerary, from 0.
    pub leg: usize,
    /// Its voyage.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// Its port of loading.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The voyage that is the cause: the cancelled one, or the one that arrives too late.
    #[schema(schema_with = schema::voyage_number)]
    pub cause: VoyageNumber,
}

impl From<BrokenLeg> for BrokenLegView {
    fn from(broken: BrokenLeg) -> Self {
        let BrokenLeg {
            flag,
            leg,
            voyage,
            location,
            cause,
        } = broken;
        Self {
            flag,
            leg,
            voyage,
            location,
            cause,
        }
    }
}

/// A handling step that an itinerary expects, as read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpectedStepView {
    /// What should happen.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub handling_type: HandlingType,
    /// Where.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// On which voyage, for loading and unloading.
    #[schema(value_type = Option<String>)]
    pub voyage: Option<VoyageNumber>,
}

/// A step of the plan, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// What should happen, and where.
    #[serde(flatten)]
    pub step: ExpectedStepView,
    /// When it is scheduled; none for what happens ashore.
    #[schema(value_type = Option<String>)]
    pub scheduled_at: Option<Moment>,
    /// The handling event that it has happened by.
    #[schema(value_type = Option<String>)]
    pub event: Option<HandlingEventId>,
}

/// Something that was done with a cargo, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandledView {
    /// The handling event.
    #[schema(schema_with = schema::uuid)]
    pub event: HandlingEventId,
    /// What was done, and where.
    #[serde(flatten)]
    pub done: ExpectedStepView,
    /// When it was done.
    #[schema(schema_with = schema::moment)]
    pub completed_at: Moment,
    /// When we learnt of it.
    #[schema(schema_with = schema::moment)]
    pub registered_at: Moment,
}

impl From<Activity> for ExpectedStepView {
    fn from(activity: Activity) -> Self {
        Self {
            handling_type: activity.handling_type,
            location: activity.location,
            voyage: activity.voyage,
        }
    }
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        Self {
            step: step.activity.into(),
            scheduled_at: step.scheduled_at,
            event: step.done,
        }
    }
}

impl From<Handled> for HandledView {
    fn from(handled: Handled) -> Self {
        Self {
            event: handled.event,
            done: handled.activity.into(),
            completed_at: handled.completed_at,
            registered_at: handled.registered_at,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            at_risk: delivery.at_risk(),
            transport_status: delivery.transport_status,
            routing_status: delivery.routing_status,
            misdirected: delivery.misdirected,
            on_track: delivery.on_track,
            flags: delivery.flags,
            broken_legs: delivery.broken_legs.into_iter().map(Into::into).collect(),
            last_known_location: delivery.last_known_location,
            current_voyage: delivery.current_voyage,
            next_expected: delivery.next_expected.map(Into::into),
            eta: delivery.eta,
            unloaded_at_destination: delivery.unloaded_at_destination,
        }
    }
}

impl Viewed for Cargo {
    const READ: Read = Read::Cargoes;
    type View = CargoView;

    fn happened_by(self, time: Moment) -> Self {
        Cargo::happened_by(self, time)
    }

    fn view(Versioned { version, state }: Versioned<Self>) -> CargoView {
        let delivery = state.delivery().into();
        let itinerary = state.legs().iter().map(LegView::from).collect();
        let approach = state.itinerary().and_then(Itinerary::approach);
        let approach = approach.map(LegView::from);
        let plan = state.plan().into_iter().map(Into::into).collect();
        let reason = match &state.booking {
            Booking::Rejected { reason } | Booking::Cancelled { reason } => {
                Some(reason.to_string())
            }
            _ => None,
        };
        let RouteSpecification {
            origin,
            destination,
            arrival_deadline,
        } = state.route_specification;
        CargoView {
            cargo: state.tracking_id,
            id: state.id,
            version,
            customer: state.customer,
            status: state.booking.status(),
            reason,
            size_teu: state.size.teu(),
            gross_weight_kg: state.size.kg,
            commodity: state.commodity,
            equipment: state.equipment,
            route_specification: RouteSpecificationView {
                origin,
                destination,
                arrival_deadline,
            },
            first_origin: state.first_origin,
            itinerary,
            approach,
            delivery,
            plan,
            handling: state.handling.into_iter().map(Into::into).collect(),
        }
    }

    fn cursor(view: &CargoView) -> String {
        view.id.to_string()
    }
}
