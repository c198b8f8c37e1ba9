//! Tables and searches of locations.

pub(crate) mod queries;
pub(crate) mod rows;
