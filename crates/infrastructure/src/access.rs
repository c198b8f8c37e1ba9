//! Tables and searches of users and tokens.

pub(crate) mod queries;
pub(crate) mod rows;
