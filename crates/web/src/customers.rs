//! Customers: their endpoints and pages.

pub(crate) mod api;
pub(crate) mod pages;

use crate::api::resources;
use crate::openapi::endpoint::EndpointGroup;
use crate::rooms::Room;
use domain::customers::Customer;

/// What the subdomain hands over.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "customers",
        meaning: "Who ships.",
        endpoints: resources::endpoints::<Customer>,
    },
    pages: pages::ROUTES,
};
