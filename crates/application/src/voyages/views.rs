use crate::access::policy::{READERS, Read, Readable};
use crate::queries::Viewed;
use crate::schema;
use domain::customers::CustomerId;
use domain::locations::UnLocode;
use domain::space::CUSTOMER_STEP;
use domain::space::{Capacity, Space, SpaceLimit};
use domain::voyages::{
    DangerousGoodsClasses, Times, Vessel, Voyage, VoyageFilter, VoyageNumber, VoyageStatus,
    departure_order, departure_place,
};
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A voyage.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoyageView {
    /// The voyage number.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// The version, which is the ETag. Customers do not see how many times a voyage has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The vessel.
    #[schema(schema_with = schema::vessel)]
    pub vessel: Vessel,
    /// The capacity of the ship.
    #[schema(schema_with = schema::capacity)]
    pub capacity: Capacity,
    /// How far bookings may exceed the capacity, in percent.
    pub overbooking_percent: u8,
    /// How long before a departure its booking closes, in hours.
    pub cut_off_hours: u16,
    /// The classes of dangerous goods that it takes. Absent if it takes none.
    #[serde(skip_serializing_if = "DangerousGoodsClasses::is_empty")]
    #[schema(schema_with = schema::dangerous_goods_classes, required = false)]
    pub dangerous_goods_classes: DangerousGoodsClasses,
    /// `SCHEDULED` or `CANCELLED`.
    #[schema(value_type = String)]
    pub status: VoyageStatus,
    /// The carrier movements, in order.
    pub movements: Vec<MovementView>,
}

/// A departure time and the arrival time that follows it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TimesView {
    /// The departure time.
    #[schema(schema_with = schema::moment)]
    pub departs: Moment,
    /// The arrival time.
    #[schema(schema_with = schema::moment)]
    pub arrives: Moment,
}

impl From<Times> for TimesView {
    fn from(Times { departs, arrives }: Times) -> Self {
        Self { departs, arrives }
    }
}

/// A carrier movement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovementView {
    /// The port of departure.
    #[schema(schema_with = schema::un_locode)]
    pub from: UnLocode,
    /// The port of arrival.
    #[schema(schema_with = schema::un_locode)]
    pub to: UnLocode,
    /// The best known departure time: the reported one, otherwise the expected one.
    #[schema(schema_with = schema::moment)]
    pub departs: Moment,
    /// The best known arrival time.
    #[schema(schema_with = schema::moment)]
    pub arrives: Moment,
    /// The published times.
    pub scheduled: TimesView,
    /// The latest estimates, which a report does not change.
    pub expected: TimesView,
    /// The reported departure time. Without one, a ship is presumed to have departed when the
    /// expected time has passed.
    #[schema(schema_with = schema::moment, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departed_at: Option<Moment>,
    /// The reported arrival time.
    #[schema(schema_with = schema::moment, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Moment>,
    /// True if the voyage was cancelled before this departure. Otherwise absent.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// True if the ship omits the call of departure. Otherwise absent.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_omitted: bool,
    /// True if the ship omits the call of arrival. Otherwise absent.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub to_omitted: bool,
    /// The total of all cargoes booked on it or, once it has departed, of those booked at
    /// departure. Not shown to customers, because it adds up other customers' bookings.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booked: Option<Capacity>,
    /// The limit line that the load may not pass. Not shown to customers.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Capacity>,
    /// For customers: the space left within the limit line, rounded down to 10 TEU, 100 t and 10
    /// reefer plugs.
    /// Absent if the past was asked for.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free: Option<Capacity>,
}

impl VoyageView {
    /// When booking for a movement's departure closes.
    #[must_use]
    pub fn cut_off(&self, movement: &MovementView) -> Moment {
        domain::voyages::cut_off(movement.departs, self.cut_off_hours)
    }
}

impl MovementView {
    /// Moves what is still ahead by some hours. If the ship is at sea, only the arrival moves.
    pub fn delay(&mut self, hours: i64, now: Moment) {
        for (time, reported) in [
            (&mut self.departs, self.departed_at),
            (&mut self.arrives, self.arrived_at),
        ] {
            if *time > now && reported.is_none() {
                *time = time.plus_hours(hours);
            }
        }
    }

    /// Whether it has departed, or is presumed to have departed.
    #[must_use]
    pub fn has_departed(&self, now: Moment) -> bool {
        self.departed_at.is_some() || self.departs < now
    }

    /// Whether it has arrived, or is presumed to have arrived.
    #[must_use]
    pub fn has_arrived(&self, now: Moment) -> bool {
        self.arrived_at.is_some() || self.arrives < now
    }

    /// The load and the limit line, if the reader may see them.
    #[must_use]
    pub fn load(&self) -> Option<(Space, SpaceLimit)> {
        Some((self.booked?.into(), self.limit?.into()))
    }

    /// The space left within the limit line, as precisely as the reader may see it.
    #[must_use]
    pub fn left(&self) -> Option<SpaceLimit> {
        let exact = self.load().map(|(booked, limit)| booked.left_to(limit));
        exact.or_else(|| self.free.map(SpaceLimit::from))
    }
}

impl Viewed for Voyage {
    const READ: Read = Read::Of(&Readable {
        word: "voyages",
        roles: READERS,
    });
    const ADDS_UP_CUSTOMERS: bool = true;
    type View = VoyageView;

    fn view(Versioned { version, state }: Versioned<Self>, _now: Moment) -> VoyageView {
        let limit = state.limit();
        VoyageView {
            voyage: state.number,
            version: Some(version),
            vessel: state.vessel,
            capacity: state.capacity.into(),
            overbooking_percent: state.overbooking_percent,
            cut_off_hours: state.cut_off_hours,
            dangerous_goods_classes: state.dangerous_goods_classes,
            status: state.status,
            movements: state
                .movements
                .into_iter()
                .map(|movement| MovementView {
                    departs: movement.departs,
                    arrives: movement.arrives,
                    scheduled: movement.scheduled().into(),
                    expected: movement.expected().into(),
                    departed_at: movement.departed_at,
                    arrived_at: movement.arrived_at,
                    cancelled: movement.cancelled,
                    from_omitted: movement.from_omitted,
                    to_omitted: movement.to_omitted,
                    from: movement.from,
                    to: movement.to,
                    booked: Some(Capacity::booked(movement.load, limit)),
                    limit: Some(limit.into()),
                    free: None,
                })
                .collect(),
        }
    }

    fn for_customer(mut view: VoyageView, is_past: bool) -> VoyageView {
        view.version = None;
        for movement in &mut view.movements {
            let left = movement.left().filter(|_| !is_past);
            movement.free = left.map(|left| left.rounded_down(CUSTOMER_STEP).into());
            (movement.booked, movement.limit) = (None, None);
        }
        view
    }

    fn is_shown_to(&self, _: CustomerId) -> bool {
        true
    }

    /// A customer's condition is rounded like the figures it sees.
    fn confined(filter: VoyageFilter, _: CustomerId) -> Option<VoyageFilter> {
        let rounded = |quarter_teu| {
            let asked = Space {
                quarter_teu,
                ..Space::default()
            };
            asked.rounded_up(CUSTOMER_STEP).quarter_teu
        };
        Some(VoyageFilter {
            quarter_teu_left: filter.quarter_teu_left.map(rounded),
            ..filter
        })
    }

    fn cursor(view: &VoyageView) -> String {
        departure_order(view.movements[0].departs, &view.voyage)
    }

    fn is_cursor(text: &str) -> bool {
        departure_place(text).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_moves_only_what_is_ahead() {
        let at = |hour: i64| Moment::from_micros(0).plus_hours(hour);
        for (departs, arrives, expected) in [
            (11, 20, (14, 23)),
            (9, 20, (9, 23)),
            (10, 20, (10, 23)),
            (2, 9, (2, 9)),
        ] {
            let times = TimesView {
                departs: at(departs),
                arrives: at(arrives),
            };
            let mut movement = MovementView {
                scheduled: times,
                expected: times,
                departed_at: None,
                arrived_at: None,
                cancelled: false,
                from_omitted: false,
                to_omitted: false,
                from: "NLRTM".parse().expect("a code"),
                to: "DEHAM".parse().expect("a code"),
                departs: at(departs),
                arrives: at(arrives),
                booked: None,
                limit: None,
                free: None,
            };
            movement.delay(3, at(10));
            let (departs, arrives) = expected;
            assert_eq!(
                (movement.departs, movement.arrives),
                (at(departs), at(arrives))
            );
        }
    }
}
