//! [`About`]: how an operation describes itself.

use domain::access::{Role, UserName};
use domain::{AnyAggregate, EventName, Rule};

/// How an operation describes itself.
#[derive(Debug)]
pub struct About {
    /// The name: a verb and a noun, unique in the system.
    pub name: &'static str,
    /// The version of the input and its meaning.
    pub version: u32,
    pub subdomain: &'static str,
    /// The meaning, in the words of the business.
    pub meaning: &'static str,
    /// What changes.
    pub changes: &'static str,
    /// What else happens as a result.
    pub effects: &'static str,
    /// Who may run it.
    pub who: Who,
    /// The events it can cause.
    pub events: &'static [EventName],
    /// The rules that can refuse it.
    pub rules: &'static [Rule],
}

/// Who may run an operation. Administrators may run every operation that people may run.
#[derive(Debug)]
pub struct Who {
    /// The permitted roles. [`Role::Customer`] is permitted only for cargoes of its own customer.
    pub roles: &'static [Role],
    /// Whether the system itself may, from the command line or in reaction to an event.
    pub system: bool,
    /// Whether only the user to whom the target belongs may, and administrators.
    pub owner_only: bool,
}

/// The user to whom an aggregate belongs, if it is of one kind.
pub(crate) type OwnerOf = fn(&AnyAggregate) -> Option<&UserName>;

impl Who {
    /// People with one of these roles.
    #[must_use]
    pub const fn roles(roles: &'static [Role]) -> Self {
        Self {
            roles,
            system: false,
            owner_only: false,
        }
    }

    /// The person to whom the target belongs, with one of these roles.
    #[must_use]
    pub const fn owner_with(roles: &'static [Role]) -> Self {
        Self {
            roles,
            system: false,
            owner_only: true,
        }
    }

    /// People with one of these roles, and the system itself.
    #[must_use]
    pub const fn roles_and_system(roles: &'static [Role]) -> Self {
        Self {
            roles,
            system: true,
            owner_only: false,
        }
    }
}
