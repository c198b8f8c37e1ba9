//! Roles.

use crate::fact::Fact;
use serde::{Deserialize, Serialize};

/// The job of a user. Each operation says which roles may run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Administers the system. May run everything that people may run.
    Admin,
    /// Schedules voyages and sets their capacity.
    Planner,
    /// Takes and books cargo for customers.
    Clerk,
    /// Handles cargo at the port.
    PortAgent,
    /// Issues invoices and receives payments.
    Finance,
    /// Reads everything, changes nothing.
    Auditor,
    /// A program that follows the log and the feeds.
    Integrator,
    /// Acts for one customer and sees only that customer's cargo.
    Customer,
}

impl Role {
    /// All roles.
    pub const ALL: &[Role] = &[
        Self::Admin,
        Self::Planner,
        Self::Clerk,
        Self::PortAgent,
        Self::Finance,
        Self::Auditor,
        Self::Integrator,
        Self::Customer,
    ];

    /// The role's word in JSON and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Planner => "planner",
            Self::Clerk => "clerk",
            Self::PortAgent => "port-agent",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::Integrator => "integrator",
            Self::Customer => "customer",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|role| role.word() == word)
            .ok_or_else(|| {
                let words: Vec<_> = Self::ALL.iter().map(|role| role.word()).collect();
                format!("must be one of {}", words.join(", "))
            })
    }
}

impl From<Role> for Fact {
    fn from(role: Role) -> Self {
        role.word().into()
    }
}

impl From<Vec<Role>> for Fact {
    fn from(roles: Vec<Role>) -> Self {
        Self::Texts(roles.iter().map(|role| role.word().to_owned()).collect())
    }
}
