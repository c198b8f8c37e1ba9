//! Users: signing in and passwords.

pub(crate) mod pages;
