//! What each subdomain provides to shared code. The list of rooms stands in `lib.rs`.

use crate::feeds::KindFeed;
use crate::messages::Message;
use crate::openapi::endpoint::EndpointGroup;
use crate::pages::PageRoute;
use crate::pages::done::Sentences;
use crate::pages::export::Export;
use crate::pages::known::IdField;
use crate::pages::navigation::NavigationEntry;
use crate::pages::pickers::Picker;
use crate::pages::special_form::SpecialForm;
use crate::pages::thing::KindOnPages;
use application::queries::{Queries, QueryError};
use futures::future::BoxFuture;

/// What a subdomain provides in this crate.
pub(crate) struct Room {
    /// Its endpoints. Their tag is the name of the subdomain in the catalogue.
    pub(crate) api: EndpointGroup,
    pub(crate) pages: &'static [PageRoute],
    /// The kinds of things that pages name, link to and open forms from.
    pub(crate) things: &'static [&'static dyn KindOnPages],
    /// How its things are picked by name in forms and filters.
    pub(crate) pickers: &'static [Picker],
    /// The fields of its forms that ask for ids that nobody can know.
    pub(crate) id_fields: &'static [IdField],
    /// The forms of its operations that show more than fields.
    pub(crate) forms: &'static [&'static dyn SpecialForm],
    /// What pages say about its operations and events.
    pub(crate) sentences: &'static dyn Sentences,
    /// Its messages to people, in Fluent.
    pub(crate) messages: &'static str,
    /// Those of its messages that pages say besides refusals and confirmations.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test compares them with their facts")
    )]
    pub(crate) notes: &'static [&'static [&'static Message]],
    /// The links to its pages at the top of every page.
    pub(crate) navigation: &'static [NavigationEntry],
    /// The feeds of its kinds.
    pub(crate) feeds: &'static [KindFeed],
    /// The files of its lists.
    pub(crate) exports: &'static [Export],
    /// Metrics that are read from the database when somebody asks.
    pub(crate) measures: &'static [Measures],
}

/// Metrics in Prometheus' text format.
pub(crate) type Measures = fn(&Queries) -> BoxFuture<'_, Result<String, QueryError>>;

impl Room {
    /// The room of a subdomain, by the name that the catalogue has for it.
    pub(crate) fn of(subdomain: &str) -> Option<&'static Self> {
        crate::ROOMS.iter().find(|room| room.api.tag == subdomain)
    }
}
