//! Tables and searches of voyages.

pub(crate) mod queries;
pub(crate) mod rows;
