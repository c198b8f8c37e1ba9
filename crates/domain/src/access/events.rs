//! Events of users and tokens.

use super::{Role, TokenId, UserName};
use crate::event::events;
use crate::limits::REASON_CHARS_MAX;
use crate::moment::Moment;
use crate::text::Text;

events! {
    /// Events of users and tokens.
    AccessEvent {
        /// A user was registered.
        UserRegistered {
            /// The new user.
            user: UserName,
        }
        /// A user was given a role.
        RoleAssigned {
            user: UserName,
            role: Role,
        }
        /// A role was removed from a user.
        RoleRemoved {
            user: UserName,
            role: Role,
        }
        /// A user's password was set.
        PasswordSet {
            user: UserName,
        }
        /// A link was issued by which a user sets a password, once.
        PasswordLinkIssued {
            user: UserName,
            /// When it expires.
            ends: Moment,
        }
        /// A user was suspended.
        UserSuspended {
            user: UserName,
            reason: Text<REASON_CHARS_MAX>,
        }
        /// A suspended user was reinstated.
        UserReinstated {
            user: UserName,
        }
        /// A user signed in.
        SignedIn {
            user: UserName,
            /// The id of the session's token.
            session: TokenId,
        }
        /// A user signed out.
        SignedOut {
            user: UserName,
            /// The id of the session's token.
            session: TokenId,
        }
        /// A token was issued.
        TokenIssued {
            /// The new token's id.
            token: TokenId,
            /// The user it authenticates.
            user: UserName,
        }
        /// A token was revoked.
        TokenRevoked {
            /// The token's id.
            token: TokenId,
        }
    }
}
