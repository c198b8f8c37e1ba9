//! Customers: their endpoints and pages.

pub(crate) mod api;
mod erase;
pub(crate) mod pages;
mod sentences;
pub(crate) mod suggest;
mod thing;

use crate::api::resources;
use crate::feeds::KindFeed;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use domain::customers::Customer;

/// Stands for a name or an address that was erased.
pub(crate) const ERASED: &str = "erased";

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "customers",
        meaning: "Who ships.",
        endpoints: resources::endpoints::<Customer>,
    },
    pages: pages::ROUTES,
    things: &[&PagesOf::<Customer>::new()],
    pickers: &[suggest::PICKER],
    id_fields: &[],
    forms: &[&erase::Erase],
    sentences: &sentences::CustomerSentences,
    messages: include_str!("../messages/en/customers.ftl"),
    notes: &[],
    navigation: &[NavigationEntry {
        label: "Customers",
        path: pages::LIST,
        is_shown: |_| true,
        is_start: |_| false,
    }],
    feeds: &[KindFeed::of::<Customer>()],
    exports: &[Export::of::<Customer>()],
    measures: &[],
};
