//! Users: signing in and passwords.

mod choices;
mod forms;
pub(crate) mod pages;
mod sentences;
mod suggest;
mod thing;

use crate::openapi::endpoint::{EndpointGroup, OpenApiRouter};
use crate::pages::navigation::NavigationEntry;
use crate::rooms::Room;
use application::Operation;
use application::access::AssignRole;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "access",
        meaning: "Users, roles and tokens.",
        endpoints: OpenApiRouter::new,
    },
    pages: pages::ROUTES,
    things: &[&thing::Users],
    pickers: &[suggest::PICKER],
    id_fields: choices::ID_FIELDS,
    forms: forms::FORMS,
    sentences: &sentences::AccessSentences,
    messages: include_str!("../messages/en/access.ftl"),
    notes: &[],
    navigation: &[NavigationEntry {
        label: "Users",
        path: pages::users::LIST,
        is_shown: |reading| reading.permit_to_run(&AssignRole::ABOUT).is_ok(),
        is_start: |_| false,
    }],
    feeds: &[],
    exports: &[],
    measures: &[],
};
