//! Locations: their endpoints and page.

pub(crate) mod api;
pub(crate) mod pages;

use crate::api::resources;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::rooms::Room;
use domain::locations::Location;

/// What the subdomain hands over.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "locations",
        meaning: "Ports and inland places.",
        endpoints: resources::endpoints::<Location>,
    },
    pages: pages::ROUTES,
    navigation: &[],
    exports: &[Export::of::<Location>()],
};
