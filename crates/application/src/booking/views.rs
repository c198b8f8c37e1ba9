use crate::access::policy::{READERS, Read, Readable};
use crate::handling::DoubtView;
use crate::queries::Viewed;
use crate::schema;
use domain::booking::{
    Booking, BookingStatus, BrokenLeg, Cargo, CargoFilter, CargoId, Container, ContainerNumber,
    DangerousGoods, Delivery, EquipmentLine, Flag, Handled, Itinerary, Leg, RouteSpecification,
    RoutingStatus, SetPoint, Step, TrackingId, TransportStatus,
};
use domain::customers::CustomerId;
use domain::handling::{Activity, HandlingEventId, HandlingType};
use domain::limits::{COMMODITY_CHARS_MAX, REFERENCE_CHARS_MAX};
use domain::locations::UnLocode;
use domain::space::Teu;
use domain::text::Text;
use domain::voyages::VoyageNumber;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct CargoView {
    /// The tracking ID.
    #[schema(schema_with = schema::tracking_id)]
    pub cargo: TrackingId,
    /// The internal id.
    #[schema(schema_with = schema::uuid)]
    pub id: CargoId,
    /// The version, which is the ETag.
    pub version: u64,
    /// The customer.
    #[schema(schema_with = schema::uuid)]
    pub customer: CustomerId,
    /// The booking status, for example `BOOKED`.
    #[schema(value_type = String)]
    pub status: BookingStatus,
    /// The reason, if the cargo was rejected or cancelled.
    pub reason: Option<String>,
    /// The size.
    #[schema(schema_with = schema::size)]
    pub size_teu: Teu,
    /// Gross weight of goods and containers, in kilograms.
    pub gross_weight_kg: u64,
    /// The goods in the containers.
    #[schema(schema_with = schema::commodity)]
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// The containers.
    #[schema(schema_with = schema::equipment)]
    pub equipment: Vec<EquipmentLine>,
    /// The customer's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub reference: Option<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature of its reefer containers in degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::set_point, required = false)]
    pub set_point_celsius: Option<SetPoint>,
    /// The reefer plugs that it takes: one for each reefer container. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, nullable = false, required = false)]
    pub plugs: Option<u64>,
    /// Its dangerous goods. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = schema::dangerous_goods, required = false)]
    pub dangerous_goods: Vec<DangerousGoods>,
    /// Its containers, as far as their numbers are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = schema::containers, required = false)]
    pub containers: Vec<Container>,
    /// The cargo that it was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub split_from: Option<TrackingId>,
    /// The cargoes that were split from it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = schema::tracking_ids, required = false)]
    pub split_into: Vec<TrackingId>,
    /// The route specification.
    pub route_specification: RouteSpecificationView,
    /// The first origin, if the cargo has been rerouted from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub first_origin: Option<UnLocode>,
    /// The itinerary. Empty before the cargo is booked.
    pub itinerary: Vec<LegView>,
    /// The voyage before the itinerary begins, if the cargo got its itinerary while on board.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub approach: Option<LegView>,
    /// The delivery status.
    pub delivery: DeliveryView,
    /// The steps that the itinerary expects, in order, with those that have happened.
    pub plan: Vec<StepView>,
    /// The handling events, in order of registration.
    pub handling: Vec<HandledView>,
    /// The port on the way where the cargo was unloaded, if its route does not begin there. It can
    /// get no itinerary until it is rerouted from there.
    #[serde(skip)]
    #[schema(ignore)]
    pub stranded_at: Option<UnLocode>,
}

/// A route specification.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteSpecificationView {
    /// The origin.
    #[schema(schema_with = schema::un_locode)]
    pub origin: UnLocode,
    /// The destination.
    #[schema(schema_with = schema::un_locode)]
    pub destination: UnLocode,
    /// The arrival deadline.
    #[schema(schema_with = schema::moment)]
    pub arrival_deadline: Moment,
    /// The ready date: the cargo cannot be loaded before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub ready_from: Option<Moment>,
}

/// A leg of an itinerary.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegView {
    /// The voyage.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// The port of loading.
    #[schema(schema_with = schema::un_locode)]
    pub load_at: UnLocode,
    /// The best known departure time.
    #[schema(schema_with = schema::moment)]
    pub load_time: Moment,
    /// The port of discharge.
    #[schema(schema_with = schema::un_locode)]
    pub unload_at: UnLocode,
    /// The best known arrival time.
    #[schema(schema_with = schema::moment)]
    pub unload_time: Moment,
    /// True if the voyage was cancelled before the leg was over. Otherwise absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub voyage_cancelled: bool,
    /// True if the ship omits the call of loading. Otherwise absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub load_omitted: bool,
    /// True if the ship omits the call of discharge. Otherwise absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub unload_omitted: bool,
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
            load_omitted: leg.load_omitted,
            unload_omitted: leg.unload_omitted,
        }
    }
}

/// The delivery status of a cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// `NOT_RECEIVED`, `IN_PORT`, `ONBOARD_CARRIER` or `CLAIMED`.
    #[schema(value_type = String)]
    pub transport_status: TransportStatus,
    /// `NOT_ROUTED`, `ROUTED` or `MISROUTED`.
    #[schema(value_type = String)]
    pub routing_status: RoutingStatus,
    /// Whether the last handling event was off the itinerary.
    pub misdirected: bool,
    /// Whether the cargo has an estimated arrival that is not after its deadline.
    pub on_track: bool,
    /// Whether the cargo needs attention: its itinerary does not lead to its destination, is not
    /// being followed, or cannot be kept, or a report is overdue.
    pub at_risk: bool,
    /// The problems of the itinerary ahead: `VoyageCancelled`, `CallOmitted`,
    /// `ConnectionMissed`, `DepartsBeforeReady`, `LeftBehind`, `NotReceived`, `NotUnloaded`,
    /// `NotClaimed`, `DeadlineAtRisk`.
    #[schema(value_type = Vec<String>)]
    pub flags: Vec<Flag>,
    /// The legs ahead that cannot be kept. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub broken_legs: Vec<BrokenLegView>,
    /// The location of the last handling event. Customs inspections do not count.
    #[schema(value_type = Option<String>)]
    pub last_known_location: Option<UnLocode>,
    /// The voyage it is on.
    #[schema(value_type = Option<String>)]
    pub current_voyage: Option<VoyageNumber>,
    /// The next expected step.
    pub next_expected: Option<ExpectedStepView>,
    /// The time by which it is due: the cut-off for RECEIVE, the departure for LOAD, 12 hours after
    /// the arrival for UNLOAD, 5 days after the arrival, or a later unloading, for CLAIM, from best
    /// known times. Absent if nothing is expected, or if its voyage is cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false, required = false)]
    pub due_at: Option<Moment>,
    /// The estimated arrival or, once reported, the actual one. Null while the cargo is misrouted
    /// or misdirected, or while a leg ahead is broken.
    #[schema(value_type = Option<String>)]
    pub eta: Option<Moment>,
    /// Whether the cargo was unloaded at its destination.
    pub unloaded_at_destination: bool,
}

/// A leg ahead that cannot be kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenLegView {
    /// `VoyageCancelled`, `CallOmitted`, `ConnectionMissed`, `DepartsBeforeReady` or `LeftBehind`.
    #[schema(value_type = String)]
    pub flag: Flag,
    /// The index of the leg in the itinerary, from 0.
    pub leg: usize,
    /// The voyage.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// The port of loading or, for `CallOmitted`, the port that the ship omits.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The voyage that causes this: the cancelled one, the one that omits the call, the one that
    /// arrives too late, the one that departs too early, or the one that has gone.
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

/// A handling step that an itinerary expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExpectedStepView {
    /// The handling type.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub handling_type: HandlingType,
    /// The location.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The voyage, for LOAD and UNLOAD.
    #[schema(value_type = Option<String>)]
    pub voyage: Option<VoyageNumber>,
}

/// A step of the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// The expected handling.
    #[serde(flatten)]
    pub step: ExpectedStepView,
    /// The scheduled time. Null for steps ashore.
    #[schema(value_type = Option<String>)]
    pub scheduled_at: Option<Moment>,
    /// The handling event that completed the step.
    #[schema(value_type = Option<String>)]
    pub event: Option<HandlingEventId>,
}

/// A handling event in the history of a cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandledView {
    /// The id of the handling event.
    #[schema(schema_with = schema::uuid)]
    pub event: HandlingEventId,
    /// The handling type and location.
    #[serde(flatten)]
    pub done: ExpectedStepView,
    /// The completion time.
    #[schema(schema_with = schema::moment)]
    pub completed_at: Moment,
    /// The registration time.
    #[schema(schema_with = schema::moment)]
    pub registered_at: Moment,
    /// The container that the report named. Absent if it named the cargo.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::container_number, required = false)]
    pub container: Option<ContainerNumber>,
    /// How the report contradicted the timetable. Absent if it did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub doubts: Vec<DoubtView>,
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
            container: handled.container.clone(),
            doubts: handled.doubts.iter().map(DoubtView::from).collect(),
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
            due_at: delivery.due_at,
            eta: delivery.eta,
            unloaded_at_destination: delivery.unloaded_at_destination,
        }
    }
}

impl Viewed for Cargo {
    const READ: Read = Read::Of(&Readable {
        word: "cargoes",
        roles: READERS,
    });
    type View = CargoView;

    fn happened_by(self, time: Moment) -> Self {
        Cargo::happened_by(self, time)
    }

    fn view(Versioned { version, state }: Versioned<Self>, now: Moment) -> CargoView {
        let delivery = state.delivery_at(now).into();
        let itinerary = state.legs().iter().map(LegView::from).collect();
        let approach = state.itinerary().and_then(Itinerary::approach);
        let approach = approach.map(LegView::from);
        let stranded_at = state.stranded_at(now);
        let plan = state.plan().into_iter().map(Into::into).collect();
        let plugs = Some(state.space().plugs).filter(|plugs| *plugs > 0);
        let mut handling = state.handling;
        handling.sort_by_key(|handled| handled.registered_at);
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
            ready_from,
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
            reference: state.particulars.reference,
            set_point_celsius: state.particulars.set_point,
            plugs,
            dangerous_goods: state.particulars.dangerous_goods,
            containers: state.particulars.containers,
            split_from: state.particulars.split_from,
            split_into: state.particulars.split_into,
            route_specification: RouteSpecificationView {
                origin,
                destination,
                arrival_deadline,
                ready_from,
            },
            first_origin: state.first_origin,
            itinerary,
            approach,
            delivery,
            plan,
            handling: handling.into_iter().map(Into::into).collect(),
            stranded_at,
        }
    }

    fn by_the_clock(view: &CargoView) -> Option<&'static str> {
        let mut flags = view.delivery.flags.iter();
        flags
            .find(|flag| flag.follows_the_clock())
            .map(|flag| flag.word())
    }

    fn is_shown_to(&self, customer: CustomerId) -> bool {
        self.customer == customer
    }

    fn confined(filter: CargoFilter, own: CustomerId) -> Option<CargoFilter> {
        let is_own = filter.customer.is_none_or(|asked| asked == own);
        is_own.then_some(CargoFilter {
            customer: Some(own),
            ..filter
        })
    }

    fn cursor(view: &CargoView) -> String {
        view.id.to_string()
    }
}
