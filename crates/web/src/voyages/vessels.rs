//! The register of vessels: its endpoints and pages, and how vessels are picked in forms.

pub(crate) mod api;
pub(crate) mod form;
pub(crate) mod pages;
pub(crate) mod suggest;
mod thing;
