//! The endpoints of booking.

pub(crate) mod cargoes;
pub(crate) mod routes;
pub(crate) mod track;
