//! Booking status: the stage of a cargo's booking.

use super::Itinerary;
use super::statuses::{BookingStatus, BookingStep};
use crate::limits::REASON_CHARS_MAX;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The booking status, with the data of each stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Booking {
    /// Requested, without space.
    Requested,
    /// Has space on every movement of its itinerary.
    Booked { itinerary: Itinerary },
    /// The carrier has committed to carrying it.
    Accepted { itinerary: Itinerary },
    /// Everything for the transport is arranged.
    Confirmed { itinerary: Itinerary },
    /// Claimed. Nothing is left to do.
    Completed {
        /// The status before the claim, which returns if the claim is retracted.
        former: Box<Booking>,
    },
    /// Rejected by the carrier.
    Rejected { reason: Text<REASON_CHARS_MAX> },
    /// Cancelled before the claim.
    Cancelled { reason: Text<REASON_CHARS_MAX> },
}

/// A transition that a booking's status does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IllegalTransition {
    /// What it is.
    pub(super) from: BookingStatus,
    /// What was to be done with the cargo.
    pub(super) action: BookingStep,
}

impl Booking {
    /// The status alone.
    #[must_use]
    pub const fn status(&self) -> BookingStatus {
        match self {
            Self::Requested => BookingStatus::Requested,
            Self::Booked { .. } => BookingStatus::Booked,
            Self::Accepted { .. } => BookingStatus::Accepted,
            Self::Confirmed { .. } => BookingStatus::Confirmed,
            Self::Completed { .. } => BookingStatus::Completed,
            Self::Rejected { .. } => BookingStatus::Rejected,
            Self::Cancelled { .. } => BookingStatus::Cancelled,
        }
    }

    /// The itinerary, current or past.
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

    pub(super) const fn illegal(&self, action: BookingStep) -> IllegalTransition {
        IllegalTransition {
            from: self.status(),
            action,
        }
    }

    /// REQUESTED becomes BOOKED. An accepted or confirmed booking keeps its status with the new
    /// itinerary.
    pub(super) fn booked(&self, itinerary: Itinerary) -> Result<Self, IllegalTransition> {
        match self {
            Self::Requested | Self::Booked { .. } => Ok(Self::Booked { itinerary }),
            Self::Accepted { .. } => Ok(Self::Accepted { itinerary }),
            Self::Confirmed { .. } => Ok(Self::Confirmed { itinerary }),
            Self::Completed { .. } | Self::Rejected { .. } | Self::Cancelled { .. } => {
                Err(self.illegal(BookingStep::Booked))
            }
        }
    }

    /// BOOKED becomes ACCEPTED.
    pub(super) fn accepted(&self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Booked { itinerary } => Ok(Self::Accepted {
                itinerary: itinerary.clone(),
            }),
            _ => Err(self.illegal(BookingStep::Accepted)),
        }
    }

    /// ACCEPTED becomes CONFIRMED.
    pub(super) fn confirmed(&self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Accepted { itinerary } => Ok(Self::Confirmed {
                itinerary: itinerary.clone(),
            }),
            _ => Err(self.illegal(BookingStep::Confirmed)),
        }
    }

    /// REQUESTED, BOOKED and ACCEPTED become REJECTED.
    pub(super) fn rejected(
        &self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<Self, IllegalTransition> {
        match self {
            Self::Requested | Self::Booked { .. } | Self::Accepted { .. } => {
                Ok(Self::Rejected { reason })
            }
            _ => Err(self.illegal(BookingStep::Rejected)),
        }
    }

    /// BOOKED becomes REQUESTED. ACCEPTED and CONFIRMED do so only while a leg ahead is broken.
    pub(super) fn released(&self, has_broken_leg: bool) -> Result<Self, IllegalTransition> {
        match self {
            Self::Booked { .. } => Ok(Self::Requested),
            Self::Accepted { .. } | Self::Confirmed { .. } if has_broken_leg => Ok(Self::Requested),
            _ => Err(self.illegal(BookingStep::Released)),
        }
    }

    /// Every status except COMPLETED, REJECTED and CANCELLED becomes CANCELLED.
    pub(super) fn cancelled(
        &self,
        reason: Text<REASON_CHARS_MAX>,
    ) -> Result<Self, IllegalTransition> {
        match self {
            Self::Completed { .. } | Self::Rejected { .. } | Self::Cancelled { .. } => {
                Err(self.illegal(BookingStep::Cancelled))
            }
            _ => Ok(Self::Cancelled { reason }),
        }
    }

    /// The same status with a changed itinerary. A status without one stays as it is.
    #[must_use]
    pub(super) fn map_itinerary(self, change: impl FnOnce(&Itinerary) -> Itinerary) -> Self {
        match self {
            Self::Booked { itinerary } => Self::Booked {
                itinerary: change(&itinerary),
            },
            Self::Accepted { itinerary } => Self::Accepted {
                itinerary: change(&itinerary),
            },
            Self::Confirmed { itinerary } => Self::Confirmed {
                itinerary: change(&itinerary),
            },
            Self::Completed { former } => Self::Completed {
                former: Box::new(former.map_itinerary(change)),
            },
            Self::Requested | Self::Rejected { .. } | Self::Cancelled { .. } => self,
        }
    }
}
