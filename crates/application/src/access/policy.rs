//! The one place that decides who may do what. Access is denied by default.

use crate::about::About;
use crate::caller::Caller;
use domain::access::policy::Policy as PolicyRule;
use domain::access::{Role, Token, User};
use domain::customers::CustomerId;
use domain::log::Actor;
use domain::{AnyAggregate, Moment, Rejection};
use std::borrow::Cow;

/// Raised when the decisions below change. Every log entry names the version that permitted it.
pub const POLICY_VERSION: u32 = 2;

/// The authenticated caller on whose behalf something is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Principal {
    /// An active user.
    User(User),
    /// A part of the system itself, by its name in the log.
    System(Cow<'static, str>),
}

impl Principal {
    /// The user that a caller's token authenticates, if the token is of the kind that the caller
    /// presents and still valid.
    #[must_use]
    pub fn of_token(caller: &Caller, token: &Token, user: &User, now: Moment) -> Option<Self> {
        let is_valid = caller.presents(token) && token.speaks_for(user, now);
        is_valid.then(|| Self::User(user.clone()))
    }

    /// The actor in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::User(user) => Actor::User(user.name.clone()),
            Self::System(part) => Actor::System(part.to_string()),
        }
    }

    /// The only customer whose data this principal may see, if it acts for a customer and has no
    /// other role.
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

/// What a caller wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// To run an operation.
    Run(&'a About),
    /// To ask what operations would do.
    Rehearse,
    /// To read.
    Read(Read),
    /// To find something by its name, within what is already permitted.
    Find,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Permitted,
    /// Refused, with the reason.
    Forbidden(Rejection),
    /// The resource does not exist for this principal.
    Hidden,
}

/// Decides on a principal, an action and, if known, the resource. Policies written by people will
/// be another implementation.
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

/// The policy of this release: the roles that each operation and each read permit. Customers see
/// only their own data.
#[derive(Debug, Clone, Copy)]
pub struct RoleTable;

/// Asks the policy. Every operation, rehearsal, replay and read goes through here.
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
    Log,
    Refusals,
    /// What a subdomain offers.
    Of(&'static Readable),
}

/// Something of a subdomain that can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Readable {
    /// The word in refusals and documents.
    pub word: &'static str,
    /// The roles that may read it, besides administrators. A customer sees only its own data.
    pub roles: &'static [Role],
}

/// Every role that reads anything.
pub const READERS: &[Role] = &[
    Role::Planner,
    Role::Clerk,
    Role::PortAgent,
    Role::Finance,
    Role::Auditor,
    Role::Integrator,
    Role::Customer,
];

/// The same without customers.
pub const STAFF: &[Role] = &[
    Role::Planner,
    Role::Clerk,
    Role::PortAgent,
    Role::Finance,
    Role::Auditor,
    Role::Integrator,
];

/// Those who may read the log and the refusals.
const LOG_READERS: &[Role] = &[
    Role::Planner,
    Role::Clerk,
    Role::Finance,
    Role::Auditor,
    Role::Integrator,
];

impl Read {
    /// The word in refusals and documents.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Refusals => "refusals",
            Self::Of(readable) => readable.word,
        }
    }

    /// The roles that may make this read, besides administrators.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Log | Self::Refusals => LOG_READERS,
            Self::Of(readable) => readable.roles,
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
            return Verdict::Forbidden(reason.into());
        }
        match resource {
            Some(resource) if !may_see(principal, resource) => Verdict::Hidden,
            Some(resource) => match not_own(principal, action, resource) {
                Some(reason) => Verdict::Forbidden(reason.into()),
                None => Verdict::Permitted,
            },
            None => Verdict::Permitted,
        }
    }
}

/// Why none of a principal's roles permits an action, or `None` if one does.
fn forbidden(principal: &Principal, action: Action<'_>) -> Option<PolicyRule> {
    let (for_the_system, what, roles) = match action {
        // Without a trace, a customer could try one size after another and find the exact free space.
        Action::Rehearse => {
            let is_customer = principal.confined_to().is_some();
            return is_customer.then_some(PolicyRule::RehearsalNotForCustomers {});
        }
        Action::Run(about) => (about.who.system, about.name, about.who.roles),
        Action::Read(read) => (true, read.word(), read.roles()),
        Action::Find => return None,
    };
    let user = match principal {
        Principal::System(_) if for_the_system => return None,
        Principal::System(part) => {
            return Some(PolicyRule::NotForSystem {
                part: part.to_string(),
                action: what.to_owned(),
            });
        }
        Principal::User(user) => user,
    };
    let permits = |role: &Role| *role == Role::Admin || roles.contains(role);
    if user.roles.iter().any(permits) {
        return None;
    }
    let (action, name) = (what.to_owned(), user.name.clone());
    let own: Vec<Role> = user.roles.iter().copied().collect();
    Some(match (own.is_empty(), roles.is_empty()) {
        (true, _) => PolicyRule::NoRole { user: name },
        (false, true) => PolicyRule::AdministratorsOnly {
            action,
            user: name,
            roles: own,
        },
        (false, false) => PolicyRule::OtherRolesOnly {
            action,
            permitted: roles.to_vec(),
            user: name,
            roles: own,
        },
    })
}

/// Why a principal may not run an operation on a resource that belongs to another user.
fn not_own(
    principal: &Principal,
    action: Action<'_>,
    resource: &AnyAggregate,
) -> Option<PolicyRule> {
    let (Action::Run(about), Principal::User(user)) = (action, principal) else {
        return None;
    };
    if !about.who.owner_only || user.roles.contains(&Role::Admin) {
        return None;
    }
    let mut owners = crate::ROOMS.iter().flat_map(|room| room.owners);
    let owner = owners.find_map(|owner| owner(resource))?;
    (*owner != user.name).then(|| PolicyRule::OwnerOnly {
        action: about.name.to_owned(),
        owner: owner.clone(),
        user: user.name.clone(),
    })
}

/// Whether a principal may see a resource. Otherwise the resource is unknown to it.
fn may_see(principal: &Principal, resource: &AnyAggregate) -> bool {
    let Some(own) = principal.confined_to() else {
        return true;
    };
    let mut shown = crate::ROOMS.iter().flat_map(|room| room.shown);
    shown.any(|shown| shown(resource, own))
}

/// How far the log's clock may be ahead of this server's before writing stops, in microseconds.
pub const CLOCK_AHEAD_MICROS_MAX: i64 = 5_000_000;

/// How long a rejection is kept under its idempotency key, in hours.
pub const REJECTION_HOURS: i64 = 24;

/// The time from which recorded rejections are kept.
#[must_use]
pub fn rejections_since(now: Moment) -> Moment {
    now.plus_hours(-REJECTION_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries::Viewed;
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
                Action::Read(Customer::READ),
                &other,
                Verdict::Hidden,
            ),
            (
                &clerk,
                Action::Read(Customer::READ),
                &other,
                Verdict::Permitted,
            ),
        ] {
            let verdict = decide(principal, action, Some(resource), now);
            assert_eq!(verdict, expected, "{action:?}");
        }
        // What no role permits is refused first, because that reveals nothing about the resource.
        let log = Action::Read(Read::Log);
        assert!(forbidden(decide(&shipper, log, Some(&other), now)));
        assert!(forbidden(decide(&shipper, log, None, now)));
    }
}
