//! Users: signing in and passwords.

pub(crate) mod pages;
mod sentences;
mod thing;

use crate::openapi::endpoint::{EndpointGroup, OpenApiRouter};
use crate::rooms::Room;

/// What the subdomain provides to shared code.
pub(crate) const ROOM: Room = Room {
    api: EndpointGroup {
        tag: "access",
        meaning: "Users, roles and tokens.",
        endpoints: OpenApiRouter::new,
    },
    pages: pages::ROUTES,
    things: &[&thing::Users],
    sentences: &sentences::AccessSentences,
    navigation: &[],
    exports: &[],
};
