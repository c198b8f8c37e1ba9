//! Who may do what: users, their roles, and the tokens that authenticate them.

mod events;
mod list;
mod password;
mod role;
#[cfg(test)]
mod tests;
mod token;
mod token_id;
mod user;
mod user_name;

pub use events::{
    AccessEvent, PasswordLinkIssued, PasswordSet, RoleAssigned, RoleRemoved, SignedIn, SignedOut,
    TokenIssued, TokenRevoked, UserRegistered, UserReinstated, UserSuspended,
};
pub use list::UserFilter;
pub use password::{Password, PasswordHash, PasswordLink};
pub use role::Role;
pub use token::{Session, Token, TokenHash};
pub use token_id::TokenId;
pub use user::{User, UserId, UserStatus};
pub use user_name::UserName;

/// The rule of refusals by policy. It is not a rule of the domain.
pub mod policy {
    use super::{Role, UserName};
    use crate::aggregate::Kind;
    use crate::rejection::rules;

    rules! {
        /// The policy does not permit this.
        Policy [
            NotForSystem { part: String, action: String },
            NoRole { user: UserName },
            AdministratorsOnly { action: String, user: UserName, roles: Vec<Role> },
            OtherRolesOnly {
                action: String,
                permitted: Vec<Role>,
                user: UserName,
                roles: Vec<Role>,
            },
            OwnerOnly { action: String, owner: UserName, user: UserName },
            HistoryNotForCustomers { kind: Kind },
            RehearsalNotForCustomers {},
        ],
    }
}

/// The rules of access.
pub mod rules {
    use super::{Role, TokenId, UserName};
    use crate::rejection::rules;

    rules! {
        /// The user must exist.
        UserMustBeKnown { user: String },
        /// A user name must be unique.
        UserNameMustBeUnique { key: String },
        /// Administrators cannot suspend themselves or remove their own admin role. Another administrator has to do it.
        OwnAccessMustStay { user: UserName },
        /// The token must exist.
        TokenMustBeKnown { token: TokenId },
        /// No two tokens have the same secret.
        TokenMustBeUnique { key: String },
        /// Only an active user can sign in or set a password by a link.
        UserMustBeActive { user: UserName },
        /// A sign-in must use the user's current password.
        PasswordMustBeCurrent { user: UserName },
        /// A link to set a password works once, until it expires, another one is issued, a password is set or the user is suspended.
        PasswordLinkMustBeOpen { user: UserName },
        /// A user with the customer role acts for exactly one customer. Other users act for none.
        CustomerRoleNeedsCustomer [
            CustomerMissing {},
            OtherRole { role: Role },
            ActsForAnother { user: UserName },
        ],
    }
}
