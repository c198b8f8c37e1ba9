//! Locations in their tables, and how they are searched.

pub(crate) mod queries;
pub(crate) mod rows;
