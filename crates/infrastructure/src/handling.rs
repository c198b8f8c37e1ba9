//! Handling in the database.

pub(crate) mod queries;
pub(crate) mod rows;
