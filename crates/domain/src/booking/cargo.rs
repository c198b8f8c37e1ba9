//! The cargo aggregate.

use super::events::{CargoBooked, CargoCancelled, CargoCreated, CargoReleased};
use super::itinerary::{Itinerary, Leg};
use super::rules::{
    CargoMayNotBeBookedTwice, itinerary_must_satisfy_specification, status_must_allow,
};
use super::{Delivery, EquipmentLine, RouteSpecification, TrackingId};
use crate::customers::{Customer, CustomerId};
use crate::identifier::uuid_id;
use crate::limits::{COMMODITY_CHARS_MAX, REASON_CHARS_MAX};
use crate::rejection::Rejection;
use crate::space::Space;
use crate::text::Text;
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The internal id of a cargo.
    CargoId of Cargo
}

/// What a customer wants carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cargo {
    /// The internal id.
    pub id: CargoId,
    /// The name in the world.
    pub tracking_id: TrackingId,
    /// Whose it is.
    pub customer: CustomerId,
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// Size (derived from the containers) and gross weight.
    pub size: Space,
    /// What is in them.
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// Where it shall go.
    pub route_specification: RouteSpecification,
    /// How far its booking has come.
    pub booking: Booking,
}

/// Booking status, with what each carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Booking {
    /// Taken into the book, without space.
    Requested,
    /// With space on every movement of its itinerary.
    Booked {
        /// How it goes.
        itinerary: Itinerary,
    },
    /// Not carried any more.
    Cancelled {
        /// Why.
        reason: Text<REASON_CHARS_MAX>,
    },
}

impl Booking {
    /// The words for all statuses there are.
    pub const WORDS: &[&str] = &["REQUESTED", "BOOKED", "CANCELLED"];

    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Booked { .. } => "BOOKED",
            Self::Cancelled { .. } => "CANCELLED",
        }
    }
}

/// What a customer says about a new cargo.
#[derive(Debug, Clone)]
pub struct Order {
    /// The containers.
    pub equipment: Vec<EquipmentLine>,
    /// Weight of goods and containers, in kilograms.
    pub gross_weight_kg: u64,
    /// What is in them.
    pub commodity: Text<COMMODITY_CHARS_MAX>,
    /// Where it shall go.
    pub route_specification: RouteSpecification,
}

impl Cargo {
    /// A new cargo of `customer`, not booked yet.
    pub fn create(
        id: CargoId,
        tracking_id: TrackingId,
        customer: &Customer,
        order: Order,
    ) -> Result<(Self, CargoCreated), Rejection> {
        customer.must_be_active()?;
        let quarter_teu = order
            .equipment
            .iter()
            .map(|line| line.size_type.quarter_teu() * u64::from(line.count))
            .sum();
        let cargo = Self {
            id,
            tracking_id,
            customer: customer.id,
            equipment: order.equipment,
            size: Space {
                quarter_teu,
                kg: order.gross_weight_kg,
            },
            commodity: order.commodity,
            route_specification: order.route_specification,
            booking: Booking::Requested,
        };
        let event = CargoCreated {
            cargo: cargo.tracking_id.clone(),
            customer: cargo.customer,
        };
        Ok((cargo, event))
    }

    /// Whether this cargo may be given an itinerary now.
    pub fn may_be_booked(&self, customer: &Customer) -> Result<(), Rejection> {
        CargoMayNotBeBookedTwice.require(
            !matches!(self.booking, Booking::Booked { .. }),
            || {
                format!(
                    "Cargo {} is booked already; release or roll it first.",
                    self.tracking_id
                )
            },
        )?;
        self.must_be(matches!(self.booking, Booking::Requested), "booked")?;
        customer.must_be_active()
    }

    /// Takes the legs as its itinerary; their voyages have made space.
    pub fn book(
        mut self,
        customer: &Customer,
        legs: Vec<Leg>,
    ) -> Result<(Self, CargoBooked), Rejection> {
        self.may_be_booked(customer)?;
        itinerary_must_satisfy_specification(&legs, &self.route_specification)?;
        let event = CargoBooked {
            cargo: self.tracking_id.clone(),
            legs: legs.clone(),
        };
        self.booking = Booking::Booked {
            itinerary: Itinerary(legs),
        };
        Ok((self, event))
    }

    /// Gives its itinerary up; its voyages free the space of the legs in the event.
    pub fn release(mut self) -> Result<(Self, CargoReleased), Rejection> {
        self.must_be(matches!(self.booking, Booking::Booked { .. }), "released")?;
        let event = CargoReleased {
            cargo: self.tracking_id.clone(),
            legs: self.legs().to_vec(),
        };
        self.booking = Booking::Requested;
        Ok((self, event))
    }

    /// Ends the cargo's life before it was carried; its voyages free the space of the legs in
    /// the event.
    pub fn cancel(
        mut self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<(Self, CargoCancelled), Rejection> {
        self.must_be(
            !matches!(self.booking, Booking::Cancelled { .. }),
            "cancelled",
        )?;
        let event = CargoCancelled {
            cargo: self.tracking_id.clone(),
            reason: reason.as_str().to_owned(),
            legs: self.legs().to_vec(),
        };
        self.booking = Booking::Cancelled { reason };
        Ok((self, event))
    }

    /// How it goes, once booked.
    #[must_use]
    pub fn itinerary(&self) -> Option<&Itinerary> {
        match &self.booking {
            Booking::Booked { itinerary } => Some(itinerary),
            Booking::Requested | Booking::Cancelled { .. } => None,
        }
    }

    /// The legs of its itinerary; none before it is booked.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        self.itinerary().map_or(&[], Itinerary::legs)
    }

    /// What is known about it now.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        Delivery::derive(&self.route_specification, self.itinerary())
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.tracking_id.as_str())
    }

    fn must_be(&self, allowed: bool, what: &str) -> Result<(), Rejection> {
        status_must_allow(allowed, what, &self.tracking_id, self.booking.word())
    }
}
