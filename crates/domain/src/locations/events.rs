//! What happens to locations.

use super::UnLocode;
use crate::event::events;

events! {
    /// What happens to locations.
    LocationEvent {
        /// A location became known.
        LocationAdded {
            /// The new location.
            location: UnLocode,
        }
        /// What is known of a location was corrected.
        LocationCorrected {
            /// The location.
            location: UnLocode,
        }
    }
}
