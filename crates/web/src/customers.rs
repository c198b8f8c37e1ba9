//! Customers: their endpoints and pages.

pub(crate) mod api;
mod erase;
pub(crate) mod erased;
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
use application::Operation;
use application::customers::{ChangeCustomer, CustomerView, ReinstateCustomer, SuspendCustomer};
use domain::customers::Customer;

/// Stands for a name or an address that was erased.
const ERASED: &str = "erased";

/// The number of characters of an id that tell erased customers apart: the last, because ids begin
/// with the time.
const ID_CHARS: usize = 6;

/// What people call a customer.
pub(crate) fn name(customer: &CustomerView) -> String {
    let Some(name) = &customer.name else {
        let id = customer.customer.to_string();
        return format!("Erased customer {}", &id[id.len() - ID_CHARS..]);
    };
    name.to_string()
}

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
    forms: &[
        &erase::Erase,
        &erased::NotForErased(&ChangeCustomer::ABOUT),
        &erased::NotForErased(&SuspendCustomer::ABOUT),
        &erased::NotForErased(&ReinstateCustomer::ABOUT),
    ],
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
