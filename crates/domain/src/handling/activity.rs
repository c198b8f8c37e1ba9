//! One thing that is done with a cargo.

use super::rules::{VoyageProhibited, VoyageRequired};
use crate::locations::UnLocode;
use crate::rejection::Rejection;
use crate::voyages::VoyageNumber;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What can be done with a cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandlingType {
    /// It came into a port by land.
    Receive,
    /// It went aboard a voyage.
    Load,
    /// It came off a voyage.
    Unload,
    /// It was inspected: that changes neither where it is nor how it goes.
    Customs,
    /// Its consignee took it.
    Claim,
}

impl HandlingType {
    /// All there are.
    pub const ALL: &[Self] = &[
        Self::Receive,
        Self::Load,
        Self::Unload,
        Self::Customs,
        Self::Claim,
    ];

    /// The word for it in JSON and in the database.
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

    /// Whether it is done with a voyage.
    #[must_use]
    pub const fn has_voyage(self) -> bool {
        matches!(self, Self::Load | Self::Unload)
    }
}

/// What is done with a cargo, where, and aboard or off which voyage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Activity {
    /// What is done.
    #[serde(rename = "type")]
    pub handling_type: HandlingType,
    /// Where.
    pub location: UnLocode,
    /// The voyage, of loading and unloading alone.
    pub voyage: Option<VoyageNumber>,
}

impl Activity {
    /// `VoyageRequired`, `VoyageProhibited`.
    pub fn new(
        handling_type: HandlingType,
        location: UnLocode,
        voyage: Option<VoyageNumber>,
    ) -> Result<Self, Rejection> {
        let word = handling_type.word();
        if handling_type.has_voyage() {
            VoyageRequired.require(voyage.is_some(), || {
                "Enter the voyage for a load or unload.".to_owned()
            })?;
        } else {
            VoyageProhibited.require(voyage.is_none(), || {
                format!("Leave the voyage out: {word} does not have one.")
            })?;
        }
        Ok(Self {
            handling_type,
            location,
            voyage,
        })
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
