//! Users and tokens in their tables.

pub(crate) mod queries;
pub(crate) mod rows;
