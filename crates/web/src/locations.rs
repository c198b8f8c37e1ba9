//! Locations: their endpoints and page.

pub(crate) mod api;
pub(crate) mod pages;
