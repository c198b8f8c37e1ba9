//! Users and tokens in their tables.

pub(crate) mod rows;
