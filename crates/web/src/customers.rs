//! Customers: their endpoints and pages.

pub(crate) mod api;
pub(crate) mod pages;
