//! The tables `cargoes` and `cargo_legs`.

use crate::aggregates::{
    AggregateTable, Attached, Unreadable, json, parsed, signed, to_json, unsigned,
};
use crate::bulk;
use crate::session::Session;
use chrono::{DateTime, Utc};
use domain::Moment;
use domain::booking::{Booking, Cargo, CargoId, RouteSpecification};
use domain::customers::CustomerId;
use domain::log::store::StoreError;
use domain::space::Space;
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
    /// The legs, while it is booked.
    pub(crate) itinerary: Option<String>,
    /// Why, when it is cancelled.
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl AggregateTable for Entity {
    type Of = Cargo;
    const ID: Column = Column::Id;
    const KEY: Option<Column> = Some(Column::TrackingId);

    fn row(cargo: &Cargo, version: i64) -> Result<Model, StoreError> {
        let (itinerary, cancellation_reason) = match &cargo.booking {
            Booking::Requested => (None, None),
            Booking::Booked { itinerary } => (Some(to_json(itinerary)), None),
            Booking::Cancelled { reason } => (None, Some(reason.to_string())),
        };
        let specification = &cargo.route_specification;
        Ok(Model {
            id: cargo.id.0,
            tracking_id: cargo.tracking_id.to_string(),
            customer_id: cargo.customer.0,
            status: cargo.booking.word().to_owned(),
            size_quarter_teu: signed(cargo.size.quarter_teu)?,
            gross_weight_kg: signed(cargo.size.kg)?,
            commodity: cargo.commodity.to_string(),
            origin: specification.origin.to_string(),
            destination: specification.destination.to_string(),
            arrival_deadline: specification.arrival_deadline.to_chrono(),
            equipment: to_json(&cargo.equipment),
            itinerary,
            cancellation_reason,
            version,
        })
    }

    fn name(row: &Model) -> (Uuid, i64) {
        (row.id, row.version)
    }

    fn state(row: Model) -> Result<Cargo, Unreadable> {
        let booking = match (
            row.status.as_str(),
            &row.itinerary,
            &row.cancellation_reason,
        ) {
            ("REQUESTED", None, None) => Booking::Requested,
            ("BOOKED", Some(itinerary), None) => Booking::Booked {
                itinerary: json("itinerary", itinerary)?,
            },
            ("CANCELLED", None, Some(reason)) => Booking::Cancelled {
                reason: parsed("cancellation_reason", reason)?,
            },
            (status, ..) => {
                return Err(Unreadable(format!(
                    "status {status} does not agree with itinerary and cancellation_reason"
                )));
            }
        };
        Ok(Cargo {
            id: CargoId(row.id),
            tracking_id: parsed("tracking_id", &row.tracking_id)?,
            customer: CustomerId(row.customer_id),
            equipment: json("equipment", &row.equipment)?,
            size: Space {
                quarter_teu: unsigned("size_quarter_teu", row.size_quarter_teu)?,
                kg: unsigned("gross_weight_kg", row.gross_weight_kg)?,
            },
            commodity: parsed("commodity", &row.commodity)?,
            route_specification: RouteSpecification {
                origin: parsed("origin", &row.origin)?,
                destination: parsed("destination", &row.destination)?,
                arrival_deadline: Moment::from(row.arrival_deadline),
            },
            booking,
        })
    }

    fn attach(old: Option<&Cargo>, cargo: &Cargo, attached: &mut Attached) {
        let before = old.map_or(&[][..], Cargo::legs);
        if before == cargo.legs() {
            return;
        }
        if !before.is_empty() {
            attached.rerouted.push(cargo.id.0);
        }
        for (leg, number) in cargo.legs().iter().zip(1..) {
            attached.legs.push(cargo_legs::Model {
                cargo_id: cargo.id.0,
                leg: number,
                voyage_number: leg.voyage.to_string(),
                load_at: leg.load_at.to_string(),
                load_time: leg.load_time.to_chrono(),
                unload_at: leg.unload_at.to_string(),
                unload_time: leg.unload_time.to_chrono(),
            });
        }
    }
}

/// Replaces the legs of rerouted cargoes, and writes those of others.
pub(crate) async fn rewrite_legs(
    session: &Session,
    rerouted: Vec<Uuid>,
    legs: Vec<cargo_legs::Model>,
) -> Result<(), StoreError> {
    let rerouted = rerouted.into_iter().map(Into::into);
    bulk::delete::<cargo_legs::Entity>(session, cargo_legs::Column::CargoId, rerouted).await?;
    bulk::insert::<cargo_legs::Entity>(session, legs).await
}

/// The table `cargo_legs`: which cargo is aboard which voyage, for searching only.
pub(crate) mod cargo_legs {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cargo_legs")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) cargo_id: Uuid,
        /// Its place in the itinerary, from 1.
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
