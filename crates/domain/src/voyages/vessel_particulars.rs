//! What may change about a vessel.

use crate::limits::NAME_CHARS_MAX;
use crate::space::Space;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What may change about a vessel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VesselParticulars {
    /// The present name.
    pub name: Text<NAME_CHARS_MAX>,
    /// What it can carry.
    pub capacity: Space,
    /// How many refrigerated containers it can supply with power. `None` if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reefer_plugs: Option<u32>,
}
