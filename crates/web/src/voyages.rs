//! Voyages: their endpoints and pages.

pub(crate) mod api;
mod confirm;
mod forms;
pub(crate) mod pages;
pub(crate) mod sentences;
pub(crate) mod suggest;
mod thing;
pub(crate) mod vessels;

use crate::feeds::KindFeed;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use domain::voyages::{RegisteredVessel, Voyage};

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "voyages",
        meaning: "Voyages and their capacity.",
        endpoints: api::endpoints,
    },
    pages: &[
        vessels::pages::LIST_ROUTE,
        vessels::pages::ONE_ROUTE,
        pages::LIST_ROUTE,
        pages::ONE_ROUTE,
    ],
    things: &[
        &PagesOf::<Voyage>::new(),
        &PagesOf::<RegisteredVessel>::new(),
    ],
    pickers: &[suggest::PICKER, vessels::suggest::PICKER],
    id_fields: &[],
    forms: forms::FORMS,
    sentences: &sentences::VoyageSentences,
    messages: include_str!("../messages/en/voyages.ftl"),
    notes: &[sentences::NOTES],
    navigation: &[NavigationEntry {
        label: "Voyages",
        path: pages::LIST,
        is_shown: |_| true,
        is_start: |_| false,
    }],
    feeds: &[KindFeed::of::<Voyage>(), KindFeed::of::<RegisteredVessel>()],
    exports: &[Export::of::<Voyage>(), Export::of::<RegisteredVessel>()],
    measures: &[],
};
