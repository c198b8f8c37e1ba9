//! The user aggregate.

use super::UserName;
use super::events::{
    PasswordLinkIssued, PasswordSet, RoleAssigned, RoleRemoved, UserRegistered, UserReinstated,
    UserSuspended,
};
use super::rules::{
    CustomerRoleNeedsCustomer, PasswordLinkMustBeOpen, PasswordMustBeCurrent, UserMustBeActive,
};
use super::{Password, PasswordHash, PasswordLink, Role};
use crate::customers::CustomerId;
use crate::identifier::{id_of, natural_key, uuid_id};
use crate::limits::REASON_CHARS_MAX;
use crate::log::Hash;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

uuid_id! {
    /// The id of a user.
    UserId
}

id_of!(UserId of User);

natural_key!(UserName of User);

/// A person or a program that runs operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The internal id.
    pub id: UserId,
    /// The name in the log. It never changes.
    pub name: UserName,
    /// The user's roles.
    pub roles: BTreeSet<Role>,
    /// The customer that a user with the customer role acts for.
    pub customer: Option<CustomerId>,
    /// Whether the user is active.
    pub status: UserStatus,
    /// The password of a person. Programs use only tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// The link by which the user may set a password. It may have expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_link: Option<PasswordLink>,
}

/// Whether a user is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// May do what the roles permit.
    Active,
    /// May do nothing.
    Suspended,
}

impl UserStatus {
    /// The word for this status in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
        }
    }
}

impl User {
    /// A new, active user without roles.
    #[must_use]
    pub fn register(id: UserId, name: UserName) -> (Self, UserRegistered) {
        let event = UserRegistered { user: name.clone() };
        let user = Self {
            id,
            name,
            roles: BTreeSet::new(),
            customer: None,
            status: UserStatus::Active,
            password: None,
            password_link: None,
        };
        (user, event)
    }

    /// Assigns a role. Returns no event if the user already has it.
    ///
    /// # Errors
    ///
    /// `CustomerRoleNeedsCustomer` if the customer does not match the role.
    pub fn assign(
        mut self,
        role: Role,
        customer: Option<CustomerId>,
    ) -> Result<(Self, Option<RoleAssigned>), Rejection> {
        let fits = (role == Role::Customer) == customer.is_some();
        require(fits, || match role {
            Role::Customer => CustomerRoleNeedsCustomer::CustomerMissing {},
            role => CustomerRoleNeedsCustomer::OtherRole { role },
        })?;
        let is_same = self.customer.is_none() || customer.is_none() || self.customer == customer;
        require(is_same, || CustomerRoleNeedsCustomer::ActsForAnother {
            user: self.name.clone(),
        })?;
        let is_new = self.roles.insert(role);
        self.customer = customer.or(self.customer);
        let event = is_new.then(|| RoleAssigned {
            user: self.name.clone(),
            role,
        });
        Ok((self, event))
    }

    /// Removes a role. Returns `None` if the user does not have it.
    #[must_use]
    pub fn remove(mut self, role: Role) -> Option<(Self, RoleRemoved)> {
        let had_it = self.roles.remove(&role);
        if role == Role::Customer {
            self.customer = None;
        }
        let user = self.name.clone();
        had_it.then_some((self, RoleRemoved { user, role }))
    }

    /// Suspends the user, and with it all its tokens and the link to set a password. Returns no event if it was already suspended.
    #[must_use]
    pub fn suspend(mut self, reason: Text<REASON_CHARS_MAX>) -> (Self, Option<UserSuspended>) {
        let event = self.is_active().then(|| UserSuspended {
            user: self.name.clone(),
            reason,
        });
        self.status = UserStatus::Suspended;
        self.password_link = None;
        (self, event)
    }

    /// Reinstates a suspended user. Returns `None` for an active one.
    #[must_use]
    pub fn reinstate(mut self) -> Option<(Self, UserReinstated)> {
        let was_suspended = !self.is_active();
        self.status = UserStatus::Active;
        let user = self.name.clone();
        was_suspended.then_some((self, UserReinstated { user }))
    }

    /// Sets the user's password, replacing the previous one. A link to set it ends.
    #[must_use]
    pub fn set_password(mut self, hash: PasswordHash, now: Moment) -> (Self, PasswordSet) {
        let user = self.name.clone();
        self.password = Some(Password { hash, set_at: now });
        self.password_link = None;
        (self, PasswordSet { user })
    }

    /// Issues a link by which the user sets a password. An earlier link ends.
    ///
    /// # Errors
    ///
    /// `UserMustBeActive`.
    pub fn issue_password_link(
        mut self,
        secret: Hash,
        now: Moment,
    ) -> Result<(Self, PasswordLinkIssued), Rejection> {
        self.must_be_active()?;
        let link = PasswordLink::issued(secret, now);
        let issued = PasswordLinkIssued {
            user: self.name.clone(),
            ends: link.ends,
        };
        self.password_link = Some(link);
        Ok((self, issued))
    }

    /// Whether the link with this secret sets the user's password now.
    ///
    /// # Errors
    ///
    /// `UserMustBeActive`, or `PasswordLinkMustBeOpen` if the link is another one or has ended.
    pub fn may_redeem(&self, secret: Hash, now: Moment) -> Result<(), Rejection> {
        self.must_be_active()?;
        let link = self.password_link.as_ref();
        let is_open = link.is_some_and(|link| link.secret == secret && now < link.ends);
        require(is_open, || PasswordLinkMustBeOpen {
            user: self.name.clone(),
        })
    }

    /// Sets the user's password by a link, which ends.
    ///
    /// # Errors
    ///
    /// As for [`Self::may_redeem`].
    pub fn redeem_password_link(
        self,
        secret: Hash,
        hash: PasswordHash,
        now: Moment,
    ) -> Result<(Self, PasswordSet), Rejection> {
        self.may_redeem(secret, now)?;
        Ok(self.set_password(hash, now))
    }

    /// Whether the user may sign in with the password that has this fingerprint.
    ///
    /// # Errors
    ///
    /// `UserMustBeActive`, or `PasswordMustBeCurrent` if another password was set.
    pub fn may_sign_in(&self, password: Hash) -> Result<(), Rejection> {
        self.must_be_active()?;
        let current = self.password.as_ref().map(|own| own.hash.fingerprint());
        require(current == Some(password), || PasswordMustBeCurrent {
            user: self.name.clone(),
        })
    }

    fn must_be_active(&self) -> Result<(), Rejection> {
        require(self.is_active(), || UserMustBeActive {
            user: self.name.clone(),
        })
    }

    /// Whether the user is active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// The natural key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.name.as_str())
    }
}
