//! Events of locations.

use super::UnLocode;
use crate::event::events;

events! {
    /// Events of locations.
    LocationEvent {
        /// A location was added.
        LocationAdded {
            /// The new location.
            location: UnLocode,
        }
        /// The details of a location were corrected.
        LocationCorrected {
            location: UnLocode,
        }
    }
}
