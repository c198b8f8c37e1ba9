//! [`About`]: what an operation says of itself.

use domain::access::Role;
use domain::{EventName, Rule};

/// What an operation says of itself.
#[derive(Debug)]
pub struct About {
    /// Its name: a verb and a noun, unique in the system.
    pub name: &'static str,
    /// The version of its input and meaning.
    pub version: u32,
    /// The subdomain it belongs to.
    pub subdomain: &'static str,
    /// What it means, in the words of the business.
    pub meaning: &'static str,
    /// What it changes.
    pub changes: &'static str,
    /// What else happens because of it.
    pub effects: &'static str,
    /// Who may run it.
    pub who: Who,
    /// The events it can lead to.
    pub events: &'static [EventName],
    /// The rules that can refuse it.
    pub rules: &'static [Rule],
}

/// Who may run an operation. Administrators may run all of them.
#[derive(Debug)]
pub struct Who {
    /// The roles that may. [`Role::Customer`] may only for its own customer's cargo.
    pub roles: &'static [Role],
    /// Whether the system itself may, on the command line or in reaction to an event.
    pub system: bool,
}

impl Who {
    /// People with one of these roles.
    #[must_use]
    pub const fn roles(roles: &'static [Role]) -> Self {
        Self {
            roles,
            system: false,
        }
    }

    /// People with one of these roles, and the system itself.
    #[must_use]
    pub const fn roles_and_system(roles: &'static [Role]) -> Self {
        Self {
            roles,
            system: true,
        }
    }
}
