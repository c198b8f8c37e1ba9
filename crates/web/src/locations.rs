//! Locations: their endpoints and page.

pub(crate) mod api;
mod forms;
pub(crate) mod pages;
mod sentences;
pub(crate) mod suggest;
mod thing;

use crate::api::resources;
use crate::feeds::KindFeed;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use domain::locations::Location;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "locations",
        meaning: "Ports and inland places.",
        endpoints: resources::endpoints::<Location>,
    },
    pages: pages::ROUTES,
    things: &[&PagesOf::<Location>::new()],
    pickers: &[suggest::PICKER],
    id_fields: &[],
    forms: forms::FORMS,
    sentences: &sentences::LocationSentences,
    messages: include_str!("../messages/en/locations.ftl"),
    notes: &[],
    navigation: &[],
    feeds: &[KindFeed::of::<Location>()],
    exports: &[Export::of::<Location>()],
    measures: &[],
};
