use crate::access::policy::Read;
use crate::queries::Viewed;
use crate::schema;
use domain::locations::UnLocode;
use domain::log::reader::{departure_order, departure_place};
use domain::space::CUSTOMER_STEP;
use domain::space::{Capacity, Space};
use domain::voyages::{Vessel, Voyage, VoyageNumber, VoyageStatus};
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A voyage, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoyageView {
    /// Its number.
    #[schema(schema_with = schema::voyage_number)]
    pub voyage: VoyageNumber,
    /// The version, which is the ETag. Customers are not told how often a voyage has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The ship.
    #[schema(schema_with = schema::vessel)]
    pub vessel: Vessel,
    /// What the ship carries.
    #[schema(schema_with = schema::capacity)]
    pub capacity: Capacity,
    /// How much more may be booked, in percent of the capacity.
    pub overbooking_percent: u8,
    /// How long before a departure booking for it closes, in hours.
    pub cut_off_hours: u16,
    /// `SCHEDULED` or `CANCELLED`.
    #[schema(value_type = String)]
    pub status: VoyageStatus,
    /// The journey, in order.
    pub movements: Vec<MovementView>,
}

/// A carrier movement, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementView {
    /// Where it departs.
    #[schema(schema_with = schema::un_locode)]
    pub from: UnLocode,
    /// Where it arrives.
    #[schema(schema_with = schema::un_locode)]
    pub to: UnLocode,
    /// When it departs.
    #[schema(schema_with = schema::moment)]
    pub departs: Moment,
    /// When it arrives.
    #[schema(schema_with = schema::moment)]
    pub arrives: Moment,
    /// The sum of all cargoes booked across it; once it has departed, of those then.
    /// Not for customers, who would read the bookings of others from it.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booked: Option<Capacity>,
    /// The line the load may not pass; not for customers either.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Capacity>,
    /// For customers: what is left beneath the limit line, rounded down to 10 TEU and 100 t. Absent when asked for
    /// the past.
    #[schema(schema_with = schema::space, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free: Option<Capacity>,
}

impl MovementView {
    /// What is booked, and the line it may not pass, for a reader who is told.
    #[must_use]
    pub fn load(&self) -> Option<(Space, Space)> {
        Some((self.booked?.into(), self.limit?.into()))
    }

    /// What is left beneath the line, as exactly as the reader is told.
    #[must_use]
    pub fn left(&self) -> Option<Space> {
        let exact = self.load().map(|(booked, limit)| booked.left_to(limit));
        exact.or_else(|| self.free.map(Space::from))
    }
}

impl Viewed for Voyage {
    const READ: Read = Read::Voyages;
    const ADDS_UP_CUSTOMERS: bool = true;
    type View = VoyageView;

    fn view(Versioned { version, state }: Versioned<Self>) -> VoyageView {
        let limit = state.limit().into();
        VoyageView {
            voyage: state.number,
            version: Some(version),
            vessel: state.vessel,
            capacity: state.capacity.into(),
            overbooking_percent: state.overbooking_percent,
            cut_off_hours: state.cut_off_hours,
            status: state.status,
            movements: state
                .movements
                .into_iter()
                .map(|movement| MovementView {
                    from: movement.from,
                    to: movement.to,
                    departs: movement.departs,
                    arrives: movement.arrives,
                    booked: Some(movement.load.into()),
                    limit: Some(limit),
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

    fn cursor(view: &VoyageView) -> String {
        departure_order(view.movements[0].departs, &view.voyage)
    }

    fn is_cursor(text: &str) -> bool {
        departure_place(text).is_some()
    }
}
