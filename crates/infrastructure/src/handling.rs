//! Tables and searches of handling events.

pub(crate) mod queries;
pub(crate) mod rows;
