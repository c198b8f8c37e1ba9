//! Customers: their endpoints and pages.

pub(crate) mod api;
pub(crate) mod pages;

use crate::api::resources;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
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
    navigation: &[NavigationEntry {
        label: "Customers",
        path: pages::LIST,
        has_title: |title| title == "Customers",
        is_shown: |_| true,
    }],
    exports: &[Export::of::<Customer>()],
};
