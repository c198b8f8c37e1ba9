//! Who may do what: the one decision point. Default deny.

use crate::about::About;
use domain::access::{Role, Token, User};
use domain::customers::CustomerId;
use domain::log::Actor;
use domain::{AnyAggregate, Moment};
use std::borrow::Cow;

/// Raised whenever the decisions below change; every log entry names the one it was permitted by.
pub const POLICY_VERSION: u32 = 2;

/// On whose behalf something is asked, after authentication.
#[derive(Debug, Clone, PartialEq)]
pub enum Principal {
    /// An active user.
    User(User),
    /// A part of the system itself, by its name in the log.
    System(Cow<'static, str>),
}

impl Principal {
    /// The user whom a token speaks for, if it still does.
    #[must_use]
    pub fn of_token(token: &Token, user: &User, now: Moment) -> Option<Self> {
        token
            .speaks_for(user, now)
            .then(|| Self::User(user.clone()))
    }

    /// The name in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::User(user) => Actor::User(user.name.clone()),
            Self::System(part) => Actor::System(part.to_string()),
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
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// To run an operation.
    Run(&'a About),
    /// To read.
    Read(Read),
    /// To find something by its name, within what is permitted already.
    Find,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Go on.
    Permitted,
    /// Refuse, and say why.
    Forbidden(String),
    /// For this principal the resource does not exist.
    Hidden,
}

/// Decides about one principal, one action and the resource it is aimed at, where that is known.
/// Policies that people write will be another implementation.
pub trait Policy: Send + Sync {
    /// Decides as of a time.
    fn decide(
        &self,
        principal: &Principal,
        action: Action<'_>,
        resource: Option<&AnyAggregate>,
        now: Moment,
    ) -> Verdict;
}

/// The policy of this release: what each operation and each read say of the roles that may, and
/// customers see what is their own.
#[derive(Debug, Clone, Copy)]
pub struct RoleTable;

/// Asks the policy. Every operation, rehearsal, replay and read comes by here.
pub fn decide(
    principal: &Principal,
    action: Action<'_>,
    resource: Option<&AnyAggregate>,
    now: Moment,
) -> Verdict {
    RoleTable.decide(principal, action, resource, now)
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

impl Policy for RoleTable {
    fn decide(
        &self,
        principal: &Principal,
        action: Action<'_>,
        resource: Option<&AnyAggregate>,
        _: Moment,
    ) -> Verdict {
        if let Some(reason) = forbidden(principal, action) {
            return Verdict::Forbidden(reason);
        }
        match resource {
            Some(resource) if !may_see(principal, resource) => Verdict::Hidden,
            _ => Verdict::Permitted,
        }
    }
}

/// Why no role of a principal permits an action; `None` when one does.
fn forbidden(principal: &Principal, action: Action<'_>) -> Option<String> {
    let (for_the_system, what, roles) = match action {
        Action::Run(about) => (about.who.system, about.name, about.who.roles),
        Action::Read(read) => (true, read.word(), read.roles()),
        Action::Find => return None,
    };
    let user = match principal {
        Principal::System(_) if for_the_system => return None,
        Principal::System(part) => return Some(format!("The {part} may not run {what}.")),
        Principal::User(user) => user,
    };
    let permits = |role: &Role| *role == Role::Admin || roles.contains(role);
    if user.roles.iter().any(permits) {
        return None;
    }
    let words = |roles: &mut dyn Iterator<Item = &Role>| -> String {
        roles.map(|role| role.word()).collect::<Vec<_>>().join(", ")
    };
    let name = &user.name;
    if user.roles.is_empty() {
        return Some(format!(
            "{name} has no role yet and may do nothing. Ask an administrator to assign one."
        ));
    }
    let own = words(&mut user.roles.iter());
    Some(match roles.is_empty() {
        true => format!("{what} is for administrators; {name} has {own}."),
        false => format!(
            "{what} is for {}; {name} has {own}.",
            words(&mut roles.iter())
        ),
    })
}

/// Whether a principal may know of something. What it may not see is unknown to it.
fn may_see(principal: &Principal, resource: &AnyAggregate) -> bool {
    let Some(own) = principal.confined_to() else {
        return true;
    };
    match resource {
        AnyAggregate::Cargo(cargo) => cargo.customer == own,
        AnyAggregate::Customer(customer) => customer.id == own,
        AnyAggregate::Location(_) | AnyAggregate::Voyage(_) => true,
        AnyAggregate::HandlingEvent(_) | AnyAggregate::User(_) | AnyAggregate::Token(_) => false,
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Aggregate;
    use domain::access::UserId;
    use domain::customers::{Customer, CustomerId};
    use uuid::Uuid;

    fn customer(id: u128) -> Customer {
        let id = CustomerId(Uuid::from_u128(id));
        let name = "Blue Anchor".parse().expect("a name");
        let email = "desk@example.com".parse().expect("an address");
        Customer::new(id, name, email, "NL".parse().expect("a country")).0
    }

    fn user(role: Role, acts_for: Option<CustomerId>) -> Principal {
        let name = "anna".parse().expect("a name");
        let (user, _) = User::register(UserId(Uuid::nil()), name);
        Principal::User(user.assign(role, acts_for).expect("a role").0)
    }

    #[test]
    fn a_decision_sees_the_resource() {
        let (own, other) = (customer(1), customer(2));
        let shipper = user(Role::Customer, Some(own.id));
        let clerk = user(Role::Clerk, None);
        let forbidden = |verdict| matches!(verdict, Verdict::Forbidden(_));
        let [own, other] = [own, other].map(Customer::into_any);
        let now = Moment::from_micros(0);
        for (principal, action, resource, expected) in [
            (&shipper, Action::Find, &own, Verdict::Permitted),
            (&shipper, Action::Find, &other, Verdict::Hidden),
            (
                &shipper,
                Action::Read(Read::Customers),
                &other,
                Verdict::Hidden,
            ),
            (
                &clerk,
                Action::Read(Read::Customers),
                &other,
                Verdict::Permitted,
            ),
        ] {
            let verdict = decide(principal, action, Some(resource), now);
            assert_eq!(verdict, expected, "{action:?}");
        }
        // What nobody of this role may do is said first: it tells nothing about the resource.
        let log = Action::Read(Read::Log);
        assert!(forbidden(decide(&shipper, log, Some(&other), now)));
        assert!(forbidden(decide(&shipper, log, None, now)));
    }
}
