//! What is reported about a cargo: the handling, the place and the voyage.

use super::rules::{VoyageProhibited, VoyageRequired};
use crate::fact::Fact;
use crate::locations::UnLocode;
use crate::rejection::{Rejection, require};
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a handling event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandlingType {
    /// Arrived in a port by land.
    Receive,
    /// Loaded onto a voyage.
    Load,
    /// Unloaded from a voyage.
    Unload,
    /// Inspected by customs. This changes neither its place nor its itinerary.
    Customs,
    /// Claimed by its consignee.
    Claim,
}

impl HandlingType {
    /// All types.
    pub const ALL: &[Self] = &[
        Self::Receive,
        Self::Load,
        Self::Unload,
        Self::Customs,
        Self::Claim,
    ];

    /// The word in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receive => "RECEIVE",
            Self::Load => "LOAD",
            Self::Unload => "UNLOAD",
            Self::Customs => "CUSTOMS",
            Self::Claim => "CLAIM",
        }
    }

    /// Whether this type names a voyage.
    #[must_use]
    pub const fn has_voyage(self) -> bool {
        matches!(self, Self::Load | Self::Unload)
    }
}

/// A handling, its location and, for LOAD and UNLOAD, its voyage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Activity {
    #[serde(rename = "type")]
    pub handling_type: HandlingType,
    pub location: UnLocode,
    /// The voyage, only for LOAD and UNLOAD.
    pub voyage: Option<VoyageNumber>,
}

impl Activity {
    /// Creates an activity. Refuses by `VoyageRequired` and `VoyageProhibited`.
    ///
    /// # Errors
    ///
    /// `VoyageRequired` or `VoyageProhibited`.
    pub fn new(
        handling_type: HandlingType,
        location: UnLocode,
        voyage: Option<VoyageNumber>,
    ) -> Result<Self, Rejection> {
        if handling_type.has_voyage() {
            require(voyage.is_some(), || VoyageRequired {})?;
        } else {
            require(voyage.is_none(), || VoyageProhibited {
                report: handling_type.word(),
            })?;
        }
        Ok(Self {
            handling_type,
            location,
            voyage,
        })
    }
}

impl Activity {
    /// The handling type and its voyage: `LOAD V100`, `CLAIM`.
    #[must_use]
    pub fn what(&self) -> String {
        self.report().to_string()
    }

    /// The activity without its location.
    pub(crate) fn report(&self) -> Report {
        Report {
            handling_type: self.handling_type,
            voyage: self.voyage.clone(),
        }
    }
}

/// A handling type and its voyage, in a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub handling_type: HandlingType,
    pub voyage: Option<VoyageNumber>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.handling_type.word())?;
        match &self.voyage {
            Some(voyage) => write!(f, " {voyage}"),
            None => Ok(()),
        }
    }
}

impl From<Report> for Fact {
    fn from(report: Report) -> Self {
        Self::Text(report.to_string())
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.handling_type.word())?;
        if let Some(voyage) = &self.voyage {
            write!(f, " {voyage}")?;
        }
        write!(f, " at {}", self.location)
    }
}
