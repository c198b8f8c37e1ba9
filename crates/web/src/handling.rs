//! Handling events: their endpoints and pages, and their import from files.

pub(crate) mod api;
mod choices;
pub(crate) mod import;
pub(crate) mod pages;
mod sentences;
mod thing;

use crate::api::resources;
use crate::feeds::KindFeed;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::export::Export;
use crate::pages::navigation::NavigationEntry;
use crate::pages::thing::PagesOf;
use crate::rooms::Room;
use application::Operation;
use application::booking::CreateCargo;
use application::handling::RegisterHandlingEvent;
use application::queries::Reading;
use application::voyages::ScheduleVoyage;
use domain::handling::HandlingEvent;

fn may_report(reading: &Reading) -> bool {
    reading.permit_to_run(&RegisterHandlingEvent::ABOUT).is_ok()
}

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
    navigation: &[
        NavigationEntry {
            label: "Quay",
            path: pages::quay::PATH,
            is_shown: may_report,
            is_start: |reading| {
                let others = [&CreateCargo::ABOUT, &ScheduleVoyage::ABOUT];
                let may = |about| reading.permit_to_run(about).is_ok();
                may_report(reading) && !others.into_iter().any(may)
            },
        },
        NavigationEntry {
            label: "Handling",
            path: pages::PAGE,
            is_shown: may_report,
            is_start: |_| false,
        },
    ],
    feeds: &[KindFeed::of::<HandlingEvent>()],
    exports: &[Export::of::<HandlingEvent>()],
    measures: &[],
};
