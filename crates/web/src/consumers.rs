//! Consumers of the log: their endpoints, pages and metrics.

mod api;
mod forms;
mod measures;
pub(crate) mod pages;
mod sentences;
mod thing;

use crate::openapi::endpoint::EndpointGroup;
use crate::pages::navigation::NavigationEntry;
use crate::rooms::Room;
use application::consumers::CONSUMERS;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "consumers",
        meaning: "Programs that follow the log, and how far they have come.",
        endpoints: api::endpoints,
    },
    pages: pages::ROUTES,
    things: &[&thing::Consumers],
    pickers: &[],
    id_fields: &[],
    forms: forms::FORMS,
    sentences: &sentences::ConsumerSentences,
    messages: include_str!("../messages/en/consumers.ftl"),
    notes: &[],
    navigation: &[NavigationEntry {
        label: "Consumers",
        path: pages::LIST,
        is_shown: |reading| reading.permit(CONSUMERS).is_ok(),
        is_start: |_| false,
    }],
    feeds: &[],
    exports: &[],
    measures: &[measures::of_consumers],
};
