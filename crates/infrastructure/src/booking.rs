//! Tables and searches of cargoes.

pub(crate) mod queries;
pub(crate) mod rows;
