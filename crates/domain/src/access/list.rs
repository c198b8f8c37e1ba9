//! Which users a list has.

use super::User;
use crate::list::{Filter, Listed};

/// Which users to list, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A part of the name, in any case.
    pub name: Option<String>,
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
    }

    fn place(user: &User) -> String {
        user.name.to_string()
    }
}
