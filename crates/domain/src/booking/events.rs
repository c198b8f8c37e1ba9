//! What happens to cargoes.

use super::TrackingId;
use super::itinerary::Leg;
use crate::customers::CustomerId;
use serde::Serialize;

/// A customer's cargo was taken into the book.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CargoCreated {
    /// The new cargo.
    pub cargo: TrackingId,
    /// Whose it is.
    pub customer: CustomerId,
}

/// A cargo has space on every movement of its itinerary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CargoBooked {
    /// The cargo.
    pub cargo: TrackingId,
    /// Its itinerary.
    pub legs: Vec<Leg>,
}

/// A cargo gave its space back and waits to be booked again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CargoReleased {
    /// The cargo.
    pub cargo: TrackingId,
    /// What it was booked on.
    pub legs: Vec<Leg>,
}

/// A cargo will not be carried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CargoCancelled {
    /// The cargo.
    pub cargo: TrackingId,
    /// Why.
    pub reason: String,
    /// What it was booked on; its space is free again.
    pub legs: Vec<Leg>,
}
