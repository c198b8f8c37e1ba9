//! The pages of booking.

pub(crate) mod book;
pub(crate) mod cargo;
pub(crate) mod cargoes;
pub(crate) mod rolling;
pub(crate) mod routes;
pub(crate) mod track;
mod way;
