//! Cargoes: their endpoints and pages, the routes they may take, and tracking.

pub(crate) mod api;
pub(crate) mod pages;
