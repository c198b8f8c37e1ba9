//! Ports and inland places.

mod events;
mod location;
mod un_locode;

pub use events::{LocationAdded, LocationCorrected, LocationEvent};
pub use location::{Correction, Location, LocationId, TimeZone, searched};
pub use un_locode::{CountryCode, UnLocode};

/// The rules of locations.
pub mod rules {
    use crate::rejection::rules;

    rules! {
        /// A location is known by its UN/LOCODE before anything refers to it.
        LocationMustBeKnown,
        /// There is one location to a UN/LOCODE.
        LocationMustBeUnique,
    }
}
