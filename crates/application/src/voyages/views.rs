use crate::policy::Read;
use crate::queries::Viewed;
use crate::schema;
use domain::locations::UnLocode;
use domain::log::reader::{departure_order, departure_place};
use domain::space::Capacity;
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
    /// The version, which is the ETag.
    pub version: u64,
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
    #[schema(schema_with = schema::space)]
    pub booked: Capacity,
    /// The line the load may not pass.
    #[schema(schema_with = schema::space)]
    pub limit: Capacity,
}

impl Viewed for Voyage {
    const READ: Read = Read::Voyages;
    type View = VoyageView;

    fn view(Versioned { version, state }: Versioned<Self>) -> VoyageView {
        let limit = state.limit().into();
        VoyageView {
            voyage: state.number,
            version,
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
                    booked: movement.load.into(),
                    limit,
                })
                .collect(),
        }
    }

    fn cursor(view: &VoyageView) -> String {
        departure_order(view.movements[0].departs, &view.voyage)
    }

    fn is_cursor(text: &str) -> bool {
        departure_place(text).is_some()
    }
}
