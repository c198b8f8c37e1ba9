//! What may change about a vessel.

use crate::limits::NAME_CHARS_MAX;
use crate::space::SpaceLimit;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What may change about a vessel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VesselParticulars {
    /// The present name.
    pub name: Text<NAME_CHARS_MAX>,
    /// What it can carry. Its plugs are missing if their number is not known.
    pub capacity: SpaceLimit,
}
