//! Cargoes: their endpoints and pages, routes for them, and tracking.

pub(crate) mod api;
pub(crate) mod pages;

use crate::openapi::endpoint::EndpointGroup;
use crate::rooms::Room;

/// What the subdomain hands over.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "booking",
        meaning: "Cargoes and the voyages they are booked on.",
        endpoints: api::endpoints,
    },
    pages: pages::ROUTES,
};
