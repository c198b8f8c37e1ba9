//! Cargoes: their endpoints and pages, routes for them, and tracking.

pub(crate) mod api;
mod forms;
pub(crate) mod pages;
mod sentences;
pub(crate) mod suggest;
mod thing;

use crate::feeds::KindFeed;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use domain::booking::Cargo;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "booking",
        meaning: "Cargoes and the voyages they are booked on.",
        endpoints: api::endpoints,
    },
    pages: pages::ROUTES,
    things: &[&PagesOf::<Cargo>::new()],
    pickers: &[suggest::PICKER],
    id_fields: &[],
    forms: forms::FORMS,
    sentences: &sentences::BookingSentences,
    messages: include_str!("../messages/en/booking.ftl"),
    notes: pages::NOTES,
    navigation: &[NavigationEntry {
        label: "Cargoes",
        path: pages::cargoes::LIST,
        is_shown: |_| true,
        is_start: |_| false,
    }],
    feeds: &[KindFeed::of::<Cargo>()],
    exports: &[Export::of::<Cargo>()],
    measures: &[],
};
