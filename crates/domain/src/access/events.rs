//! What happens to users and tokens.

use super::{Role, TokenId, UserName};
use crate::event::events;
use crate::limits::REASON_CHARS_MAX;
use crate::text::Text;

events! {
    /// What happens to users and tokens.
    AccessEvent {
        /// A user was registered.
        UserRegistered {
            /// The new user.
            user: UserName,
        }
        /// A user was given a role.
        RoleAssigned {
            /// The user.
            user: UserName,
            /// The role.
            role: Role,
        }
        /// A role was taken from a user.
        RoleRemoved {
            /// The user.
            user: UserName,
            /// The role.
            role: Role,
        }
        /// A user was given a password.
        PasswordSet {
            /// The user.
            user: UserName,
        }
        /// A user may do nothing any more.
        UserSuspended {
            /// The user.
            user: UserName,
            /// Why.
            reason: Text<REASON_CHARS_MAX>,
        }
        /// A suspended user may work again.
        UserReinstated {
            /// The user.
            user: UserName,
        }
        /// A user signed in.
        SignedIn {
            /// The user.
            user: UserName,
            /// The id of the token that speaks for the user from now on.
            session: TokenId,
        }
        /// A user signed out.
        SignedOut {
            /// The user.
            user: UserName,
            /// The id of the token that speaks no more.
            session: TokenId,
        }
        /// A token was issued.
        TokenIssued {
            /// The new token's id.
            token: TokenId,
            /// For whom it speaks.
            user: UserName,
        }
        /// A token speaks no more.
        TokenRevoked {
            /// The token's id.
            token: TokenId,
        }
    }
}
