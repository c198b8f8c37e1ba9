//! Locations: operations and views.

mod add_locations;
mod known;
mod views;

pub use add_locations::{AddLocations, NewLocation};
pub(crate) use known::must_be_known;
pub use views::LocationView;

crate::catalogue::operations![AddLocations];
