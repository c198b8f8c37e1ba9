//! The pages of access.

pub(crate) mod passwords;
pub(crate) mod sign_in;
