//! The list of users.

use super::User;
use crate::list::{Filter, Listed};

/// A filter of users, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the name, ignoring case.
    pub name: Option<String>,
    /// Only users with a password.
    pub has_password: bool,
}

impl Listed for User {
    type Filter = UserFilter;
}

impl Filter for UserFilter {
    type Of = User;

    fn admits(&self, user: &User) -> bool {
        let own = user.name.as_str();
        let name = self.name.as_ref();
        name.is_none_or(|name| own.contains(&name.to_lowercase()))
            && (!self.has_password || user.password.is_some())
    }

    fn place(user: &User) -> String {
        user.name.to_string()
    }
}
