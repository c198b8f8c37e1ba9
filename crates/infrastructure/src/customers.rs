//! Tables and searches of customers.

pub(crate) mod queries;
pub(crate) mod rows;
