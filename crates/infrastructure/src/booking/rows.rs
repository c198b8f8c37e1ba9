//! The tables `cargoes` and `cargo_legs`.

use crate::columns::{Unreadable, json, parsed, signed, to_json, unsigned};
use crate::table::{AggregateTable, SideTable};
use chrono::{DateTime, Utc};
use domain::Moment;
use domain::booking::{
    Awaited, Booking, BookingStatus, Cargo, CargoId, Itinerary, Particulars, RouteSpecification,
    Size, has_reefer,
};
use domain::customers::CustomerId;
use domain::limits::REASON_CHARS_MAX;
use domain::locations::UnLocode;
use domain::log::store::StoreError;
use domain::text::Text;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cargoes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) tracking_id: String,
    pub(crate) customer_id: Uuid,
    pub(crate) status: String,
    pub(crate) size_quarter_teu: i64,
    pub(crate) gross_weight_kg: i64,
    pub(crate) commodity: String,
    pub(crate) origin: String,
    pub(crate) destination: String,
    pub(crate) arrival_deadline: DateTime<Utc>,
    pub(crate) equipment: String,
    /// The delivery as JSON, once the cargo is booked.
    pub(crate) itinerary: Option<String>,
    /// The reason, if the cargo is cancelled.
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) version: i64,
    /// The reason, if the cargo is rejected.
    pub(crate) rejection_reason: Option<String>,
    /// The status before the cargo was completed.
    pub(crate) former_status: Option<String>,
    /// The cargo's handling history as JSON.
    pub(crate) handling: Option<String>,
    /// This column and the following ones are derived, for searching and display.
    pub(crate) transport_status: String,
    pub(crate) routing_status: String,
    pub(crate) misdirected: bool,
    pub(crate) at_risk: bool,
    pub(crate) last_known_location: Option<String>,
    pub(crate) current_voyage: Option<String>,
    pub(crate) eta: Option<DateTime<Utc>>,
    /// The location and the planned time of its next expected step.
    pub(crate) next_location: Option<String>,
    pub(crate) next_time: Option<DateTime<Utc>>,
    /// The first origin, if the cargo has been rerouted from elsewhere.
    pub(crate) first_origin: Option<String>,
    /// What else is known about the cargo, as JSON.
    pub(crate) particulars: Option<String>,
    /// The customer's reference, folded for searching.
    pub(crate) searched: Option<String>,
    /// The time from which a report is overdue. Derived, for searching.
    pub(crate) overdue_at: Option<DateTime<Utc>>,
    /// Whether it has a reefer container. Derived, for searching.
    pub(crate) reefer: bool,
    /// Whether it has dangerous goods. Derived, for searching.
    pub(crate) dangerous: bool,
    /// The ready date.
    pub(crate) ready_from: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Cargo;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::TrackingId);

    fn row(cargo: &Cargo, version: i64) -> Result<Model, StoreError> {
        let reason = |reason: &Text<REASON_CHARS_MAX>| Some(reason.to_string());
        let (cancellation_reason, rejection_reason, former_status) = match &cargo.booking {
            Booking::Cancelled { reason: why } => (reason(why), None, None),
            Booking::Rejected { reason: why } => (None, reason(why), None),
            Booking::Completed { former } => (None, None, Some(former.status().word().to_owned())),
            _ => (None, None, None),
        };
        let delivery = cargo.delivery();
        let (next_location, next_time) = match cargo.awaited() {
            Some(Awaited {
                activity,
                planned_at,
            }) => (
                Some(activity.location.to_string()),
                Some(planned_at.to_chrono()),
            ),
            None => (None, None),
        };
        let specification = &cargo.route_specification;
        Ok(Model {
            id: cargo.id.0,
            tracking_id: cargo.tracking_id.to_string(),
            customer_id: cargo.customer.0,
            status: cargo.booking.status().word().to_owned(),
            size_quarter_teu: signed(cargo.size.quarter_teu)?,
            gross_weight_kg: signed(cargo.size.kg)?,
            commodity: cargo.commodity.to_string(),
            origin: specification.origin.to_string(),
            destination: specification.destination.to_string(),
            arrival_deadline: specification.arrival_deadline.to_chrono(),
            equipment: to_json(&cargo.equipment),
            itinerary: cargo.itinerary().map(to_json),
            cancellation_reason,
            version,
            rejection_reason,
            former_status,
            handling: (!cargo.handling.is_empty()).then(|| to_json(&cargo.handling)),
            transport_status: delivery.transport_status.word().to_owned(),
            routing_status: delivery.routing_status.word().to_owned(),
            misdirected: delivery.misdirected,
            at_risk: delivery.at_risk(),
            last_known_location: delivery.last_known_location.map(String::from),
            current_voyage: delivery.current_voyage.map(String::from),
            eta: delivery.eta.map(|eta| eta.to_chrono()),
            next_location,
            next_time,
            first_origin: cargo.first_origin.as_ref().map(UnLocode::to_string),
            particulars: (!cargo.particulars.is_empty()).then(|| to_json(&cargo.particulars)),
            searched: cargo.particulars.searched(),
            overdue_at: delivery.overdue_at.map(|time| time.to_chrono()),
            reefer: has_reefer(&cargo.equipment),
            dangerous: !cargo.particulars.dangerous_goods.is_empty(),
            ready_from: specification.ready_from.map(|time| time.to_chrono()),
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Cargo, Unreadable> {
        let status = parsed("status", &row.status)?;
        let booking = match &row.former_status {
            Some(former) if status == BookingStatus::Completed => Booking::Completed {
                former: Box::new(booking(parsed("former_status", former)?, &row)?),
            },
            _ => booking(status, &row)?,
        };
        Ok(Cargo {
            id: CargoId(row.id),
            tracking_id: parsed("tracking_id", &row.tracking_id)?,
            customer: CustomerId(row.customer_id),
            equipment: json("equipment", &row.equipment)?,
            size: Size {
                quarter_teu: unsigned("size_quarter_teu", row.size_quarter_teu)?,
                kg: unsigned("gross_weight_kg", row.gross_weight_kg)?,
            },
            commodity: parsed("commodity", &row.commodity)?,
            route_specification: RouteSpecification {
                origin: parsed("origin", &row.origin)?,
                destination: parsed("destination", &row.destination)?,
                arrival_deadline: Moment::from(row.arrival_deadline),
                ready_from: row.ready_from.map(Moment::from),
            },
            first_origin: match &row.first_origin {
                None => None,
                Some(origin) => Some(parsed("first_origin", origin)?),
            },
            booking,
            handling: match &row.handling {
                None => Vec::new(),
                Some(handling) => json("handling", handling)?,
            },
            particulars: match &row.particulars {
                None => Particulars::default(),
                Some(particulars) => json("particulars", particulars)?,
            },
        })
    }
}

impl SideTable for cargo_legs::Entity {
    type Of = Cargo;
    const OWNER: cargo_legs::Column = cargo_legs::Column::CargoId;

    fn rows(cargo: &Cargo) -> Vec<cargo_legs::Model> {
        let itinerary = cargo.itinerary().into_iter();
        let legs = itinerary.flat_map(Itinerary::held).zip(1..);
        legs.map(|(leg, number)| cargo_legs::Model {
            cargo_id: cargo.id.0,
            leg: number,
            voyage_number: leg.voyage.to_string(),
            load_at: leg.load_at.to_string(),
            load_time: leg.load_time.to_chrono(),
            unload_at: leg.unload_at.to_string(),
            unload_time: leg.unload_time.to_chrono(),
        })
        .collect()
    }

    fn has_same_rows(old: &Cargo, new: &Cargo) -> bool {
        let held = |cargo| {
            Cargo::itinerary(cargo)
                .into_iter()
                .flat_map(Itinerary::held)
        };
        held(old).eq(held(new))
    }
}

/// Builds the booking with this status from a row.
fn booking(status: BookingStatus, row: &Model) -> Result<Booking, Unreadable> {
    let itinerary = || {
        let text = row.itinerary.as_deref();
        json("itinerary", text.unwrap_or("missing"))
    };
    let reason = |column: &str, reason: &Option<String>| {
        parsed(column, reason.as_deref().unwrap_or_default())
    };
    match status {
        BookingStatus::Requested => Ok(Booking::Requested),
        BookingStatus::Booked => itinerary().map(|itinerary| Booking::Booked { itinerary }),
        BookingStatus::Accepted => itinerary().map(|itinerary| Booking::Accepted { itinerary }),
        BookingStatus::Confirmed => itinerary().map(|itinerary| Booking::Confirmed { itinerary }),
        BookingStatus::Rejected => reason("rejection_reason", &row.rejection_reason)
            .map(|reason| Booking::Rejected { reason }),
        BookingStatus::Cancelled => reason("cancellation_reason", &row.cancellation_reason)
            .map(|reason| Booking::Cancelled { reason }),
        BookingStatus::Completed => Err(Unreadable(
            "the cargo is completed but has no former status".to_owned(),
        )),
    }
}

/// The table `cargo_legs`: the voyages that each cargo holds space on, only for searching.
pub(crate) mod cargo_legs {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cargo_legs")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) cargo_id: Uuid,
        /// The leg's number in what the cargo holds, from 1. The approach comes first, if there is
        /// one.
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) leg: i64,
        pub(crate) voyage_number: String,
        pub(crate) load_at: String,
        pub(crate) load_time: DateTime<Utc>,
        pub(crate) unload_at: String,
        pub(crate) unload_time: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
