//! The register of vessels: each IMO number once, with its present name and particulars.

use super::events::{VesselCorrected, VesselRegistered};
use super::rules::VesselMayNotBeInTwoPlaces;
use super::{ImoNumber, Vessel, VesselParticulars};
use crate::identifier::{id_of, natural_key, uuid_id};
use crate::limits::REASON_CHARS_MAX;
use crate::rejection::{Rejection, require};
use crate::text::{Text, folded};
use serde::{Deserialize, Serialize};

uuid_id! {
    /// The id of a vessel in the register.
    VesselId
}

id_of!(VesselId of RegisteredVessel);
natural_key!(ImoNumber of RegisteredVessel);

impl From<&ImoNumber> for VesselId {
    /// An IMO number is for good, so that the id follows from it. Operations that register a vessel
    /// on the way need no id of their own for it.
    fn from(imo: &ImoNumber) -> Self {
        let mut bytes = [0; 16];
        let digits = imo.as_str().as_bytes();
        bytes[16 - digits.len()..].copy_from_slice(digits);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// A vessel in the register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegisteredVessel {
    /// The internal id.
    pub id: VesselId,
    /// The IMO number, which never changes.
    pub imo: ImoNumber,
    /// Its name and what it can carry.
    #[serde(flatten)]
    pub particulars: VesselParticulars,
}

impl RegisteredVessel {
    /// Registers a vessel.
    #[must_use]
    pub fn register(
        imo: ImoNumber,
        particulars: VesselParticulars,
        reason: Option<&Text<REASON_CHARS_MAX>>,
    ) -> (Self, VesselRegistered) {
        let vessel = Self {
            id: VesselId::from(&imo),
            imo,
            particulars,
        };
        let event = VesselRegistered {
            imo: vessel.imo.clone(),
            particulars: vessel.particulars.clone(),
            reason: reason.map(Text::to_string),
        };
        (vessel, event)
    }

    /// Corrects the name or the particulars. Returns `None` if nothing differs. A number of plugs
    /// that is not given stays.
    #[must_use]
    pub fn correct(
        &self,
        mut particulars: VesselParticulars,
        reason: Option<&Text<REASON_CHARS_MAX>>,
    ) -> Option<(Self, VesselCorrected)> {
        let plugs = &mut particulars.capacity.plugs;
        *plugs = plugs.or(self.particulars.capacity.plugs);
        let event = VesselCorrected {
            imo: self.imo.clone(),
            before: self.particulars.clone(),
            particulars: particulars.clone(),
            reason: reason.map(Text::to_string),
        };
        let corrected = Self {
            particulars,
            ..self.clone()
        };
        (corrected != *self).then_some((corrected, event))
    }

    /// Checks `VesselMayNotBeInTwoPlaces`: the IMO number has one name.
    ///
    /// # Errors
    ///
    /// `VesselMayNotBeInTwoPlaces`.
    pub fn must_be_named(&self, vessel: &Vessel) -> Result<(), Rejection> {
        require(self.particulars.name == vessel.name, || {
            VesselMayNotBeInTwoPlaces::HasAnotherName {
                imo: self.imo.clone(),
                name: vessel.name.to_string(),
                registered: self.particulars.name.to_string(),
            }
        })
    }

    /// The vessel as voyages name it.
    #[must_use]
    pub fn vessel(&self) -> Vessel {
        Vessel {
            imo: self.imo.clone(),
            name: self.particulars.name.clone(),
        }
    }

    /// The texts that searches look at: its number and its name, folded.
    #[must_use]
    pub fn searched(&self) -> String {
        [self.imo.as_str(), self.particulars.name.as_str()]
            .map(folded)
            .join("\n")
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.imo.as_str())
    }
}
