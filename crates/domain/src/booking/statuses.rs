//! The stages of a booking, and whether its itinerary fits.

use crate::fact::Fact;
use serde::{Deserialize, Serialize};

/// The stage of a booking, without its data.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingStatus {
    /// See [`Booking::Requested`](super::Booking::Requested).
    Requested,
    /// See [`Booking::Booked`](super::Booking::Booked).
    Booked,
    /// See [`Booking::Accepted`](super::Booking::Accepted).
    Accepted,
    /// See [`Booking::Confirmed`](super::Booking::Confirmed).
    Confirmed,
    /// See [`Booking::Completed`](super::Booking::Completed).
    Completed,
    /// See [`Booking::Rejected`](super::Booking::Rejected).
    Rejected,
    /// See [`Booking::Cancelled`](super::Booking::Cancelled).
    Cancelled,
}

impl BookingStatus {
    /// The words for all statuses.
    pub const WORDS: &[&str] = <Self as strum::VariantNames>::VARIANTS;

    /// The word for this status in JSON and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The statuses in which nothing more is done for the cargo.
    pub const OVER: [Self; 3] = [Self::Completed, Self::Rejected, Self::Cancelled];

    /// Whether nothing more is done for the cargo.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Rejected | Self::Cancelled)
    }
}

/// Whether an itinerary leads from the origin to the destination. This only compares places: a late
/// cargo is late, not misrouted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoutingStatus {
    /// No itinerary.
    NotRouted,
    /// It leads to the destination.
    Routed,
    /// It does not lead to the destination.
    Misrouted,
}

impl RoutingStatus {
    /// The word for it in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotRouted => "NOT_ROUTED",
            Self::Routed => "ROUTED",
            Self::Misrouted => "MISROUTED",
        }
    }
}

impl From<BookingStatus> for Fact {
    fn from(status: BookingStatus) -> Self {
        status.word().into()
    }
}

impl From<RoutingStatus> for Fact {
    fn from(status: RoutingStatus) -> Self {
        status.word().into()
    }
}

/// What an operation does with a booking, where its status may not allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BookingStep {
    Booked,
    Accepted,
    Confirmed,
    Rejected,
    Released,
    Rolled,
    Cancelled,
    /// Its route or its deadline.
    Changed,
    /// Its containers, weight, goods or reference.
    Amended,
    Split,
    /// By a handling event.
    Handled,
}

impl BookingStep {
    /// The codes of all steps.
    pub const CODES: &[&str] = <Self as strum::VariantNames>::VARIANTS;
}

impl From<BookingStep> for Fact {
    fn from(step: BookingStep) -> Self {
        Self::Text(<&'static str>::from(step).to_owned())
    }
}
