//! Who may do what: the one decision point. Default deny.

use crate::operation::About;
use domain::access::{Role, User};
use domain::customers::CustomerId;
use domain::log::Actor;
use domain::{AnyAggregate, Moment};

/// Raised whenever the decisions below change; every log entry names the one it was permitted by.
pub const POLICY_VERSION: u32 = 2;

/// On whose behalf something is asked, after authentication.
#[derive(Debug, Clone, PartialEq)]
pub enum Principal {
    /// An active user.
    User(User),
    /// A part of the system itself.
    System(&'static str),
}

impl Principal {
    /// The name in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::User(user) => Actor::User(user.name.clone()),
            Self::System(part) => Actor::System((*part).to_owned()),
        }
    }

    /// The one customer whose data this principal is confined to, for one that acts for a
    /// customer and has no other role.
    #[must_use]
    pub fn confined_to(&self) -> Option<CustomerId> {
        match self {
            Self::User(user) if user.roles.iter().all(|role| *role == Role::Customer) => {
                user.customer
            }
            Self::User(_) | Self::System(_) => None,
        }
    }

    /// Whether this principal may know of an aggregate. What it may not see is unknown to it.
    #[must_use]
    pub fn may_see(&self, aggregate: &AnyAggregate) -> bool {
        let Some(own) = self.confined_to() else {
            return true;
        };
        match aggregate {
            AnyAggregate::Cargo(cargo) => cargo.customer == own,
            AnyAggregate::Customer(customer) => customer.id == own,
            AnyAggregate::Location(_) | AnyAggregate::Voyage(_) => true,
            AnyAggregate::HandlingEvent(_) | AnyAggregate::User(_) | AnyAggregate::Token(_) => {
                false
            }
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// To run an operation.
    Run(&'a About),
    /// To read.
    Read(Read),
}

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Locations.
    Locations,
    /// Voyages.
    Voyages,
    /// Customers.
    Customers,
    /// Cargoes.
    Cargoes,
    /// Routes through the timetable.
    Routes,
    /// Handling events.
    Handling,
    /// The log.
    Log,
    /// Refusals.
    Refusals,
}

impl Read {
    /// Every read there is.
    pub const ALL: &[Read] = &[
        Self::Locations,
        Self::Voyages,
        Self::Customers,
        Self::Cargoes,
        Self::Routes,
        Self::Handling,
        Self::Log,
        Self::Refusals,
    ];

    /// The word for it in refusals and documents.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Locations => "locations",
            Self::Voyages => "voyages",
            Self::Customers => "customers",
            Self::Cargoes => "cargoes",
            Self::Routes => "find-routes",
            Self::Handling => "handling events",
            Self::Log => "log",
            Self::Refusals => "refusals",
        }
    }

    /// The roles that may, besides administrators. A customer sees only what is its own.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Auditor, Clerk, Customer, Finance, Integrator, Planner, PortAgent};
        match self {
            Self::Locations | Self::Voyages | Self::Customers | Self::Cargoes | Self::Routes => &[
                Planner, Clerk, PortAgent, Finance, Auditor, Integrator, Customer,
            ],
            Self::Handling => &[Planner, Clerk, PortAgent, Finance, Auditor, Integrator],
            Self::Log | Self::Refusals => &[Planner, Clerk, Finance, Auditor, Integrator],
        }
    }
}

/// Decides; `Err` says why not.
pub fn decide(principal: &Principal, action: Action<'_>) -> Result<(), String> {
    let (allowed, what, roles) = match action {
        Action::Run(about) => (about.who.system, about.name, about.who.roles),
        Action::Read(read) => (true, read.word(), read.roles()),
    };
    match principal {
        Principal::System(_) if allowed => Ok(()),
        Principal::System(part) => Err(format!("{what} is not for the {part}.")),
        Principal::User(user) => {
            let permits = |role: &Role| *role == Role::Admin || roles.contains(role);
            if user.roles.iter().any(permits) {
                Ok(())
            } else {
                let words: Vec<_> = roles.iter().map(|role| role.word()).collect();
                Err(format!(
                    "{what} is for {}; {} has {}.",
                    if words.is_empty() {
                        "administrators".to_owned()
                    } else {
                        words.join(", ")
                    },
                    user.name,
                    if user.roles.is_empty() {
                        "no role".to_owned()
                    } else {
                        user.roles
                            .iter()
                            .map(|role| role.word())
                            .collect::<Vec<_>>()
                            .join(", ")
                    }
                ))
            }
        }
    }
}

/// How far a log's clock may run ahead of ours before writing stops, in microseconds.
pub const CLOCK_AHEAD_MICROS_MAX: i64 = 5_000_000;

/// How long a rejection is remembered under its idempotency key, in hours.
pub const REJECTION_HOURS: i64 = 24;

/// Rejections recorded from here on are remembered.
#[must_use]
pub fn rejections_since(now: Moment) -> Moment {
    now.plus_hours(-REJECTION_HOURS)
}
