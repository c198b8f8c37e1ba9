//! Who may do what: users, their roles, and the tokens that authenticate them.

mod events;
mod password;
mod role;
#[cfg(test)]
mod tests;
mod token;
mod token_id;
mod user;
mod user_name;

pub use events::{
    AccessEvent, PasswordSet, RoleAssigned, RoleRemoved, SignedIn, SignedOut, TokenIssued,
    TokenRevoked, UserRegistered, UserReinstated, UserSuspended,
};
pub use password::{Password, PasswordHash};
pub use role::Role;
pub use token::{Session, Token, TokenHash};
pub use token_id::TokenId;
pub use user::{User, UserId, UserStatus};
pub use user_name::UserName;

/// The rules of access.
pub mod rules {
    use crate::rejection::rules;

    rules! {
        /// The user must exist.
        UserMustBeKnown,
        /// A user name must be unique.
        UserNameMustBeUnique,
        /// Administrators cannot suspend themselves or remove their own admin role. Another administrator has to do it.
        OwnAccessMustStay,
        /// The token must exist.
        TokenMustBeKnown,
        /// No two tokens have the same secret.
        TokenMustBeUnique,
        /// Only an active user can sign in.
        UserMustBeActive,
        /// A sign-in must use the user's current password.
        PasswordMustBeCurrent,
        /// A user with the customer role acts for exactly one customer. Other users act for none.
        CustomerRoleNeedsCustomer,
    }
}
