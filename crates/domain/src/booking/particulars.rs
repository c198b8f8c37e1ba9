//! What is known about a cargo besides its booking.

use super::{Container, DangerousGoods, SetPoint, TrackingId};
use crate::limits::REFERENCE_CHARS_MAX;
use crate::text::{Text, folded};
use serde::{Deserialize, Serialize};

/// What is known about a cargo besides its booking. A cargo of which nothing else is known is stored
/// as before there were particulars.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// The customer's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text<REFERENCE_CHARS_MAX>>,
    /// The temperature at which its reefer containers are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_point: Option<SetPoint>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dangerous_goods: Vec<DangerousGoods>,
    /// Its containers, as far as their numbers are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Container>,
    /// The cargo that it was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_from: Option<TrackingId>,
    /// The cargoes that were split from it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split_into: Vec<TrackingId>,
}

impl Particulars {
    /// Whether nothing else is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text that searches look at.
    #[must_use]
    pub fn searched(&self) -> Option<String> {
        self.reference.as_ref().map(|own| folded(own.as_str()))
    }
}
