//! Ports and inland places.

mod events;
mod list;
mod location;
mod un_locode;

pub use events::{LocationAdded, LocationCorrected, LocationEvent};
pub use list::LocationFilter;
pub use location::{Correction, Location, LocationId, TimeZone, searched};
pub use un_locode::{CountryCode, UnLocode};

/// The rules of locations.
pub mod rules {
    use super::UnLocode;
    use crate::rejection::rules;

    rules! {
        /// The location must exist.
        LocationMustBeKnown { location: UnLocode },
        /// A UN/LOCODE must be unique.
        LocationMustBeUnique { key: String },
    }
}
