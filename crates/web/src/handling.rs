//! Handling events: their endpoints and pages, and their import from files.

pub(crate) mod api;
pub(crate) mod import;
pub(crate) mod pages;
