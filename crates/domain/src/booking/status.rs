//! Booking status: how far a cargo's booking has come.

use super::Itinerary;
use crate::limits::REASON_CHARS_MAX;
use crate::text::Text;
use serde::{Deserialize, Serialize};

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
    /// We have promised to carry it.
    Accepted {
        /// How it goes.
        itinerary: Itinerary,
    },
    /// All that its carriage needs is arranged.
    Confirmed {
        /// How it goes.
        itinerary: Itinerary,
    },
    /// Claimed: nothing is left to do.
    Completed {
        /// What it was before, and is again when the claim turns out to be a mistake.
        former: Box<Booking>,
    },
    /// Not taken.
    Rejected {
        /// Why.
        reason: Text<REASON_CHARS_MAX>,
    },
    /// Not carried any more.
    Cancelled {
        /// Why.
        reason: Text<REASON_CHARS_MAX>,
    },
}

impl Booking {
    /// The words for all statuses there are.
    pub const WORDS: &[&str] = &[
        "REQUESTED",
        "BOOKED",
        "ACCEPTED",
        "CONFIRMED",
        "COMPLETED",
        "REJECTED",
        "CANCELLED",
    ];

    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Booked { .. } => "BOOKED",
            Self::Accepted { .. } => "ACCEPTED",
            Self::Confirmed { .. } => "CONFIRMED",
            Self::Completed { .. } => "COMPLETED",
            Self::Rejected { .. } => "REJECTED",
            Self::Cancelled { .. } => "CANCELLED",
        }
    }

    /// How the cargo goes, or went.
    #[must_use]
    pub fn itinerary(&self) -> Option<&Itinerary> {
        match self {
            Self::Booked { itinerary }
            | Self::Accepted { itinerary }
            | Self::Confirmed { itinerary } => Some(itinerary),
            Self::Completed { former } => former.itinerary(),
            Self::Requested | Self::Rejected { .. } | Self::Cancelled { .. } => None,
        }
    }

    /// ACCEPTED, with the itinerary of what was BOOKED.
    #[must_use]
    pub(super) fn accepted(self) -> Self {
        match self {
            Self::Booked { itinerary } => Self::Accepted { itinerary },
            other => other,
        }
    }

    /// CONFIRMED, with the itinerary of what was ACCEPTED.
    #[must_use]
    pub(super) fn confirmed(self) -> Self {
        match self {
            Self::Accepted { itinerary } => Self::Confirmed { itinerary },
            other => other,
        }
    }

    /// The same status with another itinerary; one that has none becomes BOOKED.
    #[must_use]
    pub(super) fn with(&self, itinerary: Itinerary) -> Self {
        match self {
            Self::Accepted { .. } => Self::Accepted { itinerary },
            Self::Confirmed { .. } => Self::Confirmed { itinerary },
            Self::Completed { former } => Self::Completed {
                former: Box::new(former.with(itinerary)),
            },
            Self::Requested
            | Self::Booked { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. } => Self::Booked { itinerary },
        }
    }
}
