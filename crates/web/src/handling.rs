//! Handling events: their endpoints and pages, and their import from files.

pub(crate) mod api;
mod choices;
pub(crate) mod import;
pub(crate) mod pages;
mod sentences;
mod thing;

use crate::api::resources;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use application::Operation;
use application::handling::RegisterHandlingEvent;
use domain::handling::HandlingEvent;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "handling",
        meaning: "What was done with cargoes, as reported from ports.",
        endpoints: resources::endpoints::<HandlingEvent>,
    },
    pages: pages::ROUTES,
    things: &[&PagesOf::<HandlingEvent>::new()],
    pickers: &[],
    id_fields: choices::ID_FIELDS,
    forms: &[],
    sentences: &sentences::HandlingSentences,
    messages: include_str!("../messages/en/handling.ftl"),
    notes: &[pages::NOTES],
    navigation: &[NavigationEntry {
        label: "Handling",
        path: pages::PAGE,
        is_shown: |reading| {
            let report = &RegisterHandlingEvent::ABOUT;
            reading.permit_to_run(report).is_ok()
        },
    }],
    exports: &[Export::of::<HandlingEvent>()],
};
