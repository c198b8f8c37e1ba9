//! Operations and views of locations.

mod add_locations;
mod correct_location;
mod known;
mod views;

pub use add_locations::{AddLocations, NewLocation};
pub use correct_location::CorrectLocation;
pub(crate) use known::must_be_known;
pub use views::LocationView;

use crate::room::{Room, shown};
use domain::locations::Location;

crate::catalogue::operations![AddLocations, CorrectLocation];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[shown::<Location>],
    owners: &[],
    affects: &[],
    checks: &[],
};
