//! What each subdomain hands over to the code that all share: one list, one line for each
//! subdomain.

use crate::openapi::endpoint::EndpointGroup;
use crate::pages::PageRoute;
use crate::{access, booking, customers, handling, locations, voyages};

/// All subdomains, in the order of the navigation.
pub(crate) const ROOMS: &[Room] = &[
    voyages::ROOM,
    booking::ROOM,
    handling::ROOM,
    customers::ROOM,
    locations::ROOM,
    access::ROOM,
];

/// A subdomain in this crate.
pub(crate) struct Room {
    /// Its endpoints. Their tag is the name that the catalogue has for the subdomain.
    pub(crate) api: EndpointGroup,
    pub(crate) pages: &'static [PageRoute],
}
